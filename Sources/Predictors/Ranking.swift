import Predictions
import Quantities

/// Architectures in the order of their predicted latency.
public struct Ranking: Sendable {
  public let estimates: [Estimate<Seconds>]
  public let isConnected: [Bool]
  /// Rows of `estimates`, best first.
  public let places: [Int]

  /// - Parameters:
  ///   - isConnected: what is not computes nothing and ranks last, whatever its latency.
  ///   - limit: keeps only what is predicted within it.
  public init(
    estimates: [Estimate<Seconds>], isConnected: [Bool], limit: Seconds? = nil,
    slowestFirst: Bool = false
  ) {
    self.estimates = estimates
    self.isConnected = isConnected
    let kept = estimates.indices.filter { row in limit.map { estimates[row].value <= $0 } ?? true }
    // Plain keys: sorting by a closure over estimates costs three times as much.
    let keys = estimates.indices.map { row -> Double in
      guard isConnected[row] else { return .infinity }
      return slowestFirst ? -estimates[row].value.value : estimates[row].value.value
    }
    places = kept.sorted { (keys[$0], $0) < (keys[$1], $1) }
  }
}
