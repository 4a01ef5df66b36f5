import Mathematics
import Quantities
import Workloads

/// Which architectures are visited, how often, in which order.
///
/// A processor warms up, clocks down and gets company while a measurement runs. Each pass therefore
/// visits all architectures in another random order: a drift then widens the spread of every
/// architecture instead of looking like a difference between the first and the last.
public struct MeasurementPlan: Sendable, Hashable {
  /// As given, repetitions left out.
  public let architectures: [Architecture]
  public let passes: Int
  public let seed: UInt64

  /// - Throws: `MeasurementError.noArchitectures`, or `.tooSmall` for fewer than one pass.
  public init(
    _ architectures: [Architecture], passes: Int = RunnerSettings().passes, seed: UInt64 = 0
  ) throws(MeasurementError) {
    guard !architectures.isEmpty else { throw .noArchitectures }
    try MeasurementError.check("passes", passes, atLeast: 1, atMost: 1000)
    var seen: Set<Architecture> = []
    self.architectures = architectures.filter { seen.insert($0).inserted }
    self.passes = passes
    self.seed = seed
  }

  /// The order of one pass, the same for the same seed.
  public func order(pass: Int) -> [Architecture] {
    var stream = RandomStream(seed: seed, label: "pass \(pass)")
    var order = architectures
    stream.shuffle(&order)
    return order
  }

  /// Makes every visit that is not among `earlier` ones.
  ///
  /// An architecture that fails costs its own row only; later passes leave it out. Earlier visits
  /// that failed are made again. Earlier visits of other architectures or passes are ignored.
  ///
  /// - Parameters:
  ///   - earlier: visits of a session that was broken off.
  ///   - progress: called before each visit.
  ///   - finished: called after each visit, to save it; what it throws ends the measurement.
  /// - Returns: one row for each of `architectures`, in their order.
  public func measure<Failure: Error>(
    with runner: some ArchitectureRunner, resuming earlier: [TimedVisit] = [],
    progress: (MeasurementProgress) -> Void = { _ in },
    finished: (TimedVisit) throws(Failure) -> Void
  ) throws(Failure) -> [TimedArchitecture] {
    var runs: [Architecture: [Int: [Seconds]]] = [:]
    let known = Set(architectures)
    for visit in earlier
    where visit.failure == nil && !visit.runs.isEmpty && (0..<passes).contains(visit.pass)
      && known.contains(visit.architecture)
    {
      runs[visit.architecture, default: [:]][visit.pass] = visit.runs
    }
    var failures: [Architecture: String] = [:]
    var done = runs.values.reduce(0) { $0 + $1.count }
    for pass in 0..<passes {
      for architecture in order(pass: pass) where runs[architecture]?[pass] == nil {
        if failures[architecture] == nil {
          progress(
            MeasurementProgress(
              done: done, total: architectures.count * passes, pass: pass,
              architecture: architecture))
          let visit = Self.visit(architecture, pass: pass, runner)
          failures[architecture] = visit.failure
          if visit.failure == nil { runs[architecture, default: [:]][pass] = visit.runs }
          try finished(visit)
        }
        done += 1
      }
    }
    return architectures.map { architecture in
      let visits = runs[architecture] ?? [:]
      return TimedArchitecture(
        architecture: architecture, runs: (0..<passes).flatMap { visits[$0] ?? [] },
        failure: failures[architecture])
    }
  }

  /// The same without saving visits.
  public func measure(
    with runner: some ArchitectureRunner, resuming earlier: [TimedVisit] = [],
    progress: (MeasurementProgress) -> Void = { _ in }
  ) -> [TimedArchitecture] {
    measure(with: runner, resuming: earlier, progress: progress, finished: { _ in })
  }

  private static func visit(
    _ architecture: Architecture, pass: Int, _ runner: some ArchitectureRunner
  ) -> TimedVisit {
    do {
      let runs = try runner.runs(of: architecture)
      let isSound = !runs.isEmpty && runs.allSatisfy { $0.isFinite && $0 > .zero }
      return TimedVisit(
        architecture: architecture, pass: pass, runs: isSound ? runs : [],
        failure: isSound ? nil : "the runner gave no run, or one that is not positive.")
    } catch {
      return TimedVisit(
        architecture: architecture, pass: pass, runs: [], failure: error.description)
    }
  }
}
