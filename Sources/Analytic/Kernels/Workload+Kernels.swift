import Workloads

extension Workload {
  /// The kernels that one run launches.
  ///
  /// - Complexity: O(operations + values).
  public func kernels(_ execution: Execution = Execution()) -> KernelProgram {
    kernels(execution, counts: counts())
  }

  /// The same from counts that are there already.
  public func kernels(_ execution: Execution, counts: WorkloadCounts) -> KernelProgram {
    var lowering = KernelLowering(self, counts, execution)
    return lowering.program()
  }
}
