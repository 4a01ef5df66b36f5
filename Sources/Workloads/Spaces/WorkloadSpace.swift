/// A search space whose architectures can be written as graphs of operations.
public protocol WorkloadSpace {
  /// One run over `batch` pictures.
  func workload(of architecture: Architecture, batch: Int) throws(WorkloadError) -> Workload
}
