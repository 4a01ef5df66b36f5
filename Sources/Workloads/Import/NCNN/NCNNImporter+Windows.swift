/// Layers that slide a window: convolutions and poolings.
extension NCNNImporter {
  /// A window along one axis.
  private struct Window {
    var kernel: Int
    var stride: Int
    var dilation = 1
    var before: Int
    var after: Int

    var reach: Int { dilation * (kernel - 1) + 1 }
    /// −233 and −234 ask for as much padding as keeps `ceil(size / stride)` elements.
    var isSame: Bool { before == -233 || before == -234 }
  }

  private static let limit = 1 << 20

  private func window(
    kernel: Int, dilation: Int, stride: Int, before: Int, after: Int
  ) throws(WorkloadError) -> Window {
    guard (1...Self.limit).contains(kernel), (1...Self.limit).contains(dilation),
      (1...Self.limit).contains(stride), (-234...Self.limit).contains(before),
      (-234...Self.limit).contains(after)
    else {
      throw malformed("kernel \(kernel), stride \(stride), dilation \(dilation), padding \(before)")
    }
    return Window(
      kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
  }

  private func horizontal() throws(WorkloadError) -> Window {
    let before = try integer(4)
    return try window(
      kernel: integer(1), dilation: integer(2, 1), stride: integer(3, 1), before: before,
      after: integer(15, before))
  }

  private func vertical() throws(WorkloadError) -> Window {
    let before = try integer(14, integer(4))
    return try window(
      kernel: integer(11, integer(1)), dilation: integer(12, integer(2, 1)),
      stride: integer(13, integer(3, 1)), before: before, after: integer(16, before))
  }

  /// The windows that fit a side; with `roundUp` a last one may reach beyond the padding.
  private func extent(_ size: Int, _ window: Window, roundUp: Bool = false)
    throws(WorkloadError) -> Int
  {
    if window.isSame { return (size - 1) / window.stride + 1 }
    let span = size + window.before + window.after - window.reach
    guard span >= 0 else {
      throw malformed("a window of \(window.reach) does not fit a side of \(size)")
    }
    return (span + (roundUp ? window.stride - 1 : 0)) / window.stride + 1
  }

  private func convolutionKind(_ windows: [Window], groups: Int) -> Convolution {
    Convolution(
      kernel: windows.map { Int32($0.kernel) }, stride: windows.map { Int32($0.stride) },
      groups: groups)
  }

  private func groups(_ input: Int, _ output: Int) throws(WorkloadError) -> Int {
    let groups = layer.type.contains("DepthWise") ? try count(7, 1) : 1
    guard input % groups == 0, output % groups == 0 else {
      throw malformed("\(input) channels to \(output) do not divide into \(groups) groups")
    }
    return groups
  }

  /// The weight `shape`, held against the number of elements that the file states.
  private func kernel(_ shape: Shape) throws(WorkloadError) -> ValueID {
    guard try !flag(19) || layer.type.hasPrefix("Deconv") else {
      throw malformed("weights that another layer computes are not known")
    }
    let stated = try integer(6)
    guard stated == 0 || Double(stated) == shape.elements else {
      throw malformed("the file states \(stated) weights; \(shape) are \(Int(shape.elements))")
    }
    return try weight("weight", shape)
  }

  func addConvolution() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    let output = try count(0)
    try noteActivation()
    let (x, y) = (try horizontal(), try vertical())
    // A vector is a picture of one pixel.
    if shape.rank == 2, x.kernel == 1, y.kernel == 1, layer.type == "Convolution" {
      return try addMatrix(
        input, kernel([output, shape[1]]), to: [shape[0], output], bias: flag(5))
    }
    guard shape.rank == 4 else { throw malformed("a convolution over \(shape)") }
    let groups = try groups(shape[1], output)
    var operands = [
      input, try kernel([output, shape[1] / groups, y.kernel, x.kernel]),
    ]
    if try flag(5) { operands.append(try bias(output)) }
    try addOperation(
      .convolution(convolutionKind([y, x], groups: groups)), operands,
      to: [shape[0], output, extent(shape[2], y), extent(shape[3], x)])
  }

  /// Over `[channels, width]`.
  func addConvolution1D() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    guard shape.rank == 3 else { throw malformed("a convolution over \(shape)") }
    let output = try count(0)
    try noteActivation()
    let x = try horizontal()
    let groups = try groups(shape[1], output)
    var operands = [input, try kernel([output, shape[1] / groups, x.kernel])]
    if try flag(5) { operands.append(try bias(output)) }
    try addOperation(
      .convolution(convolutionKind([x], groups: groups)), operands,
      to: [shape[0], output, extent(shape[2], x)])
  }

  /// `out = (in − 1)·stride + reach + outputPadding − padding`, unless the file states it.
  func addDeconvolution() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    guard shape.rank == 4 else { throw malformed("a convolution over \(shape)") }
    let output = try count(0)
    try noteActivation()
    let (x, y) = (try horizontal(), try vertical())
    let groups = try groups(shape[1], output)
    let width = try enlarged(shape[3], x, added: integer(18), stated: integer(20))
    let height = try enlarged(
      shape[2], y, added: integer(19, integer(18)), stated: integer(21, integer(20)))
    var operands = [
      input, try kernel([shape[1], output / groups, y.kernel, x.kernel]),
    ]
    if try flag(5) { operands.append(try bias(output)) }
    try addOperation(
      .transposedConvolution(convolutionKind([y, x], groups: groups)), operands,
      to: [shape[0], output, height, width])
  }

  private func enlarged(_ size: Int, _ window: Window, added: Int, stated: Int)
    throws(WorkloadError) -> Int
  {
    if stated > 0 { return stated }
    guard !window.isSame else { throw malformed("'same' padding needs the size of the output") }
    return boundedProduct([size - 1, window.stride]) + window.reach + added - window.before
      - window.after
  }

  func addPooling() throws(WorkloadError) {
    let input = try bottom()
    let shape = net.shape(input)
    guard shape.rank == 4 else { throw malformed("pooling over \(shape)") }
    let function: Pooling.Function = try integer(0) == 0 ? .maximum : .average
    let plane = boundedProduct([shape[2], shape[3]])
    if try flag(4) {
      return try addOperation(
        .pooling(Pooling(function, window: plane)), [input], to: [shape[0], shape[1]])
    }
    if try flag(7) {
      // −233 keeps a side.
      var (width, height) = (try integer(8), try integer(18, integer(8)))
      if width == -233 { width = shape[3] }
      if height == -233 { height = shape[2] }
      guard width > 0, height > 0 else { throw malformed("pooling to \(height)×\(width)") }
      return try addOperation(
        .pooling(Pooling(function, window: max(1, plane / boundedProduct([width, height])))),
        [input], to: [shape[0], shape[1], height, width])
    }
    let mode = try integer(5)
    let left = mode >= 2 ? -233 : try integer(3)
    let top = mode >= 2 ? -233 : try integer(13, integer(3))
    let x = try window(
      kernel: integer(1), dilation: 1, stride: integer(2, 1), before: left,
      after: integer(14, left))
    let y = try window(
      kernel: integer(11, integer(1)), dilation: 1, stride: integer(12, integer(2, 1)),
      before: top, after: integer(15, top))
    try addOperation(
      .pooling(Pooling(function, window: x.kernel * y.kernel)), [input],
      to: [
        shape[0], shape[1], extent(shape[2], y, roundUp: mode == 0),
        extent(shape[3], x, roundUp: mode == 0),
      ])
  }
}
