import CTensorKernels
import Mathematics

/// Moves a model's parameters against the gradient of its loss, step by step.
///
/// A batch may be divided in shards, whose gradients are computed on several threads and added up in their
/// order: the result depends on the number of shards and never on the number of threads.
public final class Trainer {
  public let model: Model
  public let optimizer: Optimizer
  public let rate: LearningRate
  /// The norm to which longer gradients are shortened; none without.
  public let clipping: Double?
  public let threads: Int
  /// Steps taken so far.
  public private(set) var steps = 0
  private let shards: Int?
  private let moments: (first: ParameterBlock, second: ParameterBlock)
  private let gradients: ParameterBlock

  /// - Parameters:
  ///   - shards: in how many parts a batch is divided; by the work of a step without, so that a small model
  ///     stays whole.
  ///   - threads: how many work at once, all cores without; no more than there are shards.
  public init(
    _ model: Model, optimizer: Optimizer = .adam(), rate: LearningRate = 1e-3,
    clipping: Double? = nil, shards: Int? = nil, threads: Int? = nil
  ) {
    self.model = model
    self.optimizer = optimizer
    self.rate = rate
    self.clipping = clipping
    self.shards = shards.map { max(1, $0) }
    self.threads = max(1, threads ?? Int.max)
    let layout = model.parameters.layout
    moments = (ParameterBlock(layout), ParameterBlock(layout))
    gradients = ParameterBlock(layout)
  }

  /// Trains on samples in batches, in another order in each epoch.
  ///
  /// - Parameters:
  ///   - data: inputs by name, samples along the first axis.
  ///   - batch: samples of a step; the last one of an epoch takes what is left.
  ///   - seed: of the order.
  ///   - progress: is told of each epoch; training ends where it answers false.
  /// - Throws: `TrainingError` for data that do not fit or are not finite, and for a loss that is not;
  ///   `GraphError` for a mistake in the model; `RunError` for an index that is no row.
  @discardableResult
  public func fit(
    _ data: [String: Tensor], epochs: Int, batch: Int = 32, seed: UInt64 = 0,
    progress: (TrainingEpoch) -> Bool = { _ in true }
  ) throws -> [TrainingEpoch] {
    let probe = try model.trainingPlan(1)
    let count = try Feed.samples(probe.plan, data, shared: probe.shared)
    try checkFinite(data, probe.plan)
    var plans: [Int: [Shard]] = [:]
    var order = Array(0..<count)
    var random = RandomStream(seed: seed, label: "order of samples")
    var history: [TrainingEpoch] = []
    for epoch in 0..<epochs {
      random.shuffle(&order)
      var (sum, norm) = (0.0, 0.0)
      var batches = 0
      for start in stride(from: 0, to: count, by: max(1, batch)) {
        let rows = order[start..<min(count, start + max(1, batch))]
        let parts: [Shard]
        if let known = plans[rows.count] {
          parts = known
        } else {
          parts = try makeShards(rows.count, data, samples: count)
          plans[rows.count] = parts
        }
        let result = try step(parts, rows)
        sum += Double(result.loss) * Double(rows.count)
        norm += result.norm
        batches += 1
      }
      let own = TrainingEpoch(
        number: epoch + 1, steps: steps, loss: sum / Double(count),
        gradientNorm: norm / Double(max(1, batches)))
      history.append(own)
      guard progress(own) else { break }
    }
    return history
  }

  // MARK: - One step

  /// A part of a batch: its plan and the rows that it takes.
  private struct Shard: @unchecked Sendable {
    let plan: Plan
    let loss: UnsafePointer<Float>
    let feed: Feed
    let rows: Range<Int>
    let part: Float
  }

  private func makeShards(
    _ size: Int, _ data: [String: Tensor], samples: Int
  ) throws -> [Shard] {
    let whole = try model.trainingPlan(size)
    let wanted = shards ?? Self.shards(forWork: whole.plan.flop)
    let count = min(wanted, size)
    return try (0..<count).map { shard in
      let rows = (shard * size / count)..<((shard + 1) * size / count)
      let own = count == 1 ? whole : try model.trainingPlan(rows.count, shard: shard)
      return Shard(
        plan: own.plan, loss: own.plan.address(of: own.loss),
        feed: try Feed(own.plan, data, shared: own.shared, samples: samples), rows: rows,
        part: Float(rows.count) / Float(size))
    }
  }

  /// From about a millisecond of work on, and by nothing that differs between machines.
  private static func shards(forWork flop: Double) -> Int {
    flop < 1e8 ? 1 : flop < 4e8 ? 2 : flop < 1.6e9 ? 4 : 8
  }

  private func step(
    _ shards: [Shard], _ rows: ArraySlice<Int>
  ) throws -> (loss: Float, norm: Double) {
    let kernels = shards[0].plan.kernels
    let run = UInt64(steps)
    let start = rows.startIndex
    try together(shards.count) { place in
      let shard = shards[place]
      shard.feed.copy(rows[(start + shard.rows.lowerBound)..<(start + shard.rows.upperBound)])
      shard.plan.runs = run
      try shard.plan.run()
    }
    let total = shards.count == 1 ? shards[0].plan.gradients : gradients
    let blocks = Self.blocks(total.count, shards.count)
    if shards.count > 1 {
      try together(blocks.count) { place in Self.addUp(shards, blocks[place], in: total, kernels) }
    }
    let loss =
      shards.count == 1
      ? shards[0].loss.pointee : shards.reduce(0) { $0 + $1.part * $1.loss.pointee }
    let norm = kernels.table.pointee.sum_of_squares(total.start, total.count).squareRoot()
    steps += 1
    guard loss.isFinite, norm.isFinite else {
      steps -= 1
      throw TrainingError.diverged(
        step: steps + 1, loss: loss, first: firstNotFinite(shards),
        checkpoint: model.parameters.tensors)
    }
    let factor = clipping.map { norm > $0 ? $0 / norm : 1 } ?? 1
    let (optimizer, parameters, moments) = (optimizer, model.parameters, moments)
    let (rate, step) = (rate(steps), steps)
    try together(blocks.count) { place in
      optimizer.move(
        blocks[place], of: parameters, against: total, moments: moments, factor: factor,
        rate: rate, step: step, kernels)
    }
    return (loss, norm)
  }

  /// The range of a block of parameters in as many parts, at multiples of a cache's line.
  private static func blocks(_ count: Int, _ parts: Int) -> [Range<Int>] {
    (0..<parts).map { (count / 16 * $0 / parts * 16)..<(count / 16 * ($0 + 1) / parts * 16) }
  }

  /// Gradients of shards, weighted by their samples, in the order of shards.
  private static func addUp(
    _ shards: [Shard], _ range: Range<Int>, in total: ParameterBlock,
    _ kernels: Kernels
  ) {
    let scale = kernels.function(TENSOR_SCALE)
    let out = total.start + range.lowerBound
    for (place, shard) in shards.enumerated() {
      let own = shard.plan.gradients.start + range.lowerBound
      if place == 0 {
        scale(out, own, own, shard.part, range.count)
      } else {
        kernels.table.pointee.accumulate(out, own, shard.part, range.count)
      }
    }
  }

  /// `body` of each index on as many threads as there may be; one stays on this one.
  private func together(_ count: Int, _ body: @Sendable (Int) throws -> Void) throws {
    let workers = min(count, threads)
    guard workers > 1 else {
      let before = tensor_flush_subnormals()
      defer { tensor_restore_subnormals(before) }
      for place in 0..<count { try body(place) }
      return
    }
    _ = try parallelMap(workers) { worker in
      let before = tensor_flush_subnormals()
      defer { tensor_restore_subnormals(before) }
      for place in stride(from: worker, to: count, by: workers) { try body(place) }
    }
  }

  // MARK: - What went wrong

  private func firstNotFinite(_ shards: [Shard]) -> String? {
    let order = shards[0].plan.gradientOrder
    return order.first { name in
      shards.contains { $0.plan.gradients[name]?.contains { !$0.isFinite } == true }
    }
  }

  private func checkFinite(_ data: [String: Tensor], _ plan: Plan) throws(TrainingError) {
    for (name, tensor) in data.sorted(by: { $0.key < $1.key }) where plan.inputShapes[name] != nil {
      if let place = tensor.elements.firstIndex(where: { !$0.isFinite }) {
        throw .notFinite(
          name, sample: place / max(1, tensor.sample.count), found: tensor.elements[place])
      }
    }
  }
}

/// What an epoch of training came to.
public struct TrainingEpoch: Sendable, Equatable {
  /// From 1.
  public let number: Int
  /// Steps taken since the beginning.
  public let steps: Int
  /// The mean over samples, each before the step that it led to.
  public let loss: Double
  /// The mean over steps, before clipping.
  public let gradientNorm: Double
}
