/// A search space whose architectures can be written as graphs of operations.
public protocol WorkloadSpace {
  /// One run over `batch` pictures.
  func workload(of architecture: Architecture, batch: Int) throws(WorkloadError) -> Workload
}

extension NASBench201Space: WorkloadSpace {
  public func workload(
    of architecture: Architecture, batch: Int
  ) throws(WorkloadError) -> Workload {
    try workload(of: architecture, batch: batch, runsAllEdges: false)
  }
}

extension FBNetSpace: WorkloadSpace {}

extension WorkloadSpace {
  /// One run over one picture.
  public func workload(of architecture: Architecture) throws(WorkloadError) -> Workload {
    try workload(of: architecture, batch: 1)
  }
}
