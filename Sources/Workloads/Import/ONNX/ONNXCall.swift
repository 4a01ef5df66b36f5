/// One node with the tensors that it reads: what a rule is given.
final class ONNXCall {
  let node: ONNXNodeProto
  let inputs: [ONNXTensor?]
  let attributes: [String: ONNXAttributeProto]
  let names: ONNXNames
  let lowering: ONNXLowering

  init(
    _ node: ONNXNodeProto, inputs: [ONNXTensor?], names: ONNXNames, lowering: ONNXLowering
  ) {
    self.node = node
    self.inputs = inputs
    self.names = names
    self.lowering = lowering
    attributes = Dictionary(
      node.attribute.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  var label: String {
    if !node.name.isEmpty { return node.name }
    return node.output.first { !$0.isEmpty } ?? node.opType
  }

  func fail(_ problem: String) -> WorkloadError {
    lowering.failure(ONNXLowering.place(node), problem)
  }

  // MARK: - Inputs

  func input(_ place: Int) throws(WorkloadError) -> ONNXTensor {
    guard let tensor = optional(place) else { throw fail("input \(place) is missing") }
    return tensor
  }

  func optional(_ place: Int) -> ONNXTensor? {
    place < inputs.count ? inputs[place] : nil
  }

  /// The inputs from `places` on that are there.
  func some(_ places: Int...) -> [ONNXTensor] { places.compactMap(optional) }

  /// Marks a tensor that the file holds as learned, when it is a table and no lone number.
  func weight(_ tensor: ONNXTensor) -> ONNXTensor {
    guard case .stored = tensor.origin, tensor.rank >= 2, tensor.id == nil,
      tensor.type.isFloating || tensor.type.isQuantized
    else { return tensor }
    tensor.isWeight = true
    return tensor
  }

  func wants(_ output: Int) -> Bool {
    output < node.output.count && !node.output[output].isEmpty
  }

  // MARK: - Attributes

  /// Whole numbers are cut to ±2⁵³, as the contents of tensors are, so that sums cannot overflow.
  func int(_ name: String) -> Int? { attributes[name].map { Self.cut($0.i) } }
  func int(_ name: String, _ standard: Int) -> Int { int(name) ?? standard }
  func float(_ name: String, _ standard: Double) -> Double {
    attributes[name].map { Double($0.f) } ?? standard
  }
  func ints(_ name: String) -> [Int]? { attributes[name].map { $0.ints.map(Self.cut) } }
  func string(_ name: String, _ standard: String) -> String {
    attributes[name].map { String(decoding: $0.s, as: UTF8.self) } ?? standard
  }

  private static func cut(_ number: Int64) -> Int {
    let limit = Int64(WorkloadBuilder.elementLimit)
    return Int(max(-limit, min(limit, number)))
  }

  /// Axes, sizes and the like: an attribute in older operator sets, an input in newer ones.
  ///
  /// - Returns: nil when there is neither; an empty outer value when the input is not constant.
  func list(_ attribute: String, orInput place: Int) -> [Int]?? {
    if let values = ints(attribute) { return .some(.some(values)) }
    guard let tensor = optional(place) else { return .none }
    return .some(tensor.integers)
  }

  /// One number for each of `count` spatial dimensions.
  func extents(_ name: String, _ count: Int, in range: ClosedRange<Int>, _ standard: Int)
    throws(WorkloadError) -> [Int]
  {
    guard let values = ints(name), !values.isEmpty else {
      return Array(repeating: standard, count: count)
    }
    guard values.count == count, values.allSatisfy(range.contains) else {
      throw fail("\(name) = \(values.prefix(12)) for \(count) dimensions")
    }
    return values
  }

  func axis(_ axis: Int, _ rank: Int) throws(WorkloadError) -> Int {
    guard axis >= -rank, axis < rank else {
      throw fail("axis \(axis) of a tensor with \(rank) dimensions")
    }
    return axis < 0 ? axis + rank : axis
  }

  func axes(_ axes: [Int], _ rank: Int) throws(WorkloadError) -> [Int] {
    guard axes.count <= Shape.maximumRank else { throw fail("\(axes.count) axes") }
    var places: [Int] = []
    for axis in axes {
      let place = try self.axis(axis, rank)
      guard !places.contains(place) else { throw fail("axis \(axis) twice") }
      places.append(place)
    }
    return places
  }

  // MARK: - Shapes

  func shape(_ dimensions: [Int]) throws(WorkloadError) -> Shape {
    guard dimensions.allSatisfy({ $0 >= 0 }) else {
      throw fail(
        "nothing is left of a dimension: \(dimensions.map(String.init).joined(separator: "×"))")
    }
    return try lowering.shape(ONNXLowering.place(node), dimensions)
  }

  func dimension(_ size: Double) throws(WorkloadError) -> Int {
    guard size >= 0, size < WorkloadBuilder.elementLimit else {
      throw fail(size < 0 ? "a window does not fit its input" : "a dimension of \(size)")
    }
    return Int(size.rounded(.down))
  }

  func broadcast(_ left: Shape, _ right: Shape) throws(WorkloadError) -> Shape {
    guard let shape = Shape.broadcast(left, right) else {
      throw fail("\(left) and \(right) do not fit")
    }
    return try self.shape(Array(shape))
  }

  func type(_ code: Int) throws(WorkloadError) -> DataType {
    guard let type = DataType(onnx: code) else { throw fail("an element type of \(code)") }
    return type
  }

  /// The shape that the file states for an output, for what depends on data.
  func declared(_ output: Int = 0) -> Shape? {
    guard wants(output) else { return nil }
    return lowering.declaredShape(node.output[output], names)
  }

  func declaredOrFail(_ output: Int = 0, _ problem: String) throws(WorkloadError) -> Shape {
    guard let shape = declared(output) else {
      throw fail("\(problem), and the file states no shape for its output")
    }
    return shape
  }

  // MARK: - Results

  /// Adds an operation, unless everything that it reads is constant: that is computed once, before
  /// the first run, and costs nothing.
  func emit(
    _ kind: OperationKind, _ inputs: [ONNXTensor], _ shape: Shape, _ type: DataType? = nil,
    contents: [Double]? = nil, label suffix: String = ""
  ) -> ONNXTensor {
    emit(kind, inputs, [(shape, type ?? inputs.first?.type ?? .float32)], contents, suffix)[0]
  }

  func emit(
    _ kind: OperationKind, _ inputs: [ONNXTensor], _ outputs: [(Shape, DataType)],
    _ contents: [Double]? = nil, _ suffix: String = ""
  ) -> [ONNXTensor] {
    let label = shown(self.label, limit: 200) + suffix
    if !inputs.isEmpty, inputs.allSatisfy(\.isConstant) || contents != nil {
      let sources = Self.roots(inputs)
      return outputs.map { shape, type in
        let isMoved: Bool = if case .movement = kind { true } else { false }
        return ONNXTensor(
          shape, type, .derived(label, sources), contents: contents,
          format: isMoved && inputs[0].type == type ? inputs[0].format : nil)
      }
    }
    let net = lowering.net
    let results = outputs.map { shape, type in
      ONNXTensor(
        shape, type, .value, id: net.value("", shape, .activation, StorageFormat(type)))
    }
    net.operation(label, kind, inputs.map(lowering.use), outputs: results.map { $0.id! })
    return results
  }

  /// The stored tensors behind constants; few, so that long chains stay cheap.
  private static func roots(_ inputs: [ONNXTensor]) -> [ONNXTensor] {
    var roots: [ONNXTensor] = []
    func add(_ tensor: ONNXTensor) {
      if roots.count < 32, !roots.contains(where: { $0 === tensor }) { roots.append(tensor) }
    }
    for input in inputs {
      switch input.origin {
      case .value, .sequence: break
      case .stored, .alias: add(input)
      case .derived(_, let sources):
        if input.isWeight { add(input) }
        sources.forEach(add)
      }
    }
    return roots
  }

  /// A tensor whose elements are known from shapes alone.
  func known(_ contents: [Double], _ shape: Shape, _ type: DataType) -> ONNXTensor {
    ONNXTensor(shape, type, .derived(shown(label, limit: 200), []), contents: contents)
  }

  /// Another name for `tensor`.
  func view(_ tensor: ONNXTensor, _ shape: Shape, _ suffix: String = "") -> ONNXTensor {
    if shape == tensor.shape { return tensor }
    return emit(
      .movement(.view), [tensor], shape, tensor.type, contents: tensor.contents, label: suffix)
  }

  /// The contents of a result whose element at each index is one of the input's, or nil.
  func rearranged(
    _ tensor: ONNXTensor, to shape: Shape, _ source: ([Int]) -> [Int]
  ) -> [Double]? {
    guard let contents = tensor.contents, shape.elements <= Double(ONNXTensor.contentLimit) else {
      return nil
    }
    var result: [Double] = []
    var index = [Int](repeating: 0, count: shape.rank)
    for _ in 0..<Int(shape.elements) {
      let from = source(index)
      var place = 0
      for axis in 0..<tensor.rank {
        guard from[axis] >= 0, from[axis] < tensor.shape[axis] else { return nil }
        place = place * tensor.shape[axis] + from[axis]
      }
      result.append(contents[place])
      var axis = shape.rank - 1
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < shape[axis] { break }
        index[axis] = 0
        axis -= 1
      }
    }
    return result
  }
}
