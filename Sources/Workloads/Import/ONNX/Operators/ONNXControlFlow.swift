extension ONNXOperators {
  static let controlFlow: [String: ONNXRule] = [
    "If": { call throws(WorkloadError) in try branch(call) },
    "Loop": { call throws(WorkloadError) in try loop(call) },
    "Scan": { call throws(WorkloadError) in try scan(call) },
  ]

  private static func body(_ call: ONNXCall, _ name: String) throws(WorkloadError)
    -> ONNXGraphProto
  {
    guard let attribute = call.attributes[name], attribute.hasG else {
      throw call.fail("the graph '\(name)' is missing")
    }
    return attribute.g
  }

  /// The branch that the condition selects, or the one that computes more.
  private static func branch(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let branches = [try body(call, "then_branch"), try body(call, "else_branch")]
    let chosen: Int
    if let condition = call.optional(0)?.contents?.first {
      chosen = condition != 0 ? 0 : 1
    } else {
      let costs = [trial(call, branches[0]), trial(call, branches[1])]
      guard costs[0] != nil || costs[1] != nil else {
        return try call.lowering.lower(branches[0], ONNXNames(outer: call.names))
      }
      chosen = (costs[1] ?? -1) > (costs[0] ?? -1) ? 1 : 0
      call.lowering.warn("a condition depends on the data; the branch that computes more is taken")
    }
    return try call.lowering.lower(branches[chosen], ONNXNames(outer: call.names))
  }

  /// What a branch computes; nil where it does not fit.
  private static func trial(_ call: ONNXCall, _ graph: ONNXGraphProto) -> Double? {
    let lowering = call.lowering
    let net = lowering.net
    lowering.net = WorkloadBuilder("trial")
    defer { lowering.net = net }
    guard (try? lowering.lower(graph, ONNXNames(outer: call.names, isTrial: true))) != nil,
      let workload = try? lowering.net.finish()
    else { return nil }
    return workload.counts().total.flop.value
  }

  /// The body stands once, as often as it runs.
  private static func loop(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let graph = try body(call, "body")
    var trips = call.optional(0)?.integers?.first ?? -1
    if trips < 0 || trips > 1_000_000_000 {
      call.lowering.warn("how often a loop runs depends on the data; taken as once")
      trips = 1
    }
    let carried = (2..<max(2, call.inputs.count)).map { call.optional($0) }
    guard graph.input.count >= 2 + carried.count, graph.output.count >= 1 + carried.count else {
      throw call.fail("\(graph.input.count) inputs of a body for \(carried.count) values")
    }
    let names = ONNXNames(outer: call.names)
    names.tensors[graph.input[0].name] = changing(call, Shape(), .int64)
    names.tensors[graph.input[1].name] = changing(call, Shape(), .boolean)
    for (input, tensor) in zip(graph.input.dropFirst(2), carried) {
      guard let tensor else { throw call.fail("a value that goes around is missing") }
      names.tensors[input.name] = changing(call, tensor)
    }
    let results = try repeated(call, graph, names, trips)
    let kept = Array(results.dropFirst().prefix(carried.count))
    var collected: [ONNXTensor] = []
    for result in results.dropFirst(1 + carried.count) {
      collected.append(
        call.emit(
          .movement(.concatenate), [result], try call.shape([trips] + Array(result.shape)),
          label: ".collect"))
    }
    return kept + collected
  }

  private static func scan(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let graph = try body(call, "body")
    let count = call.int("num_scan_inputs", 0)
    let inputs = call.inputs.compactMap { $0 }
    guard count >= 1, count <= inputs.count, graph.input.count >= inputs.count else {
      throw call.fail("\(count) sequences in \(inputs.count) inputs")
    }
    let states = inputs.count - count
    guard graph.output.count >= states else {
      throw call.fail("\(graph.output.count) outputs of a body with \(states) states")
    }
    let axes = call.ints("scan_input_axes") ?? []
    let names = ONNXNames(outer: call.names)
    var trips = 1
    for (place, tensor) in inputs.enumerated() {
      guard place >= states else {
        names.tensors[graph.input[place].name] = changing(call, tensor)
        continue
      }
      let at = place - states
      let axis = try call.axis(at < axes.count ? axes[at] : 0, tensor.rank)
      trips = tensor.shape[axis]
      var dimensions = Array(tensor.shape)
      dimensions.remove(at: axis)
      let slice = try call.shape(dimensions)
      names.tensors[graph.input[place].name] = call.emit(
        .movement(.slice), [changing(call, tensor)], slice, label: ".slice\(at)")
    }
    let results = try repeated(call, graph, names, trips)
    var collected: [ONNXTensor] = []
    for result in results.dropFirst(states) {
      collected.append(
        call.emit(
          .movement(.concatenate), [result], try call.shape([trips] + Array(result.shape)),
          label: ".collect"))
    }
    return Array(results.prefix(states)) + collected
  }

  /// A tensor whose elements differ from one time around to the next.
  private static func changing(_ call: ONNXCall, _ tensor: ONNXTensor) -> ONNXTensor {
    ONNXTensor(tensor.shape, tensor.type, .value, id: call.lowering.use(tensor))
  }

  private static func changing(_ call: ONNXCall, _ shape: Shape, _ type: DataType) -> ONNXTensor {
    let id = call.lowering.net.value("", shape, .buffer, StorageFormat(type))
    return ONNXTensor(shape, type, .value, id: id)
  }

  private static func repeated(
    _ call: ONNXCall, _ graph: ONNXGraphProto, _ names: ONNXNames, _ trips: Int
  ) throws(WorkloadError) -> [ONNXTensor] {
    let lowering = call.lowering
    let label = shown(call.label, limit: 200)
    // The same weights every time.
    let result: Result<[ONNXTensor], WorkloadError> = lowering.net.scope(
      label, instances: trips, sharedWeights: true
    ) {
      do throws(WorkloadError) {
        return .success(try lowering.lower(graph, names))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
