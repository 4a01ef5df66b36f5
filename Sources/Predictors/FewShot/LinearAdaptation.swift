import Mathematics
import Predictions
import Quantities

/// A target as a weighted sum of [physics | surrogates | FLOP], the form of every peer.
struct LinearAdaptation: AdaptedPredictor {
  /// Seconds for each unit of each column of `columns(_:)`.
  let weights: [Double]
  let intercept: Double
  /// Relative half width of the 90 % interval.
  let halfWidth: Double
  let columns: @Sendable (EncodedArchitectures) -> Matrix

  /// - Parameters:
  ///   - residuals: relative errors on the samples, each from a fit without its sample.
  ///   - freedom: samples less fitted coefficients.
  static func halfWidth(residuals: [Double], freedom: Int) -> Double {
    let freedom = Double(max(1, freedom))
    let variance = residuals.reduce(0) { $0 + $1 * $1 } / Double(max(1, residuals.count))
    return StudentT(degreesOfFreedom: freedom).quantile(0.95) * variance.squareRoot()
  }

  func predict(_ architectures: EncodedArchitectures) -> [Estimate<Seconds>] {
    columns(architectures).multiplied(by: weights).map { sum in
      let value = max(0, sum + intercept)
      return Estimate(
        Seconds(value), low: Seconds(max(0, value * (1 - halfWidth))),
        high: Seconds(value * (1 + halfWidth)), coverage: 0.9)
    }
  }
}

/// Relative errors; where a prediction is not positive the error is the whole latency.
func relativeErrors(_ predicted: [Double], _ measured: [Double]) -> [Double] {
  zip(predicted, measured).map { predicted, measured in
    predicted > 0 ? min(3, max(-3, measured / predicted - 1)) : 1
  }
}
