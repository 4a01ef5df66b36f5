import Quantities
import Workloads

/// What one visit of one architecture gave: the unit that is saved, so that a measurement can go on
/// where it was broken off.
public struct TimedVisit: Sendable, Hashable {
  public let architecture: Architecture
  /// Counted from 0.
  public let pass: Int
  /// Empty where the visit failed.
  public let runs: [Seconds]
  /// Why there are no runs.
  public let failure: String?

  public init(architecture: Architecture, pass: Int, runs: [Seconds], failure: String? = nil) {
    self.architecture = architecture
    self.pass = pass
    self.runs = runs
    self.failure = failure
  }
}
