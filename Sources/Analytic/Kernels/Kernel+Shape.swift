import Workloads

extension KernelKind {
  /// The family that runs an operation.
  init(_ operation: Operation, _ workload: Workload) {
    switch operation.kind {
    case .convolution(let layer), .transposedConvolution(let layer):
      let weight = workload[workload.inputs(of: operation).dropFirst().first ?? ValueID(0)].shape
      if layer.groups == 1 {
        self = layer.kernel.allSatisfy { $0 == 1 } ? .pointwiseConvolution : .spatialConvolution
      } else if weight.rank > 1, weight[1] == 1 {
        self = .depthwiseConvolution
      } else {
        self = .groupedConvolution
      }
    case .matrixMultiply:
      let inputs = workload.inputs(of: operation)
      let isLinear = inputs.prefix(2).contains { workload[$0].role == .weight }
      self = isLinear ? .linear : .matrixMultiply
    case .contraction: self = .matrixMultiply
    case .expertMatrixMultiply: self = .linear
    case .attention: self = .attention
    case .stateSpace, .recurrence: self = .recurrence
    case .normalization(.batch), .normalization(.folded): self = .elementwise
    case .normalization: self = .normalization
    case .elementwise, .opaque: self = .elementwise
    case .softmax: self = .softmax
    case .pooling:
      let isGlobal =
        workload.outputs(of: operation).first.map { output in
          workload[output].shape.dropFirst(2).allSatisfy { $0 == 1 }
        } ?? false
      self = isGlobal ? .reduction : .pooling
    case .reduction: self = .reduction
    case .embedding: self = .gather
    case .movement(let movement): self = movement == .gather ? .gather : .movement
    case .selection: self = .selection
    case .optimizerUpdate: self = .optimizerUpdate
    }
  }
}

extension Kernel {
  /// Fills in the sizes of the product, or of the slices, from the shapes of an operation.
  mutating func shape(_ operation: Operation, _ workload: Workload) {
    let inputs = workload.inputs(of: operation)
    guard let first = inputs.first.map({ workload[$0].shape }),
      let output = resultShape(operation, workload)
    else { return }
    let second = inputs.dropFirst().first.map { workload[$0].shape } ?? Shape()
    switch operation.kind {
    case .convolution(let layer):
      let kernel = layer.kernel.reduce(1) { $0 * Double($1) }
      let groups = Double(max(1, layer.groups))
      let channels = Double(output.rank > 1 ? output[1] : 1)
      batch = kind == .groupedConvolution ? groups : 1
      rows = output.elements / max(1, channels)
      columns = channels / batch
      depth = Double(second.rank > 1 ? second[1] : 1) * kernel
      window = kernel
      isWinograd =
        kernel == 9 && layer.kernel.allSatisfy { $0 == 3 || $0 == 1 }
        && layer.stride.allSatisfy { $0 == 1 } && layer.groups == 1
    case .transposedConvolution(let layer):
      let kernel = layer.kernel.reduce(1) { $0 * Double($1) }
      let channels = Double(first.rank > 1 ? first[1] : 1)
      batch = Double(max(1, layer.groups))
      rows = first.elements / max(1, channels)
      columns = Double(second.rank > 1 ? second[1] : 1) * kernel
      depth = channels / batch
      window = kernel
    case .matrixMultiply, .contraction:
      columns = Double(output.innermost)
      if kind == .linear {
        rows = output.elements / max(1, columns)
      } else {
        rows = Double(output.rank > 1 ? output[output.rank - 2] : 1)
        batch = output.elements / max(1, rows * columns)
      }
      depth = forwardMACs(operation) / max(1, output.elements)
    case .expertMatrixMultiply(let experts):
      columns = Double(output.innermost)
      let products = output.elements / max(1, columns)
      let tokens = products / Double(max(1, experts.perToken))
      batch = max(1, (experts.touchedShare(tokens: tokens) * Double(experts.experts)).rounded())
      rows = products / batch
      depth = forwardMACs(operation) / max(1, output.elements)
    case .attention:
      guard first.rank == 4, second.rank == 4 else { return }
      batch = Double(first[0]) * Double(first[1])
      rows = Double(first[2])
      columns = Double(second[2])
      depth = Double(first[3])
    case .stateSpace(let rule):
      batch = Double(max(1, rule.heads))
      rows = output.elements / max(1, batch * Double(rule.valueSize))
      columns = Double(rule.valueSize)
      depth = Double(rule.keySize)
    case .recurrence(let recurrence):
      sequentialSteps = Double(first.rank > 2 ? first[0] : 1)
      rows = Double(first.rank > 2 ? first[1] : 1)
      columns = Double(recurrence.gates * recurrence.hiddenSize)
      depth = Double(first.innermost + recurrence.hiddenSize)
      batch = Double(recurrence.directions)
    case .normalization(let function) where kind == .normalization:
      rows = sliceCount(function, output, inputs.dropFirst().first.map { workload[$0] })
      columns = output.elements / max(1, rows)
    case .softmax:
      columns = Double(output.innermost)
      rows = output.elements / max(1, columns)
    case .pooling(let pooling):
      window = Double(pooling.window)
      rows = output.elements
      if kind == .reduction { columns = window }
    case .reduction:
      rows = output.elements
      columns = first.elements / max(1, output.elements)
    default:
      rows = output.elements
    }
  }

  /// How many slices a normalisation treats, each with a mean of its own.
  private func sliceCount(
    _ function: Normalization, _ output: Shape, _ scale: Value?
  ) -> Double {
    let pictures = Double(output.first ?? 1)
    let channels = Double(output.rank > 1 ? output[1] : 1)
    switch function {
    // The usual number; graphs do not state it.
    case .group: return pictures * min(32, channels)
    case .instance: return pictures * channels
    default:
      // Over the features that have a scale each, wherever they stand.
      let width = scale.map { $0.elements } ?? Double(output.innermost)
      return output.elements / max(1, width)
    }
  }

  /// Products of one pass: a gradient counts both of its own.
  private func forwardMACs(_ operation: Operation) -> Double {
    operation.pass == .backward ? matrixMACs / 2 : matrixMACs
  }

  /// The shape of what the forward operation writes; a gradient reads a tensor of it last.
  private func resultShape(_ operation: Operation, _ workload: Workload) -> Shape? {
    let id =
      operation.pass == .backward
      ? workload.inputs(of: operation).last : workload.outputs(of: operation).first
    return id.map { workload[$0].shape }
  }
}
