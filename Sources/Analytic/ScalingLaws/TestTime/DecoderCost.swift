import Quantities
import Workloads

/// What a generated token costs of a decoder with grouped-query attention: the numbers that a law of
/// test-time scaling needs of a model.
public struct DecoderCost: Sendable, Hashable {
  /// Layers of one kind of attention.
  public struct Attention: Sendable, Hashable {
    public var layers: Int
    /// H
    public var heads: Int
    /// KV
    public var keyValueHeads: Int
    /// d of a key, and of a value
    public var keySize: Int
    public var valueSize: Int
    /// The layers' own sliding window; nil where every position is seen.
    public var window: Int?

    public init(
      layers: Int, heads: Int, keyValueHeads: Int, headSize: Int, valueSize: Int? = nil,
      window: Int? = nil
    ) {
      self.layers = layers
      self.heads = heads
      self.keyValueHeads = keyValueHeads
      keySize = headSize
      self.valueSize = valueSize ?? headSize
      self.window = window
    }

    /// Of one token and one position that it attends to: scores, and the sum of values.
    ///
    /// ```
    /// 2·L·H·(d_k + d_v)
    /// ```
    public var flopPerPosition: FLOP {
      .multiplyAccumulates(Double(layers * heads) * Double(keySize + valueSize))
    }

    /// Of one token and one key that stands for a block.
    ///
    /// ```
    /// 2·L·H·d_k
    /// ```
    public var flopPerBlock: FLOP { .multiplyAccumulates(Double(layers * heads * keySize)) }

    /// `L·KV·(d_k + d_v)` elements of one position.
    public var elementsPerPosition: Double {
      Double(layers * keyValueHeads) * Double(keySize + valueSize)
    }

    /// `L·KV·d_k`
    public var elementsPerBlock: Double { Double(layers * keyValueHeads * keySize) }
  }

  /// Of everything but attention, for one token: twice the parameters that are multiplied.
  public var linear: FLOP
  public var attention: [Attention]
  /// Bytes of one stored key or value.
  public var bytesPerElement: Double

  public init(linear: FLOP, attention: [Attention], bytesPerElement: Double = 2) {
    self.linear = linear
    self.attention = attention
    self.bytesPerElement = bytesPerElement
  }

  /// A published number of parameters, each multiplied once for each token.
  public init(activeParameters: Double, attention: [Attention], bytesPerElement: Double = 2) {
    self.init(
      linear: .multiplyAccumulates(activeParameters), attention: attention,
      bytesPerElement: bytesPerElement)
  }

  /// A language model as it is described: products counted layer by layer, so that a table of
  /// embeddings, which is looked up, does not count, and of experts those that a token uses do.
  ///
  /// - Throws: `WorkloadError.setting` where its attention is of another kind.
  public init(_ model: LanguageModel) throws(WorkloadError) {
    guard !model.isEncoder, model.encoder == nil else {
      throw .setting("\(model.name) is or has an encoder; this law is of decoders that generate")
    }
    var groups: [Attention] = []
    for run in model.layers {
      guard case .attention(let layer) = run.layer.mixer, layer.indexer == nil,
        !layer.sharesCache
      else {
        throw .setting(
          "\(model.name) has layers (\(run.label)) without plain grouped-query attention; this law "
            + "has no cost for them")
      }
      var window: Int?
      switch layer.mask {
      case .causal, .full: break
      case .window(let size): window = size
      case .chunk, .selected:
        throw .setting(
          "\(model.name) has layers (\(run.label)) that attend in chunks or to selected positions; "
            + "this law has no cost for them")
      }
      groups.append(
        Attention(
          layers: run.count, heads: layer.heads, keyValueHeads: layer.keyValueHeads,
          headSize: layer.headSize, valueSize: layer.valueSize, window: window))
    }
    // A step that sees itself alone has one position of attention in every layer.
    let step = try model.workload(.decode(context: 1)).counts().total
    let products = FLOP.multiplyAccumulates(step.matrixMACs)
    self.init(
      linear: groups.reduce(products) { $0 - $1.flopPerPosition }, attention: groups,
      bytesPerElement: model.formats.cache.bitsPerElement / 8)
  }
}
