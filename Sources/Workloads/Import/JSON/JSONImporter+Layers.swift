/// The operations of a description, each with its keys.
extension JSONImporter {
  typealias Layer =
    @Sendable (JSONImporter) -> (JSONObject, String) throws(WorkloadError) ->
    ValueID

  static let layers: [String: Layer] = [
    "weight": JSONImporter.addWeight,
    "cache": JSONImporter.addCache,

    "convolution": JSONImporter.addConvolution,
    "depthwiseConvolution": JSONImporter.addDepthwiseConvolution,
    "transposedConvolution": JSONImporter.addTransposedConvolution,
    "maxPool": JSONImporter.addMaxPool,
    "averagePool": JSONImporter.addAveragePool,
    "globalAveragePool": JSONImporter.addGlobalAveragePool,
    "adaptiveAveragePool": JSONImporter.addAdaptiveAveragePool,

    "linear": JSONImporter.addLinear,
    "matrixMultiply": JSONImporter.addMatrixMultiply,
    "attention": JSONImporter.addAttention,
    "selfAttention": JSONImporter.addSelfAttention,
    "embedding": JSONImporter.addEmbedding,
    "experts": JSONImporter.addExperts,
    "stateSpace": JSONImporter.addStateSpace,
    "recurrence": JSONImporter.addRecurrence,

    "batchNorm": JSONImporter.addBatchNorm,
    "layerNorm": JSONImporter.addLayerNorm,
    "rootMeanSquareNorm": JSONImporter.addRootMeanSquareNorm,
    "groupNorm": JSONImporter.addGroupNorm,
    "channelNorm": JSONImporter.addChannelNorm,

    "activation": JSONImporter.addActivation,
    "add": JSONImporter.addSum,
    "multiply": JSONImporter.addProduct,
    "elementwise": JSONImporter.addElementwise,
    "scale": JSONImporter.addScale,
    "softmax": JSONImporter.addSoftmax,
    "mean": JSONImporter.addMean,

    "reshape": JSONImporter.addReshape,
    "flatten": JSONImporter.addFlatten,
    "transpose": JSONImporter.addTranspose,
    "concatenate": JSONImporter.addConcatenate,
    "slice": JSONImporter.addSlice,
    "resize": JSONImporter.addResize,
    "tokens": JSONImporter.addTokens,
    "image": JSONImporter.addImage,
  ]

  /// Those that make a tensor out of nothing; what follows does not read it unasked.
  static let tensors: Set<String> = ["weight", "cache"]

  // MARK: - Keys

  private static let window = 1...1 << 20

  private func size(
    _ layer: JSONObject, _ key: String, _ standard: Int? = nil,
    in range: ClosedRange<Int> = JSONNode.sizes
  ) throws(WorkloadError) -> Int {
    guard let standard else { return try size(layer.required(key), in: range) }
    guard let node = layer.optional(key) else { return standard }
    return try size(node, in: range)
  }

  /// One number for both sides, or `[height, width]`.
  private func pair(
    _ layer: JSONObject, _ key: String, _ standard: Int? = nil,
    in range: ClosedRange<Int> = window
  ) throws(WorkloadError) -> (Int, Int) {
    guard let node = layer.optional(key), node.isList else {
      let side = try size(layer, key, standard, in: range)
      return (side, side)
    }
    let sides = try node.list()
    guard sides.count == 2 else { throw node.malformed("[height, width] is expected") }
    return (try size(sides[0], in: range), try size(sides[1], in: range))
  }

  private func flag(_ layer: JSONObject, _ key: String, _ standard: Bool) throws(WorkloadError)
    -> Bool
  {
    try layer.optional(key)?.flag() ?? standard
  }

  /// `"half"`, `"same"`, or a number of pixels.
  private func padding(_ layer: JSONObject, _ standard: WorkloadBuilder.Padding)
    throws(WorkloadError) -> WorkloadBuilder.Padding
  {
    guard let node = layer.optional("padding") else { return standard }
    if node.isText, dimensions[try node.text()] == nil {
      switch try node.choice(NamedPadding.allCases) {
      case .half: return .half
      case .same: return .same
      }
    }
    let (height, width) = try pair(layer, "padding", in: 0...1 << 20)
    return height == width ? .amount(height) : .each(height, width)
  }

  private enum NamedPadding: String, CaseIterable { case half, same }

  /// Counted from the front, or with a minus sign from the end.
  private func axis(_ layer: JSONObject, of shape: Shape, _ standard: Int? = nil)
    throws(WorkloadError) -> Int
  {
    let range = -shape.rank...shape.rank - 1
    let axis = try size(layer, "axis", standard, in: range)
    return axis < 0 ? axis + shape.rank : axis
  }

  // MARK: - Tensors

  func addWeight(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.weight(label, try shape(layer.required("shape")))
  }

  func addCache(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.value(label, try shape(layer.required("shape")), .cache)
  }

  // MARK: - Windows

  func addConvolution(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.convolution(
      try input(layer), to: try size(layer, "channels"), kernel: try pair(layer, "kernel", 1),
      stride: try pair(layer, "stride", 1), padding: try padding(layer, .half),
      dilation: try size(layer, "dilation", 1, in: Self.window),
      groups: try size(layer, "groups", 1), bias: try flag(layer, "bias", false), named: label)
  }

  func addDepthwiseConvolution(_ layer: JSONObject, _ label: String) throws(WorkloadError)
    -> ValueID
  {
    let input = try input(layer)
    let channels = net.dimension(input, 1)
    return net.convolution(
      input, to: channels, kernel: try pair(layer, "kernel"), stride: try pair(layer, "stride", 1),
      padding: try padding(layer, .half),
      dilation: try size(layer, "dilation", 1, in: Self.window), groups: channels,
      bias: try flag(layer, "bias", false), named: label)
  }

  func addTransposedConvolution(_ layer: JSONObject, _ label: String) throws(WorkloadError)
    -> ValueID
  {
    let input = try input(layer)
    guard net.shape(input).allSatisfy({ $0 < 1 << 40 }) else {
      throw layer.node.malformed("\(net.shape(input)) is too large")
    }
    return net.transposedConvolution(
      input, to: try size(layer, "channels"), kernel: try size(layer, "kernel", in: Self.window),
      stride: try size(layer, "stride", in: Self.window),
      padding: try size(layer, "padding", 0, in: 0...1 << 20),
      outputPadding: try size(layer, "outputPadding", 0, in: 0...1 << 20),
      groups: try size(layer, "groups", 1), bias: try flag(layer, "bias", false), named: label)
  }

  func addMaxPool(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let kernel = try size(layer, "kernel", in: Self.window)
    return net.maxPool(
      try input(layer), kernel: kernel, stride: try size(layer, "stride", kernel, in: Self.window),
      padding: try padding(layer, .amount(0)), roundUp: try flag(layer, "roundUp", false),
      named: label)
  }

  func addAveragePool(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let kernel = try size(layer, "kernel", in: Self.window)
    return net.averagePool(
      try input(layer), kernel: kernel, stride: try size(layer, "stride", kernel, in: Self.window),
      padding: try padding(layer, .amount(0)), roundUp: try flag(layer, "roundUp", false),
      named: label)
  }

  func addGlobalAveragePool(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.globalAveragePool(
      try input(layer), flatten: try flag(layer, "flatten", true), named: label)
  }

  func addAdaptiveAveragePool(_ layer: JSONObject, _ label: String) throws(WorkloadError)
    -> ValueID
  {
    net.adaptiveAveragePool(
      try input(layer), size: try size(layer, "size", in: Self.window), named: label)
  }

  // MARK: - Matrices

  func addLinear(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.linear(
      try input(layer), to: try size(layer, "features"), bias: try flag(layer, "bias", true),
      named: label)
  }

  func addMatrixMultiply(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let operands = try inputs(layer, 2...2)
    return net.matrixMultiply(
      operands[0], operands[1], transposedRight: try flag(layer, "transposedRight", false),
      named: label)
  }

  /// `"full"`, `"causal"`, `{"window": 4096}`, `{"chunk": 8192}` or `{"selected": 2048}`.
  private func mask(_ layer: JSONObject) throws(WorkloadError) -> AttentionMask {
    guard let node = layer.optional("mask") else { return .full }
    guard node.isObject else {
      return try node.choice(NamedMask.allCases) == .full ? .full : .causal
    }
    let object = try node.object()
    var mask: AttentionMask?
    if let size = object.optional("window") { mask = .window(try self.size(size)) }
    if let size = object.optional("chunk") { mask = .chunk(try self.size(size)) }
    if let size = object.optional("selected") { mask = .selected(try self.size(size)) }
    try object.finish()
    guard let mask, object.keys.count == 1 else {
      throw node.malformed("one of 'window', 'chunk' and 'selected' is expected")
    }
    return mask
  }

  private enum NamedMask: String, CaseIterable { case full, causal }

  func addAttention(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let operands = try inputs(layer, 3...3)
    return net.attention(
      query: operands[0], key: operands[1], value: operands[2], mask: try mask(layer),
      named: label)
  }

  /// Projections to queries, keys and values, attention, one projection back.
  func addSelfAttention(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    let shape = net.shape(input)
    let heads = try size(layer, "heads")
    guard shape.rank == 3 else {
      throw layer.node.malformed("[batch, tokens, features] is expected, not \(shape)")
    }
    let groups = try size(layer, "keyValueHeads", heads)
    let size = try size(layer, "headSize", max(1, shape[2] / heads))
    let bias = try flag(layer, "bias", true)
    let mask = try mask(layer)
    return net.scope(label) {
      func projected(_ heads: Int, _ label: String) -> ValueID {
        let flat = net.linear(input, to: heads * size, bias: bias, named: label)
        return net.reshape(flat, [shape[0], heads, shape[1], size], named: label + "_heads")
      }
      let mixed = net.attention(
        query: projected(heads, "query"), key: projected(groups, "key"),
        value: projected(groups, "value"), mask: mask)
      let merged = net.reshape(mixed, [shape[0], shape[1], heads * size], named: "merge")
      return net.linear(merged, to: shape[2], bias: bias, named: "output")
    }
  }

  func addEmbedding(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.embedding(
      try input(layer), vocabulary: try size(layer, "vocabulary"),
      features: try size(layer, "features"), named: label)
  }

  /// A router, and for every token `perToken` of `experts` two-layer networks; their mean.
  func addExperts(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    let shape = net.shape(input)
    let experts = Experts(try size(layer, "experts"), perToken: try size(layer, "perToken"))
    let hidden = try size(layer, "hidden")
    let isGated = try flag(layer, "gated", true)
    let function = try layer.optional("function")?.choice(ElementwiseFunction.allCases) ?? .silu
    guard shape.rank >= 2, shape.rank < Shape.maximumRank, experts.perToken <= experts.experts
    else {
      throw layer.node.malformed(
        "\(experts.perToken) of \(experts.experts) experts for a token of \(shape)")
    }
    return net.scope(label) {
      let scores = net.softmax(net.linear(input, to: experts.experts, bias: false, named: "router"))
      let chosen = net.operation(
        "choice", .selection, [scores], to: shape.replacing(-1, with: experts.perToken))
      func product(_ value: ValueID, _ features: Int, to width: Int, _ label: String) -> ValueID {
        var routed = shape.replacing(-1, with: experts.perToken)
        routed.append(width)
        return net.operation(
          label, .expertMatrixMultiply(experts),
          [value, net.weight("weight", [experts.experts, width, features]), chosen], to: routed)
      }
      var x = product(input, shape.innermost, to: hidden, "up")
      x = net.activation(function, x)
      if isGated { x = net.multiply(x, product(input, shape.innermost, to: hidden, "gate")) }
      x = product(x, hidden, to: shape.innermost, "down")
      return net.operation("combine", .reduction, [x, chosen], to: shape)
    }
  }

  /// A recurrence with a state of `keySize × valueSize` for every head.
  func addStateSpace(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let operands =
      layer.optional("inputs") == nil ? [try input(layer)] : try inputs(layer, 1...16)
    let shape = net.shape(operands[0])
    let rule = StateSpace(
      rule: try layer.optional("rule")?.choice([StateSpace.Rule.decay, .delta]) ?? .decay,
      heads: try size(layer, "heads"), keySize: try size(layer, "keySize"),
      valueSize: try size(layer, "valueSize"))
    guard shape.rank == 3 else {
      throw layer.node.malformed("[batch, tokens, features] is expected, not \(shape)")
    }
    return net.operation(
      label, .stateSpace(rule), operands,
      to: shape.replacing(-1, with: rule.heads * rule.valueSize))
  }

  private enum Cell: String, CaseIterable { case lstm, gru, rnn }

  /// Over `[tokens, batch, features]`.
  func addRecurrence(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    let shape = net.shape(input)
    guard shape.rank == 3 else {
      throw layer.node.malformed("[tokens, batch, features] is expected, not \(shape)")
    }
    let gates =
      switch try layer.required("cell").choice(Cell.allCases) {
      case .lstm: 4
      case .gru: 3
      case .rnn: 1
      }
    let hidden = try size(layer, "hiddenSize")
    let directions = try size(layer, "directions", 1, in: 1...2)
    let rows = directions * gates * hidden
    return net.operation(
      label,
      .recurrence(Recurrence(gates: gates, hiddenSize: hidden, directions: directions)),
      [
        input, net.weight("weight_input", [rows, shape[2]]),
        net.weight("weight_state", [rows, hidden]), net.weight("bias", [2, rows]),
      ], to: shape.replacing(-1, with: directions * hidden))
  }

  // MARK: - Normalisation

  func addBatchNorm(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.batchNorm(try input(layer), named: label)
  }

  func addLayerNorm(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.layerNorm(
      try input(layer), bias: try flag(layer, "bias", true),
      affine: try flag(layer, "affine", true), named: label)
  }

  func addRootMeanSquareNorm(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID
  {
    net.rootMeanSquareNorm(try input(layer), named: label)
  }

  func addGroupNorm(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.groupNorm(try input(layer), affine: try flag(layer, "affine", true), named: label)
  }

  func addChannelNorm(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.channelNorm(try input(layer), bias: try flag(layer, "bias", true), named: label)
  }

  // MARK: - Elementwise

  func addActivation(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.activation(
      try layer.required("function").choice(ElementwiseFunction.allCases), try input(layer),
      named: label)
  }

  func addSum(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let operands = try inputs(layer, 2...2)
    return net.add(operands[0], operands[1], named: label)
  }

  func addProduct(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let operands = try inputs(layer, 2...2)
    return net.multiply(operands[0], operands[1], named: label)
  }

  func addElementwise(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let function = try layer.required("function").choice(ElementwiseFunction.allCases)
    let operands = try inputs(layer, 2...2)
    return net.elementwise(function, operands[0], operands[1], named: label)
  }

  func addScale(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    return net.scale(input, axis: try axis(layer, of: net.shape(input), -1), named: label)
  }

  func addSoftmax(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.softmax(try input(layer), named: label)
  }

  func addMean(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    return net.mean(input, axis: try axis(layer, of: net.shape(input)), named: label)
  }

  // MARK: - Layout

  /// One dimension may be −1: what the others leave.
  func addReshape(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    let node = try layer.required("shape")
    var sizes: [Int] = []
    for element in try node.list().prefix(Shape.maximumRank + 1) {
      sizes.append(try size(element, in: -1...JSONNode.sizes.upperBound))
    }
    let elements = net.shape(input).elements
    if let open = sizes.firstIndex(of: -1) {
      sizes[open] = 1
      let rest = (elements / Double(max(1, boundedProduct(sizes)))).rounded(.down)
      sizes[open] = Int(min(rest, WorkloadBuilder.elementLimit))
    }
    guard sizes.allSatisfy({ $0 > 0 }), let shape = Shape(sizes), shape.elements == elements else {
      throw node.malformed("\(net.shape(input)) has other elements than \(sizes)")
    }
    return net.reshape(input, shape, named: label)
  }

  func addFlatten(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.flatten(try input(layer))
  }

  /// `order` names the old dimension of each new one.
  func addTranspose(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    let shape = net.shape(input)
    let node = try layer.required("order")
    var order: [Int] = []
    for element in try node.list().prefix(Shape.maximumRank + 1) {
      order.append(try element.integer(in: 0...Shape.maximumRank))
    }
    guard order.sorted() == Array(0..<shape.rank), let permuted = Shape(order.map { shape[$0] })
    else { throw node.malformed("every dimension of \(shape) is needed once, 0 being the first") }
    return net.transpose(input, to: permuted, named: label)
  }

  func addConcatenate(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let operands = try inputs(layer, 1...10_000)
    let axis = try axis(layer, of: net.shape(operands[0]))
    let sum = operands.reduce(0.0) { sum, operand in
      let shape = net.shape(operand)
      return sum + (axis < shape.rank ? Double(shape[axis]) : 0)
    }
    guard sum < WorkloadBuilder.elementLimit else {
      throw layer.node.malformed("the tensors together are too large")
    }
    return net.concatenate(operands, axis: axis, named: label)
  }

  func addSlice(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    let input = try input(layer)
    return net.slice(
      input, axis: try axis(layer, of: net.shape(input)), count: try size(layer, "count"),
      named: label)
  }

  func addResize(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.resize(
      try input(layer), height: try size(layer, "height"), width: try size(layer, "width"),
      named: label)
  }

  func addTokens(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.tokens(try input(layer))
  }

  func addImage(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID {
    net.image(
      try input(layer), height: try size(layer, "height"), width: try size(layer, "width"))
  }
}
