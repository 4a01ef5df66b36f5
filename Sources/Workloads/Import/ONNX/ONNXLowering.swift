/// The tensors of one graph by name, and those of the graphs around it.
final class ONNXNames {
  let outer: ONNXNames?
  /// Whether tensors from outside come as copies, for a trial that leaves no trace.
  let isTrial: Bool
  var tensors: [String: ONNXTensor] = [:]
  /// Shapes that the file states.
  var declared: [String: ONNXValueInfoProto] = [:]
  var readers: [String: Int] = [:]
  /// Outputs of convolutions and matrix products, into which a normalisation can be folded.
  var foldable: Set<String> = []

  init(outer: ONNXNames?, isTrial: Bool = false) {
    self.outer = outer
    self.isTrial = isTrial
  }

  func tensor(_ name: String, _ copy: (ONNXTensor) -> ONNXTensor) -> ONNXTensor? {
    if let tensor = tensors[name] { return tensor }
    guard let tensor = outer?.tensor(name, copy) else { return nil }
    guard isTrial else { return tensor }
    let own = copy(tensor)
    tensors[name] = own
    return own
  }
}

/// Turns the graph of a model into operations of a workload, node by node.
final class ONNXLowering {
  /// Nodes that are lowered, counting every pass through a body again.
  static let stepLimit = 1_000_000
  /// Names that are looked at for the order of nodes.
  static let visitLimit = 50_000_000
  static let nestingLimit = 24

  let file: String
  var net: WorkloadBuilder
  let functions: [String: ONNXFunctionProto]
  let sizes: [String: Int]
  private let graph: ONNXGraphProto
  private let external: ONNXExternalData
  private var steps = 0
  private var visits = 0
  private var nesting = 0
  private var notes: [String] = []
  private var opaque: [String: Int] = [:]

  init(model: ONNXModel, net: WorkloadBuilder, sizes: [String: Int]) {
    file = model.path
    self.net = net
    self.sizes = sizes
    graph = model.proto.graph
    external = ONNXExternalData(model: model.path)
    functions = Dictionary(
      model.proto.functions.map { (Self.key($0.domain, $0.name, $0.overload), $0) },
      uniquingKeysWith: { first, _ in first })
  }

  static func key(_ domain: String, _ name: String, _ overload: String = "") -> String {
    let place = domain.isEmpty || domain == "ai.onnx" ? name : "\(domain).\(name)"
    return overload.isEmpty ? place : "\(place):\(overload)"
  }

  func warn(_ note: String) {
    if notes.count < 100, !notes.contains(note) { notes.append(note) }
  }

  func warnings() -> [String] {
    opaque.sorted { $0.key < $1.key }.map { name, count in
      "operator \(shown(name)) is not known; \(count) of it counted as elementwise"
    } + notes
  }

  func countOpaque(_ name: String) { opaque[name, default: 0] += 1 }

  func failure(_ place: String, _ problem: String) -> WorkloadError {
    .malformed(file: file, place: place, problem: problem)
  }

  // MARK: - Graphs

  func run() throws(WorkloadError) {
    let names = ONNXNames(outer: nil)
    let stored = Set(graph.initializer.map(\.name))
    for input in graph.input where !stored.contains(input.name) {
      names.tensors[input.name] = try graphInput(input)
    }
    let results = try lower(graph, names)
    for result in results { net.result(use(result)) }
    // A weight that nothing reads is stored all the same.
    for tensor in graph.initializer {
      if let tensor = names.tensors[tensor.name] { declareWeight(tensor) }
    }
  }

  private func graphInput(_ input: ONNXValueInfoProto) throws(WorkloadError) -> ONNXTensor {
    let place = "input '\(shown(input.name))'"
    guard input.type.hasTensorType, input.type.tensorType.hasShape else {
      throw failure(place, "it has no shape")
    }
    guard let type = DataType(onnx: Int(input.type.tensorType.elemType)) else {
      throw failure(place, "an element type of \(input.type.tensorType.elemType)")
    }
    let shape = try shape(place, declared(input))
    let lower = input.name.lowercased()
    let isCache =
      lower.contains("past_key") || lower.contains("past_value") || lower.contains("past.")
      || (lower.contains("cache") && !lower.contains("position") && shape.rank > 1)
    let id = net.value(
      shown(input.name, limit: 200), shape, isCache ? .cache : .input, StorageFormat(type))
    return ONNXTensor(shape, type, .value, id: id)
  }

  /// The dimensions that the file states, -1 where they have no number.
  private func declared(_ value: ONNXValueInfoProto) -> [Int] {
    value.type.tensorType.shape.dim.enumerated().map { axis, dimension in
      guard let symbol = ONNXSymbols.symbol(dimension, of: value.name, axis) else {
        return Int(dimension.dimValue)
      }
      return sizes[symbol] ?? ONNXSizeExpression(symbol)?.value(sizes) ?? -1
    }
  }

  func declaredShape(_ name: String, _ names: ONNXNames) -> Shape? {
    guard let value = names.declared[name], value.type.tensorType.hasShape else { return nil }
    let dimensions = declared(value)
    return dimensions.allSatisfy { $0 >= 0 } ? try? shape("", dimensions) : nil
  }

  func shape(_ place: String, _ dimensions: [Int]) throws(WorkloadError) -> Shape {
    guard let shape = Shape(dimensions) else {
      throw failure(place, "\(dimensions.count) dimensions; at most eight are possible")
    }
    let limit = WorkloadBuilder.elementLimit
    guard dimensions.allSatisfy({ $0 >= 0 }), shape.elements < limit,
      // A zero must not hide an impossible size.
      dimensions.allSatisfy({ Double($0) < limit })
    else {
      throw failure(place, "a tensor of \(shape) is beyond what can be counted exactly")
    }
    return shape
  }

  /// Lowers the nodes of a graph, whose inputs `names` already holds.
  func lower(_ graph: ONNXGraphProto, _ names: ONNXNames) throws(WorkloadError) -> [ONNXTensor] {
    try count(graph.initializer.count + graph.valueInfo.count)
    for tensor in graph.initializer { names.tensors[tensor.name] = try stored(tensor) }
    for tensor in graph.sparseInitializer {
      names.tensors[tensor.values.name] = try sparse(tensor)
    }
    for value in graph.valueInfo + graph.output { names.declared[value.name] = value }
    return try lower(graph.node, graph.output.map(\.name), names)
  }

  func lower(_ nodes: [ONNXNodeProto], _ outputs: [String], _ names: ONNXNames)
    throws(WorkloadError) -> [ONNXTensor]
  {
    guard nesting < Self.nestingLimit else {
      throw failure("", "graphs and functions are nested deeper than \(Self.nestingLimit)")
    }
    nesting += 1
    defer { nesting -= 1 }
    try count(nodes.count)
    let order = try ONNXOrder(nodes, outputs: outputs, visits: &visits) { problem, index in
      failure(Self.place(nodes[index]), problem)
    }
    try count(0)
    names.readers = order.readers
    for index in order.sequence {
      try lower(nodes[index], names)
    }
    var results: [ONNXTensor] = []
    for name in outputs {
      guard let tensor = names.tensor(name, copied) else {
        throw failure("output '\(shown(name))'", "nothing makes it")
      }
      results.append(tensor)
    }
    return results
  }

  private func count(_ nodes: Int) throws(WorkloadError) {
    steps += nodes
    guard steps <= Self.stepLimit, visits <= Self.visitLimit else {
      throw failure("", "more than \(Self.stepLimit) nodes, counting those of called functions")
    }
  }

  static func place(_ node: ONNXNodeProto) -> String {
    let name = node.name.isEmpty ? node.output.first { !$0.isEmpty } ?? "" : node.name
    return "node '\(shown(name))' (\(shown(node.opType)))"
  }

  private func lower(_ node: ONNXNodeProto, _ names: ONNXNames) throws(WorkloadError) {
    var inputs: [ONNXTensor?] = []
    inputs.reserveCapacity(node.input.count)
    for name in node.input {
      guard !name.isEmpty else {
        inputs.append(nil)
        continue
      }
      guard let tensor = names.tensor(name, copied) else {
        throw failure(
          Self.place(node), "it reads '\(shown(name))', which no node, input or weight gives")
      }
      inputs.append(tensor)
    }
    let call = ONNXCall(node, inputs: inputs, names: names, lowering: self)
    let results: [ONNXTensor]
    if let function = functions[Self.key(node.domain, node.opType, node.overload)] {
      results = try inline(function, call)
    } else if let rule = ONNXOperators.rule(for: node) {
      results = try rule(call)
    } else {
      results = try ONNXOperators.opaque(call)
    }
    for (name, result) in zip(node.output, results) where !name.isEmpty {
      names.tensors[name] = result
    }
    if ONNXOperators.foldable.contains(node.opType), let output = node.output.first {
      names.foldable.insert(output)
    }
    // Floating-point tensors of the file are parameters wherever they are read.
    for case let input? in inputs { declareWeight(input) }
  }

  private func declareWeight(_ tensor: ONNXTensor) {
    if case .stored = tensor.origin, tensor.isWeight, tensor.id == nil { _ = use(tensor) }
  }

  /// Puts the body of a function in the place of its call.
  private func inline(_ function: ONNXFunctionProto, _ call: ONNXCall) throws(WorkloadError)
    -> [ONNXTensor]
  {
    let names = ONNXNames(outer: nil)
    for (name, tensor) in zip(function.input, call.inputs) {
      if let tensor { names.tensors[name] = tensor }
    }
    var given = call.attributes
    for attribute in function.attributeProto where given[attribute.name] == nil {
      given[attribute.name] = attribute
    }
    let absent = Set(function.input.filter { names.tensors[$0] == nil })
    try count(function.node.count)
    let nodes = function.node.map { Self.bind($0, given, absent: absent, &visits) }
    let label = shown(call.label, limit: 200)
    let result: Result<[ONNXTensor], WorkloadError> = net.scope(label) {
      do throws(WorkloadError) {
        return .success(try lower(nodes, function.output, names))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// A node of a function with the attributes of its call.
  private static func bind(
    _ node: ONNXNodeProto, _ given: [String: ONNXAttributeProto], absent: Set<String>,
    _ visits: inout Int
  ) -> ONNXNodeProto {
    var node = node
    visits += 1 + node.input.count
    if !absent.isEmpty { node.input = node.input.map { absent.contains($0) ? "" : $0 } }
    node.attribute = node.attribute.compactMap { attribute in
      if !attribute.refAttrName.isEmpty {
        var value = given[attribute.refAttrName]
        value?.name = attribute.name
        return value
      }
      guard attribute.hasG else { return attribute }
      var copy = attribute
      copy.g.node = attribute.g.node.map { bind($0, given, absent: absent, &visits) }
      return copy
    }
    return node
  }

  /// What a piece of the graph would cost, without a trace in the workload.
  ///
  /// - Returns: nil when it cannot be lowered.
  func trial(_ body: () throws(WorkloadError) -> [ONNXTensor])
    -> (cost: Double, outputs: [ONNXTensor])?
  {
    let kept = (net, notes, opaque)
    defer { (net, notes, opaque) = kept }
    net = WorkloadBuilder("trial")
    guard let outputs = try? body(), let workload = try? net.finish() else { return nil }
    return (workload.counts().total.flop.value, outputs)
  }

  // MARK: - Stored tensors

  func stored(_ tensor: ONNXTensorProto, isConstant: Bool = false) throws(WorkloadError)
    -> ONNXTensor
  {
    let place = "tensor '\(shown(tensor.name))'"
    guard let type = DataType(onnx: Int(tensor.dataType)) else {
      throw failure(place, "an element type of \(tensor.dataType)")
    }
    let shape = try shape(place, tensor.dims.map(Int.init))
    let bytes = (shape.elements * type.bits / 8).rounded(.up)
    let given = tensor.omittedBytes > 0 ? Double(tensor.omittedBytes) : Double(tensor.rawData.count)
    if given > 0, tensor.dataLocation == 0, type != .text, given != bytes {
      throw failure(place, "\(Int(given)) bytes for \(shape) elements of \(type.rawValue)")
    }
    let contents =
      shape.elements <= Double(ONNXTensor.contentLimit)
      ? tensor.contents(count: Int(shape.elements), external: external.bytes) : nil
    return ONNXTensor(
      shape, type, .stored(tensor.name), contents: contents,
      isWeight: type.isFloating && !isConstant)
  }

  private func sparse(_ tensor: ONNXSparseTensorProto) throws(WorkloadError) -> ONNXTensor {
    let place = "tensor '\(shown(tensor.values.name))'"
    let shape = try shape(place, tensor.dims.map(Int.init))
    guard let type = DataType(onnx: Int(tensor.values.dataType)) else {
      throw failure(place, "an element type of \(tensor.values.dataType)")
    }
    return ONNXTensor(shape, type, .stored(tensor.values.name), isWeight: type.isFloating)
  }

  // MARK: - Values

  /// The place of a tensor in the workload.
  func use(_ tensor: ONNXTensor) -> ValueID {
    if let id = tensor.id { return id }
    let id: ValueID
    switch tensor.origin {
    case .value, .sequence:
      id = net.value("", tensor.shape, .activation, tensor.format)
    case .stored(let name):
      id = net.value(
        shown(name, limit: 200), tensor.shape, tensor.isWeight ? .weight : .buffer, tensor.format)
    case .alias(let source, let scales):
      for scale in scales { _ = use(scale) }
      id = use(source)
    case .derived(let label, let sources):
      let known = sources.filter { $0.rank > 0 || $0.isWeight }.map(use)
      id = net.value(
        shown(label, limit: 200), tensor.shape,
        tensor.isWeight && known.isEmpty ? .weight : .buffer,
        tensor.format)
      if !known.isEmpty {
        net.operation(shown(label, limit: 200), .movement(.view), known, outputs: [id])
      }
    }
    tensor.id = id
    return id
  }

  /// The same tensor for a trial, without a place in the workload.
  func copied(_ tensor: ONNXTensor) -> ONNXTensor {
    let origin: ONNXTensor.Origin
    switch tensor.origin {
    case .value: origin = .value
    case .stored(let name): origin = .stored(name)
    case .derived(let label, _): origin = .derived(label, [])
    case .alias(let source, _): origin = .alias(copied(source), [])
    case .sequence(let elements): origin = .sequence(elements.map(copied))
    }
    return ONNXTensor(
      tensor.shape, tensor.type, origin, contents: tensor.contents, format: tensor.format,
      isWeight: tensor.isWeight)
  }
}
