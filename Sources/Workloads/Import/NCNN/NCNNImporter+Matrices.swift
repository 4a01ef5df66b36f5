/// Layers that multiply matrices, and normalisations.
extension NCNNImporter {
  /// `x·Wᵀ + b` over the last dimension.
  func addMatrix(_ input: ValueID, _ weight: ValueID, to shape: Shape, bias hasBias: Bool)
    throws(WorkloadError)
  {
    var operands = [input, weight]
    if hasBias { operands.append(try bias(shape.innermost)) }
    try addOperation(
      .matrixMultiply(MatrixMultiply(transposedRight: true)), operands, to: shape)
  }

  /// Over the rows of a matrix if they are as long as the weights need, else over all elements.
  func addInnerProduct() throws(WorkloadError) {
    var input = try bottom()
    var shape = net.shape(input)
    let output = try count(0)
    let stated = try integer(2)
    try noteActivation()
    let rows = shape.rank == 3 && stated == boundedProduct([shape[2], output])
    if !rows, shape.rank > 2 {
      shape = [shape[0], boundedProduct(shape.dropFirst())]
      input = net.reshape(input, shape, named: layer.name + ".flatten")
    }
    let weights: Shape = [output, shape.innermost]
    guard stated == 0 || Double(stated) == weights.elements else {
      throw malformed("the file states \(stated) weights; \(weights) are \(Int(weights.elements))")
    }
    try addMatrix(
      input, weight("weight", weights), to: shape.replacing(-1, with: output), bias: flag(1))
  }

  /// `A·B + C`, each of them a blob or stored with the layer.
  func addGemm() throws(WorkloadError) {
    let (transposedLeft, transposedRight) = (try flag(2), try flag(3))
    let (rows, columns, depth) = (try integer(7), try integer(8), try integer(9))
    var next = 0
    func operand(_ id: Int, _ label: String, _ stored: Shape) throws(WorkloadError) -> ValueID {
      if try flag(id) { return try weight(label, stored) }
      next += 1
      return try bottom(next - 1)
    }
    let left = try operand(4, "a", transposedLeft ? [depth, rows] : [rows, depth])
    let right = try operand(5, "b", transposedRight ? [columns, depth] : [depth, columns])
    let (first, second) = (net.shape(left), net.shape(right))
    guard first.rank >= 2, second.rank >= 2 else {
      throw malformed("\(first) is multiplied with \(second)")
    }
    let inner = first[first.rank - (transposedLeft ? 2 : 1)]
    guard inner == second[second.rank - (transposedRight ? 1 : 2)] else {
      throw malformed("\(first) cannot be multiplied with \(second)")
    }
    let height = first[first.rank - (transposedLeft ? 1 : 2)]
    let width = second[second.rank - (transposedRight ? 2 : 1)]
    // A vector of one sample is its only row.
    let storesLeft = try flag(4)
    let isVector = first.rank == 2 && !storesLeft
    var shape: Shape = isVector ? [first[0]] : [max(first.rank > 2 ? first[0] : 1, batched(second))]
    if !isVector { shape.append(height) }
    shape.append(width)
    var operands = [left, right]
    let broadcast = try integer(10, -1)
    if try flag(6), broadcast >= 0 {
      let shapes: [Shape] = [[1], [height], [height, 1], [height, width], [width]]
      guard broadcast < shapes.count else { throw malformed("broadcast \(broadcast)") }
      operands.append(try weight("c", shapes[broadcast]))
    } else if next < layer.bottoms.count {
      operands.append(try bottom(next))
    }
    if try flag(14), shape.rank == 3 { shape = [shape[0], shape[2], shape[1]] }
    try addOperation(
      .matrixMultiply(
        MatrixMultiply(transposedLeft: transposedLeft, transposedRight: transposedRight)),
      operands, to: shape)
  }

  private func batched(_ shape: Shape) -> Int { shape.rank > 2 ? shape[0] : 1 }

  func addMatMul() throws(WorkloadError) {
    let (left, right) = (try bottom(0), try bottom(1))
    let transposed = try flag(0)
    let (first, second) = (net.shape(left), net.shape(right))
    guard first.rank >= 3, second.rank >= 3, first.rank == second.rank,
      first.innermost == second[second.rank - (transposed ? 1 : 2)]
    else { throw malformed("\(first) cannot be multiplied with \(second)") }
    var shape = first.replacing(-1, with: second[second.rank - (transposed ? 2 : 1)])
    for axis in 0..<shape.rank - 2 { shape[axis] = max(first[axis], second[axis]) }
    try addOperation(
      .matrixMultiply(MatrixMultiply(transposedRight: transposed)), [left, right], to: shape)
  }

  /// Three projections, attention, and one projection back.
  func addMultiHeadAttention() throws(WorkloadError) {
    var inputs = try bottoms()
    if try flag(5) { _ = inputs.popLast() }
    guard let query = inputs.first else { throw malformed("reads nothing") }
    let key = inputs.count > 1 ? inputs[1] : query
    let value = inputs.count > 2 ? inputs[2] : key
    let size = try count(0)
    let heads = try count(1, 1)
    guard size % heads == 0 else { throw malformed("\(size) features in \(heads) heads") }
    func projected(_ input: ValueID, _ label: String) throws(WorkloadError) -> ValueID {
      let shape = net.shape(input)
      guard shape.rank == 3 else { throw malformed("attention over \(shape)") }
      let matrix = try operation(
        "\(layer.name).\(label)", .matrixMultiply(MatrixMultiply(transposedRight: true)),
        [input, weight("weight", [size, shape[2]]), bias(size)], to: [shape[0], shape[1], size])
      return net.reshape(
        matrix, [shape[0], heads, shape[1], size / heads], named: "\(layer.name).\(label)_heads")
    }
    let shape = net.shape(query)
    let mixed = net.attention(
      query: try projected(query, "q"), key: try projected(key, "k"),
      value: try projected(value, "v"), named: layer.name)
    guard shape.rank == 3 else { throw malformed("attention over \(shape)") }
    let merged = net.reshape(mixed, [shape[0], shape[1], size], named: layer.name + ".merge")
    let features = try count(2, boundedProduct([size, shape[2]])) / size
    try addMatrix(
      merged, weight("weight", [max(1, features), size]),
      to: shape.replacing(-1, with: max(1, features)), bias: true)
  }

  func addEmbed() throws(WorkloadError) {
    let ids = try bottom()
    var shape = net.shape(ids)
    guard shape.rank <= 3 else { throw malformed("indices of \(shape)") }
    let features = try count(0)
    shape.append(features)
    var operands = [try weight("weight", [count(1), features]), ids]
    if try flag(2) { operands.append(try bias(features)) }
    try addOperation(.embedding, operands, to: shape)
  }

  func addLSTM() throws(WorkloadError) { try addRecurrence(gates: 4, biases: 4) }
  func addGRU() throws(WorkloadError) { try addRecurrence(gates: 3, biases: 4) }
  func addRNN() throws(WorkloadError) { try addRecurrence(gates: 1, biases: 1) }

  /// Over `[steps, features]`.
  private func addRecurrence(gates: Int, biases: Int) throws(WorkloadError) {
    let inputs = try bottoms()
    guard let input = inputs.first else { throw malformed("reads nothing") }
    let shape = net.shape(input)
    guard shape.rank == 3 else { throw malformed("a recurrence over \(shape)") }
    let output = try count(0)
    let hidden = gates == 4 ? try count(3, output) : output
    let directions = try integer(2) == 2 ? 2 : 1
    var operands = [
      input, try weight("weight_xc", [directions, gates * hidden, shape[2]]),
      try weight("weight_hc", [directions, gates * hidden, output]),
      try weight("bias_c", [directions, biases * hidden]),
    ]
    if hidden != output {
      operands.append(try weight("weight_hr", [directions, output, hidden]))
    }
    try addTops(
      .recurrence(Recurrence(gates: gates, hiddenSize: hidden, directions: directions)),
      operands + inputs.dropFirst(),
      shapes: [[shape[0], shape[1], boundedProduct([directions, output])]]
        + Array(repeating: [shape[0], directions, hidden], count: gates == 4 ? 2 : 1))
  }

  /// One operation whose outputs are all tops; `shapes` has at least as many.
  private func addTops(_ kind: OperationKind, _ inputs: [ValueID], shapes: [Shape])
    throws(WorkloadError)
  {
    guard (1...shapes.count).contains(layer.tops.count) else {
      throw malformed("writes \(layer.tops.count) blobs; it has at most \(shapes.count)")
    }
    var outputs: [ValueID] = []
    for (place, shape) in shapes.prefix(layer.tops.count).enumerated() {
      let value = net.value("", shape, .activation)
      outputs.append(value)
      try setTop(value, place)
    }
    net.operation(layer.name, kind, inputs, outputs: outputs)
  }

  // MARK: - Normalisation

  func addBatchNorm() throws(WorkloadError) {
    let input = try bottom()
    let channels = try count(0)
    try addOperation(
      .normalization(.batch),
      [
        input, weight("slope", [channels]), bias(channels),
        net.value("mean", [channels], .buffer), net.value("variance", [channels], .buffer),
      ], to: net.shape(input))
  }

  func addLayerNorm() throws(WorkloadError) {
    try addNormalization(.layer, size: integer(0), affine: flag(2, true))
  }

  func addRMSNorm() throws(WorkloadError) {
    try addNormalization(.rootMeanSquare, size: integer(0), affine: flag(2, true), bias: false)
  }

  func addGroupNorm() throws(WorkloadError) {
    try addNormalization(.group, size: integer(1), affine: flag(3, true))
  }

  func addInstanceNorm() throws(WorkloadError) {
    try addNormalization(.instance, size: integer(0), affine: flag(2, true))
  }

  func addNormalize() throws(WorkloadError) {
    let size = try integer(3)
    try addNormalization(.rootMeanSquare, size: size, affine: size > 0, bias: false)
  }

  func addMVN() throws(WorkloadError) {
    try addNormalization(.instance, size: 0, affine: false)
  }

  func addLRN() throws(WorkloadError) {
    try addNormalization(.localResponse, size: 0, affine: false)
  }

  private func addNormalization(
    _ kind: Normalization, size: Int, affine: Bool, bias hasBias: Bool = true
  ) throws(WorkloadError) {
    let input = try bottom()
    var operands = [input]
    if affine {
      operands.append(try weight("gamma", [size]))
      if hasBias { operands.append(try bias(size)) }
    }
    try addOperation(.normalization(kind), operands, to: net.shape(input))
  }

  func addSoftmax() throws(WorkloadError) {
    let input = try bottom()
    try addOperation(.softmax, [input], to: net.shape(input))
  }
}
