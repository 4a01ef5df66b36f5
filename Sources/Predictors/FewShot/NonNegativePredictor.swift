import Mathematics
import Quantities

/// Non-negative least squares on the analytic features and a constant, from the samples alone.
public struct NonNegativePredictor: FewShotPredictor {
  public init() {}
  public let name = "nnls"

  public func adapt(
    _ knowledge: SourceKnowledge, to samples: Samples
  ) throws -> any AdaptedPredictor {
    let design = samples.architectures.physics
    let latencies = samples.latencies.map { $0.value / samples.scale }
    let weights = nonNegativeLeastSquares(design, latencies)
    let leftOut = (0..<samples.count).map { row -> Double in
      let others = (0..<samples.count).filter { $0 != row }
      let fit = nonNegativeLeastSquares(
        design.selecting(rows: others), others.map { latencies[$0] })
      return dot(design.row(row), fit)
    }
    return LinearAdaptation(
      weights: weights.map { $0 * samples.scale }, intercept: 0,
      halfWidth: LinearAdaptation.halfWidth(
        residuals: relativeErrors(leftOut, latencies), freedom: samples.count - 1),
      columns: { $0.physics })
  }
}
