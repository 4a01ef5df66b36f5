import Workloads

/// How far a measurement is, told before each visit.
public struct MeasurementProgress: Sendable, Hashable {
  /// Visits that are behind, those of an earlier session included.
  public let done: Int
  public let total: Int
  /// Counted from 0.
  public let pass: Int
  /// What is visited next.
  public let architecture: Architecture
}
