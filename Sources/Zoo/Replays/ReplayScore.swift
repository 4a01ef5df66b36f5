import Foundation
import Mathematics
import Predictions
import Quantities

/// How well predicted latencies agree with measured ones.
public struct ReplayScore: Sendable, Encodable {
  public let count: Int
  /// Over items, where an item's unit of work is the same for all.
  public let spearman: Double
  public let medianError: Double
  public let meanError: Double
  /// Median of ln(predicted ÷ measured): above 0 is too slow.
  public let bias: Double
  public let withinTenPercent: Double
  public let coverage: Double

  private enum CodingKeys: String, CodingKey {
    case count, spearman, bias, coverage
    case medianError = "median_error"
    case meanError = "mean_error"
    case withinTenPercent = "within_10_percent"
  }

  /// - Parameter units: by which both latencies are divided for the ranking, such as the batch.
  public init(_ pairs: [(predicted: Estimate<Seconds>, measured: Seconds, units: Double)]) {
    let ratios = pairs.map { $0.predicted.value / $0.measured }
    let errors = ratios.map { abs($0 - 1) }
    count = pairs.count
    spearman =
      Mathematics.spearman(
        pairs.map { $0.predicted.value.value / $0.units },
        pairs.map { $0.measured.value / $0.units }) ?? .nan
    medianError = errors.isEmpty ? .nan : median(errors)
    meanError = errors.isEmpty ? .nan : mean(errors)
    bias = ratios.isEmpty ? .nan : median(ratios.map { log($0) })
    withinTenPercent = Double(errors.count { $0 <= 0.1 }) / Double(max(1, count))
    coverage =
      Double(pairs.count { $0.predicted.interval?.contains($0.measured) ?? false })
      / Double(max(1, count))
  }
}
