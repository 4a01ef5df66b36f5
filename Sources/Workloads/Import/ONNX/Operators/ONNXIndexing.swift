extension ONNXOperators {
  static let indexing = indexingRules()

  private static func indexingRules() -> [String: ONNXRule] {
    var rules: [String: ONNXRule] = [
      "Shape": { call throws(WorkloadError) in [try shape(call)] },
      "Size": { call throws(WorkloadError) in
        [call.known([try call.input(0).shape.elements], Shape(), .int64)]
      },
      "Constant": { call throws(WorkloadError) in [try constant(call)] },
      "ConstantOfShape": { call throws(WorkloadError) in [try constantOfShape(call)] },
      "Range": { call throws(WorkloadError) in [try range(call)] },
      "EyeLike": { call throws(WorkloadError) in
        let input = try call.input(0)
        let code = call.int("dtype", 0)
        let type = code == 0 ? input.type : try call.type(code)
        return [ONNXTensor(input.shape, type, .derived(call.label, []))]
      },
      "Gather": { call throws(WorkloadError) in [try gather(call)] },
      "GatherElements": { call throws(WorkloadError) in
        [call.emit(.movement(.gather), call.some(0, 1), try call.input(1).shape)]
      },
      "GatherND": { call throws(WorkloadError) in [try gatherND(call)] },
      "OneHot": { call throws(WorkloadError) in [try oneHot(call)] },
      "NonZero": { call throws(WorkloadError) in [try nonZero(call)] },
      "Compress": { call throws(WorkloadError) in [try compress(call)] },
      "Unique": { call throws(WorkloadError) in try unique(call) },
      "TopK": { call throws(WorkloadError) in try topK(call) },
      "CumSum": { call throws(WorkloadError) in
        let input = try call.input(0)
        return [
          call.emit(.reduction, [input], input.shape, contents: runningSum(call, input))
        ]
      },
      "Trilu": { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.elementwise(.select), [input], input.shape)]
      },
      "NonMaxSuppression": { call throws(WorkloadError) in [try suppression(call)] },
    ]
    for name in ["Scatter", "ScatterElements", "ScatterND", "TensorScatter"] {
      let rule: ONNXRule = { call throws(WorkloadError) in
        [call.emit(.movement(.scatter), call.some(0, 1, 2), try call.input(0).shape)]
      }
      rules[name] = rule
    }
    for name in ["RandomNormal", "RandomUniform"] {
      let rule: ONNXRule = { call throws(WorkloadError) in
        [call.emit(.elementwise(.other), [], try call.shape(call.ints("shape") ?? []))]
      }
      rules[name] = rule
    }
    for name in ["RandomNormalLike", "RandomUniformLike", "Bernoulli"] {
      let rule: ONNXRule = { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.elementwise(.other), [input], input.shape)]
      }
      rules[name] = rule
    }
    return rules
  }

  // MARK: - Shapes and constants

  private static func shape(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let shape = try call.input(0).shape
    func limit(_ place: Int) -> Int {
      max(0, min(shape.rank, place < 0 ? place + shape.rank : place))
    }
    let start = limit(call.int("start", 0))
    let end = max(start, limit(call.int("end", shape.rank)))
    let sizes = shape[start..<end].map(Double.init)
    return call.known(sizes, try call.shape([sizes.count]), .int64)
  }

  private static func constant(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    func list(_ values: [Double], _ type: DataType) throws(WorkloadError) -> ONNXTensor {
      let shape = try call.shape([values.count])
      return values.count <= ONNXTensor.contentLimit
        ? call.known(values, shape, type) : ONNXTensor(shape, type, .derived(call.label, []))
    }
    if let value = call.attributes["value"], value.hasT {
      var proto = value.t
      if proto.name.isEmpty { proto.name = call.node.output.first ?? call.label }
      let tensor = try call.lowering.stored(proto, isConstant: true)
      // Lists of sizes and lone numbers are no weights, whoever reads them.
      guard let contents = tensor.contents, tensor.rank < 2 || !tensor.type.isFloating,
        !tensor.type.isQuantized
      else { return tensor }
      return call.known(contents, tensor.shape, tensor.type)
    }
    if let value = call.attributes["sparse_value"], value.hasSparseTensor {
      let type = try call.type(Int(value.sparseTensor.values.dataType))
      return ONNXTensor(
        try call.shape(value.sparseTensor.dims.map(Int.init)), type, .derived(call.label, []))
    }
    if let value = call.attributes["value_float"] {
      return call.known([Double(value.f)], Shape(), .float32)
    }
    if let value = call.int("value_int") { return call.known([Double(value)], Shape(), .int64) }
    if let value = call.attributes["value_floats"] {
      return try list(value.floats.map(Double.init), .float32)
    }
    if let values = call.ints("value_ints") { return try list(values.map(Double.init), .int64) }
    if call.attributes["value_string"] != nil {
      return ONNXTensor(Shape(), .text, .derived(call.label, []))
    }
    if let value = call.attributes["value_strings"] {
      return ONNXTensor(try call.shape([value.strings.count]), .text, .derived(call.label, []))
    }
    throw call.fail("it has no value")
  }

  private static func constantOfShape(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let source = try call.input(0)
    guard let dimensions = source.integers else {
      let shape = try call.declaredOrFail(0, "its shape depends on what the tensors hold")
      return call.emit(.movement(.expand), [source], shape, .float32)
    }
    let shape = try call.shape(dimensions)
    var type = DataType.float32
    var fill: Double? = 0
    if let value = call.attributes["value"], value.hasT {
      let tensor = try call.lowering.stored(value.t, isConstant: true)
      type = tensor.type
      fill = tensor.contents?.first
    }
    let isSmall = shape.elements <= Double(ONNXTensor.contentLimit)
    let contents = isSmall ? fill.map { Array(repeating: $0, count: Int(shape.elements)) } : nil
    // Models without their weights have a number in place of each: a shape among the stored tensors,
    // filled. A table of zeros is the first state of something.
    let isStandIn = source.isStored && type.isFloating && fill != 0
    return ONNXTensor(
      shape, type, .derived(shown(call.label, limit: 200), []), contents: contents,
      isWeight: isStandIn)
  }

  private static func range(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (start, limit, step) = (try call.input(0), try call.input(1), try call.input(2))
    guard let first = start.contents?.first, let last = limit.contents?.first,
      let delta = step.contents?.first
    else {
      return call.emit(
        .elementwise(.add), [start, limit, step],
        try call.declaredOrFail(0, "its length depends on what the tensors hold"))
    }
    let steps = ((last - first) / delta).rounded(.up)
    guard delta != 0, !steps.isNaN else { throw call.fail("a step of \(delta)") }
    let count = try call.dimension(max(0, steps))
    let shape = try call.shape([count])
    guard count <= ONNXTensor.contentLimit else {
      return ONNXTensor(shape, start.type, .derived(call.label, []))
    }
    return call.known((0..<count).map { first + Double($0) * delta }, shape, start.type)
  }

  // MARK: - Gathering

  private static func gather(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (data, indices) = (try call.input(0), try call.input(1))
    guard data.rank > 0 else { throw call.fail("a scalar has no rows") }
    let axis = try call.axis(call.int("axis", 0), data.rank)
    let before = Array(data.shape[..<axis])
    let shape = try call.shape(before + Array(indices.shape) + Array(data.shape[(axis + 1)...]))
    let isTable = data.isWeight && data.rank == 2 && axis == 0 && !indices.isConstant
    var contents: [Double]?
    if let places = indices.integers {
      contents = call.rearranged(data, to: shape) { index in
        var place = 0
        for inner in 0..<indices.rank { place = place * indices.shape[inner] + index[axis + inner] }
        let row = places[place]
        return Array(index[..<axis]) + [row < 0 ? row + data.shape[axis] : row]
          + Array(index[(axis + indices.rank)...])
      }
    }
    return call.emit(
      isTable ? .embedding : .movement(.gather), [data, indices], shape, contents: contents)
  }

  private static func gatherND(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (data, indices) = (try call.input(0), try call.input(1))
    let batch = call.int("batch_dims", 0)
    guard indices.rank > 0, batch >= 0, batch < indices.rank,
      indices.shape.innermost <= data.rank - batch
    else { throw call.fail("indices of \(indices.shape) into \(data.shape)") }
    let taken = batch + indices.shape.innermost
    return call.emit(
      .movement(.gather), [data, indices],
      try call.shape(Array(indices.shape.dropLast()) + Array(data.shape[taken...])))
  }

  private static func oneHot(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (indices, values) = (try call.input(0), try call.input(2))
    let shape: Shape
    if let depth = try call.input(1).integers?.first {
      var dimensions = Array(indices.shape)
      dimensions.insert(depth, at: try call.axis(call.int("axis", -1), indices.rank + 1))
      shape = try call.shape(dimensions)
    } else {
      shape = try call.declaredOrFail(0, "its depth depends on data")
    }
    return call.emit(.movement(.scatter), [indices, values], shape, values.type)
  }

  // MARK: - As many as the data has

  /// The shape that the file states, or the most that there can be, with a warning.
  private static func most(_ call: ONNXCall, _ dimensions: [Int]) throws(WorkloadError) -> Shape {
    if let shape = call.declared() { return shape }
    call.lowering.warn(
      "\(ONNXLowering.place(call.node)): how many depends on data; taken as all")
    return try call.shape(dimensions)
  }

  private static func nonZero(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    if let contents = input.contents, !contents.isEmpty {
      let places = contents.indices.filter { contents[$0] != 0 }
      let shape = try call.shape([input.rank, places.count])
      guard shape.elements <= Double(ONNXTensor.contentLimit) else {
        return call.emit(.selection, [input], shape, .int64)
      }
      var result: [Double] = []
      for axis in 0..<input.rank {
        let run = input.shape[(axis + 1)...].reduce(1, *)
        result += places.map { Double($0 / run % input.shape[axis]) }
      }
      return call.emit(.selection, [input], shape, .int64, contents: result)
    }
    let shape = try most(call, [input.rank, try call.dimension(input.shape.elements)])
    return call.emit(.selection, [input], shape, .int64)
  }

  private static func compress(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (input, condition) = (try call.input(0), try call.input(1))
    let count = condition.contents?.filter { $0 != 0 }.count
    guard let axis = call.int("axis") else {
      let all = try call.dimension(input.shape.elements)
      let shape: Shape =
        if let count { try call.shape([count]) } else { try most(call, [all]) }
      return call.emit(.movement(.gather), [input, condition], shape)
    }
    let place = try call.axis(axis, input.rank)
    let shape: Shape =
      if let count {
        try call.shape(Array(input.shape.replacing(place, with: count)))
      } else {
        try most(call, Array(input.shape))
      }
    return call.emit(.movement(.gather), [input, condition], shape)
  }

  private static func unique(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let all = try call.dimension(input.shape.elements)
    let shape = try most(call, call.int("axis") == nil ? [all] : Array(input.shape))
    let list = try call.shape([all])
    return call.emit(
      .selection, [input],
      [(shape, input.type), (list, .int64), (list, .int64), (list, .int64)])
  }

  private static func topK(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let axis = try call.axis(call.int("axis", -1), input.rank)
    let shape: Shape
    if let count = call.int("k") ?? call.optional(1)?.integers?.first {
      shape = try call.shape(Array(input.shape.replacing(axis, with: count)))
    } else {
      shape = try most(call, Array(input.shape))
    }
    return call.emit(.selection, [input], [(shape, input.type), (shape, .int64)])
  }

  private static func suppression(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (boxes, scores) = (try call.input(0), try call.input(1))
    guard boxes.rank == 3, scores.rank == 3 else {
      throw call.fail("boxes of \(boxes.shape) with scores of \(scores.shape)")
    }
    let kept = min(call.optional(2)?.integers?.first ?? boxes.shape[1], boxes.shape[1])
    let count = Double(max(0, kept)) * Double(scores.shape[0]) * Double(scores.shape[1])
    return call.emit(
      .selection, [scores, boxes], try most(call, [try call.dimension(count), 3]), .int64)
  }

  private static func runningSum(_ call: ONNXCall, _ input: ONNXTensor) -> [Double]? {
    guard input.rank == 1, let contents = input.contents, call.int("exclusive", 0) == 0,
      call.int("reverse", 0) == 0
    else { return nil }
    var sum = 0.0
    return contents.map { value in
      sum += value
      return sum
    }
  }
}
