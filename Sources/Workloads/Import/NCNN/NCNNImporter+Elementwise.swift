/// Layers that work element by element, and sums over axes.
extension NCNNImporter {
  func addElementwise(_ function: ElementwiseFunction) throws(WorkloadError) {
    let input = try bottom()
    let slope = layer.type == "ReLU" ? try real(0) : 0
    try addOperation(
      .elementwise(slope == 0 ? function : .leakyReLU), [input], to: net.shape(input))
  }

  func addBinaryOp() throws(WorkloadError) {
    let functions: [ElementwiseFunction] = [
      .add, .subtract, .multiply, .divide, .maximum, .minimum, .power, .subtract, .divide, .power,
      .other, .other,
    ]
    let index = try integer(0)
    guard functions.indices.contains(index) else { throw malformed("operation \(index)") }
    let kind = OperationKind.elementwise(functions[index])
    let left = try bottom(0)
    if try flag(1) { return try addOperation(kind, [left], to: net.shape(left)) }
    let right = try bottom(1)
    try addOperation(
      kind, [left, right], to: broadcast(net.shape(left), net.shape(right)))
  }

  /// Of two blobs, the one with fewer dimensions goes along the outer axes where they agree, along
  /// the inner ones where they do not.
  private func broadcast(_ left: Shape, _ right: Shape) throws(WorkloadError) -> Shape {
    let (small, large) = left.rank <= right.rank ? (left, right) : (right, left)
    var padded = Shape()
    padded.append(small.first ?? 1)
    let own = small.dropFirst()
    let missing = large.rank - small.rank
    let isOuter = zip(own, large.dropFirst()).allSatisfy { $0 == $1 }
    if !isOuter { for _ in 0..<missing { padded.append(1) } }
    for size in own { padded.append(size) }
    if isOuter { for _ in 0..<missing { padded.append(1) } }
    guard let shape = Shape.broadcast(padded, large) else {
      throw malformed("\(left) and \(right) do not fit together")
    }
    return shape
  }

  func addUnaryOp() throws(WorkloadError) {
    let functions: [ElementwiseFunction] = [
      .absolute, .negate, .round, .round, .multiply, .squareRoot, .squareRoot, .exponential,
      .logarithm, .sine, .sine, .sine, .sine, .sine, .sine, .reciprocal, .tanh, .logarithm, .round,
      .round, .sign,
    ]
    let index = try integer(0)
    guard functions.indices.contains(index) else { throw malformed("operation \(index)") }
    try addElementwise(functions[index])
  }

  /// A chain of functions of two tensors.
  func addEltwise() throws(WorkloadError) {
    let functions: [ElementwiseFunction] = [.multiply, .add, .maximum]
    let index = try integer(0)
    guard functions.indices.contains(index) else { throw malformed("operation \(index)") }
    let inputs = try bottoms()
    guard var result = inputs.first, inputs.count > 1 else {
      throw malformed("reads \(inputs.count) blobs; it needs 2")
    }
    for (place, input) in inputs.dropFirst().enumerated() {
      result = try operation(
        inputs.count == 2 ? layer.name : "\(layer.name).\(place)",
        .elementwise(functions[index]), [result, input],
        to: broadcast(net.shape(result), net.shape(input)))
    }
    try setTop(result)
  }

  func addPReLU() throws(WorkloadError) {
    let input = try bottom()
    try addOperation(
      .elementwise(.leakyReLU), [input, weight("slope", [count(0)])], to: net.shape(input))
  }

  func addScale() throws(WorkloadError) {
    let input = try bottom()
    let size = try integer(0)
    var operands = [input, size == -233 ? try bottom(1) : try weight("scale", [size])]
    if try flag(1), size != -233 { operands.append(try bias(size)) }
    try addOperation(.elementwise(.multiply), operands, to: net.shape(input))
  }

  func addBias() throws(WorkloadError) {
    let input = try bottom()
    try addOperation(.elementwise(.add), [input, bias(count(0))], to: net.shape(input))
  }

  func addGLU() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    let axis = try axis(integer(0), of: shape)
    guard shape[axis] % 2 == 0 else { throw malformed("halves of \(shape)") }
    try addOperation(
      .elementwise(.sigmoid), [input], to: shape.replacing(axis, with: shape[axis] / 2))
  }

  func addCumulativeSum() throws(WorkloadError) { try addElementwise(.add) }

  func addReduction() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    var isReduced = [Bool](repeating: false, count: shape.rank)
    let axes = try integers(3)
    for index in try flag(1, true) || axes.isEmpty ? Array(0..<shape.rank - 1) : axes {
      isReduced[try axis(index, of: shape)] = true
    }
    let keeps = try flag(4)
    var kept = Shape()
    for (axis, size) in shape.enumerated() {
      if isReduced[axis] {
        if keeps { kept.append(1) }
      } else {
        kept.append(size)
      }
    }
    if kept.rank == 1 { kept.append(1) }
    try addOperation(.reduction, [input], to: kept)
  }

  func addArgMax() throws(WorkloadError) {
    let input = try bottom()
    let rows = try flag(0) ? 2 : 1
    let best = try count(1, 1)
    try addOperation(
      .selection, [input],
      to: rows == 2 ? [net.shape(input)[0], 2, best] : [net.shape(input)[0], best])
  }
}
