import Features
import Mathematics
import Predictions
import Predictors
import Quantities
import Workloads

/// A few-shot predictor with what it learned of its sources and, perhaps, of a target.
public struct TrainedPredictor: Sendable {
  /// The method, `hybrid`.
  public let method: String
  public let space: any SearchSpace
  public let knowledge: SourceKnowledge
  public let card: TrainingCard
  /// The device that it has been adapted to.
  public let target: Target?

  public struct Target: Sendable {
    public let device: String
    public let architectures: [Architecture]
    public let userFeatures: UserFeatures?
    public let latencies: [Seconds]

    public init(
      device: String, architectures: [Architecture], userFeatures: UserFeatures?,
      latencies: [Seconds]
    ) {
      self.device = device
      self.architectures = architectures
      self.userFeatures = userFeatures
      self.latencies = latencies
    }
  }

  public init(
    method: String, space: any SearchSpace, knowledge: SourceKnowledge, card: TrainingCard,
    target: Target? = nil
  ) {
    self.method = method
    self.space = space
    self.knowledge = knowledge
    self.card = card
    self.target = target
  }

  /// The names of the features that a user has to bring for every architecture.
  public var userFeatureNames: [String] {
    let own = space.features(of: []).analyticNames.count
    return Array(knowledge.space.analyticNames.dropFirst(own))
  }

  /// The same predictor, adapted to a target.
  ///
  /// - Throws: `PredictorError` where the samples cannot be adapted to.
  public func adapted(to target: Target) throws -> TrainedPredictor {
    let result = TrainedPredictor(
      method: method, space: space, knowledge: knowledge, card: card, target: target)
    _ = try result.model()
    return result
  }

  /// The fitted model of the target.
  ///
  /// - Throws: `ZooError.notAdapted` before `adapted(to:)`; `PredictorError`.
  public func model() throws -> any AdaptedPredictor {
    guard let target else { throw ZooError.notAdapted(method: method, space: space.name) }
    let samples = try Samples(
      encode(target.architectures, userFeatures: target.userFeatures), target.latencies)
    return try FewShotPredictors.named(method).adapt(knowledge, to: samples)
  }

  public func encode(
    _ architectures: [Architecture], userFeatures: UserFeatures? = nil
  ) -> EncodedArchitectures {
    knowledge.encode(space.features(of: architectures, userFeatures: userFeatures))
  }
}
