import Workloads

/// Anything that predicts one run of a workload: closed forms, simulators, learned models.
///
/// What it is to run on, and how, belongs to the model.
public protocol PerformanceModel: Sendable {
  func predict(_ workload: Workload) throws -> Prediction
}
