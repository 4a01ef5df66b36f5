import Workloads

extension SpatialAccelerator {
  /// What a run of a program takes: a sum over its operations.
  ///
  /// Elements are words of the accelerator, in whatever types the program is stored. A window's inputs
  /// are those of its picture, each once beyond the array; channels that are convolved by themselves are
  /// products of one column each. Attention is two products with the scores between them. What is no
  /// product passes through the buffer once, both ways, beside the arithmetic of the vector unit.
  ///
  /// - Note: heads that share keys read them once each, and a transposed convolution writes a product
  ///   for each element of its window: both are counted too high.
  public func energy(of program: KernelProgram) -> ComponentEnergy {
    // Networks repeat their blocks.
    var known: [KernelInputs: ActionCounts] = [:]
    return ComponentEnergy(
      costs: costs,
      operations: program.steps.map { step in
        var counts = ActionCounts()
        for index in step.kernels {
          let key = KernelInputs(
            kernel: program.kernels[index], inputs: program.windowInputs(step))
          let own = known[key] ?? actions(of: key.kernel, inputs: key.inputs)
          known[key] = own
          counts = counts + own
        }
        return .init(
          operation: step.operation, instances: step.instances, actions: counts * step.instances)
      })
  }

  private struct KernelInputs: Hashable {
    let kernel: Kernel
    let inputs: Double?
  }

  /// - Parameter inputs: elements of what a window slides over; nil where that is not known.
  func actions(of kernel: Kernel, inputs: Double? = nil) -> ActionCounts {
    let read = kernel.readBytes * 8 / kernel.operandBits
    guard kernel.matrixMACs > 0 else { return passing(kernel, read: read) }
    var counts = ActionCounts()
    // Words that the products do not account for, as the other term of a sum that is joined with one.
    var other = 0.0
    if kernel.kind == .attention {
      let scores = MatrixProduct(rows: kernel.rows, columns: kernel.columns, depth: kernel.depth)
      let values = MatrixProduct(rows: kernel.rows, columns: kernel.depth, depth: kernel.columns)
      // Those that a mask hides are left out.
      let share = kernel.matrixMACs / (scores.macs + values.macs)
      counts = (actions(of: scores) + actions(of: values)) * share
    } else {
      var product = MatrixProduct(
        rows: kernel.rows, columns: kernel.columns, depth: kernel.depth)
      if kernel.kind == .depthwiseConvolution {
        product = MatrixProduct(rows: kernel.rows, columns: 1, depth: kernel.depth)
      }
      let count = kernel.matrixMACs / product.macs
      if kernel.window > 1 {
        product.inputs = min(product.inputs, (inputs ?? read) / count)
      }
      counts = actions(of: product) * count
      let operands = product.inputs + (kernel.weightBytes > 0 ? 0 : product.weights)
      other = max(0, read - operands * count)
    }
    counts.vectorFLOP = kernel.vectorFLOP
    counts.mainMemory.inputs.reads += other
    counts.buffer.inputs.reads += other
    counts.buffer.inputs.writes += other
    return counts
  }

  /// Everything that is read or written, once through the buffer.
  private func passing(_ kernel: Kernel, read: Double) -> ActionCounts {
    func words(_ bytes: Double) -> Double { bytes * 8 / kernel.operandBits }
    var counts = ActionCounts()
    counts.vectorFLOP = kernel.vectorFLOP
    counts.mainMemory.inputs.reads = read + words(kernel.extraBytes)
    counts.mainMemory.weights.reads = words(kernel.weightBytes)
    counts.mainMemory.outputs.writes = words(kernel.writtenBytes)
    counts.buffer.inputs = .init(
      reads: counts.mainMemory.inputs.reads, writes: counts.mainMemory.inputs.reads)
    counts.buffer.weights = .init(
      reads: counts.mainMemory.weights.reads, writes: counts.mainMemory.weights.reads)
    counts.buffer.outputs = .init(
      reads: counts.mainMemory.outputs.writes, writes: counts.mainMemory.outputs.writes)
    return counts
  }
}

extension KernelProgram {
  /// Elements over which the windows of a forward convolution slide.
  fileprivate func windowInputs(_ step: Step) -> Double? {
    let operation = workload.operations[step.operation]
    guard operation.pass == .forward, case .convolution = operation.kind else { return nil }
    return workload.inputs(of: operation).first.map { workload[$0].elements }
  }
}
