import Mathematics
import Predictions
import Quantities

extension RecurringJob {
  /// How a job is optimised while it recurs.
  public struct Strategy: Sendable, Hashable {
    /// Weight of energy in the cost, 0 … 1.
    public var eta = 0.5
    /// β: a run is stopped where its cost exceeds β times the least of any finished run so far.
    public var stop = 2.0
    /// nil for twice the number of choices.
    public var recurrences: Int?

    public init(eta: Double = 0.5, stop: Double = 2, recurrences: Int? = nil) {
      self.eta = eta
      self.stop = stop
      self.recurrences = recurrences
    }

    /// How often one recurrence may fail before it is given up.
    static let attempts = 1000
  }

  /// One recurrence: the batch that reached the target, and the energy of all attempts.
  public struct Recurrence: Sendable, Hashable {
    public let batch: Int
    public let limit: Watts
    public let energy: Joules
    /// Runs that were stopped before one reached the target.
    public let stopped: Int
  }

  /// The limit of least cost per epoch, as profiling its first epochs under every limit finds it.
  ///
  /// ```
  /// p*(b) = argmin_p (η·P(b, p) + (1 − η)·P_max)·t_epoch(b, p)
  /// ```
  public func profiledLimit(_ batch: Batch, eta: Double) -> PowerMeasurement? {
    let objective = PowerObjective.cost(eta: eta, maximumPower: maximumPower)
    return batch.limits.min {
      objective.value(time: $0.time, power: $0.power)
        < objective.value(time: $1.time, power: $1.power)
    }
  }

  /// Runs the job again and again, not knowing beforehand what each choice takes.
  ///
  /// The limit of a batch is found on its first visit and kept; its search takes seconds and is not
  /// charged. A run draws its epochs from those of its batch. One whose cost would exceed the stop, or
  /// that would never reach the target, is stopped there; its energy counts, and the same recurrence
  /// goes on with the next batch.
  ///
  /// - Complexity: O(recurrences · batches).
  public func recurrences(_ strategy: Strategy = Strategy(), seed: UInt64) -> [Recurrence] {
    var random = RandomStream(seed: seed, label: name)
    var search = BatchSizeSearch(batches.map(\.size), start: defaultBatch)
    let objective = PowerObjective.cost(eta: strategy.eta, maximumPower: maximumPower)
    let profiles = Dictionary(
      batches.compactMap { batch in
        profiledLimit(batch, eta: strategy.eta).map { (batch.size, (batch, $0)) }
      }, uniquingKeysWith: { first, _ in first })
    let count =
      strategy.recurrences
      ?? 2 * batches.count * (batches.map(\.limits.count).max() ?? 0)
    var least = Double.infinity
    var result: [Recurrence] = []
    for _ in 0..<count {
      var energy = Joules.zero
      for attempt in 0..<Strategy.attempts {
        let size = search.next(&random)
        guard let (batch, point) = profiles[size] else { break }
        let rate = objective.value(time: Seconds(1), power: point.power)
        let epochs = batch.epochs[random.integer(below: batch.epochs.count)]
        let time = epochs.map { Double($0) * point.time }
        let cost = time.map { $0.value * rate }
        if let time, let cost, cost <= strategy.stop * least {
          energy += point.power * time
          least = min(least, cost)
          search.observe(size, cost: cost, reachedTarget: true)
          result.append(
            Recurrence(batch: size, limit: point.limit, energy: energy, stopped: attempt))
          break
        }
        // A first run is never stopped: the default batch always reaches the target.
        let stopped = strategy.stop * least
        energy += point.power * Seconds(stopped / rate)
        search.observe(size, cost: stopped, reachedTarget: false)
      }
    }
    return result
  }
}
