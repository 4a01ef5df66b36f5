import Workloads

extension Workload {
  /// The work of every operation as an inference engine does it; nil for what costs nothing: views, and
  /// what a converter joins with the operation before.
  ///
  /// Activations are counted as fp32, whatever the network's file says. An ncnn graph is already what
  /// the engine runs; in others batch normalisations fold into the product before them, and the
  /// functions that ncnn's convolutions apply themselves become part of those.
  public func workOperations(_ counts: WorkloadCounts) -> [WorkOperation?] {
    let isConverted = source.hasSuffix(".param")
    var followsProduct = [Bool](repeating: false, count: isConverted ? 0 : values.count)
    return zip(operations, counts.operations).map { operation, cost in
      if operation.kind.isView { return nil }
      if !isConverted {
        let output = outputs(of: operation).first.map { Int($0.index) }
        let follows = inputs(of: operation).first.map { followsProduct[Int($0.index)] } ?? false
        if follows, operation.kind.joinsProduct {
          if let output { followsProduct[output] = operation.kind == .normalization(.batch) }
          return nil
        }
        if let output { followsProduct[output] = operation.kind.isProductWithWeights }
      }
      return workOperation(operation, cost)
    }
  }

  private func workOperation(_ operation: Operation, _ cost: OperationCounts) -> WorkOperation {
    var work = WorkOperation()
    work.instances = instances(of: operation)
    work.macs = cost.macs(.fvcore)
    let bits = outputs(of: operation).first.map { self[$0].format.bitsPerElement } ?? 32
    work.megabytes =
      (cost.activationBytesRead + cost.activationBytesWritten) * 32 / max(bits, 1) / 1e6
    work.weightMegabytes = cost.weightBytesRead / 1e6
    switch operation.kind {
    case .convolution, .transposedConvolution: describe(operation, &work)
    case .matrixMultiply, .contraction, .expertMatrixMultiply, .recurrence, .stateSpace:
      let output = outputs(of: operation).first.map { self[$0].shape } ?? Shape()
      work.category =
        output.elements <= Double(output.innermost) ? .vectorProduct : .matrix
    case .attention: work.category = .matrix
    case .softmax: work.category = .softmax
    case .selection: work.category = .selection
    case .movement, .embedding: work.category = .movement
    case .reduction: work.category = .reduction
    case .elementwise(.silu), .elementwise(.gelu), .elementwise(.sigmoid),
      .normalization(.localResponse):
      work.category = .transcendental
    default: work.category = .element
    }
    return work
  }

  private func describe(_ operation: Operation, _ work: inout WorkOperation) {
    let inputs = inputs(of: operation)
    guard inputs.count >= 2, let output = outputs(of: operation).first.map({ self[$0].shape })
    else { return }
    let input = self[inputs[inputs.startIndex]].shape
    let weight = self[inputs[inputs.startIndex + 1]]
    let kernel = weight.shape.dropFirst(2)
    let height = Double(output.rank > 2 ? output[2] : 1)
    let width = Double(output.rank > 3 ? output[3] : 1)
    let perGroup = Double(weight.shape.rank > 1 ? weight.shape[1] : 1)
    var isTransposed = false
    if case .transposedConvolution = operation.kind { isTransposed = true }
    let groups =
      isTransposed ? 1 : max(1, (Double(input.rank > 1 ? input[1] : 1) / perGroup).rounded(.down))
    let isInt8 = weight.format.bitsPerElement < 12
    work.channelsIn = perGroup
    work.channelsOut = Double(weight.shape.first ?? 1) / groups
    work.plane = height * width
    work.groups = groups
    let step = input.rank > 2 ? (Double(input[2]) / height).rounded() : 1
    if (groups > 1 && perGroup == 1) || isTransposed {
      work.category = isInt8 ? .depthwiseInt8 : .depthwise
    } else if kernel.allSatisfy({ $0 == 1 }) {
      work.category = isInt8 ? .pointwiseInt8 : .pointwise
    } else if isInt8 {
      work.category = .otherInt8
    } else if kernel.allSatisfy({ $0 == 3 }), step <= 1, groups == 1, perGroup >= 8 {
      work.category = .winograd
      work.tiling =
        (height / 4).rounded(.up) * 4 * (width / 4).rounded(.up) * 4 / max(1, height * width)
    } else {
      work.category = .otherConvolution
    }
  }
}

extension OperationKind {
  fileprivate var isProductWithWeights: Bool {
    switch self {
    case .convolution, .transposedConvolution, .matrixMultiply: true
    default: false
    }
  }

  fileprivate var joinsProduct: Bool {
    switch self {
    case .normalization(.batch), .elementwise(.relu), .elementwise(.leakyReLU),
      .elementwise(.clip), .elementwise(.sigmoid), .elementwise(.mish), .elementwise(.hardSwish):
      true
    default: false
    }
  }
}
