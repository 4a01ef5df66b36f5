import Documents

/// Turns the layers of a `.param` file into operations, one after the other.
///
/// A blob of ncnn is `[width]`, `[height, width]` or `[channels, height, width]`; here each has the
/// batch before it, so that ncnn's axis `a` is dimension `a + 1`.
final class NCNNImporter {
  let net: WorkloadBuilder
  let batch: Int
  private let file: String
  private let settings: [String: Int]
  private var blobs: [String: ValueID] = [:]
  private var unread: Set<String> = []
  private var results: [ValueID] = []
  /// Whether the shapes that the file states are those of this run.
  private var statesShapes = true
  private var fusesActivations = false
  private(set) var layer = NCNNLayer()

  static let settingNames = ["image", "height", "width", "channels"]

  init(file: String, batch: Int, settings: [String: Int]) throws(WorkloadError) {
    guard (1...1_000_000_000).contains(batch) else {
      throw .setting("a batch of \(batch); it is between 1 and 1000000000")
    }
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard Self.settingNames.contains(name) else {
        throw .setting(
          "an ncnn network has no setting \(quoted(name))"
            + suggestion(for: name, among: Self.settingNames))
      }
      guard (1...1_000_000).contains(value) else {
        throw .setting("\(name)=\(value): it is between 1 and 1000000")
      }
    }
    self.file = file
    self.batch = batch
    self.settings = settings
    net = WorkloadBuilder(DocumentFile.name(of: file))
    net.source = file
  }

  func workload(of graph: NCNNGraph) throws(WorkloadError) -> Workload {
    if graph.unreadLines > 0 {
      net.warnings.append(
        "\(graph.layers.count) layers are announced; what follows them is not read (lines: "
          + "\(graph.unreadLines))")
    }
    for next in graph.layers {
      layer = next
      try addLayer()
      if net.hasFailed {
        do throws(WorkloadError) {
          _ = try net.finish()
        } catch {
          throw malformed(error.problem)
        }
      }
    }
    var isResult: Set<ValueID> = []
    let last = graph.layers.flatMap(\.tops).filter { unread.contains($0) }.compactMap { blobs[$0] }
    for value in results + last where isResult.insert(value).inserted { net.result(value) }
    if fusesActivations {
      net.assumptions.append(
        "an activation that the file fuses into a layer is part of it: no traffic and no arithmetic "
          + "of its own")
    }
    return try net.finish()
  }

  private func addLayer() throws(WorkloadError) {
    let count = net.operations.count
    if let function = Self.elementwise[layer.type] {
      try addElementwise(function)
    } else if let add = Self.layers[layer.type] {
      try add(self)()
    } else {
      try addUnknown()
    }
    for top in layer.tops where blobs[top] == nil {
      throw malformed("makes no \(quoted(top))")
    }
    if net.operations.count > count { try checkStatedShapes() }
  }

  // MARK: - Blobs

  /// The tensor of the bottom at `place`.
  func bottom(_ place: Int = 0) throws(WorkloadError) -> ValueID {
    guard place < layer.bottoms.count else {
      throw malformed("reads \(layer.bottoms.count) blobs; it needs \(place + 1)")
    }
    let name = layer.bottoms[place]
    guard let blob = blobs[name] else {
      throw malformed(
        "reads \(quoted(name)), which no layer before it writes"
          + suggestion(for: name, among: blobs.keys.sorted()))
    }
    unread.remove(name)
    return blob
  }

  func bottoms() throws(WorkloadError) -> [ValueID] {
    var all: [ValueID] = []
    for place in layer.bottoms.indices { all.append(try bottom(place)) }
    return all
  }

  /// `value` is what the layer writes as its top at `place`.
  func setTop(_ value: ValueID, _ place: Int = 0) throws(WorkloadError) {
    guard place < layer.tops.count else {
      throw malformed("writes \(layer.tops.count) blobs; it needs \(place + 1)")
    }
    let name = layer.tops[place]
    guard blobs.updateValue(value, forKey: name) == nil else {
      throw malformed("writes \(quoted(name)), which a layer before it has written")
    }
    unread.insert(name)
  }

  func setResult(_ value: ValueID) { results.append(value) }

  /// One operation with one output, the layer's only top.
  func addOperation(_ kind: OperationKind, _ inputs: [ValueID], to shape: Shape)
    throws(WorkloadError)
  {
    try setTop(try operation(layer.name, kind, inputs, to: shape))
  }

  func operation(
    _ label: String, _ kind: OperationKind, _ inputs: [ValueID], to shape: Shape
  ) throws(WorkloadError) -> ValueID {
    try check(shape)
    return net.operation(label, kind, inputs, to: shape)
  }

  func weight(_ label: String, _ shape: Shape) throws(WorkloadError) -> ValueID {
    try check(shape)
    return net.weight(label, shape, try isInteger8() ? StorageFormat(.int8) : nil)
  }

  func bias(_ count: Int) throws(WorkloadError) -> ValueID {
    try check([count])
    return net.weight("bias", [count])
  }

  private func check(_ shape: Shape) throws(WorkloadError) {
    guard shape.allSatisfy({ $0 > 0 }) else {
      throw malformed("nothing is left: \(shape)")
    }
    guard shape.elements < WorkloadBuilder.elementLimit else {
      throw malformed(WorkloadError.tooLarge(value: "", shape: "\(shape)").problem)
    }
  }

  // MARK: - Parameters

  func integer(_ id: Int, _ standard: Int = 0) throws(WorkloadError) -> Int {
    switch layer.parameters[id] {
    case nil: return standard
    case .number(let value):
      guard abs(value) <= 2_147_483_648, let whole = Int(exactly: value) else {
        throw malformed("parameter \(id) is \(value), not a whole number of 32 bits")
      }
      return whole
    case .array, .text: throw malformed("parameter \(id) is not one number")
    }
  }

  /// A parameter that counts something.
  func count(_ id: Int, _ standard: Int = 0) throws(WorkloadError) -> Int {
    let value = try integer(id, standard)
    guard value > 0 else { throw malformed("parameter \(id) is \(value); it must be above 0") }
    return value
  }

  func real(_ id: Int, _ standard: Double = 0) throws(WorkloadError) -> Double {
    switch layer.parameters[id] {
    case nil: return standard
    case .number(let value): return value
    case .array, .text: throw malformed("parameter \(id) is not one number")
    }
  }

  func integers(_ id: Int) throws(WorkloadError) -> [Int] {
    switch layer.parameters[id] {
    case nil: return []
    case .array(let values):
      var whole: [Int] = []
      for value in values {
        guard abs(value) <= 2_147_483_648, let element = Int(exactly: value) else {
          throw malformed("parameter \(id) holds \(value), not a whole number of 32 bits")
        }
        whole.append(element)
      }
      return whole
    case .number, .text: throw malformed("parameter \(id) is not an array")
    }
  }

  func flag(_ id: Int, _ standard: Bool = false) throws(WorkloadError) -> Bool {
    try integer(id, standard ? 1 : 0) != 0
  }

  /// An axis of ncnn as a dimension of a tensor with a batch.
  func axis(_ axis: Int, of shape: Shape) throws(WorkloadError) -> Int {
    let dimensions = shape.rank - 1
    guard (-dimensions..<dimensions).contains(axis) else {
      throw malformed("axis \(axis) of a blob with \(dimensions) dimensions")
    }
    return 1 + (axis < 0 ? dimensions + axis : axis)
  }

  /// Remembers that the layer applies an activation to what it writes.
  func noteActivation() throws(WorkloadError) {
    if try integer(9) != 0 { fusesActivations = true }
  }

  private func isInteger8() throws(WorkloadError) -> Bool {
    switch layer.type {
    case "Convolution", "ConvolutionDepthWise", "InnerProduct": try integer(8) != 0
    default: false
    }
  }

  func malformed(_ problem: String) -> WorkloadError {
    .malformed(
      file: file, place: "line \(layer.line), \(quoted(layer.type)) \(quoted(layer.name))",
      problem: problem)
  }

  // MARK: - Inputs

  func addInput() throws(WorkloadError) {
    let sizes = [try integer(2), try integer(11), try integer(1), try integer(0)]
    guard sizes.allSatisfy({ $0 >= 0 }) else { throw malformed("its size is negative") }
    let stated = sizes.filter { $0 > 0 }
    let isPicture = stated.isEmpty || sizes[0] > 0
    var (height, width) = (sizes[2], sizes[3])
    if isPicture, let side = settings["image"] { (height, width) = (side, side) }
    if let value = settings["height"], isPicture || sizes[2] > 0 { height = value }
    if let value = settings["width"] { width = value }
    var shape: Shape = [batch]
    if isPicture {
      guard height > 0, width > 0 else {
        throw malformed("the input has no size; give 'image', or 'height' and 'width'")
      }
      if sizes[0] == 0, settings["channels"] == nil {
        net.assumptions.append("the picture has 3 channels; the file does not say")
      }
      shape.append(settings["channels"] ?? (sizes[0] > 0 ? sizes[0] : 3))
      if sizes[1] > 0 { shape.append(sizes[1]) }
      shape.append(height)
    } else if height > 0 {
      shape.append(height)
    }
    shape.append(width)
    try check(shape)
    if Array(shape.dropFirst()) != stated { statesShapes = false }
    try setTop(net.input(layer.tops.first ?? layer.name, shape))
  }

  // MARK: - Stated shapes

  /// The shape of a top as the file states it, without the batch.
  private func statedShape(of top: Int) throws(WorkloadError) -> [Int]? {
    guard case .array = layer.parameters[NCNNLayer.shapeHints] else { return nil }
    let numbers = try integers(NCNNLayer.shapeHints)
    guard numbers.count >= 4 * (top + 1) else { return nil }
    let (width, height, channels) = (
      numbers[4 * top + 1], numbers[4 * top + 2], numbers[4 * top + 3]
    )
    switch numbers[4 * top] {
    case 1: return [width]
    case 2: return [height, width]
    case 3: return [channels, height, width]
    default: return nil
    }
  }

  private func checkStatedShapes() throws(WorkloadError) {
    // How much a detection finds was so for one picture.
    guard statesShapes, net.operations.last?.kind != .selection else { return }
    for (place, top) in layer.tops.enumerated() {
      guard let blob = blobs[top], let stated = try statedShape(of: place) else { continue }
      let shape = net.shape(blob)
      if Array(shape.dropFirst()) != stated, net.warnings.count < 100 {
        net.warnings.append(
          "line \(layer.line), \(quoted(layer.name)): the file states "
            + "\(stated.map(String.init).joined(separator: "×")) and the layer gives \(shape)")
      }
    }
  }

  /// A layer of a type that is not known, if the file states what it writes.
  private func addUnknown() throws(WorkloadError) {
    let inputs = try bottoms()
    var outputs: [ValueID] = []
    for place in layer.tops.indices {
      guard statesShapes, let stated = try statedShape(of: place),
        let shape = Shape([batch] + stated)
      else {
        throw .unsupported(
          file: file,
          problem: "line \(layer.line), \(quoted(layer.name)): layers of the type "
            + "\(quoted(layer.type)) are not known"
            + suggestion(for: layer.type, among: Self.knownTypes))
      }
      try check(shape)
      outputs.append(net.value("", shape, .activation))
    }
    if net.warnings.count < 100 {
      net.warnings.append(
        "\(quoted(layer.name)): \(quoted(layer.type)) is not known; counted as elementwise")
    }
    net.operation(layer.name, .opaque(layer.type), inputs, outputs: outputs)
    for (place, output) in outputs.enumerated() { try setTop(output, place) }
  }
}
