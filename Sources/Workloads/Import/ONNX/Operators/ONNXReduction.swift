extension ONNXOperators {
  static let reduction = reductionRules()

  private static func reductionRules() -> [String: ONNXRule] {
    var rules: [String: ONNXRule] = [:]
    for reducer in reducers {
      let rule: ONNXRule = { call throws(WorkloadError) in [try reduce(call, reducer.combine)] }
      rules[reducer.name] = rule
    }
    for name in ["ArgMax", "ArgMin"] {
      let rule: ONNXRule = { call throws(WorkloadError) in
        let input = try call.input(0)
        let axis = try call.axis(call.int("axis", 0), input.rank)
        let shape = try kept(call, input.shape, [axis])
        return [call.emit(.reduction, [input], shape, .int64)]
      }
      rules[name] = rule
    }
    for name in ["Softmax", "LogSoftmax", "Hardmax", "com.microsoft.QLinearSoftmax"] {
      let rule: ONNXRule = { call throws(WorkloadError) in
        let input = try call.input(0)
        return [call.emit(.softmax, [input], input.shape)]
      }
      rules[name] = rule
    }
    return rules
  }

  private struct Reducer: Sendable {
    let name: String
    let combine: (@Sendable ([Double]) -> Double)?

    init(_ name: String, _ combine: (@Sendable ([Double]) -> Double)? = nil) {
      self.name = name
      self.combine = combine
    }
  }

  private static let reducers: [Reducer] = [
    Reducer("ReduceSum", { $0.reduce(0, +) }), Reducer("ReduceProd", { $0.reduce(1, *) }),
    Reducer("ReduceMax", { $0.max() ?? .nan }), Reducer("ReduceMin", { $0.min() ?? .nan }),
    Reducer("ReduceMean", { $0.reduce(0, +) / Double($0.count) }), Reducer("ReduceL1"),
    Reducer("ReduceL2"),
    Reducer("ReduceLogSum"), Reducer("ReduceLogSumExp"), Reducer("ReduceSumSquare"),
  ]

  private static func kept(_ call: ONNXCall, _ shape: Shape, _ axes: [Int]) throws(WorkloadError)
    -> Shape
  {
    if call.int("keepdims", 1) != 0 {
      return try call.shape(shape.indices.map { axes.contains($0) ? 1 : shape[$0] })
    }
    return try call.shape(shape.indices.filter { !axes.contains($0) }.map { shape[$0] })
  }

  private static func reduce(_ call: ONNXCall, _ combine: (@Sendable ([Double]) -> Double)?)
    throws(WorkloadError)
    -> ONNXTensor
  {
    let input = try call.input(0)
    let given: [Int]? = call.list("axes", orInput: 1) ?? .some([])
    guard let stated = given else {
      return call.emit(
        .reduction, [input], try call.declaredOrFail(0, "its axes depend on what the tensors hold"))
    }
    if stated.isEmpty, call.int("noop_with_empty_axes", 0) != 0 { return input }
    let axes = stated.isEmpty ? Array(0..<input.rank) : try call.axes(stated, input.rank)
    let shape = try kept(call, input.shape, axes)
    var contents: [Double]?
    if let combine, let values = input.contents,
      shape.elements <= Double(ONNXTensor.contentLimit)
    {
      let groups = grouped(values, input.shape, axes)
      contents = groups.map(combine)
      if contents?.contains(where: \.isNaN) == true || contents?.count != Int(shape.elements) {
        contents = nil
      }
    }
    return call.emit(.reduction, [input], shape, contents: contents)
  }

  /// The elements that come together in each place of the result.
  private static func grouped(_ values: [Double], _ shape: Shape, _ axes: [Int]) -> [[Double]] {
    let remaining = shape.indices.filter { !axes.contains($0) }
    var groups = [[Double]](
      repeating: [], count: remaining.reduce(1) { $0 * shape[$1] })
    for (place, value) in values.enumerated() {
      var rest = place
      var index = [Int](repeating: 0, count: shape.rank)
      for axis in shape.indices.reversed() {
        index[axis] = rest % shape[axis]
        rest /= shape[axis]
      }
      groups[remaining.reduce(0) { $0 * shape[$1] + index[$1] }].append(value)
    }
    return groups
  }
}
