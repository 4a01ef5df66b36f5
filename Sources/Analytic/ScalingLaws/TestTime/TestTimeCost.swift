import Quantities

/// What `n` samples of an answer cost: arithmetic, traffic of keys and values, and both in one number.
///
/// For N samples of g tokens that share a prompt of c, with S the positions attended to:
///
/// ```
/// C_comp = N·(2·P·g + 2·H·(d_k + d_v)·L·S)           arithmetic
/// C_mem  = KV·(d_k + d_v)·L·b·(c·g + N·S_generated)  dense: the prompt is read once for all samples
/// C_mem  = KV·(d_k + d_v)·L·b·N·S(B)                 sparse: every sample reads its own positions
/// eFLOP  = C_comp + I·C_mem                          I: peak rate ÷ bandwidth
/// ```
/// Search of blocks of size s scores a mean key for each of them:
///
/// ```
/// C_comp += N·2·H·d_k·L·S/s          C_mem += KV·d_k·L·b·(c·g + N·S_generated)/s
/// ```
/// Weights are not among the bytes: they are read for many sequences at once. Nor is the pass over the
/// prompt. On a device with the intensity I, eFLOP over its peak rate is the time of both parts one after
/// the other.
///
/// - Source: R. Sadhukhan, Z. Chen et al., *Kinetics: Rethinking Test-Time Scaling Laws*,
///   arXiv:2506.05333, section 2, and the authors' cost model.
public struct TestTimeCost: Sendable, Hashable {
  public var linear: FLOP
  public var attention: FLOP
  /// Of the search for blocks.
  public var search: FLOP
  /// Keys and values.
  public var keyValues: Bytes
  /// Mean keys of blocks.
  public var searched: Bytes
  /// I
  public var intensity: FLOPPerByte

  /// C_comp
  public var arithmetic: FLOP { linear + attention + search }
  /// C_mem
  public var traffic: Bytes { keyValues + searched }
  /// I·C_mem
  public var trafficEquivalent: FLOP { FLOP(intensity.value * traffic.value) }
  /// C_comp + I·C_mem
  public var equivalent: FLOP { arithmetic + trafficEquivalent }
  /// The share of all that is not linear: attention, its traffic and the search for it.
  public var attentionShare: Double { 1 - linear / equivalent }

  /// - Parameters:
  ///   - samples: N
  ///   - positions: of the prompt and of one sample.
  public init(
    _ decoder: DecoderCost, samples: Int, positions: AttendedPositions,
    attention policy: AttentionPolicy = .dense, intensity: FLOPPerByte
  ) {
    let n = Double(samples)
    linear = n * positions.generated * decoder.linear
    attention = .zero
    search = .zero
    keyValues = .zero
    searched = .zero
    self.intensity = intensity
    for layers in decoder.attention {
      // A window of the model's own stays, and is not searched.
      let budget = layers.window.map { min($0, policy.budget ?? $0) } ?? policy.budget
      let kept = positions.atMost(budget)
      attention += n * kept * layers.flopPerPosition
      let read =
        budget == nil ? positions.ofPrompt + n * positions.ofGenerated : n * kept
      keyValues += Bytes(layers.elementsPerPosition * decoder.bytesPerElement * read)
      guard case .blockTopK(_, let size, _) = policy, layers.window == nil else { continue }
      search += n * positions.all / Double(size) * layers.flopPerBlock
      let means = (positions.ofPrompt + n * positions.ofGenerated) / Double(size)
      searched += Bytes(layers.elementsPerBlock * decoder.bytesPerElement * means)
    }
  }

  /// The mean over samples of different lengths, as that of many questions.
  ///
  /// - Returns: nil of nothing.
  public static func mean(_ costs: [TestTimeCost]) -> TestTimeCost? {
    guard var sum = costs.first else { return nil }
    for cost in costs.dropFirst() {
      sum.linear += cost.linear
      sum.attention += cost.attention
      sum.search += cost.search
      sum.keyValues += cost.keyValues
      sum.searched += cost.searched
    }
    let share = 1 / Double(costs.count)
    sum.linear = sum.linear * share
    sum.attention = sum.attention * share
    sum.search = sum.search * share
    sum.keyValues = sum.keyValues * share
    sum.searched = sum.searched * share
    return sum
  }
}
