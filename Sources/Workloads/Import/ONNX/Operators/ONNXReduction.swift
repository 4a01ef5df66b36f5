extension ONNXOperators {
  static let reduction = reductionRules()

  private static func reductionRules() -> [String: ONNXRule] {
    var rules: [String: ONNXRule] = [:]
    for (name, combine) in reductions { rules[name] = reducing(combine) }
    for name in ["ArgMax", "ArgMin"] {
      rules.define(name) { call throws(WorkloadError) in
        let input = try call.input(0)
        let axis = try call.axis(call.int("axis", 0), input.rank)
        var dimensions = Array(input.shape)
        if call.int("keepdims", 1) != 0 {
          dimensions[axis] = 1
        } else {
          dimensions.remove(at: axis)
        }
        return [call.emit(.reduction, [input], try call.shape(dimensions), .int64)]
      }
    }
    for name in ["Softmax", "LogSoftmax", "Hardmax"] {
      rules.define(name) { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.softmax, [input], input.shape)]
      }
    }
    rules.define("CumSum") { call throws(WorkloadError) in
      let input = try call.input(0)
      return [call.emit(.reduction, [input], input.shape)]
    }
    return rules
  }

  private typealias Combine = @Sendable (Double, Double) -> Double

  private static let reductions: [(String, Combine?)] = [
    ("ReduceSum", { $0 + $1 }), ("ReduceProd", { $0 * $1 }), ("ReduceMax", { max($0, $1) }),
    ("ReduceMin", { min($0, $1) }), ("ReduceMean", nil), ("ReduceL1", nil), ("ReduceL2", nil),
    ("ReduceSumSquare", nil), ("ReduceLogSum", nil), ("ReduceLogSumExp", nil),
  ]

  private static func reducing(_ combine: Combine?) -> ONNXRule {
    @Sendable func rule(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
      try reduce(call, combine)
    }
    return rule
  }

  private static func reduce(_ call: ONNXCall, _ combine: Combine?) throws(WorkloadError)
    -> [ONNXTensor]
  {
    let input = try call.input(0)
    var axes: [Int] = []
    if let given = call.list("axes", orInput: 1) {
      guard let values = given else {
        return [
          call.emit(
            .reduction, [input], try call.declaredOrFail(0, "its axes are not constant"))
        ]
      }
      axes = try call.axes(values, input.rank)
    }
    if axes.isEmpty {
      if call.int("noop_with_empty_axes", 0) != 0 { return [input] }
      axes = Array(0..<input.rank)
    }
    let keeps = call.int("keepdims", 1) != 0
    var dimensions: [Int] = []
    for axis in 0..<input.rank {
      if !axes.contains(axis) {
        dimensions.append(input.shape[axis])
      } else if keeps {
        dimensions.append(1)
      }
    }
    var contents: [Double]?
    // Everything into one number: sizes are multiplied so.
    if let combine, axes.count == input.rank, let values = input.contents, let first = values.first
    {
      contents = [values.dropFirst().reduce(first, combine)]
    }
    return [call.emit(.reduction, [input], try call.shape(dimensions), contents: contents)]
  }

  // MARK: - Normalisation

  static let normalization = normalizationRules()

  private static func normalizationRules() -> [String: ONNXRule] {
    var rules: [String: ONNXRule] = [:]
    let kinds: [(String, Normalization, Int)] = [
      ("LayerNormalization", .layer, 2), ("InstanceNormalization", .instance, 2),
      ("GroupNormalization", .group, 2), ("com.microsoft.GroupNorm", .group, 2),
      ("RMSNormalization", .rootMeanSquare, 1),
      ("SimplifiedLayerNormalization", .rootMeanSquare, 1),
      ("LRN", .localResponse, 0), ("MeanVarianceNormalization", .layer, 0),
      ("LpNormalization", .rootMeanSquare, 0),
    ]
    for (name, kind, weights) in kinds { rules[name] = normalizing(kind, weights: weights) }
    rules.define("BatchNormalization") { call throws(WorkloadError) in
      let input = try call.input(0)
      let source = call.node.input.first ?? ""
      let isFolded =
        call.names.foldable.contains(source) && call.names.readers[source] == 1
      return [
        call.emit(
          .normalization(isFolded ? .folded : .batch), call.inputs.compactMap { $0 }, input.shape)
      ]
    }
    rules["com.microsoft.SkipLayerNormalization"] = normalizingSum(.layer)
    rules["com.microsoft.SkipSimplifiedLayerNormalization"] = normalizingSum(.rootMeanSquare)
    rules.define("com.microsoft.EmbedLayerNormalization") { call throws(WorkloadError) in
      let ids = try call.input(0)
      let table = try call.input(2)
      guard table.rank == 2 else { throw call.fail("a table of \(table.shape)") }
      let shape = try call.shape(Array(ids.shape) + [table.shape[1]])
      var sum = call.emit(.embedding, [table, ids], shape, table.type, label: ".words")
      for place in 3...4 {
        guard let rows = call.optional(place) else { continue }
        let looked = call.emit(.embedding, [rows, ids], shape, rows.type, label: ".rows\(place)")
        sum = call.emit(.elementwise(.add), [sum, looked], shape, label: ".add\(place)")
      }
      let result = call.emit(.normalization(.layer), [sum] + call.some(5, 6), shape)
      let mask = try call.shape([ids.shape.first ?? 1])
      return [result, call.known([], mask, .int32), sum]
    }
    return rules
  }

  /// - Parameter weights: how many operands may follow the data.
  private static func normalizing(_ kind: Normalization, weights: Int) -> ONNXRule {
    @Sendable func rule(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
      let input = try call.input(0)
      let operands = [input] + (1..<(weights + 1)).compactMap(call.optional)
      return [call.emit(.normalization(kind), operands, input.shape)] + statistics(call, input)
    }
    return rule
  }

  /// Of the sum of two inputs, which is a result as well.
  private static func normalizingSum(_ kind: Normalization) -> ONNXRule {
    @Sendable func rule(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
      let (input, skip) = (try call.input(0), try call.input(1))
      let sum = call.emit(.elementwise(.add), [input, skip], input.shape, label: ".skip")
      let result = call.emit(.normalization(kind), [sum] + call.some(2, 3, 4), input.shape)
      let row = Shape()
      return [result, call.known([], row, .float32), call.known([], row, .float32), sum]
    }
    return rule
  }

  /// Mean and deviation, which some exports name and nobody reads.
  private static func statistics(_ call: ONNXCall, _ input: ONNXTensor) -> [ONNXTensor] {
    guard call.wants(1) || call.wants(2) else { return [] }
    let shape = input.rank > 0 ? input.shape.replacing(-1, with: 1) : input.shape
    return [call.known([], shape, .float32), call.known([], shape, .float32)]
  }
}
