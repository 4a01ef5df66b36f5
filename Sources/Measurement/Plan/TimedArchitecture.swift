import Quantities
import Workloads

/// The run times of one architecture over all passes.
public struct TimedArchitecture: Sendable, Hashable {
  public let architecture: Architecture
  /// In the order of the passes; visits that failed are not among them.
  public let runs: [Seconds]
  /// What went wrong at the visit that failed; the passes after it left the architecture out.
  public let failure: String?
  /// `nil` where there is no run.
  public let statistics: TimingStatistics?

  public init(architecture: Architecture, runs: [Seconds], failure: String? = nil) {
    self.architecture = architecture
    self.runs = runs
    self.failure = failure
    statistics = TimingStatistics(runs)
  }

  /// The median run.
  public var latency: Seconds? { statistics?.median }
  /// The lower quartile of the runs.
  public var low: Seconds? { statistics?.lowerQuartile }
  /// The upper quartile of the runs.
  public var high: Seconds? { statistics?.upperQuartile }
}
