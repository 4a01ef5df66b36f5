import Quantities

/// How the devices of one machine are joined, and what of its links a collective over some of them
/// can use.
///
/// - Source: for the two kinds beside each other, Y. Lee et al., *Debunking the CUDA Myth Towards
///   GPU-based AI Systems*, arXiv:2501.00210.
public enum Interconnect: Sendable, Hashable {
  /// Every device has links of its own to each of the `others`: to fewer partners there are fewer.
  case pairwise(others: Int)
  /// A switch gives every device its whole bandwidth whoever takes part.
  case switched

  /// The share of a device's links that a collective over `count` devices uses.
  ///
  /// ```
  /// pairwise: (n − 1)/others          switched: 1
  /// ```
  public func usableShare(_ count: Int) -> Double {
    switch self {
    case .pairwise(let others): min(1, Double(max(0, count - 1)) / Double(max(1, others)))
    case .switched: count > 1 ? 1 : 0
    }
  }
}

/// Collectives over devices of one machine that move their data at a bandwidth and wait at each step.
public struct CollectiveModel: Sendable, Hashable {
  public var interconnect: Interconnect
  /// Of all links of one device, one direction.
  public var bandwidth: BytesPerSecond
  /// Before anything arrives: start of the kernel, and the way of a message.
  public var latency: Seconds

  public init(_ interconnect: Interconnect, bandwidth: BytesPerSecond, latency: Seconds = .zero) {
    self.interconnect = interconnect
    self.bandwidth = bandwidth
    self.latency = latency
  }

  /// The sum of a tensor over `count` devices, on each of them.
  ///
  /// ```
  /// T = t₀ + 2·(n − 1)/n · bytes / W_usable
  /// ```
  public func allReduce(_ bytes: Bytes, devices count: Int) -> Seconds {
    guard count > 1 else { return .zero }
    let n = Double(count)
    return latency + 2 * (n - 1) / n * bytes / (bandwidth * interconnect.usableShare(count))
  }
}
