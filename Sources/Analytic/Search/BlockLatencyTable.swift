import Foundation
import Quantities

/// The latency of a chain of blocks as the sum of what each takes alone, and its mean where every
/// layer still chooses at random.
///
/// ```
/// T(k)   = t₀ + Σ_l t_l,k(l)
/// T̄(θ)   = t₀ + Σ_l Σ_k p_lk t_lk          p_l = softmax(θ_l/τ)
/// ∂T̄/∂θ_lk = p_lk (t_lk − Σ_j p_lj t_lj)/τ
/// ```
/// It knows nothing of what blocks share: a queue that hides launches, data that stay in a cache.
///
/// - Source: B. Wu et al., *FBNet: Hardware-Aware Efficient ConvNet Design via Differentiable Neural
///   Architecture Search*, CVPR 2019, section 3.3.
public struct BlockLatencyTable: Sendable, Hashable {
  /// Of what every network of the space has.
  public var fixed: Seconds
  /// One row for each layer, one entry for each of its blocks.
  public var blocks: [[Seconds]]

  public init(fixed: Seconds, blocks: [[Seconds]]) {
    self.fixed = fixed
    self.blocks = blocks
  }

  /// - Precondition: one choice for each layer, each a block of it.
  public func latency(of choice: [Int]) -> Seconds {
    precondition(choice.count == blocks.count, "\(choice.count) choices for \(blocks.count) layers")
    return zip(blocks, choice).reduce(fixed) { $0 + $1.0[$1.1] }
  }

  /// The mean latency of networks drawn by the softmax of `logits`, and its derivatives in seconds.
  ///
  /// - Precondition: a logit for each entry; `temperature > 0`.
  public func expectedLatency(
    logits: [[Double]], temperature: Double = 1
  ) -> (mean: Seconds, gradient: [[Double]]) {
    precondition(logits.map(\.count) == blocks.map(\.count), "logits of another shape")
    precondition(temperature > 0, "a temperature of \(temperature)")
    var mean = fixed
    var gradient: [[Double]] = []
    for (row, times) in zip(logits, blocks) {
      let largest = row.max() ?? 0
      let weights = row.map { exp(($0 - largest) / temperature) }
      let sum = weights.reduce(0, +)
      let shares = weights.map { $0 / sum }
      let own = zip(shares, times).reduce(Seconds.zero) { $0 + $1.1 * $1.0 }
      mean += own
      gradient.append(zip(shares, times).map { $0 * ($1 - own).value / temperature })
    }
    return (mean, gradient)
  }
}
