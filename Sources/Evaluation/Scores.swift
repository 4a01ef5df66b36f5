import Mathematics
import Predictions
import Quantities

/// How well predictions agree with measurements of the same architectures.
public struct Scores: Sendable, Hashable {
  /// 0 where either side is constant: nothing was ranked.
  public let spearman: Double
  public let kendall: Double
  /// Median of |predicted − measured| ÷ measured, over connected architectures.
  public let medianRelativeError: Double
  /// Share of connected architectures predicted within ±10 %.
  public let shareWithinTenPercent: Double
  /// Share of measurements inside their 90 % interval.
  public let coverage: Double

  /// - Parameter isConnected: architectures without a path take no time worth a relative error.
  public init(predicted: [Estimate<Seconds>], measured: [Seconds], isConnected: [Bool]) {
    let x = predicted.map(\.value.value)
    let y = measured.map(\.value)
    spearman = Mathematics.spearman(x, y) ?? 0
    kendall = Mathematics.kendall(x, y) ?? 0
    let errors = y.indices.compactMap { row -> Double? in
      isConnected[row] && y[row] > 0 ? abs(x[row] - y[row]) / y[row] : nil
    }
    medianRelativeError = errors.isEmpty ? .nan : median(errors)
    shareWithinTenPercent =
      errors.isEmpty ? .nan : Double(errors.count { $0 <= 0.1 }) / Double(errors.count)
    coverage =
      Double(zip(predicted, measured).count { $0.interval?.contains($1) ?? false })
      / Double(max(1, y.count))
  }
}
