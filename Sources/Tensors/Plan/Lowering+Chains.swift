import CTensorKernels

extension Operation {
  /// Its function, where it is one of single numbers.
  fileprivate var elementwise: (function: tensor_elementwise, number: Double)? {
    switch self {
    case .negate: (TENSOR_NEGATE, 0)
    case .exponential: (TENSOR_EXPONENTIAL, 0)
    case .logarithm: (TENSOR_LOGARITHM, 0)
    case .squareRoot: (TENSOR_SQUARE_ROOT, 0)
    case .reciprocal: (TENSOR_RECIPROCAL, 0)
    case .tanh: (TENSOR_TANH, 0)
    case .sigmoid: (TENSOR_SIGMOID, 0)
    case .softplus: (TENSOR_SOFTPLUS, 0)
    case .relu: (TENSOR_RELU, 0)
    case .absolute: (TENSOR_ABSOLUTE, 0)
    case .step: (TENSOR_STEP, 0)
    case .sign: (TENSOR_SIGN, 0)
    case .errorFunction: (TENSOR_ERROR_FUNCTION, 0)
    case .gelu: (TENSOR_GELU, 0)
    case .geluSlope: (TENSOR_GELU_SLOPE, 0)
    case .scale(let factor): (TENSOR_SCALE, factor)
    case .offset(let amount): (TENSOR_OFFSET, amount)
    case .add: (TENSOR_ADD, 0)
    case .subtract: (TENSOR_SUBTRACT, 0)
    case .multiply: (TENSOR_MULTIPLY, 0)
    case .divide: (TENSOR_DIVIDE, 0)
    case .maximum: (TENSOR_MAXIMUM, 0)
    case .minimum: (TENSOR_MINIMUM, 0)
    case .greater: (TENSOR_GREATER, 0)
    default: nil
    }
  }
}

extension Lowering {
  /// Takes elementwise nodes that are read by one chain of their shape into it.
  mutating func chainElementwise() {
    var lengths: [Int: Int] = [:]
    for place in order.reversed() {
      guard operation(place).elementwise != nil, !absorbed.contains(place), products[place] == nil
      else { continue }
      let ends = Set((readers[place] ?? []).map { chains[$0] })
      if !kept.contains(place), ends.count == 1, let end = ends.first ?? nil,
        shape(end) == shape(place), lengths[end, default: 1] < Int(TENSOR_STEPS)
      {
        chains[place] = end
        lengths[end, default: 1] += 1
      } else {
        chains[place] = place
      }
    }
  }

  mutating func lowerChain(_ end: Int) {
    let result = result(end)
    var chain = Chain(shape: shape(end))
    _ = append(end, to: &chain, end: end)
    emit(
      .map(chain.map(to: result)), chain.names.joined(separator: ", "), shape(end),
      flop: Double(chain.steps.count * shape(end).count))
    define(end, result)
  }

  /// - Returns: the operand or result that holds a node.
  private func append(_ place: Int, to chain: inout Chain, end: Int) -> Int {
    if let known = chain.known[place] { return known }
    guard chains[place] == end, let (function, number) = operation(place).elementwise else {
      return chain.operand(view(place).broadcast(to: chain.shape))
    }
    let operands = inputs(place)
    /// What an operand is made of, where it is made for this node alone.
    func part(_ place: Int) -> (operation: Operation, of: Int)? {
      chains[place] == end && readers[place]?.count == 1
        ? (operation(place), inputs(place).first ?? 0) : nil
    }
    var own = (function: function, x: operands[0], y: operands.last ?? operands[0], number: number)
    let second = operands.count > 1 ? part(operands[1]) : nil
    switch (function, second?.operation) {
    case (TENSOR_MULTIPLY, .step): own = (TENSOR_MASKED, operands[0], second?.of ?? 0, 0)
    case (TENSOR_ADD, .scale(let factor)):
      own = (TENSOR_ADD_SCALED, operands[0], second?.of ?? 0, factor)
    case (TENSOR_SUBTRACT, .scale(let factor)):
      own = (TENSOR_ADD_SCALED, operands[0], second?.of ?? 0, -factor)
    default: break
    }
    let x = append(own.x, to: &chain, end: end)
    let y = append(own.y, to: &chain, end: end)
    return chain.append(
      place, own.function, x, y, own.number, name: operation(place).kind.rawValue)
  }

  /// Writes elements to where others lie.
  mutating func copy(_ view: View, to target: View, name: String) {
    let shape = Shape(target.lengths)
    var chain = Chain(shape: shape)
    let operand = chain.operand(view.broadcast(to: shape))
    _ = chain.append(-1, TENSOR_COPY, operand, operand, 0, name: name)
    emit(.map(chain.map(to: target)), name, shape, flop: 0)
  }
}

/// Functions that are done one after another over a shape.
private struct Chain {
  let shape: Shape
  var operands: [View] = []
  var steps: [Instruction.Map.Step] = []
  /// Where nodes are: operands from 0, results of steps from `TENSOR_OPERANDS`.
  var known: [Int: Int] = [:]
  var names: [String] = []

  init(shape: Shape) { self.shape = shape }

  mutating func operand(_ view: View) -> Int {
    if let known = operands.firstIndex(of: view) { return known }
    operands.append(view)
    return operands.count - 1
  }

  mutating func append(
    _ place: Int, _ function: tensor_elementwise, _ x: Int, _ y: Int, _ number: Double, name: String
  ) -> Int {
    let out = Int(TENSOR_OPERANDS) + steps.count
    steps.append(
      Instruction.Map.Step(function: function, x: x, y: y, out: out, number: number))
    names.append(name)
    known[place] = out
    return out
  }

  /// With as few axes as there are where everything lies evenly.
  func map(to target: View) -> Instruction.Map {
    let all = operands + [target]
    var lengths: [Int] = []
    var strides: [[Int]] = all.map { _ in [] }
    for axis in shape.axes.indices where shape.axes[axis] > 1 {
      if let last = lengths.last,
        all.indices.allSatisfy({
          strides[$0][lengths.count - 1] == all[$0].strides[axis] * shape.axes[axis]
        })
      {
        lengths[lengths.count - 1] = last * shape.axes[axis]
        for place in all.indices { strides[place][lengths.count - 1] = all[place].strides[axis] }
      } else {
        lengths.append(shape.axes[axis])
        for place in all.indices { strides[place].append(all[place].strides[axis]) }
      }
    }
    if lengths.isEmpty {
      lengths = [1]
      strides = all.map { _ in [1] }
    }
    return Instruction.Map(
      lengths: lengths, operands: operands.indices.map { (operands[$0].start, strides[$0]) },
      steps: steps, out: target.start, strides: strides[all.count - 1])
  }
}
