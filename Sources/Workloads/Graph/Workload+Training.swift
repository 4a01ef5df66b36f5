extension Workload {
  /// The forward run, then for every operation its gradient, then the update of every weight.
  ///
  /// A gradient reads what the operation read and the gradient of what it wrote, and writes a
  /// gradient for each activation and weight. Weights and their gradients keep the storage of the
  /// forward run; the optimiser keeps its state, and a master copy of weights below 32 bits, in fp32.
  public func trainingStep(optimizer: Optimizer) throws(WorkloadError) -> Workload {
    guard operations.count <= WorkloadBuilder.operationLimit / 2 else {
      throw .tooManyOperations(limit: WorkloadBuilder.operationLimit / 2)
    }
    var operations = operations
    var values = values
    var operands = operands
    var gradients = [ValueID?](repeating: nil, count: values.count)

    func gradient(of id: ValueID, in scope: ScopeID) -> ValueID {
      if let known = gradients[Int(id.index)] { return known }
      let value = self[id]
      values.append(
        Value(
          label: value.label.isEmpty ? "" : value.label + "_gradient", shape: value.shape,
          format: StorageFormat(value.format.dataType), role: .activation, scope: value.scope,
          elements: value.elements))
      let gradient = ValueID(values.count - 1)
      gradients[Int(id.index)] = gradient
      return gradient
    }

    for operation in self.operations.reversed() {
      let read = inputs(of: operation)
      let differentiable = read.filter {
        [.activation, .weight].contains(self[$0].role) && self[$0].format.dataType.isFloating
      }
      guard !differentiable.isEmpty else { continue }
      let first = Int32(operands.count)
      operands.append(contentsOf: operation.kind.isView ? [] : Array(read))
      for id in outputs(of: operation) { operands.append(gradient(of: id, in: operation.scope)) }
      let middle = Int32(operands.count)
      for id in differentiable { operands.append(gradient(of: id, in: operation.scope)) }
      operations.append(
        Operation(
          label: operation.label, scope: operation.scope, kind: operation.kind, pass: .backward,
          inputs: first..<middle, outputs: middle..<Int32(operands.count)))
    }
    for (index, value) in self.values.enumerated() where value.role == .weight {
      guard let gradient = gradients[index] else { continue }
      let state = optimizer.stateElements + (value.format.bitsPerElement < 32 ? 1 : 0)
      let first = Int32(operands.count)
      operands.append(ValueID(index))
      operands.append(gradient)
      var written = [ValueID]()
      for _ in 0..<state {
        values.append(
          Value(
            label: "optimizer_state", shape: value.shape, format: StorageFormat(.float32),
            role: .buffer, scope: value.scope, elements: value.elements))
        operands.append(ValueID(values.count - 1))
        written.append(ValueID(values.count - 1))
      }
      let middle = Int32(operands.count)
      values.append(
        Value(
          label: value.label, shape: value.shape, format: value.format, role: .buffer,
          scope: value.scope, elements: value.elements))
      operands.append(ValueID(values.count - 1))
      operands.append(contentsOf: written)
      operations.append(
        Operation(
          label: "update", scope: value.scope, kind: .optimizerUpdate(optimizer), pass: .update,
          inputs: first..<middle, outputs: middle..<Int32(operands.count)))
    }
    return Workload(
      name: name, source: source, assumptions: assumptions, warnings: warnings,
      operations: operations, values: values, scopes: scopes, results: results,
      operands: operands)
  }
}

extension Optimizer {
  /// Elements that are kept for each parameter between steps.
  public var stateElements: Int {
    switch self {
    case .sgd: 0
    case .momentum: 1
    case .adam: 2
    }
  }
}
