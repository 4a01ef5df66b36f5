import Mathematics
import Quantities

/// Latency in proportion to the FLOP count; the samples give the factor only.
public struct FLOPPredictor: FewShotPredictor {
  public init() {}
  public let name = "flops"

  public func adapt(
    _ knowledge: SourceKnowledge, to samples: Samples
  ) throws -> any AdaptedPredictor {
    guard let flop = samples.architectures.features.flop else {
      throw PredictorError.needsWork(predictor: name)
    }
    let latencies = samples.latencies.map(\.value)
    let rate = mean(latencies) / mean(flop)
    return LinearAdaptation(
      weights: [rate], intercept: 0,
      halfWidth: LinearAdaptation.halfWidth(
        residuals: relativeErrors(flop.map { $0 * rate }, latencies), freedom: samples.count - 1),
      columns: { Matrix(rows: $0.count, columns: 1, elements: $0.features.flop ?? []) })
  }
}
