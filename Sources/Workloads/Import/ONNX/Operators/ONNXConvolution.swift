extension ONNXOperators {
  static let convolution: [String: ONNXRule] = [
    "Conv": { call throws(WorkloadError) in
      try convolution(call, data: 0, weight: 1, others: [2])
    },
    "com.microsoft.FusedConv": { call throws(WorkloadError) in
      try convolution(call, data: 0, weight: 1, others: [2, 3])
    },
    "ConvInteger": { call throws(WorkloadError) in
      try convolution(call, data: 0, weight: 1, others: [], type: .int32)
    },
    "QLinearConv": { call throws(WorkloadError) in
      try convolution(call, data: 0, weight: 3, others: [8])
    },
    "ConvTranspose": { call throws(WorkloadError) in try transposed(call) },
    "DeformConv": { call throws(WorkloadError) in
      try convolution(call, data: 0, weight: 1, others: [2, 3, 4])
    },
    "MaxPool": { call throws(WorkloadError) in try pooling(call, .maximum) },
    "AveragePool": { call throws(WorkloadError) in try pooling(call, .average) },
    "LpPool": { call throws(WorkloadError) in try pooling(call, .average) },
    "GlobalAveragePool": { call throws(WorkloadError) in try globalPooling(call, .average) },
    "GlobalMaxPool": { call throws(WorkloadError) in try globalPooling(call, .maximum) },
    "GlobalLpPool": { call throws(WorkloadError) in try globalPooling(call, .average) },
    "MaxUnpool": { call throws(WorkloadError) in
      [
        call.emit(
          .movement(.scatter), call.some(0, 1),
          try call.declaredOrFail(0, "its shape is not computed here"))
      ]
    },
    "RoiAlign": { call throws(WorkloadError) in try regions(call) },
    "MaxRoiPool": { call throws(WorkloadError) in try regions(call) },
  ]

  // MARK: - Windows

  /// How a window slides over one side.
  struct Window {
    var kernel: [Int]
    var stride: [Int]
    var dilation: [Int]
    /// Beginning of each side, then its end.
    var padding: [Int]
    var mode: String

    init(_ call: ONNXCall, kernel: [Int]) throws(WorkloadError) {
      let sides = kernel.count
      let range = 1...Int(Int32.max)
      guard kernel.allSatisfy(range.contains) else {
        throw call.fail("a window of \(kernel.map(String.init).joined(separator: "×"))")
      }
      self.kernel = kernel
      stride = try call.extents("strides", sides, in: range, 1)
      dilation = try call.extents("dilations", sides, in: range, 1)
      padding = try call.extents("pads", 2 * sides, in: -Int(Int32.max)...Int(Int32.max), 0)
      mode = call.string("auto_pad", "NOTSET")
    }

    func output(_ call: ONNXCall, _ size: Int, _ side: Int, roundUp: Bool = false)
      throws(WorkloadError) -> Int
    {
      let size = Double(size)
      let stride = Double(stride[side])
      let reach = Double(dilation[side]) * Double(kernel[side] - 1) + 1
      if mode.hasPrefix("SAME") { return try call.dimension((size / stride).rounded(.up)) }
      let isValid = mode == "VALID"
      let before = isValid ? 0 : Double(padding[side])
      let after = isValid ? 0 : Double(padding[kernel.count + side])
      let span = size + before + after - reach
      guard span >= 0 else {
        throw call.fail("a window of \(Int(reach)) does not fit a side of \(Int(size))")
      }
      guard roundUp else { return try call.dimension((span / stride).rounded(.down) + 1) }
      var count = (span / stride).rounded(.up) + 1
      // A window must start inside the input or the padding before it.
      if (count - 1) * stride >= size + before { count -= 1 }
      return try call.dimension(count)
    }
  }

  static func convolution(
    _ call: ONNXCall, data: Int, weight: Int, others: [Int], type: DataType? = nil
  ) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(data)
    let kernel = call.weight(try call.input(weight))
    let sides = input.rank - 2
    guard sides >= 1, kernel.rank == input.rank else {
      throw call.fail("a convolution of \(input.shape) with \(kernel.shape)")
    }
    let groups = call.int("group", 1)
    guard groups > 0, kernel.shape[0] % groups == 0, kernel.shape[1] <= input.shape[1],
      input.shape[1] % groups == 0, input.shape[1] / groups == kernel.shape[1]
    else {
      throw call.fail(
        "\(input.shape[1]) channels with a weight of \(kernel.shape) in \(groups) groups")
    }
    let window = try Window(call, kernel: Array(kernel.shape.dropFirst(2)))
    if let stated = call.ints("kernel_shape"), stated != window.kernel {
      throw call.fail("kernel_shape is not that of the weight, \(kernel.shape)")
    }
    var dimensions = [input.shape[0], kernel.shape[0]]
    for side in 0..<sides {
      dimensions.append(try window.output(call, input.shape[2 + side], side))
    }
    let kind = OperationKind.convolution(attributes(window, groups))
    var operands = [input, kernel]
    for place in others {
      guard let other = call.optional(place) else { continue }
      if place == 8 { other.isWeight = other.isWeight || other.isStored }
      operands.append(other)
    }
    return [call.emit(kind, operands, try call.shape(dimensions), type)]
  }

  private static func attributes(_ window: Window, _ groups: Int) -> Convolution {
    Convolution(
      kernel: window.kernel.map { Int32($0) }, stride: window.stride.map { Int32($0) },
      groups: groups)
  }

  private static func transposed(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let kernel = call.weight(try call.input(1))
    let groups = call.int("group", 1)
    let sides = input.rank - 2
    guard sides >= 1, kernel.rank == input.rank, groups > 0, kernel.shape[0] == input.shape[1],
      input.shape[1] % groups == 0
    else {
      throw call.fail("a transposed convolution of \(input.shape) with \(kernel.shape)")
    }
    let window = try Window(call, kernel: Array(kernel.shape.dropFirst(2)))
    let added = try call.extents("output_padding", sides, in: 0...Int(Int32.max), 0)
    var dimensions = [
      input.shape[0], try call.dimension(Double(kernel.shape[1]) * Double(groups)),
    ]
    let stated = call.ints("output_shape")
    for side in 0..<sides {
      if let stated, stated.count >= sides {
        dimensions.append(stated[stated.count - sides + side])
        continue
      }
      let size = Double(input.shape[2 + side])
      let stride = Double(window.stride[side])
      if window.mode.hasPrefix("SAME") {
        dimensions.append(try call.dimension(size * stride))
        continue
      }
      let reach = Double(window.dilation[side]) * Double(window.kernel[side] - 1) + 1
      let removed =
        window.mode == "VALID"
        ? 0 : Double(window.padding[side]) + Double(window.padding[sides + side])
      dimensions.append(
        try call.dimension(stride * (size - 1) + Double(added[side]) + reach - removed))
    }
    return [
      call.emit(
        .transposedConvolution(attributes(window, groups)), [input, kernel] + call.some(2),
        try call.shape(dimensions))
    ]
  }

  // MARK: - Pooling

  static func pooling(_ call: ONNXCall, _ function: Pooling.Function)
    throws(WorkloadError) -> [ONNXTensor]
  {
    let input = try call.input(0)
    guard let kernel = call.ints("kernel_shape"), kernel.count == input.rank - 2, !kernel.isEmpty
    else { throw call.fail("pooling of \(input.shape) without a window for each side") }
    let window = try Window(call, kernel: kernel)
    var dimensions = [input.shape[0], input.shape[1]]
    for side in 0..<kernel.count {
      dimensions.append(
        try window.output(
          call, input.shape[2 + side], side, roundUp: call.int("ceil_mode", 0) == 1))
    }
    let shape = try call.shape(dimensions)
    let area = kernel.reduce(1.0) { $0 * Double($1) }
    let kind = OperationKind.pooling(Pooling(function, window: try call.dimension(area)))
    guard call.wants(1) else { return [call.emit(kind, [input], shape)] }
    return call.emit(kind, [input], [(shape, input.type), (shape, .int64)])
  }

  static func globalPooling(_ call: ONNXCall, _ function: Pooling.Function)
    throws(WorkloadError) -> [ONNXTensor]
  {
    let input = try call.input(0)
    guard input.rank >= 3 else { throw call.fail("pooling of \(input.shape)") }
    let area = input.shape.dropFirst(2).reduce(1.0) { $0 * Double($1) }
    let sides = [Int](repeating: 1, count: input.rank - 2)
    return [
      call.emit(
        .pooling(Pooling(function, window: max(1, try call.dimension(area)))), [input],
        try call.shape([input.shape[0], input.shape[1]] + sides))
    ]
  }

  /// A grid of means over each region of interest.
  private static func regions(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let input = try call.input(0)
    let boxes = try call.input(1)
    guard input.rank == 4, boxes.rank == 2 else {
      throw call.fail("regions \(boxes.shape) of \(input.shape)")
    }
    let sides = call.ints("pooled_shape") ?? []
    let height = sides.first ?? call.int("output_height", 1)
    let width = sides.last ?? call.int("output_width", 1)
    return [
      call.emit(
        .pooling(Pooling(.average, window: 4)), call.some(0, 1),
        try call.shape([boxes.shape[0], input.shape[1], height, width]))
    ]
  }
}

extension ONNXTensor {
  var isStored: Bool { if case .stored = origin { true } else { false } }
}
