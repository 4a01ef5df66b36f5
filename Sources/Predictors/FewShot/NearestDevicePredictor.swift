import Mathematics
import Quantities

/// The source device whose surrogate ranks the samples best, scaled to them.
public struct NearestDevicePredictor: FewShotPredictor {
  public init() {}
  public let name = "nearest-device"

  public func adapt(
    _ knowledge: SourceKnowledge, to samples: Samples
  ) throws -> any AdaptedPredictor {
    guard !knowledge.devices.isEmpty else { throw PredictorError.needsSources(predictor: name) }
    let latencies = samples.latencies.map(\.value)
    let surrogates = samples.architectures.surrogates
    let agreement = knowledge.devices.indices.map { device in
      spearman(surrogates.column(device), latencies) ?? -1
    }
    let nearest = agreement.indices.max { agreement[$0] < agreement[$1] } ?? 0
    let values = surrogates.column(nearest)
    let scale = mean(latencies) / mean(values)
    return LinearAdaptation(
      weights: [scale], intercept: 0,
      halfWidth: LinearAdaptation.halfWidth(
        residuals: relativeErrors(values.map { $0 * scale }, latencies), freedom: samples.count - 1),
      columns: { $0.surrogates.selecting(columns: [nearest]) })
  }
}
