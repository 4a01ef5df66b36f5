extension NASBench201Space: WorkloadSpace {
  public func workload(of architecture: Architecture, batch: Int) throws(WorkloadError) -> Workload
  {
    throw .setting("not yet")
  }
}
extension FBNetSpace: WorkloadSpace {
  public func workload(of architecture: Architecture, batch: Int) throws(WorkloadError) -> Workload
  {
    throw .setting("not yet")
  }
}
