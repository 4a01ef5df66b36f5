import Mathematics
import Quantities

/// Run times in a few numbers. Medians and quartiles, because an interruption makes a run longer and
/// nothing makes one shorter.
public struct TimingStatistics: Sendable, Hashable {
  /// How many runs there were.
  public let repeats: Int
  public let minimum: Seconds
  public let lowerQuartile: Seconds
  public let median: Seconds
  public let upperQuartile: Seconds

  /// The interquartile range divided by the median: 0.02 means that half of the runs lie within a
  /// band of 2 % of the median.
  public var spread: Double { (upperQuartile - lowerQuartile) / median }

  /// `nil` of no run. Quartiles are linear between runs, as `quantile`'s.
  public init?(_ runs: [Seconds]) {
    guard !runs.isEmpty else { return nil }
    let sorted = runs.map(\.value).sorted()
    repeats = sorted.count
    minimum = Seconds(sorted[0])
    lowerQuartile = Seconds(quantile(sorted: sorted, 0.25))
    median = Seconds(quantile(sorted: sorted, 0.5))
    upperQuartile = Seconds(quantile(sorted: sorted, 0.75))
  }
}
