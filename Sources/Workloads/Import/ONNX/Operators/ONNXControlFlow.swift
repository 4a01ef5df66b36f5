extension ONNXOperators {
  static let controlFlow: [String: ONNXRule] = [
    "If": { call throws(WorkloadError) in try branch(call) },
    "Loop": { call throws(WorkloadError) in try loop(call) },
    "Scan": { call throws(WorkloadError) in try scan(call) },
    "SequenceEmpty": { call throws(WorkloadError) in [try sequence(call, [])] },
    "SequenceConstruct": { call throws(WorkloadError) in
      [try sequence(call, call.inputs.compactMap { $0 })]
    },
    "SequenceInsert": { call throws(WorkloadError) in
      var list = try elements(call)
      list.insert(try call.input(1), at: try place(call, 2, list.count, list.count))
      return [try sequence(call, list)]
    },
    "SequenceErase": { call throws(WorkloadError) in
      var list = try elements(call)
      guard !list.isEmpty else { throw call.fail("an empty sequence") }
      list.remove(at: try place(call, 1, list.count - 1, list.count - 1))
      return [try sequence(call, list)]
    },
    "SequenceAt": { call throws(WorkloadError) in
      let list = try elements(call)
      guard !list.isEmpty else { throw call.fail("an empty sequence") }
      return [list[try place(call, 1, list.count - 1, 0)]]
    },
    "SequenceLength": { call throws(WorkloadError) in
      [call.known([Double(try elements(call).count)], Shape(), .int64)]
    },
    "ConcatFromSequence": { call throws(WorkloadError) in [try join(call)] },
    "SplitToSequence": { call throws(WorkloadError) in [try part(call)] },
  ]

  // MARK: - If

  /// Of two branches between which data decides, the one with more arithmetic.
  private static func branch(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let yes = try body(call, "then_branch")
    let no = try body(call, "else_branch")
    let lowering = call.lowering
    func run(_ graph: ONNXGraphProto) throws(WorkloadError) -> [ONNXTensor] {
      try lowering.lower(graph, ONNXNames(outer: call.names))
    }
    if let condition = try call.input(0).contents?.first {
      return try run(condition != 0 ? yes : no)
    }
    func cost(_ graph: ONNXGraphProto) -> Double? {
      lowering.trial { () throws(WorkloadError) in
        try lowering.lower(graph, ONNXNames(outer: call.names, isTrial: true))
      }?.cost
    }
    lowering.warn("\(ONNXLowering.place(call.node)): data decide; the costlier branch is counted")
    return try run((cost(no) ?? -1) > (cost(yes) ?? -1) ? no : yes)
  }

  private static func body(_ call: ONNXCall, _ name: String) throws(WorkloadError)
    -> ONNXGraphProto
  {
    guard let attribute = call.attributes[name], attribute.hasG else {
      throw call.fail("it has no \(name)")
    }
    return attribute.g
  }

  // MARK: - Loops

  /// The most passes that are written out one by one.
  private static let passLimit = 1024

  /// A body whose tensors keep their shapes is lowered once and counted for every pass; one whose
  /// tensors grow, or that computes sizes, pass by pass.
  private static func loop(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let graph = try body(call, "body")
    var carried: [ONNXTensor] = []
    for place in 2..<max(2, call.inputs.count) { carried.append(try call.input(place)) }
    guard graph.input.count == carried.count + 2, graph.output.count > carried.count else {
      throw call.fail("its body has \(graph.input.count) inputs for \(carried.count) tensors")
    }
    var count = call.optional(0)?.integers?.first
    if call.optional(1)?.contents?.first == 0 { count = 0 }
    if count == nil {
      call.lowering.warn("\(ONNXLowering.place(call.node)): data decide how often; taken as once")
    }
    let passes = max(0, count ?? 1)
    let lowering = call.lowering
    func names(_ pass: ONNXTensor, _ values: [ONNXTensor], isTrial: Bool) -> ONNXNames {
      let names = ONNXNames(outer: call.names, isTrial: isTrial)
      let condition = call.known([1], Shape(), .boolean)
      for (input, value) in zip(graph.input, [pass, condition] + values) {
        names.tensors[input.name] = value
      }
      return names
    }
    func unknown(_ tensor: ONNXTensor) -> ONNXTensor {
      ONNXTensor(tensor.shape, tensor.type, .value)
    }
    let counter = ONNXTensor(Shape(), .int64, .value)
    let trial = lowering.trial { () throws(WorkloadError) in
      try lowering.lower(graph, names(counter, carried.map(unknown), isTrial: true))
    }
    let isSteady =
      trial.map { trial in
        zip(carried, trial.outputs.dropFirst()).allSatisfy { before, after in
          if case .sequence = before.origin { return false }
          return before.shape == after.shape
        }
      } ?? false
    // Whole numbers that go from pass to pass may become sizes.
    let isSizing = carried.contains { $0.contents != nil && !$0.type.isFloating }
    if isSteady, passes > 0, !isSizing || passes > passLimit {
      let values = carried.map {
        ONNXTensor($0.shape, $0.type, .value, id: lowering.use($0))
      }
      let inner = names(ONNXTensor(Shape(), .int64, .value), values, isTrial: false)
      let results = try repeated(call, passes) { () throws(WorkloadError) in
        try lowering.lower(graph, inner)
      }
      var outputs = Array(results[1..<(1 + carried.count)])
      for element in results[(1 + carried.count)...] {
        outputs.append(try stacked(call, element, passes, axis: 0))
      }
      return outputs
    }
    guard passes <= passLimit else {
      throw call.fail("\(passes) passes of a body whose tensors change their shapes")
    }
    var values = carried
    var collected = [[ONNXTensor]](
      repeating: [], count: graph.output.count - 1 - carried.count)
    for pass in 0..<passes {
      let number = call.known([Double(pass)], Shape(), .int64)
      let inner = names(number, values, isTrial: false)
      let results = try repeated(call, 1) { () throws(WorkloadError) in
        try lowering.lower(graph, inner)
      }
      values = Array(results[1..<(1 + carried.count)])
      for (place, element) in results[(1 + carried.count)...].enumerated() {
        collected[place].append(element)
      }
      if results[0].contents?.first == 0 { break }
    }
    var outputs = values
    for (place, list) in collected.enumerated() {
      guard let first = list.first else {
        let shape = trial?.outputs[1 + carried.count + place].shape ?? Shape()
        outputs.append(
          ONNXTensor(
            try call.shape([0] + Array(shape)), .float32, .derived(call.label, []), contents: []))
        continue
      }
      outputs.append(try stacked(call, first, list.count, axis: 0))
    }
    return outputs
  }

  private static func repeated(
    _ call: ONNXCall, _ passes: Int, _ body: () throws(WorkloadError) -> [ONNXTensor]
  ) throws(WorkloadError) -> [ONNXTensor] {
    let result: Result<[ONNXTensor], WorkloadError> = call.lowering.net.scope(
      shown(call.label, limit: 200), instances: passes, sharedWeights: true
    ) {
      do throws(WorkloadError) {
        return .success(try body())
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// What every pass gives, along a dimension of its own.
  private static func stacked(_ call: ONNXCall, _ element: ONNXTensor, _ passes: Int, axis: Int)
    throws(WorkloadError) -> ONNXTensor
  {
    var dimensions = Array(element.shape)
    dimensions.insert(passes, at: try call.axis(axis, element.rank + 1))
    return call.emit(
      .movement(.concatenate), [element], try call.shape(dimensions), label: ".stack")
  }

  private static func scan(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let graph = try body(call, "body")
    let scanned = call.int("num_scan_inputs", 0)
    let count = call.inputs.count - scanned
    guard scanned > 0, count >= 0, graph.input.count == call.inputs.count,
      graph.output.count >= count
    else { throw call.fail("\(scanned) of \(call.inputs.count) inputs are to be scanned") }
    let axes = call.ints("scan_input_axes") ?? []
    let names = ONNXNames(outer: call.names)
    let lowering = call.lowering
    for place in 0..<count {
      let state = try call.input(place)
      names.tensors[graph.input[place].name] = ONNXTensor(
        state.shape, state.type, .value, id: lowering.use(state))
    }
    var passes: Int?
    var slices: [(ONNXTensor, Shape, String)] = []
    for place in count..<call.inputs.count {
      let input = try call.input(place)
      let stated = place - count < axes.count ? axes[place - count] : 0
      let axis = try call.axis(stated, input.rank)
      guard passes == nil || passes == input.shape[axis] else {
        throw call.fail("\(passes ?? 0) and \(input.shape[axis]) steps")
      }
      passes = input.shape[axis]
      let shape = try call.shape(input.shape.indices.filter { $0 != axis }.map { input.shape[$0] })
      slices.append((input, shape, graph.input[place].name))
    }
    let steps = passes ?? 0
    let results = try repeated(call, steps) { () throws(WorkloadError) in
      for (input, shape, name) in slices {
        let source = ONNXTensor(input.shape, input.type, .value, id: lowering.use(input))
        names.tensors[name] = call.emit(.movement(.slice), [source], shape)
      }
      return try lowering.lower(graph, names)
    }
    for place in 0..<count where results[place].shape != (try call.input(place).shape) {
      throw call.fail("a state of \(try call.input(place).shape) becomes \(results[place].shape)")
    }
    let outputAxes = call.ints("scan_output_axes") ?? []
    var outputs = Array(results[..<count])
    for place in count..<results.count {
      let axis = place - count < outputAxes.count ? outputAxes[place - count] : 0
      outputs.append(try stacked(call, results[place], steps, axis: axis))
    }
    return outputs
  }

  // MARK: - Sequences

  private static let sequenceLimit = 4096

  private static func sequence(_ call: ONNXCall, _ elements: [ONNXTensor]) throws(WorkloadError)
    -> ONNXTensor
  {
    guard elements.count <= sequenceLimit else {
      throw call.fail("a sequence of more than \(sequenceLimit) tensors")
    }
    return ONNXTensor(
      elements.first?.shape ?? Shape(), elements.first?.type ?? .float32, .sequence(elements))
  }

  private static func elements(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    guard case .sequence(let elements) = try call.input(0).origin else {
      throw call.fail("its input is no sequence")
    }
    return elements
  }

  /// A place in a sequence; `standard` where it is not stated or not known.
  private static func place(_ call: ONNXCall, _ input: Int, _ last: Int, _ standard: Int)
    throws(WorkloadError) -> Int
  {
    guard let stated = call.optional(input)?.integers?.first else { return standard }
    let place = stated < 0 ? stated + last + 1 : stated
    guard place >= 0, place <= last else { throw call.fail("place \(stated) of \(last + 1)") }
    return place
  }

  private static func join(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    var list = try elements(call)
    if call.int("new_axis", 0) != 0 {
      for (place, element) in list.enumerated() {
        var dimensions = Array(element.shape)
        dimensions.insert(1, at: try call.axis(call.int("axis", 0), element.rank + 1))
        list[place] = call.view(element, try call.shape(dimensions), ".\(place)")
      }
    }
    return try concatenate(call, list)
  }

  private static func part(_ call: ONNXCall) throws(WorkloadError) -> ONNXTensor {
    let input = try call.input(0)
    let axis = try call.axis(call.int("axis", 0), input.rank)
    let size = input.shape[axis]
    let sizes: [Int]
    let isSingle = call.optional(1) == nil
    if isSingle || call.optional(1)?.rank == 0 {
      guard let step = isSingle ? 1 : call.optional(1)?.integers?.first, step > 0,
        size / step < sequenceLimit
      else { throw call.fail("\(size) in parts whose size is not known here") }
      sizes = stride(from: 0, to: size, by: step).map { min(step, size - $0) }
    } else {
      guard let stated = call.optional(1)?.integers,
        stated.allSatisfy({ $0 >= 0 }),
        stated.reduce(0.0, { $0 + Double($1) }) == Double(size)
      else { throw call.fail("\(size) in parts whose sizes are not known here") }
      sizes = stated
    }
    var parts: [ONNXTensor] = []
    for (place, size) in sizes.enumerated() {
      var shape = input.shape.replacing(axis, with: size)
      if isSingle, call.int("keepdims", 1) == 0 {
        shape = try call.shape(shape.indices.filter { $0 != axis }.map { shape[$0] })
      }
      parts.append(call.emit(.movement(.slice), [input], shape, label: ".\(place)"))
    }
    return try sequence(call, parts)
  }
}
