extension ONNXOperators {
  static let matrix: [String: ONNXRule] = [
    "Gemm": { call throws(WorkloadError) in try gemm(call, 0, 1, others: [2]) },
    "com.microsoft.FusedGemm": { call throws(WorkloadError) in
      try gemm(call, 0, 1, others: [2])
    },
    "com.microsoft.QGemm": { call throws(WorkloadError) in try gemm(call, 0, 3, others: [6]) },
    "MatMul": { call throws(WorkloadError) in try multiply(call, 0, 1) },
    "com.microsoft.FusedMatMul": { call throws(WorkloadError) in try multiply(call, 0, 1) },
    "com.microsoft.FusedMatMulActivation": { call throws(WorkloadError) in
      try multiply(call, 0, 1)
    },
    "com.microsoft.TransposeMatMul": { call throws(WorkloadError) in try multiply(call, 0, 1) },
    "com.microsoft.GemmFastGelu": { call throws(WorkloadError) in
      let product = try multiply(call, 0, 1)[0]
      return [
        call.emit(.elementwise(.gelu), [product] + call.some(2), product.shape, label: ".gelu")
      ]
    },
    "MatMulInteger": { call throws(WorkloadError) in try multiply(call, 0, 1, type: .int32) },
    "QLinearMatMul": { call throws(WorkloadError) in try multiply(call, 0, 3) },
    "com.microsoft.MatMulIntegerToFloat": { call throws(WorkloadError) in
      try multiply(call, 0, 1, type: .float32)
    },
    "com.microsoft.DynamicQuantizeMatMul": { call throws(WorkloadError) in
      try multiply(call, 0, 1)
    },
    "com.microsoft.MatMulNBits": { call throws(WorkloadError) in try blockQuantized(call) },
    "Einsum": { call throws(WorkloadError) in try einsum(call) },
  ]

  private static func gemm(_ call: ONNXCall, _ left: Int, _ right: Int, others: [Int])
    throws(WorkloadError) -> [ONNXTensor]
  {
    let first = try call.input(left)
    let second = call.weight(try call.input(right))
    let (transposedLeft, transposedRight) = (call.int("transA", 0) != 0, call.int("transB", 0) != 0)
    guard first.rank == 2, second.rank == 2,
      first.shape[transposedLeft ? 0 : 1] == second.shape[transposedRight ? 1 : 0]
    else { throw call.fail("\(first.shape) cannot be multiplied with \(second.shape)") }
    return [
      call.emit(
        .matrixMultiply(
          MatrixMultiply(transposedLeft: transposedLeft, transposedRight: transposedRight)),
        [first, second] + others.compactMap(call.optional),
        try call.shape([
          first.shape[transposedLeft ? 1 : 0], second.shape[transposedRight ? 0 : 1],
        ]))
    ]
  }

  /// `[…, M, K] · […, K, N]` with the leading dimensions broadcast, as `numpy.matmul`.
  private static func multiply(
    _ call: ONNXCall, _ left: Int, _ right: Int, type: DataType? = nil
  ) throws(WorkloadError) -> [ONNXTensor] {
    let first = try call.input(left)
    let second = call.weight(try call.input(right))
    guard first.rank > 0, second.rank > 0 else { throw call.fail("a product with a scalar") }
    let transposedLeft = call.int("transA", 0) != 0 && first.rank > 1
    let transposedRight = call.int("transB", 0) != 0 && second.rank > 1
    var rows = first.rank == 1 ? [1] + Array(first.shape) : Array(first.shape)
    var columns = second.rank == 1 ? Array(second.shape) + [1] : Array(second.shape)
    if transposedLeft { rows.swapAt(rows.count - 1, rows.count - 2) }
    if transposedRight { columns.swapAt(columns.count - 1, columns.count - 2) }
    guard rows[rows.count - 1] == columns[columns.count - 2] else {
      throw call.fail("\(first.shape) cannot be multiplied with \(second.shape)")
    }
    let batch = try call.broadcast(
      try call.shape(Array(rows.dropLast(2))), try call.shape(Array(columns.dropLast(2))))
    var dimensions = Array(batch)
    if first.rank > 1 { dimensions.append(rows[rows.count - 2]) }
    if second.rank > 1 { dimensions.append(columns[columns.count - 1]) }
    return [
      call.emit(
        .matrixMultiply(
          MatrixMultiply(transposedLeft: transposedLeft, transposedRight: transposedRight)),
        [first, second], try call.shape(dimensions), type)
    ]
  }

  /// A weight of `N × K` elements of a few bits, with a scale for every block of a row.
  private static func blockQuantized(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let packed = try call.input(1)
    let scales = try call.input(2)
    let (depth, width) = (call.int("K", 0), call.int("N", 0))
    let bits = call.int("bits", 4)
    let block = call.int("block_size", 32)
    guard input.rank > 0, input.shape.innermost == depth, width > 0, (2...8).contains(bits),
      block > 0
    else { throw call.fail("\(input.shape) with a weight of \(width)×\(depth) at \(bits) bits") }
    let type: DataType = bits == 2 ? .int2 : bits == 4 ? .int4 : .uint8
    let zeroBits = call.optional(3) == nil ? 0 : Double(bits)
    let format = StorageFormat(
      type, scaleBits: scales.type.bits + zeroBits, groupSize: Double(block))
    let weight: ONNXTensor
    if packed.isStored {
      if packed.id == nil {
        let shape = try call.shape([width, depth])
        guard (shape.elements * Double(bits) / 8).rounded(.up) <= packed.shape.elements + 4096
        else { throw call.fail("\(packed.shape) bytes for \(shape) elements of \(bits) bits") }
        packed.id = call.lowering.net.weight(
          shown(call.node.input[1], limit: 200), shape, format)
      }
      // The format of the weight already holds the scales.
      for tensor in call.some(2, 3) { tensor.isWeight = false }
      weight = ONNXTensor(
        try call.shape([width, depth]), type, .alias(packed, []), format: format)
    } else {
      weight = packed
    }
    return [
      call.emit(
        .matrixMultiply(MatrixMultiply(transposedRight: true)), [input, weight] + call.some(5),
        try call.shape(Array(input.shape.dropLast()) + [width]))
    ]
  }

  /// Sums of products by the letters of an equation.
  private static func einsum(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let equation = call.string("equation", "").filter { $0 != " " }
    let operands = call.inputs.compactMap { $0 }
    let sides = equation.split(separator: ">", omittingEmptySubsequences: false)
    guard equation.utf8.count < 1000, (1...2).contains(sides.count), let left = sides.first,
      !operands.isEmpty
    else { throw call.fail("the equation '\(shown(equation))'") }
    let hasOutput = sides.count == 2 && left.hasSuffix("-")
    let terms = (hasOutput ? left.dropLast() : left).split(
      separator: ",", omittingEmptySubsequences: false)
    guard terms.count == operands.count else {
      throw call.fail("\(operands.count) inputs for '\(shown(equation))'")
    }
    var sizes: [Character: Int] = [:]
    var occurrences: [Character: Int] = [:]
    var batch = Shape()
    for (term, operand) in zip(terms, operands) {
      let letters = term.filter { $0 != "." }
      let spare = operand.rank - letters.count
      guard spare >= 0, spare == 0 || term.contains("...") else {
        throw call.fail("'\(shown(String(term)))' for \(operand.shape)")
      }
      let before = term.prefix { $0 != "." }.count
      var axis = 0
      for (place, letter) in letters.enumerated() {
        axis = place < before || !term.contains(".") ? place : place + spare
        let size = operand.shape[axis]
        if let known = sizes[letter], known != size, known != 1, size != 1 {
          throw call.fail("'\(letter)' is \(known) and \(size)")
        }
        sizes[letter] = max(sizes[letter] ?? 1, size)
        occurrences[letter, default: 0] += 1
      }
      if term.contains(".") {
        batch = try call.broadcast(
          batch, try call.shape(Array(operand.shape[before..<before + spare])))
      }
    }
    let result: String =
      if hasOutput {
        String(sides[1])
      } else {
        "..." + String(occurrences.filter { $0.value == 1 }.map(\.key).sorted())
      }
    var dimensions: [Int] = []
    var isBatchDone = false
    for letter in result {
      if letter == "." {
        if !isBatchDone { dimensions += Array(batch) }
        isBatchDone = true
      } else if let size = sizes[letter] {
        dimensions.append(size)
      } else {
        throw call.fail("'\(letter)' stands in no term of '\(shown(equation))'")
      }
    }
    var reduction = 1.0
    for (letter, size) in sizes where !result.contains(letter) { reduction *= Double(size) }
    let shape = try call.shape(dimensions)
    if operands.count == 1 {
      return [
        call.emit(reduction == 1 ? .movement(.transpose) : .reduction, operands, shape)
      ]
    }
    if reduction == 1 { return [call.emit(.elementwise(.multiply), operands, shape)] }
    return [
      call.emit(.contraction(reduction: try call.dimension(reduction)), operands, shape)
    ]
  }
}
