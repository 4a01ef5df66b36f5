/// What a node of one operator becomes.
typealias ONNXRule = @Sendable (ONNXCall) throws(WorkloadError) -> [ONNXTensor]

/// The operators that are known, by name; those of another domain than the standard's as
/// `domain.Name`.
enum ONNXOperators {
  static let rules: [String: ONNXRule] = {
    let families: [[String: ONNXRule]] = [
      convolution, matrix, elementwise, reduction, normalization, layout, indexing, recurrent,
      quantized, attention, controlFlow,
    ]
    return families.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
  }()

  /// Operators into whose output a batch normalisation can be folded.
  static let foldable: Set = ["Conv", "ConvTranspose", "Gemm"]

  static func rule(for node: ONNXNodeProto) -> ONNXRule? {
    let key = ONNXLowering.key(node.domain, node.opType)
    if let rule = rules[key] { return rule }
    // ONNX Runtime has standard operators of its own before or beside the standard.
    return node.domain == "com.microsoft" ? rules[node.opType] : nil
  }

  /// Counted as elementwise: as large as the file says, or as its first input.
  static func opaque(_ call: ONNXCall) throws(WorkloadError) -> [ONNXTensor] {
    let name = ONNXLowering.key(call.node.domain, call.node.opType)
    call.lowering.countOpaque(name)
    let first = call.inputs.compactMap { $0 }.first
    let outputs = call.node.output.indices.map { place in
      (call.declared(place) ?? first?.shape ?? Shape(), first?.type ?? .float32)
    }
    guard !outputs.isEmpty else { return [] }
    // What nobody knows may differ from run to run: never constant.
    let net = call.lowering.net
    let results = outputs.map { shape, type in
      ONNXTensor(shape, type, .value, id: net.value("", shape, .activation, StorageFormat(type)))
    }
    net.operation(
      shown(call.label, limit: 200), .opaque(shown(name)),
      call.inputs.compactMap { $0 }.map(call.lowering.use), outputs: results.map { $0.id! })
    return results
  }

  static func unknown(in model: ONNXModelProto) -> [String] {
    let defined = Set(model.functions.map { ONNXLowering.key($0.domain, $0.name, $0.overload) })
    var unknown: Set<String> = []
    func visit(_ nodes: [ONNXNodeProto]) {
      for node in nodes {
        if rule(for: node) == nil,
          !defined.contains(ONNXLowering.key(node.domain, node.opType, node.overload))
        {
          unknown.insert(shown(ONNXLowering.key(node.domain, node.opType)))
        }
        for attribute in node.attribute where attribute.hasG { visit(attribute.g.node) }
      }
    }
    visit(model.graph.node)
    for function in model.functions { visit(function.node) }
    return unknown.sorted()
  }
}
