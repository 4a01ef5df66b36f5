import Quantities
import Workloads

/// Turns operations into kernels: what is launched, in which shape, and what it moves under a
/// precision, a layout and a fusion.
struct KernelLowering {
  let workload: Workload
  let counts: WorkloadCounts
  let execution: Execution
  let precision: Precision
  private var kernels: [Kernel] = []
  private var steps: [KernelProgram.Step] = []
  private var assumptions: [String] = []
  /// The value that a view is another name of.
  private var owner: [Int32]
  /// How many operations have added to a gradient so far.
  private var gradientWriters: [UInt8] = []

  init(_ workload: Workload, _ counts: WorkloadCounts, _ execution: Execution) {
    self.workload = workload
    self.counts = counts
    self.execution = execution
    precision = execution.precision ?? Precision.of(workload)
    owner = workload.values.indices.map { Int32($0) }
    kernels.reserveCapacity(workload.operations.count)
    steps.reserveCapacity(workload.operations.count)
  }

  mutating func program() -> KernelProgram {
    let isTraining = workload.operations.contains { $0.pass != .forward }
    if isTraining { gradientWriters = [UInt8](repeating: 0, count: workload.values.count) }
    var fusion = FusionPass(workload, execution.fusion)
    for (index, operation) in workload.operations.enumerated() {
      if isAlias(operation) {
        alias(operation)
        continue
      }
      let instances = workload.instances(of: operation)
      if execution.fusion != .none,
        let step = fusion.host(of: operation, index, owner: owner, steps: steps)
      {
        steps[step].joined.append(index)
        continue
      }
      let first = kernels.count
      append(operation, counts.operations[index])
      if isTraining, operation.pass == .backward { accumulate(operation, from: first) }
      guard kernels.count > first else { continue }
      steps.append(
        KernelProgram.Step(
          operation: index, kernels: first..<kernels.count, instances: instances))
      if execution.fusion != .none { fusion.add(operation, step: steps.count - 1, owner: owner) }
    }
    if execution.fusion != .none { joinTraffic() }
    return KernelProgram(
      workload: workload, execution: execution, precision: precision, kernels: kernels,
      steps: steps, footprint: footprint(), assumptions: assumptions)
  }

  // MARK: - What launches nothing

  /// Another name, a folded normalisation, or the gradient of a sum, which is that of its terms.
  private func isAlias(_ operation: Operation) -> Bool {
    switch operation.kind {
    case .movement(.view), .normalization(.folded): true
    default: false
    }
  }

  private mutating func alias(_ operation: Operation) {
    guard operation.pass == .forward, let from = workload.inputs(of: operation).first,
      let to = workload.outputs(of: operation).first
    else { return }
    owner[Int(to.index)] = owner[Int(from.index)]
  }

  // MARK: - Widths

  /// What an operation's activations are scaled by to be stored in the precision that is asked for.
  private func activationScale(_ operation: Operation) -> Double {
    guard execution.precision != nil else { return 1 }
    for id in workload.outputs(of: operation) where workload[id].format.dataType.isFloating {
      return precision.activationBits / workload[id].format.bitsPerElement
    }
    for id in workload.inputs(of: operation) where workload[id].format.dataType.isFloating {
      return precision.activationBits / workload[id].format.bitsPerElement
    }
    return 1
  }

  /// Bits of one element of a stored weight: tables and vectors stay as wide as activations.
  private func weightBits(_ value: Value, isTable: Bool) -> Double {
    guard execution.precision != nil else { return value.format.bitsPerElement }
    return value.shape.rank > 1 && !isTable ? precision.weightBits : precision.activationBits
  }

  private func weightScale(_ operation: Operation) -> Double {
    guard execution.precision != nil else { return 1 }
    for id in workload.inputs(of: operation) where workload[id].role == .weight {
      let value = workload[id]
      return weightBits(value, isTable: operation.kind == .embedding)
        / value.format.bitsPerElement
    }
    return 1
  }

  // MARK: - Kernels

  private mutating func append(_ operation: Operation, _ cost: OperationCounts) {
    let (activations, weights) = (activationScale(operation), weightScale(operation))
    var kernel = Kernel(KernelKind(operation, workload))
    kernel.operandBits = precision.activationBits
    kernel.weightBytes = weights * (cost.weightBytesRead + cost.weightBytesWritten)
    kernel.readBytes = activations * cost.activationBytesRead + cost.cacheBytesRead
    kernel.writtenBytes = activations * cost.activationBytesWritten + cost.cacheBytesWritten
    kernel.matrixMACs = cost.matrixMACs
    kernel.vectorFLOP = cost.vectorFLOP
    kernel.shape(operation, workload)
    switch operation.pass {
    case .forward:
      addConversions(to: &kernel, operation)
      kernels.append(kernel)
    case .update:
      kernels.append(kernel)
    case .backward where kernel.kind.isMatrix || kernel.kind == .depthwiseConvolution:
      appendGradients(of: kernel, operation)
    case .backward where operation.kind == .elementwise(.add):
      // What flows back through a sum is the same tensor for each term.
      break
    case .backward:
      addConversions(to: &kernel, operation)
      kernels.append(kernel)
    }
  }

  /// The two products of a gradient, for the data and for the weights.
  ///
  /// ```
  /// forward   Y (m×n) = X (m×k) · W (k×n)
  /// data      dX (m×k) = dY (m×n) · Wᵀ (n×k)
  /// weights   dW (k×n) = Xᵀ (k×m) · dY (m×n)
  /// ```
  private mutating func appendGradients(of kernel: Kernel, _ operation: Operation) {
    let outputs = workload.outputs(of: operation)
    let wantsData = outputs.contains {
      workload[$0].label != "weight_gradient" && workload[$0].shape.rank > 1
    }
    let wantsWeights = outputs.contains { workload[$0].label == "weight_gradient" }
    var data = kernel
    data.matrixMACs = kernel.matrixMACs / 2
    data.vectorFLOP = kernel.vectorFLOP / 2
    (data.columns, data.depth) = (kernel.depth / kernel.window, kernel.columns * kernel.window)
    let scale = activationScale(operation)
    var gradientBytes = 0.0
    var inputBytes = 0.0
    for id in outputs {
      let value = workload[id]
      if value.label == "weight_gradient" || value.shape.rank <= 1 {
        gradientBytes += scale * value.bytes
      } else {
        inputBytes += scale * value.bytes
      }
    }
    // Read: what the forward run read and dY; written: dX and dW.
    data.readBytes = max(0, kernel.readBytes - inputBytes)
    data.writtenBytes = inputBytes
    var weights = data
    weights.rows = kernel.columns
    weights.columns = kernel.depth
    weights.depth = kernel.rows
    weights.readBytes = kernel.readBytes
    weights.weightBytes = 0
    weights.writtenBytes = gradientBytes
    if kernel.kind == .depthwiseConvolution {
      (data.columns, data.depth) = (kernel.columns, kernel.depth)
      (weights.rows, weights.columns, weights.depth) = (kernel.rows, kernel.columns, kernel.depth)
    }
    if wantsData {
      addConversions(to: &data, operation)
      kernels.append(data)
    }
    if wantsWeights {
      addConversions(to: &weights, operation)
      kernels.append(weights)
    }
    if !wantsData, !wantsWeights {
      // A product of two activations has a gradient for each.
      kernels.append(data)
      kernels.append(data)
    }
  }

  /// A tensor that several operations read adds up their gradients, one kernel for each after the
  /// first.
  private mutating func accumulate(_ operation: Operation, from first: Int) {
    let scale = activationScale(operation)
    var extra = 0.0
    var launches = 0.0
    for id in workload.outputs(of: operation) where workload[id].label != "weight_gradient" {
      let index = Int(id.index)
      if gradientWriters[index] > 0, workload[id].shape.rank > 1 {
        extra += 3 * scale * workload[id].bytes
        launches += 1
      }
      gradientWriters[index] = min(gradientWriters[index], 200) + 1
    }
    guard extra > 0 else { return }
    if kernels.count > first {
      kernels[kernels.count - 1].extraBytes += extra
      kernels[kernels.count - 1].extraLaunches += launches
    } else {
      var sum = Kernel(.elementwise)
      sum.readBytes = extra * 2 / 3
      sum.writtenBytes = extra / 3
      sum.rows = extra / 3 / (precision.activationBits / 8)
      sum.vectorFLOP = sum.rows
      sum.operandBits = precision.activationBits
      kernels.append(sum)
    }
  }

  // MARK: - Changes of type and layout

  private func addConversions(to kernel: inout Kernel, _ operation: Operation) {
    if execution.layout == .channelsFirst, operation.kind.isPlanarConvolution,
      kernel.kind != .depthwiseConvolution, precision.usesMatrixUnits
    {
      // Into the units' order and back: each tensor is read and written once more.
      kernel.extraBytes += 2 * (kernel.readBytes + kernel.writtenBytes)
      kernel.extraLaunches += 2
    }
    if operation.pass == .backward, operation.kind == .normalization(.batch) {
      // Two sums over the batch before the gradient can be scaled.
      kernel.extraBytes += kernel.readBytes
    } else if operation.kind == .normalization(.batch), !gradientWriters.isEmpty {
      // Training takes the statistics first.
      kernel.extraBytes += kernel.readBytes
    }
    guard precision == .amp else { return }
    switch kernel.kind {
    case .normalization, .softmax:
      guard execution.fusion == .none else { break }
      // fp16 is read and fp32 written, read and written again, read and fp16 written: 20 bytes for an
      // element instead of 4.
      kernel.extraBytes += 4 * (kernel.readBytes + kernel.writtenBytes)
      kernel.extraLaunches += 2
    case .pointwiseConvolution, .spatialConvolution, .groupedConvolution, .depthwiseConvolution,
      .linear:
      // 4 bytes of the stored weight are read and 2 written before the product reads 2.
      kernel.extraBytes += 3 * kernel.weightBytes
      kernel.extraLaunches += 1
    default: break
    }
  }

  // MARK: - Fusion

  /// What a step reads and writes once it has been joined with others: every tensor that comes from
  /// outside once, and every tensor that somebody outside reads.
  private mutating func joinTraffic() {
    var stepOf = [Int32](repeating: -1, count: workload.values.count)
    for (place, step) in steps.enumerated() {
      for operation in CollectionOfOne(step.operation) + step.joined {
        for id in workload.outputs(of: workload.operations[operation]) {
          stepOf[Int(id.index)] = Int32(place)
        }
      }
    }
    var isReadOutside = [Bool](repeating: false, count: workload.values.count)
    for id in workload.results { isReadOutside[Int(owner[Int(id.index)])] = true }
    for (place, step) in steps.enumerated() {
      for operation in CollectionOfOne(step.operation) + step.joined {
        for id in workload.inputs(of: workload.operations[operation]) {
          let value = Int(owner[Int(id.index)])
          if stepOf[value] != Int32(place) { isReadOutside[value] = true }
        }
      }
    }
    for place in steps.indices where !steps[place].joined.isEmpty {
      let step = steps[place]
      let last = step.kernels.upperBound - 1
      var written = 0.0
      for operation in CollectionOfOne(step.operation) + step.joined {
        let scale = activationScale(workload.operations[operation])
        for id in workload.outputs(of: workload.operations[operation])
        where isReadOutside[Int(id.index)] {
          written += scale * workload[id].bytes
        }
      }
      var seen: Set<Int32> = []
      for id in workload.inputs(of: workload.operations[step.operation]) {
        seen.insert(owner[Int(id.index)])
      }
      var read = 0.0
      for operation in step.joined {
        let scale = activationScale(workload.operations[operation])
        for id in workload.inputs(of: workload.operations[operation]) {
          let value = owner[Int(id.index)]
          guard stepOf[Int(value)] != Int32(place), seen.insert(value).inserted else { continue }
          read += scale * workload.values[Int(value)].bytes
        }
        kernels[last].vectorFLOP += counts.operations[operation].vectorFLOP
      }
      kernels[last].readBytes += read
      kernels[last].writtenBytes = written
    }
  }

  // MARK: - Memory

  private func footprint() -> MemoryFootprint {
    var result = MemoryFootprint()
    var isTable = [Bool](repeating: false, count: workload.values.count)
    var activationScale = 1.0
    if execution.precision != nil {
      for operation in workload.operations where operation.kind == .embedding {
        if let table = workload.inputs(of: operation).first { isTable[Int(table.index)] = true }
      }
      if let value = workload.values.first(where: {
        $0.role == .activation && $0.format.dataType.isFloating
      }) {
        activationScale = precision.activationBits / value.format.bitsPerElement
      }
    }
    var weights = 0.0
    var state = 0.0
    for (index, value) in workload.values.enumerated() {
      switch value.role {
      case .weight:
        var bits = weightBits(value, isTable: isTable[index])
        // The fp32 original stays, and the cast copy with it.
        if precision == .amp { bits += 32 }
        weights += workload[value.scope].weightInstances * value.elements * bits / 8
      case .buffer where value.label == "optimizer_state":
        state += workload[value.scope].weightInstances * value.bytes
      default: break
      }
    }
    result.weights = Bytes(weights)
    result.cache = counts.cacheBytes
    result.activations = activationScale * counts.peakActivationBytes
    result.optimizerState = Bytes(state)
    return result
  }
}

extension OperationKind {
  /// A convolution over images, whose layout can be one or the other.
  var isPlanarConvolution: Bool {
    switch self {
    case .convolution, .transposedConvolution: true
    default: false
    }
  }
}

extension Precision {
  /// Whether its products belong on matrix units where a device has them.
  var usesMatrixUnits: Bool {
    switch self {
    case .fp64, .fp32: false
    default: true
    }
  }
}
