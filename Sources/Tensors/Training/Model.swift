/// A model with its parameters, written down once for any number of samples.
///
/// ```swift
/// let model = try Model(seed: 7) { parameters, batch in
///   let x = batch.input("x", 16), y = batch.input("y", 1)
///   let hidden = Linear(parameters, "hidden", 16, 64)(x).relu
///   let prediction = Linear(parameters, "output", 64, 1)(hidden)
///   batch.output("prediction", prediction)
///   return meanSquaredError(prediction, y)
/// }
/// ```
/// A plan is made when a number of samples is first met, and kept.
public final class Model {
  /// Writes the model down and gives its loss, the mean over samples.
  public typealias Definition = (Parameters, Batch) -> Node

  public let seed: UInt64
  public let level: InstructionLevel
  /// The values of all parameters, which training moves.
  public let parameters: ParameterBlock
  private let definition: Definition
  private var training: [TrainingKey: TrainingPlan] = [:]
  private var prediction: [PredictionKey: PredictionPlan] = [:]

  private struct TrainingKey: Hashable {
    let size, shard: Int
  }

  private struct PredictionKey: Hashable {
    let size: Int
    let outputs: [String]
  }

  struct TrainingPlan {
    let plan: Plan
    let loss: Node
    let shared: Set<String>
  }

  private struct PredictionPlan {
    let plan: Plan
    let outputs: [Node]
    let shared: Set<String>
  }

  /// - Throws: `GraphError` for a mistake in the definition, found with one sample.
  public init(
    seed: UInt64 = 0, level: InstructionLevel = .best, _ definition: @escaping Definition
  ) throws {
    self.seed = seed
    self.level = level
    self.definition = definition
    let graph = Graph()
    let values = Parameters(graph, seed: seed)
    _ = definition(values, Batch(graph, size: 1, isTraining: false, seed: seed))
    try graph.check()
    parameters = ParameterBlock(values.entries)
  }

  /// The plan of a step: loss and gradients.
  ///
  /// - Parameter shard: plans of shards have their own memory and draw their own numbers.
  func trainingPlan(_ size: Int, shard: Int = 0) throws -> TrainingPlan {
    let key = TrainingKey(size: size, shard: shard)
    if let known = training[key] { return known }
    guard size > 0 else { throw TrainingError.noSamples }
    let graph = Graph()
    let values = Parameters(graph, seed: seed)
    let batch = Batch(
      graph, size: size, isTraining: true, seed: seed &+ UInt64(shard) &* 0xd6e8_feb8_6659_fd93)
    let loss = definition(values, batch)
    let slopes = graph.derivatives(of: loss, by: values.nodes)
    let plan = try Plan(
      [loss], gradients: Array(zip(values.entries.map(\.name), slopes)), parameters: parameters,
      level: level)
    let made = TrainingPlan(plan: plan, loss: loss, shared: batch.shared)
    training[key] = made
    return made
  }

  /// The instructions of a training step with their times, on the first samples of data.
  public func profileStep(
    _ data: [String: Tensor], batch: Int = 32, repetitions: Int = 11
  ) throws -> [PlannedInstruction] {
    let own = try trainingPlan(batch)
    try Feed(own.plan, data, shared: own.shared, samples: batch).copy(0..<batch)
    return try own.plan.profile(repetitions: repetitions)
  }

  private func predictionPlan(_ size: Int, _ names: [String]) throws -> PredictionPlan {
    let key = PredictionKey(size: size, outputs: names)
    if let known = prediction[key] { return known }
    let graph = Graph()
    let batch = Batch(graph, size: size, isTraining: false, seed: seed)
    let loss = definition(Parameters(graph, seed: seed), batch)
    let known = batch.outputs.merging(["loss": loss]) { own, _ in own }
    let outputs = try names.map { name in
      guard let node = known[name] else {
        throw TrainingError.noOutput(name, known: known.keys.sorted())
      }
      return node
    }
    let made = PredictionPlan(
      plan: try Plan(outputs, parameters: parameters, level: level), outputs: outputs,
      shared: batch.shared)
    prediction[key] = made
    return made
  }

  // MARK: - Prediction

  /// What the model predicts for samples.
  ///
  /// - Parameters:
  ///   - name: of an output, or `loss`: the mean loss of all samples as one number.
  ///   - data: inputs by name, samples along the first axis; what the output does not need may be missing.
  ///   - chunk: how many samples are computed at once.
  /// - Throws: `TrainingError` for an output that there is not and for data that do not fit, `RunError` for
  ///   an index that is no row.
  /// - Returns: samples along the first axis.
  public func predict(
    _ name: String, _ data: [String: Tensor], chunk: Int = 256
  ) throws -> Tensor {
    let count = try sampleCount(of: data, for: name)
    var elements: [Float] = []
    var (shape, loss) = (Shape.scalar, 0.0)
    for start in stride(from: 0, to: count, by: max(1, chunk)) {
      let end = min(count, start + max(1, chunk))
      let own = try predictionPlan(end - start, [name])
      let feed = try Feed(own.plan, data, shared: own.shared, samples: count)
      feed.copy(start..<end)
      try own.plan.run()
      let part = own.plan.elements(of: own.outputs[0])
      shape = own.outputs[0].shape
      if shape.rank == 0 { loss += Double(part[0]) * Double(end - start) / Double(count) }
      elements += part
    }
    guard shape.rank > 0 else { return Tensor(.scalar, [Float(loss)]) }
    return Tensor(
      Shape([elements.count / (shape.count / shape.axes[0])] + shape.axes.dropFirst()), elements)
  }

  private func sampleCount(of data: [String: Tensor], for output: String) throws -> Int {
    let plan = try predictionPlan(1, [output])
    return try Feed.samples(plan.plan, data, shared: plan.shared)
  }
}
