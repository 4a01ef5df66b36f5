extension OperationKind: CustomStringConvertible {
  /// One word for the kind, with the function behind a point: `elementwise.relu`.
  public var description: String {
    switch self {
    case .elementwise(let function): "elementwise.\(function.rawValue)"
    case .normalization(let kind): "normalization.\(kind.rawValue)"
    case .pooling(let pooling): "pooling.\(pooling.function.rawValue)"
    case .movement(let movement): "movement.\(movement.rawValue)"
    case .optimizerUpdate(let optimizer): "optimizer.\(optimizer.rawValue)"
    case .opaque(let name): "opaque.\(name)"
    case .stateSpace(let rule): "stateSpace.\(rule.rule.rawValue)"
    default: family
    }
  }

  /// The kind without its function: `elementwise`.
  public var family: String {
    switch self {
    case .convolution(let layer): layer.groups > 1 ? "groupedConvolution" : "convolution"
    case .transposedConvolution: "transposedConvolution"
    case .matrixMultiply: "matrixMultiply"
    case .contraction: "contraction"
    case .expertMatrixMultiply: "expertMatrixMultiply"
    case .attention: "attention"
    case .stateSpace: "stateSpace"
    case .recurrence: "recurrence"
    case .normalization: "normalization"
    case .elementwise: "elementwise"
    case .softmax: "softmax"
    case .pooling: "pooling"
    case .reduction: "reduction"
    case .embedding: "embedding"
    case .movement: "movement"
    case .selection: "selection"
    case .optimizerUpdate: "optimizer"
    case .opaque: "opaque"
    }
  }
}
