import Mathematics
import Predictions
import Quantities

/// A training that is run again and again to one target, with a batch size and a power limit to choose.
///
/// ```
/// T(b, p) = epochs(b)·t_epoch(b, p)                  time to the target
/// E(b, p) = T(b, p)·P(b, p)                          energy to the target (ETA)
/// C(b, p) = η·E(b, p) + (1 − η)·P_max·T(b, p)        cost
/// ```
/// - Source: J. You, J.-W. Chung, M. Chowdhury, *Zeus*, NSDI 2023, section 3.
public struct RecurringJob: Sendable {
  /// What is known of one batch size.
  public struct Batch: Sendable {
    public let size: Int
    /// Epochs to the target of each run that was made; nil for one that did not reach it.
    public let epochs: [Int?]
    /// Time of one epoch and mean power under each limit, ascending.
    public let limits: [PowerMeasurement]

    public init(size: Int, epochs: [Int?], limits: [PowerMeasurement]) {
      self.size = size
      self.epochs = epochs
      self.limits = limits.sorted { $0.limit < $1.limit }
    }

    /// The mean over runs; nil where any of them did not reach the target.
    public var meanEpochs: Double? {
      guard !epochs.isEmpty, !epochs.contains(nil) else { return nil }
      return mean(epochs.compactMap { $0.map(Double.init) })
    }
  }

  /// A batch size under a limit, with what it takes to the target in the mean.
  public struct Choice: Sendable, Hashable {
    public let batch: Int
    public let limit: Watts
    public let time: Seconds
    public let energy: Joules
    public let cost: Double
  }

  public let name: String
  /// By size, ascending.
  public let batches: [Batch]
  public let defaultBatch: Int
  /// P_max: the highest limit of the default batch.
  public let maximumPower: Watts

  /// - Throws: `RecurringJobError` where the default batch is not there, or does not always reach the
  ///   target: nothing would bound a run.
  public init(name: String, batches: [Batch], defaultBatch: Int) throws(RecurringJobError) {
    let usable = batches.filter { !$0.limits.isEmpty && !$0.epochs.isEmpty }
      .sorted { $0.size < $1.size }
    guard let own = usable.first(where: { $0.size == defaultBatch }),
      let highest = own.limits.last?.limit
    else {
      throw .noDefault(job: name, batch: defaultBatch, batches: usable.map(\.size))
    }
    guard own.meanEpochs != nil else { throw .defaultFails(job: name, batch: defaultBatch) }
    self.name = name
    self.batches = usable
    self.defaultBatch = defaultBatch
    maximumPower = highest
  }

  // MARK: - With everything known

  /// Every choice that reaches the target in all runs.
  public func choices(eta: Double = 1) -> [Choice] {
    let objective = PowerObjective.cost(eta: eta, maximumPower: maximumPower)
    return batches.flatMap { batch in
      guard let epochs = batch.meanEpochs else { return [Choice]() }
      return batch.limits.map { point in
        let time = epochs * point.time
        return Choice(
          batch: batch.size, limit: point.limit, time: time, energy: point.power * time,
          cost: objective.value(time: time, power: point.power))
      }
    }
  }

  /// The default batch under the highest limit: what everything is compared with.
  public var baseline: Choice {
    // The initialiser has seen both.
    choices().first { $0.batch == defaultBatch && $0.limit == maximumPower }
      ?? Choice(batch: defaultBatch, limit: maximumPower, time: .zero, energy: .zero, cost: 0)
  }

  /// What may be chosen.
  public enum Freedom: Sendable, CaseIterable { case both, batchAlone, limitAlone }

  /// The choice of least cost; with η = 1 that of least energy.
  public func optimum(_ freedom: Freedom = .both, eta: Double = 1) -> Choice {
    choices(eta: eta).filter { choice in
      switch freedom {
      case .both: true
      case .batchAlone: choice.limit == maximumPower
      case .limitAlone: choice.batch == defaultBatch
      }
    }.min { $0.cost < $1.cost } ?? baseline
  }

  /// The share of the baseline's energy that `energy` saves.
  public func reduction(to energy: Joules) -> Double { 1 - energy / baseline.energy }
}

public enum RecurringJobError: Error, Equatable, Sendable, CustomStringConvertible {
  case noDefault(job: String, batch: Int, batches: [Int])
  case defaultFails(job: String, batch: Int)

  public var description: String {
    switch self {
    case .noDefault(let job, let batch, let batches):
      "\(job): the default batch \(batch) was not run under any limit; there are "
        + batches.map { "\($0)" }.joined(separator: ", ") + "."
    case .defaultFails(let job, let batch):
      "\(job): the default batch \(batch) does not always reach the target, so that nothing bounds "
        + "what another may cost; name another default."
    }
  }
}
