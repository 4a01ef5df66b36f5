extension ONNXOperators {
  static let layout: [String: ONNXRule] = [
    "Reshape": { call throws(WorkloadError) in [try reshape(call)] },
    "Flatten": { call throws(WorkloadError) in [try flatten(call)] },
    "Squeeze": { call throws(WorkloadError) in [try squeeze(call)] },
    "Unsqueeze": { call throws(WorkloadError) in [try unsqueeze(call)] },
    "Transpose": { call throws(WorkloadError) in [try transpose(call)] },
    "Concat": { call throws(WorkloadError) in
      [try concatenate(call, call.inputs.compactMap { $0 })]
    },
    "Split": { call throws(WorkloadError) in try split(call) },
    "Slice": { call throws(WorkloadError) in [try slice(call)] },
    "Pad": { call throws(WorkloadError) in [try pad(call)] },
    "Tile": { call throws(WorkloadError) in [try tile(call)] },
    "Expand": { call throws(WorkloadError) in [try expand(call)] },
    "Resize": { call throws(WorkloadError) in
      [try resize(call, scales: call.inputs.count > 2 ? 2 : 1, sizes: 3)]
    },
    "Upsample": { call throws(WorkloadError) in [try resize(call, scales: 1, sizes: nil)] },
    "GridSample": { call throws(WorkloadError) in [try sample(call)] },
    "DepthToSpace": { call throws(WorkloadError) in [try depthToSpace(call)] },
    "SpaceToDepth": { call throws(WorkloadError) in [try spaceToDepth(call)] },
    "ReverseSequence": { call throws(WorkloadError) in
      [call.emit(.movement(.copy), call.some(0, 1), try call.input(0).shape)]
    },
    "CenterCropPad": { call throws(WorkloadError) in [try centerCropPad(call)] },
  ]

  // MARK: - Other names for the same elements

  private static func reshape(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let stated = call.list("shape", orInput: 1) else { throw call.fail("no shape is given") }
    guard let target = stated else {
      return call.view(
        input, try call.declaredOrFail(0, "its shape depends on what the tensors hold"))
    }
    var dimensions = target
    var open: Int?
    var known = 1.0
    for (axis, size) in target.enumerated() {
      switch size {
      case -1:
        guard open == nil else { throw call.fail("two dimensions of -1") }
        open = axis
        continue
      case 0 where call.int("allowzero", 0) == 0:
        guard axis < input.rank else {
          throw call.fail("dimension \(axis) of \(input.shape) is to stay")
        }
        dimensions[axis] = input.shape[axis]
      default: break
      }
      known *= Double(dimensions[axis])
    }
    if let open {
      dimensions[open] = known == 0 ? 0 : try call.dimension(input.shape.elements / known)
      known *= Double(dimensions[open])
    }
    guard known == input.shape.elements else {
      let text = target.prefix(9).map(String.init).joined(separator: "×")
      throw call.fail("\(input.shape) does not become \(text)")
    }
    return call.view(input, try call.shape(dimensions))
  }

  private static func flatten(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    var axis = call.int("axis", 1)
    if axis < 0 { axis += input.rank }
    guard axis >= 0, axis <= input.rank else { throw call.fail("axis \(axis) of \(input.shape)") }
    let rows = input.shape[..<axis].reduce(1.0) { $0 * Double($1) }
    let columns = input.shape[axis...].reduce(1.0) { $0 * Double($1) }
    return call.view(
      input, try call.shape([try call.dimension(rows), try call.dimension(columns)]))
  }

  private static func squeeze(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let stated = call.list("axes", orInput: 1)
    guard let stated else {
      return call.view(input, try call.shape(input.shape.filter { $0 != 1 }))
    }
    guard let axes = stated else {
      return call.view(input, try call.declaredOrFail(0, "its axes depend on data"))
    }
    let removed = try call.axes(axes, input.rank)
    for axis in removed where input.shape[axis] != 1 {
      throw call.fail("dimension \(axis) of \(input.shape) is not 1")
    }
    return call.view(
      input,
      try call.shape(input.shape.indices.filter { !removed.contains($0) }.map { input.shape[$0] }))
  }

  private static func unsqueeze(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let axes = call.list("axes", orInput: 1) ?? nil else {
      return call.view(input, try call.declaredOrFail(0, "its axes depend on data"))
    }
    let rank = input.rank + axes.count
    let added = try call.axes(axes, rank)
    var rest = Array(input.shape)[...]
    return call.view(
      input, try call.shape((0..<rank).map { added.contains($0) ? 1 : rest.popFirst() ?? 1 }))
  }

  // MARK: - The same elements elsewhere

  private static func transpose(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let order = try call.axes(call.ints("perm") ?? (0..<input.rank).reversed(), input.rank)
    guard order.count == input.rank else {
      throw call.fail("an order of \(order.count) axes for \(input.shape)")
    }
    let shape = try call.shape(order.map { input.shape[$0] })
    let long = order.filter { input.shape[$0] != 1 }
    // Dimensions of one element may change places without a move.
    if long == long.sorted() { return call.view(input, shape) }
    let contents = call.rearranged(input, to: shape) { index in
      var source = index
      for (place, axis) in order.enumerated() { source[axis] = index[place] }
      return source
    }
    return call.emit(.movement(.transpose), [input], shape, contents: contents)
  }

  static func concatenate(_ call: ONNXCall, _ inputs: [ONNXTensor]) throws(WorkloadError)
    -> ONNXTensor
  {
    guard let first = inputs.first else { throw call.fail("nothing to join") }
    if inputs.count == 1 { return first }
    let axis = try call.axis(call.int("axis", 1), first.rank)
    var size = 0.0
    for input in inputs {
      guard input.rank == first.rank,
        input.shape.replacing(axis, with: first.shape[axis]) == first.shape
      else { throw call.fail("\(input.shape) cannot be joined to \(first.shape)") }
      size += Double(input.shape[axis])
    }
    let shape = try call.shape(
      Array(first.shape.replacing(axis, with: try call.dimension(size))))
    return call.emit(
      .movement(.concatenate), inputs, shape, contents: joined(inputs, axis, shape))
  }

  private static func joined(_ inputs: [ONNXTensor], _ axis: Int, _ shape: Shape) -> [Double]? {
    guard shape.elements <= Double(ONNXTensor.contentLimit) else { return nil }
    if shape.elements == 0 { return [] }
    var parts: [(contents: [Double], run: Int)] = []
    for input in inputs {
      guard let contents = input.contents else { return nil }
      parts.append((contents, input.shape[axis...].reduce(1, *)))
    }
    var result: [Double] = []
    for row in 0..<shape[..<axis].reduce(1, *) {
      for part in parts { result += part.contents[row * part.run..<(row + 1) * part.run] }
    }
    return result
  }

  private static func split(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let axis = try call.axis(call.int("axis", 0), input.rank)
    let size = input.shape[axis]
    let count = call.node.output.count
    var sizes: [Int]
    if let stated = call.list("split", orInput: 1) {
      guard let stated else { throw call.fail("the sizes of its parts depend on data") }
      sizes = stated
    } else {
      let parts = max(1, count)
      let part = size / parts + (size % parts == 0 ? 0 : 1)
      sizes = (0..<count).map { min(part, max(0, size - $0 * part)) }
    }
    let total = sizes.reduce(0.0) { $0 + Double($1) }
    guard sizes.count >= count, sizes.allSatisfy({ $0 >= 0 }), total == Double(size) else {
      throw call.fail("\(size) split into \(sizes.prefix(12))")
    }
    var start = 0
    var results: [ONNXTensor] = []
    for place in 0..<count {
      let shape = input.shape.replacing(axis, with: sizes[place])
      let offset = start
      start += sizes[place]
      let contents = call.rearranged(input, to: shape) { index in
        var source = index
        source[axis] += offset
        return source
      }
      let isWanted = call.wants(place)
      results.append(
        isWanted
          ? call.emit(
            .movement(.slice), [input], shape, contents: contents,
            label: count > 1 ? ".\(place)" : "") : input)
    }
    return results
  }

  private static func slice(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let axesGiven = call.list("axes", orInput: 3)
    guard let starts = call.list("starts", orInput: 1) ?? nil,
      let ends = call.list("ends", orInput: 2) ?? nil,
      let axes = axesGiven ?? Array(0..<starts.count),
      let steps = call.list("steps", orInput: 4) ?? Array(repeating: 1, count: starts.count)
    else {
      return call.emit(
        .movement(.slice), [input],
        try call.declaredOrFail(0, "its limits depend on what the tensors hold"))
    }
    let places = try call.axes(axes, input.rank)
    guard starts.count == places.count, ends.count == places.count, steps.count == places.count,
      !steps.contains(0)
    else { throw call.fail("limits that do not fit \(input.shape)") }
    var shape = input.shape
    var first = [Int](repeating: 0, count: input.rank)
    var step = [Int](repeating: 1, count: input.rank)
    for (place, axis) in places.enumerated() {
      let size = input.shape[axis]
      func clamp(_ limit: Int) -> Int {
        let value = limit < 0 ? limit + size : limit
        return steps[place] > 0 ? max(0, min(size, value)) : max(-1, min(size - 1, value))
      }
      let (from, to) = (clamp(starts[place]), clamp(ends[place]))
      let span = steps[place] > 0 ? to - from : from - to
      let stride = abs(steps[place])
      shape[axis] = span <= 0 ? 0 : (span - 1) / stride + 1
      first[axis] = from
      step[axis] = steps[place]
    }
    if shape == input.shape, step.allSatisfy({ $0 == 1 }) { return input }
    let contents = call.rearranged(input, to: shape) { index in
      index.indices.map { first[$0] + index[$0] * step[$0] }
    }
    return call.emit(.movement(.slice), [input], shape, contents: contents)
  }

  // MARK: - More elements

  private static func pad(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let name = call.ints("paddings") == nil ? "pads" : "paddings"
    guard let amounts = call.list(name, orInput: 1) ?? nil else {
      return call.emit(
        .movement(.pad), [input],
        try call.declaredOrFail(0, "its padding depends on what the tensors hold"))
    }
    var axes = Array(0..<input.rank)
    if let stated = call.optional(3) {
      guard let values = stated.integers else { throw call.fail("its axes depend on data") }
      axes = try call.axes(values, input.rank)
    }
    guard amounts.count == 2 * axes.count else {
      throw call.fail("\(amounts.count) amounts for \(axes.count) dimensions")
    }
    var dimensions = Array(input.shape)
    for (place, axis) in axes.enumerated() {
      let added = Double(amounts[place]) + Double(amounts[axes.count + place])
      dimensions[axis] = try call.dimension(Double(dimensions[axis]) + added)
    }
    let shape = try call.shape(dimensions)
    return shape == input.shape ? input : call.emit(.movement(.pad), [input], shape)
  }

  private static func tile(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let repeats = try call.input(1).integers else {
      return call.emit(
        .movement(.expand), [input], try call.declaredOrFail(0, "its repeats depend on data"))
    }
    guard repeats.count == input.rank, repeats.allSatisfy({ $0 >= 0 }) else {
      throw call.fail("repeats of \(repeats.prefix(9)) for \(input.shape)")
    }
    var dimensions: [Int] = []
    for (size, count) in zip(input.shape, repeats) {
      dimensions.append(try call.dimension(Double(size) * Double(count)))
    }
    let shape = try call.shape(dimensions)
    if shape == input.shape { return input }
    let contents = call.rearranged(input, to: shape) { index in
      index.indices.map { index[$0] % max(1, input.shape[$0]) }
    }
    return call.emit(.movement(.expand), [input], shape, contents: contents)
  }

  private static func expand(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let target = try call.input(1).integers else {
      return call.emit(
        .movement(.expand), [input], try call.declaredOrFail(0, "its shape depends on data"))
    }
    let shape = try call.broadcast(input.shape, try call.shape(target))
    if shape == input.shape { return input }
    return call.emit(
      .movement(.expand), [input], shape, contents: spread(call, input, shape))
  }

  private static func resize(_ call: ONNXCall, scales: Int, sizes: Int?) throws(WorkloadError)
    -> ONNXTensor
  {
    let input = try call.input(0)
    let axes = try call.axes(call.ints("axes") ?? Array(0..<input.rank), input.rank)
    var dimensions = Array(input.shape)
    let stated = sizes.flatMap { call.optional($0) }
    if let target = stated?.integers {
      guard target.count == axes.count else { throw call.fail("\(target.count) sizes") }
      for (place, axis) in axes.enumerated() { dimensions[axis] = target[place] }
      let policy = call.string("keep_aspect_ratio_policy", "stretch")
      if policy != "stretch" {
        let ratios = axes.map { Double(dimensions[$0]) / Double(max(1, input.shape[$0])) }
        let ratio = (policy == "not_larger" ? ratios.min() : ratios.max()) ?? 1
        for axis in axes {
          dimensions[axis] = try call.dimension((Double(input.shape[axis]) * ratio).rounded())
        }
      }
    } else {
      let factors =
        call.attributes["scales"].map { $0.floats.map(Double.init) }
        ?? call.optional(scales)?.contents
      guard stated == nil, let factors, factors.count == axes.count else {
        return call.emit(
          .movement(.resize), [input], try call.declaredOrFail(0, "its size depends on data"))
      }
      for (place, axis) in axes.enumerated() {
        dimensions[axis] = try call.dimension(Double(input.shape[axis]) * factors[place])
      }
    }
    let shape = try call.shape(dimensions)
    return shape == input.shape ? input : call.emit(.movement(.resize), [input], shape)
  }

  /// An image sampled at the points of a grid `[batch, height, width, 2]`.
  private static func sample(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (input, grid) = (try call.input(0), try call.input(1))
    guard input.rank >= 3, grid.rank == input.rank else {
      throw call.fail("a grid of \(grid.shape) for \(input.shape)")
    }
    return call.emit(
      .movement(.resize), [input, grid],
      try call.shape(Array(input.shape[..<2]) + Array(grid.shape[1..<grid.rank - 1])))
  }

  private static func depthToSpace(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (input, block) = (try call.input(0), call.int("blocksize", 0))
    let area = Double(block) * Double(block)
    guard input.rank == 4, block > 0, area < 1e9, input.shape[1] % Int(area) == 0 else {
      throw call.fail("\(input.shape) in blocks of \(block)")
    }
    return call.emit(
      .movement(.transpose), [input],
      try call.shape([
        input.shape[0], input.shape[1] / Int(area),
        try call.dimension(Double(input.shape[2]) * Double(block)),
        try call.dimension(Double(input.shape[3]) * Double(block)),
      ]))
  }

  private static func spaceToDepth(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let (input, block) = (try call.input(0), call.int("blocksize", 0))
    guard input.rank == 4, block > 0, input.shape[2] % block == 0, input.shape[3] % block == 0
    else { throw call.fail("\(input.shape) in blocks of \(block)") }
    let channels = Double(input.shape[1]) * Double(block) * Double(block)
    return call.emit(
      .movement(.transpose), [input],
      try call.shape([
        input.shape[0], try call.dimension(channels), input.shape[2] / block,
        input.shape[3] / block,
      ]))
  }

  private static func centerCropPad(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    guard let target = try call.input(1).integers else {
      return call.emit(
        .movement(.pad), [input], try call.declaredOrFail(0, "its shape depends on data"))
    }
    let axes = try call.axes(call.ints("axes") ?? Array(0..<input.rank), input.rank)
    guard target.count == axes.count else { throw call.fail("\(target.count) sizes") }
    var dimensions = Array(input.shape)
    for (place, axis) in axes.enumerated() { dimensions[axis] = target[place] }
    return call.emit(.movement(.pad), [input], try call.shape(dimensions))
  }
}
