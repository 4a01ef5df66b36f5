/// Layers that move or rename what they read, and those of object detection.
extension NCNNImporter {
  /// Every top is another name for the bottom.
  func addNames() throws(WorkloadError) {
    let input = try bottom()
    for place in layer.tops.indices { try setTop(input, place) }
  }

  /// Keeps what it reads: these are results.
  func addNoop() throws(WorkloadError) {
    let inputs = try bottoms()
    for input in inputs { setResult(input) }
    for place in layer.tops.indices {
      guard place < inputs.count else { throw malformed("there is no blob for top \(place)") }
      try setTop(inputs[place], place)
    }
  }

  /// A tensor that is stored with the network, alike for every sample.
  func addMemoryData() throws(WorkloadError) {
    var shape: Shape = [1]
    for id in [2, 11, 1, 0] {
      let size = try integer(id)
      if size != 0 { shape.append(size) }
    }
    try setTop(try weight("data", shape))
  }

  func addConcat() throws(WorkloadError) {
    var inputs = try bottoms()
    guard let first = inputs.first else { throw malformed("reads nothing") }
    var joined = net.shape(first)
    let axis = try axis(integer(0), of: joined)
    // What is alike for every sample is repeated where the rest is not.
    joined[0] = inputs.map { net.dimension($0, 0) }.max() ?? 1
    for (place, input) in inputs.enumerated() where net.dimension(input, 0) < joined[0] {
      inputs[place] = try operation(
        "\(layer.name).\(place)", .movement(.expand), [input],
        to: net.shape(input).replacing(0, with: joined[0]))
    }
    for input in inputs.dropFirst() {
      let shape = net.shape(input)
      guard shape.rank == joined.rank, shape.replacing(axis, with: joined[axis]) == joined else {
        throw malformed("\(shape) cannot be joined to \(joined) along dimension \(axis)")
      }
      joined[axis] += shape[axis]
      guard Double(joined[axis]) < WorkloadBuilder.elementLimit else {
        throw malformed("the blobs together are too large")
      }
    }
    try addOperation(.movement(.concatenate), inputs, to: joined)
  }

  func addSlice() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    let axis = try axis(integer(1), of: shape)
    var rest = shape[axis]
    let sizes = try integers(0)
    let places = try integers(2)
    for place in layer.tops.indices {
      let remaining = layer.tops.count - place
      var size: Int
      if places.isEmpty {
        guard place < sizes.count else {
          throw malformed("\(sizes.count) sizes for \(layer.tops.count) slices")
        }
        size = sizes[place] == -233 ? rest / remaining : sizes[place]
      } else if place < places.count {
        size = places[place] + (places[place] < 0 ? shape[axis] : 0) - (shape[axis] - rest)
      } else {
        size = rest
      }
      guard size > 0, size <= rest else {
        throw malformed("a slice of \(size) of dimension \(axis) of \(shape)")
      }
      rest -= size
      let slice = try operation(
        "\(layer.name).\(place)", .movement(.slice), [input],
        to: shape.replacing(axis, with: size))
      try setTop(slice, place)
    }
  }

  func addCrop() throws(WorkloadError) {
    let input = try bottom()
    var shape = net.shape(input)
    guard layer.parameters[19] == nil, layer.parameters[20] == nil, layer.parameters[21] == nil
    else { throw malformed("a crop by an expression is not known") }
    let starts = try integers(9)
    if starts.isEmpty {
      let reference = layer.bottoms.count > 1 ? net.shape(try bottom(1)) : Shape()
      // Width, height and channels with the ids of the offset, the size and the other offset.
      for (place, ids) in [(0, 3, 6), (1, 4, 7), (2, 5, 8)].enumerated() {
        let axis = shape.rank - 1 - place
        guard axis > 0 else { break }
        let rest = shape[axis] - (try integer(ids.0)) - (try integer(ids.2))
        let stated = try integer(ids.1)
        let fromReference = reference.rank == shape.rank ? reference[axis] : rest
        shape[axis] = stated > 0 ? min(stated, rest) : min(fromReference, rest)
      }
    } else {
      let ends = try integers(10)
      var axes = try integers(11)
      if axes.isEmpty { axes = Array(starts.indices) }
      guard ends.count == starts.count, axes.count == starts.count else {
        throw malformed("\(starts.count) starts, \(ends.count) ends and \(axes.count) axes")
      }
      let whole = shape
      for place in axes.indices {
        let axis = try axis(axes[place], of: whole)
        let size = whole[axis]
        let start = starts[place] == -233 ? 0 : starts[place]
        let end = ends[place] == -233 ? size : ends[place]
        shape[axis] =
          min(size, end > 0 ? end : size + end) - max(0, start >= 0 ? start : size + start)
      }
    }
    try addOperation(.movement(.slice), [input], to: shape)
  }

  func addPadding() throws(WorkloadError) {
    let input = try bottom()
    var shape = net.shape(input)
    let added = [
      try integer(2) + integer(3), try integer(0) + integer(1), try integer(7) + integer(8),
    ]
    for (place, amount) in added.enumerated() where shape.rank - 1 - place > 0 {
      shape[shape.rank - 1 - place] += amount
    }
    if shape == net.shape(input) { return try addNames() }
    try addOperation(.movement(.pad), [input], to: shape)
  }

  func addInterp() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    if try flag(5) {
      let size = net.shape(try bottom(1))
      guard size.rank == 4, shape.rank == 4 else { throw malformed("\(shape) to \(size)") }
      return try addOperation(
        .movement(.resize), [input], to: [shape[0], shape[1], size[2], size[3]])
    }
    // A vector becomes a picture whose channels are its elements.
    let (height, width) = shape.rank == 4 ? (shape[2], shape[3]) : (1, 1)
    guard shape.rank == 4 || shape.rank == 2 else { throw malformed("an image of \(shape)") }
    try addOperation(
      .movement(.resize), [input],
      to: [
        shape[0], shape[1], resized(height, stated: integer(3), factor: real(1, 1)),
        resized(width, stated: integer(4), factor: real(2, 1)),
      ])
  }

  private func resized(_ size: Int, stated: Int, factor: Double) throws(WorkloadError) -> Int {
    if stated > 0 { return stated }
    let side = (Double(size) * factor).rounded(.down)
    guard side >= 1, side < WorkloadBuilder.elementLimit else {
      throw malformed("a side of \(size) times \(factor)")
    }
    return Int(side)
  }

  /// The order types name the new axes from the innermost outwards.
  func addPermute() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    let orders = [
      3: ["wh", "hw"], 4: ["whc", "hwc", "wch", "cwh", "hcw", "chw"],
      5: [
        "whdc", "hwdc", "wdhc", "dwhc", "hdwc", "dhwc", "whcd", "hwcd", "wchd", "cwhd", "hcwd",
        "chwd", "wdch", "dwch", "wcdh", "cwdh", "dcwh", "cdwh", "hdcw", "dhcw", "hcdw", "chdw",
        "dchw", "cdhw",
      ],
    ]
    let index = try integer(0)
    guard let known = orders[shape.rank], known.indices.contains(index), let axes = known.first
    else {
      if index == 0 { return try addNames() }
      throw malformed("order \(index) of \(shape)")
    }
    if index == 0 { return try addNames() }
    var permuted = shape
    for (place, name) in known[index].enumerated() {
      let from = axes.distance(
        from: axes.startIndex, to: axes.firstIndex(of: name) ?? axes.startIndex)
      permuted[shape.rank - 1 - place] = shape[shape.rank - 1 - from]
    }
    try addOperation(.movement(.transpose), [input], to: permuted)
  }

  /// 0 copies a dimension, −1 takes what is left, −233 drops it.
  func addReshape() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    guard layer.parameters[6] == nil else {
      throw malformed("a reshape by an expression is not known")
    }
    var sizes: [Int] = []
    for (place, id) in [0, 1, 2].enumerated() {
      var size = try integer(id, -233)
      if size == -233 { continue }
      if size == 0 { size = shape.rank - 1 - place > 0 ? shape[shape.rank - 1 - place] : 1 }
      sizes.append(size)
    }
    if let depth = layer.parameters[11], depth != .number(-233) {
      guard sizes.count == 3 else { throw malformed("a depth without width, height and channels") }
      sizes.insert(try integer(11), at: 2)
    }
    let elements = boundedProduct(shape.dropFirst())
    if let open = sizes.firstIndex(of: -1) {
      sizes[open] = 1
      let known = boundedProduct(sizes)
      guard known > 0, elements % known == 0 else {
        throw malformed("\(shape) is no multiple of \(known) elements")
      }
      sizes[open] = elements / known
    }
    guard !sizes.isEmpty, sizes.allSatisfy({ $0 > 0 }), boundedProduct(sizes) == elements,
      let reshaped = Shape([shape[0]] + sizes.reversed())
    else {
      throw malformed(
        "\(shape) does not become \(sizes.reversed().map(String.init).joined(separator: "×"))")
    }
    try addOperation(.movement(.view), [input], to: reshaped)
  }

  func addFlatten() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    try addOperation(
      .movement(.view), [input], to: [shape[0], boundedProduct(shape.dropFirst())])
  }

  func addExpandDims() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    var axes = try integers(3)
    if axes.isEmpty {
      // Flags for width, height and channels of the result.
      let flags = [try flag(2), try flag(1), try flag(0)]
      axes = flags.indices.filter { flags[$0] }
    }
    var sizes = Array(shape.dropFirst())
    let rank = sizes.count + axes.count
    guard rank <= 4 else { throw malformed("\(rank) dimensions") }
    for axis in axes.map({ $0 < 0 ? rank + $0 : $0 }).sorted() {
      guard (0...sizes.count).contains(axis) else { throw malformed("axis \(axis) of \(shape)") }
      sizes.insert(1, at: axis)
    }
    guard let expanded = Shape([shape[0]] + sizes) else { throw malformed("\(rank) dimensions") }
    try addOperation(.movement(.view), [input], to: expanded)
  }

  func addSqueeze() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    let axes = try integers(3)
    var isSqueezed = shape.map { _ in axes.isEmpty }
    for index in axes { isSqueezed[try axis(index, of: shape)] = true }
    var kept: Shape = [shape[0]]
    for axis in 1..<max(1, shape.rank) where !(isSqueezed[axis] && shape[axis] == 1) {
      kept.append(shape[axis])
    }
    if kept.rank == 1 { kept.append(1) }
    try addOperation(.movement(.view), [input], to: kept)
  }

  func addShuffleChannel() throws(WorkloadError) {
    let input = try bottom()
    try addOperation(.movement(.transpose), [input], to: net.shape(input))
  }

  func addPixelShuffle() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    let factor = try count(0, 1)
    let area = boundedProduct([factor, factor])
    guard shape.rank == 4, shape[1] % area == 0 else { throw malformed("\(shape) by \(factor)") }
    try addOperation(
      .movement(.transpose), [input],
      to: [
        shape[0], shape[1] / area, boundedProduct([shape[2], factor]),
        boundedProduct([shape[3], factor]),
      ])
  }

  func addReorg() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    let factor = try count(0, 1)
    guard shape.rank == 4 else { throw malformed("\(shape) by \(factor)") }
    try addOperation(
      .movement(.transpose), [input],
      to: [
        shape[0], boundedProduct([shape[1], factor, factor]), shape[2] / factor, shape[3] / factor,
      ])
  }

  // MARK: - Detection

  /// Boxes and their variances follow from shapes alone: a runtime can keep them.
  func addPriorBox() throws(WorkloadError) {
    let feature = net.shape(try bottom())
    _ = try bottoms()
    guard feature.rank == 4 else { throw malformed("boxes on \(feature)") }
    guard case .array(let smallest) = layer.parameters[0] else {
      throw malformed("there are no sizes of boxes")
    }
    var counts = [0, 0]
    for (place, id) in [1, 2].enumerated() {
      if case .array(let values) = layer.parameters[id] { counts[place] = values.count }
    }
    let ratios = counts[1] * (try flag(7, true) ? 2 : 1)
    let boxes = boundedProduct([smallest.count, ratios + 1]) + counts[0]
    let shape: Shape = [1, 2, boundedProduct([4, feature[2], feature[3], boxes])]
    guard shape.elements < WorkloadBuilder.elementLimit, shape.elements > 0 else {
      throw malformed("\(boxes) boxes on \(feature)")
    }
    try setTop(net.value("boxes", shape, .buffer))
  }

  /// How many boxes are found depends on the picture; taken as the most that are kept.
  func addDetectionOutput() throws(WorkloadError) {
    let inputs = try bottoms()
    let boxes = layer.type == "DetectionOutput" ? try count(3, 100) : 100
    let assumption = "detection returns \(boxes) boxes; how many there are depends on the picture"
    if !net.assumptions.contains(assumption), net.assumptions.count < 100 {
      net.assumptions.append(assumption)
    }
    try addOperation(.selection, inputs, to: [batch, boxes, 6])
  }
}
