import Mathematics
import Quantities

/// Non-negative least squares on a few analytic features and a constant, from the samples alone.
///
/// The features are those of the published baseline: work by kind on the live part of the network.
/// In a space without them it takes every feature there is.
public struct NonNegativePredictor: FewShotPredictor {
  public init() {}
  public let name = "nnls"

  private static let baseline: Set = [
    "live_skip", "live_conv1x1", "live_conv3x3", "live_pool3x3", "live_additions", "critical_path",
    "pointwise_mac", "depthwise_mac", "activations", "activations_5x5", "weights", "blocks",
    "shuffles",
  ]

  /// Columns of the physics: the constant and the baseline's features.
  private static func columns(_ space: SpaceStatistics) -> [Int] {
    let named = space.informative.indices.filter {
      baseline.contains(space.analyticNames[space.informative[$0]])
    }
    return [0] + (named.isEmpty ? Array(space.informative.indices) : named).map { $0 + 1 }
  }

  public func adapt(
    _ knowledge: SourceKnowledge, to samples: Samples
  ) throws -> any AdaptedPredictor {
    let columns = Self.columns(knowledge.space)
    let design = samples.architectures.physics.selecting(columns: columns)
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
      columns: { $0.physics.selecting(columns: columns) })
  }
}
