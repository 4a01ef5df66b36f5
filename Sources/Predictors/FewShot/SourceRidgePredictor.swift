import Mathematics
import Quantities

/// Ridge regression on the sources' surrogates, its penalty by leave-one-out.
///
/// With X the surrogates centred over the samples and y the latencies in units of their mean,
/// ```
/// w = (XᵀX + λ I)⁻¹ Xᵀ (y − ȳ),   H = X (XᵀX + λ I)⁻¹ Xᵀ + 1/n
/// ```
/// and the left-out residual of sample i is `(y − H y)ᵢ / (1 − Hᵢᵢ)`.
public struct SourceRidgePredictor: FewShotPredictor {
  public init() {}
  public let name = "source-ridge"

  static let penalties = [1e-4, 1e-3, 1e-2, 0.1, 1, 10]

  public func adapt(
    _ knowledge: SourceKnowledge, to samples: Samples
  ) throws -> any AdaptedPredictor {
    guard !knowledge.devices.isEmpty else { throw PredictorError.needsSources(predictor: name) }
    let scale = samples.scale
    let y = samples.latencies.map { $0.value / scale }
    let n = samples.count
    var x = samples.architectures.surrogates
    let means = (0..<x.columns).map { mean(x.column($0)) }
    for row in 0..<n {
      for column in 0..<x.columns { x[row, column] -= means[column] }
    }
    let svd = try SingularValues(x)
    let center = mean(y)
    let projected = svd.left.transposedMultiplied(by: y.map { $0 - center })
    var best: (score: Double, weights: [Double], residuals: [Double])?
    for penalty in Self.penalties {
      let shrink = svd.values.map { $0 * $0 / ($0 * $0 + penalty) }
      let fitted = svd.left.multiplied(by: zip(shrink, projected).map(*)).map { $0 + center }
      let leftOut = (0..<n).map { row -> Double in
        var leverage = 1 / Double(n)
        for (place, factor) in shrink.enumerated() {
          leverage += svd.left[row, place] * svd.left[row, place] * factor
        }
        return (y[row] - fitted[row]) / max(1e-6, 1 - leverage)
      }
      let score = dot(leftOut, leftOut)
      if best.map({ score < $0.score }) ?? true {
        let weights = svd.rightTransposed.transposedMultiplied(
          by: zip(svd.values, projected).map { $0 * $1 / ($0 * $0 + penalty) })
        best = (score, weights, relativeErrors(zip(y, leftOut).map { $0 - $1 }, y))
      }
    }
    guard let best else { throw PredictorError.inconsistentState }
    return LinearAdaptation(
      weights: best.weights.map { $0 * scale },
      intercept: (center - dot(best.weights, means)) * scale,
      halfWidth: LinearAdaptation.halfWidth(residuals: best.residuals, freedom: n - 1),
      columns: { $0.surrogates })
  }
}
