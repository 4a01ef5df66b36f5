import Workloads

/// A workload as the kernels that a runtime launches for it, in order.
///
/// It depends on how the workload is run, not on the device: many devices share one program.
public struct KernelProgram: Sendable {
  /// What one operation launches.
  public struct Step: Sendable {
    /// Its place in the workload.
    public let operation: Int
    /// Its kernels' places in `kernels`; two for the gradients of a product, else one.
    public let kernels: Range<Int>
    /// How often it runs.
    public let instances: Double
    /// Operations that became part of it.
    public var joined: [Int] = []
  }

  public let workload: Workload
  public let execution: Execution
  /// The execution's, or the workload's own.
  public let precision: Precision
  public let kernels: [Kernel]
  public let steps: [Step]
  public let footprint: MemoryFootprint
  /// What the lowering took to be so.
  public let assumptions: [String]

  /// How often each kernel runs.
  func runs() -> [Double] {
    var runs = [Double](repeating: 0, count: kernels.count)
    for step in steps {
      for index in step.kernels { runs[index] = step.instances }
    }
    return runs
  }
}

/// The distinct kernels of a program with how often each runs: all that a total needs.
///
/// A network repeats its blocks, so that this is several times shorter than the program, and a sweep
/// over devices reads it once for each of them.
public struct KernelTally: Sendable {
  public private(set) var kernels: [Kernel] = []
  public private(set) var runs: [Double] = []
  public let footprint: MemoryFootprint
  public let precision: Precision

  public init(_ program: KernelProgram) {
    footprint = program.footprint
    precision = program.precision
    var places: [Kernel: Int] = [:]
    places.reserveCapacity(program.kernels.count)
    for (kernel, count) in zip(program.kernels, program.runs()) {
      if let place = places[kernel] {
        runs[place] += count
      } else {
        places[kernel] = kernels.count
        kernels.append(kernel)
        runs.append(count)
      }
    }
  }
}
