import Quantities
import Workloads

/// Something that runs an architecture and says how long each run took.
public protocol ArchitectureRunner: Sendable {
  /// The times of the runs of one visit, in the order in which they happened; at least one.
  ///
  /// - Throws: what went wrong with this architecture; others can still be run.
  func runs(of architecture: Architecture) throws(MeasurementError) -> [Seconds]
}
