extension ONNXOperators {
  static let layout: [String: ONNXRule] = [
    "Reshape": { call throws(WorkloadError) in [try reshape(call)] },
    "Flatten": { call throws(WorkloadError) in
      let input = try call.input(0)
      let axis = call.int("axis", 1)
      guard axis >= -input.rank, axis <= input.rank else {
        throw call.fail("axis \(axis) of \(input.shape)")
      }
      let place = axis < 0 ? axis + input.rank : axis
      let rows = input.shape.prefix(place).reduce(1.0) { $0 * Double($1) }
      let columns = input.shape.dropFirst(place).reduce(1.0) { $0 * Double($1) }
      return [
        call.view(
          input, try call.shape([try call.dimension(rows), try call.dimension(columns)]))
      ]
    },
    "Transpose": { call throws(WorkloadError) in [try transpose(call)] },
    "Squeeze": { call throws(WorkloadError) in [try squeeze(call)] },
    "Unsqueeze": { call throws(WorkloadError) in [try unsqueeze(call)] },
    "Concat": { call throws(WorkloadError) in [try concatenate(call)] },
    "Split": { call throws(WorkloadError) in try split(call) },
    "Slice": { call throws(WorkloadError) in [try slice(call)] },
    "Pad": { call throws(WorkloadError) in [try pad(call)] },
    "Tile": { call throws(WorkloadError) in
      let input = try call.input(0)
      guard let repeats = call.optional(1)?.integers else {
        return [
          call.emit(
            .movement(.expand), [input],
            try call.declaredOrFail(0, "its repeats are not constant"))
        ]
      }
      guard repeats.count == input.rank else { throw call.fail("repeats \(repeats.prefix(12))") }
      var dimensions: [Int] = []
      for (size, count) in zip(input.shape, repeats) {
        dimensions.append(try call.dimension(Double(size) * Double(count)))
      }
      return [call.emit(.movement(.expand), [input], try call.shape(dimensions))]
    },
    "Expand": { call throws(WorkloadError) in
      let input = try call.input(0)
      guard let wanted = call.optional(1)?.integers else {
        return [
          call.emit(
            .movement(.expand), [input], try call.declaredOrFail(0, "its shape is not constant"))
        ]
      }
      let shape = try call.broadcast(input.shape, try call.shape(wanted))
      return [
        call.emit(
          .movement(.expand), [input], shape, contents: spread(call, input, shape))
      ]
    },
    "Resize": { call throws(WorkloadError) in [try resize(call)] },
    "Upsample": { call throws(WorkloadError) in [try resize(call)] },
    "DepthToSpace": { call throws(WorkloadError) in [try blocks(call, toSpace: true)] },
    "SpaceToDepth": { call throws(WorkloadError) in [try blocks(call, toSpace: false)] },
    "CenterCropPad": { call throws(WorkloadError) in
      [
        call.emit(
          .movement(.pad), [try call.input(0)],
          try call.declaredOrFail(0, "its shape is not computed here"))
      ]
    },
    "ReverseSequence": { call throws(WorkloadError) in
      let input = try call.input(0)
      return [call.emit(.movement(.copy), [input], input.shape)]
    },
    "Trilu": { call throws(WorkloadError) in
      let input = try call.input(0)
      return [call.emit(.elementwise(.select), [input], input.shape)]
    },
  ]

  // MARK: - Views

  private static func reshape(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let given = call.list("shape", orInput: 1), let wanted = given else {
      return call.view(input, try call.declaredOrFail(0, "its shape is not constant"))
    }
    guard wanted.count <= Shape.maximumRank else {
      throw call.fail("\(wanted.count) dimensions; at most eight are possible")
    }
    let keepsZeros = call.int("allowzero", 0) != 0
    var dimensions = wanted
    var free: Int?
    for (place, size) in wanted.enumerated() {
      if size == 0, !keepsZeros {
        guard place < input.rank else { throw call.fail("dimension \(place) of \(input.shape)") }
        dimensions[place] = input.shape[place]
      } else if size == -1 {
        guard free == nil else { throw call.fail("two free dimensions in \(wanted)") }
        free = place
      } else if size < 0 {
        throw call.fail("a dimension of \(size)")
      }
    }
    if let free {
      let rest = dimensions.enumerated().reduce(1.0) {
        $1.offset == free ? $0 : $0 * Double($1.element)
      }
      let size = rest > 0 ? input.shape.elements / rest : 0
      guard size == size.rounded() else {
        throw call.fail("\(input.shape) cannot be seen as \(wanted)")
      }
      dimensions[free] = try call.dimension(size)
    }
    let shape = try call.shape(dimensions)
    guard shape.elements == input.shape.elements else {
      throw call.fail("\(input.shape) cannot be seen as \(shape)")
    }
    return call.view(input, shape)
  }

  private static func transpose(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let order = try call.axes(
      call.ints("perm") ?? Array((0..<input.rank).reversed()), input.rank)
    guard order.count == input.rank else { throw call.fail("an order \(order) of \(input.shape)") }
    let shape = try call.shape(order.map { input.shape[$0] })
    let contents = call.rearranged(input, to: shape) { index in
      var source = [Int](repeating: 0, count: index.count)
      for (place, axis) in order.enumerated() { source[axis] = index[place] }
      return source
    }
    return call.emit(.movement(.transpose), [input], shape, contents: contents)
  }

  private static func squeeze(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    var axes = (0..<input.rank).filter { input.shape[$0] == 1 }
    if let given = call.list("axes", orInput: 1) {
      guard let values = given else { throw call.fail("its axes are not constant") }
      axes = try call.axes(values, input.rank)
    }
    guard axes.allSatisfy({ input.shape[$0] == 1 }) else {
      throw call.fail("axes \(axes) of \(input.shape) are not all 1")
    }
    let kept = (0..<input.rank).filter { !axes.contains($0) }.map { input.shape[$0] }
    return call.view(input, try call.shape(kept))
  }

  private static func unsqueeze(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let given = call.list("axes", orInput: 1), let values = given else {
      throw call.fail("its axes are not constant")
    }
    let axes = try call.axes(values, input.rank + values.count)
    var dimensions = Array(input.shape)
    for axis in axes.sorted() { dimensions.insert(1, at: min(axis, dimensions.count)) }
    return call.view(input, try call.shape(dimensions))
  }

  // MARK: - Parts

  private static func concatenate(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let inputs = call.inputs.compactMap { $0 }
    guard let first = inputs.first else { throw call.fail("nothing to join") }
    let axis = try call.axis(call.int("axis", 0), first.rank)
    var dimensions = Array(first.shape)
    var sum = 0.0
    for input in inputs {
      guard input.rank == first.rank,
        (0..<first.rank).allSatisfy({ $0 == axis || input.shape[$0] == first.shape[$0] })
      else { throw call.fail("\(input.shape) cannot be joined to \(first.shape)") }
      sum += Double(input.shape[axis])
    }
    dimensions[axis] = try call.dimension(sum)
    let shape = try call.shape(dimensions)
    var contents: [Double]?
    if inputs.allSatisfy({ $0.contents != nil }),
      shape.elements <= Double(ONNXTensor.contentLimit)
    {
      var joined: [Double] = []
      let inner = dimensions[(axis + 1)...].reduce(1, *)
      for outer in 0..<dimensions[..<axis].reduce(1, *) {
        for input in inputs {
          let width = input.shape[axis] * inner
          joined += (input.contents ?? [])[outer * width..<(outer + 1) * width]
        }
      }
      contents = joined
    }
    return call.emit(.movement(.concatenate), inputs, shape, contents: contents)
  }

  private static func split(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let axis = try call.axis(call.int("axis", 0), input.rank)
    var sizes: [Int] = []
    if let given = call.list("split", orInput: 1) {
      guard let values = given else { throw call.fail("its sizes are not constant") }
      sizes = values
      guard sizes.allSatisfy({ $0 >= 0 }),
        sizes.reduce(0.0, { $0 + Double($1) }) == Double(input.shape[axis])
      else { throw call.fail("parts \(sizes.prefix(12)) of \(input.shape[axis])") }
    } else {
      let count = max(1, call.int("num_outputs") ?? call.node.output.count)
      guard count <= 100_000 else { throw call.fail("\(count) parts") }
      let part = (input.shape[axis] + count - 1) / count
      for place in 0..<count {
        sizes.append(max(0, min(part, input.shape[axis] - place * part)))
      }
    }
    var start = 0
    var outputs: [(Shape, DataType)] = []
    var contents: [[Double]?] = []
    for size in sizes {
      let shape = try call.shape(
        (0..<input.rank).map { $0 == axis ? size : input.shape[$0] })
      let offset = start
      contents.append(
        call.rearranged(input, to: shape) { index in
          var source = index
          source[axis] += offset
          return source
        })
      outputs.append((shape, input.type))
      start += size
    }
    if input.isConstant, contents.allSatisfy({ $0 != nil }) {
      return zip(outputs, contents).map { call.known($1 ?? [], $0.0, $0.1) }
    }
    return call.emit(.movement(.copy), [input], outputs)
  }

  private static func slice(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let first = call.list("starts", orInput: 1), let starts = first,
      let second = call.list("ends", orInput: 2), let ends = second
    else {
      return call.emit(
        .movement(.slice), [input], try call.declaredOrFail(0, "its bounds are not constant"))
    }
    guard starts.count == ends.count, starts.count <= input.rank else {
      throw call.fail("bounds \(starts.prefix(12)) and \(ends.prefix(12))")
    }
    var axes = Array(0..<starts.count)
    if let given = call.list("axes", orInput: 3) {
      guard let values = given else { throw call.fail("its axes are not constant") }
      axes = try call.axes(values, input.rank)
    }
    var steps = [Int](repeating: 1, count: starts.count)
    if let tensor = call.optional(4) {
      guard let values = tensor.integers else { throw call.fail("its steps are not constant") }
      steps = values
    }
    guard axes.count == starts.count, steps.count == starts.count, !steps.contains(0) else {
      throw call.fail("axes \(axes) and steps \(steps.prefix(12))")
    }
    var dimensions = Array(input.shape)
    var offsets = [Int](repeating: 0, count: input.rank)
    var strides = [Int](repeating: 1, count: input.rank)
    for (place, axis) in axes.enumerated() {
      let size = input.shape[axis]
      let step = max(-(1 << 53), min(1 << 53, steps[place]))
      func bound(_ value: Int, _ low: Int, _ high: Int) -> Int {
        let limited = max(-(1 << 53), min(1 << 53, value))
        return max(low, min(high, limited < 0 ? limited + size : limited))
      }
      let isForward = step > 0
      let start = bound(starts[place], 0, isForward ? size : size - 1)
      let end = isForward ? bound(ends[place], 0, size) : bound(ends[place], -1, size - 1)
      let span = isForward ? end - start : start - end
      let width = abs(step)
      dimensions[axis] = span <= 0 ? 0 : (span + width - 1) / width
      offsets[axis] = start
      strides[axis] = step
    }
    let shape = try call.shape(dimensions)
    let contents = call.rearranged(input, to: shape) { index in
      index.indices.map { offsets[$0] + index[$0] * strides[$0] }
    }
    return call.emit(.movement(.slice), [input], shape, contents: contents)
  }

  private static func pad(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let given = call.list("pads", orInput: 1), let pads = given else {
      return call.emit(
        .movement(.pad), [input], try call.declaredOrFail(0, "its padding is not constant"))
    }
    var axes = Array(0..<input.rank)
    if let tensor = call.optional(3) {
      guard let values = tensor.integers else { throw call.fail("its axes are not constant") }
      axes = try call.axes(values, input.rank)
    }
    guard pads.count == 2 * axes.count else {
      throw call.fail("padding \(pads.prefix(16)) for \(axes.count) dimensions")
    }
    var dimensions = Array(input.shape)
    for (place, axis) in axes.enumerated() {
      let size = Double(input.shape[axis]) + Double(pads[place]) + Double(pads[place + axes.count])
      dimensions[axis] = try call.dimension(size)
    }
    let shape = try call.shape(dimensions)
    return shape == input.shape ? input : call.emit(.movement(.pad), [input], shape)
  }

  private static func resize(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    // Two inputs in the older forms: data and scales; then data, region, scales, sizes.
    let isOld = call.inputs.count <= 2
    let scales =
      call.attributes["scales"].map { $0.floats.map(Double.init) }
      ?? call.optional(isOld ? 1 : 2)?.contents
    let axes = try call.axes(call.ints("axes") ?? Array(0..<input.rank), input.rank)
    var dimensions = Array(input.shape)
    if let sizes = call.optional(3)?.integers, sizes.count == axes.count {
      for (axis, size) in zip(axes, sizes) { dimensions[axis] = size }
    } else if let scales, scales.count == axes.count {
      for (axis, scale) in zip(axes, scales) {
        dimensions[axis] = try call.dimension((Double(input.shape[axis]) * scale).rounded(.down))
      }
    } else {
      dimensions = Array(try call.declaredOrFail(0, "its sizes are not constant"))
    }
    return call.emit(.movement(.resize), [input], try call.shape(dimensions))
  }

  private static func blocks(_ call: ONNXCall, toSpace: Bool) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let side = call.int("blocksize", 0)
    guard input.rank == 4, (1...100_000).contains(side) else {
      throw call.fail("blocks of \(side) in \(input.shape)")
    }
    let area = side * side
    var dimensions = Array(input.shape)
    if toSpace {
      guard dimensions[1] % area == 0 else {
        throw call.fail("\(dimensions[1]) channels in blocks of \(area)")
      }
      dimensions[1] /= area
      for axis in 2...3 {
        dimensions[axis] = try call.dimension(Double(dimensions[axis]) * Double(side))
      }
    } else {
      dimensions[1] = try call.dimension(Double(dimensions[1]) * Double(area))
      for axis in 2...3 { dimensions[axis] /= side }
    }
    return call.emit(.movement(.transpose), [input], try call.shape(dimensions))
  }
}
