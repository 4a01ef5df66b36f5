import Foundation
import Mathematics

/// Which batch size to run next, of a job that recurs and whose cost varies from run to run.
///
/// Two rounds of pruning visit a start (first the default, then the best of the first round), every
/// smaller batch in turn, then every larger one; a run that is stopped ends its direction and drops
/// what lies beyond. Then Gaussian Thompson sampling over those that the second round has left:
/// ```
/// θ_b ~ N(mean of b's costs, variance of b's costs ÷ their number)          run argmin θ_b
/// ```
/// with a flat prior and each batch's own variance.
///
/// - Source: Zeus, NSDI 2023, section 4: "pruning exploration" and "Gaussian Thompson sampling"
///   (algorithms 1 and 2).
public struct BatchSizeSearch: Sendable {
  private enum Phase { case start, smaller, larger }

  static let pruningRounds = 2

  /// Batches that have not been dropped, ascending.
  public private(set) var alive: [Int]
  /// From 1; above `pruningRounds` it samples.
  public private(set) var round = 1
  /// Of each batch, in the order of its runs.
  public private(set) var costs: [Int: [Double]] = [:]
  private var phase = Phase.start
  private var queue: [Int] = []
  private var start = 0
  private var passed: [Int] = []

  /// - Precondition: `start` is one of `batches`.
  public init(_ batches: [Int], start: Int) {
    precondition(batches.contains(start), "the start \(start) is not among \(batches)")
    alive = batches.sorted()
    begin(start)
  }

  private mutating func begin(_ start: Int) {
    self.start = start
    (phase, queue, passed) = (.start, [start], [])
  }

  /// The batch to run next.
  public mutating func next(_ random: inout RandomStream) -> Int {
    while round <= Self.pruningRounds {
      if let batch = queue.first { return batch }
      advance()
    }
    return sample(&random)
  }

  private mutating func advance() {
    switch phase {
    case .start: (phase, queue) = (.smaller, alive.filter { $0 < start }.reversed())
    case .smaller: (phase, queue) = (.larger, alive.filter { $0 > start })
    case .larger:
      if !passed.isEmpty { alive = passed.sorted() }
      round += 1
      if round <= Self.pruningRounds {
        begin(alive.min { meanCost($0) < meanCost($1) } ?? start)
      }
    }
  }

  /// What the run of `batch` has cost; of a run that was stopped, what it had cost until then.
  public mutating func observe(_ batch: Int, cost: Double, reachedTarget: Bool) {
    guard round <= Self.pruningRounds else {
      costs[batch, default: []].append(cost)
      return
    }
    if !queue.isEmpty { queue.removeFirst() }
    if reachedTarget {
      passed.append(batch)
      costs[batch, default: []].append(cost)
    } else if phase != .start {
      queue = []
    }
  }

  // MARK: - Thompson sampling

  private func sample(_ random: inout RandomStream) -> Int {
    var best = (batch: start, draw: Double.infinity)
    for batch in alive {
      let own = costs[batch] ?? []
      let spread = standardDeviation(own) / Double(max(1, own.count)).squareRoot()
      let draw = meanCost(batch) + spread * random.normal()
      if draw < best.draw { best = (batch, draw) }
    }
    return best.batch
  }

  private func meanCost(_ batch: Int) -> Double {
    costs[batch].map { $0.isEmpty ? .infinity : mean($0) } ?? .infinity
  }
}
