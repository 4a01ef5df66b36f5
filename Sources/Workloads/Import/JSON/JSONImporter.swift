import Documents

/// Builds a network from its JSON description, layer by layer.
final class JSONImporter {
  static let format = "perfmodel-network-1"
  /// How deep repetitions may stand in each other, and how often a layer may occur in all.
  static let repetitionDepth = 16
  static let occurrenceLimit = 1e9

  let net: WorkloadBuilder
  private let document: JSONObject
  private let file: String
  private(set) var dimensions: [String: Int] = [:]
  /// The tensors that can be named, the innermost repetition last.
  private var names: [[String: ValueID]] = [[:]]
  /// What the list in work will name.
  private var announced: [Set<String>] = []
  private var previous: ValueID?
  private var occurrences = 1.0

  init(_ document: JSONObject, file: String, settings: [String: Int]) throws(WorkloadError) {
    self.document = document
    self.file = file
    let format = try document.required("format")
    guard try format.text() == Self.format else {
      throw format.malformed("this reader knows '\(Self.format)', not \(quoted(try format.text()))")
    }
    let name = try document.optional("name")?.text() ?? DocumentFile.name(of: file)
    net = WorkloadBuilder(printable(name))
    net.source = printable(try document.optional("source")?.text() ?? file)
    try readDimensions(settings)
    if let types = try document.optional("types")?.object() {
      if let type = types.optional("activations") {
        net.activationFormat = StorageFormat(try type.choice(DataType.allCases))
        net.weightFormat = net.activationFormat
      }
      if let type = types.optional("weights") {
        net.weightFormat = StorageFormat(try type.choice(DataType.allCases))
      }
      try types.finish()
    }
  }

  private func readDimensions(_ settings: [String: Int]) throws(WorkloadError) {
    let declared = try document.optional("dimensions")?.object()
    for name in declared?.keys ?? [] {
      guard let node = declared?.optional(name) else { continue }
      let own = node.isNull ? nil : try node.integer(in: JSONNode.sizes)
      guard let value = settings[name] ?? own else {
        throw .dimension(
          file: file, problem: "the dimension \(quoted(name)) has no value; set it")
      }
      dimensions[name] = value
    }
    for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
      guard dimensions[name] != nil else {
        throw .dimension(
          file: file,
          problem: "there is no dimension \(quoted(name))"
            + suggestion(for: name, among: dimensions.keys.sorted()))
      }
      guard JSONNode.sizes.contains(value) else {
        throw .setting("\(name)=\(value): it is between 1 and \(JSONNode.sizes.upperBound)")
      }
    }
  }

  func workload() throws(WorkloadError) -> Workload {
    let inputs = try document.required("inputs")
    for node in try inputs.list() {
      let entry = try node.object()
      let name = try entry.required("name")
      let type = try entry.optional("type")?.choice(DataType.allCases)
      let value = net.input(printable(try name.text()), try shape(entry.required("shape")), type)
      try entry.finish()
      try check(node)
      try bind(name, to: value)
      previous = previous == nil ? value : previous
    }
    if names[0].count > 1 { previous = nil }
    let operations = try document.required("operations")
    let outputs = document.optional("outputs")
    try document.finish()
    try addAll(operations)
    if let outputs {
      for node in try outputs.list() { net.result(try tensor(node)) }
    } else if let previous {
      net.result(previous)
    }
    return try net.finish()
  }

  // MARK: - Names

  private func bind(_ node: JSONNode, to value: ValueID) throws(WorkloadError) {
    let name = try node.text()
    guard !name.isEmpty else { throw node.malformed("a name is empty") }
    guard !names.contains(where: { $0[name] != nil }) else {
      throw node.malformed("there is a tensor \(quoted(name)) already")
    }
    names[names.count - 1][name] = value
  }

  /// The tensor that a text names.
  func tensor(_ node: JSONNode) throws(WorkloadError) -> ValueID {
    let name = try node.text()
    for scope in names.reversed() {
      if let value = scope[name] { return value }
    }
    if announced.contains(where: { $0.contains(name) }) {
      throw node.malformed(
        "\(quoted(name)) is made later; operations stand in the order in which they run")
    }
    throw node.malformed(
      "there is no tensor \(quoted(name))"
        + suggestion(for: name, among: names.lazy.flatMap(\.keys).prefix(10_000).sorted()))
  }

  /// `input`, or what the operation before has made.
  func input(_ layer: JSONObject) throws(WorkloadError) -> ValueID {
    if let node = layer.optional("input") { return try tensor(node) }
    guard let previous else { throw layer.node.malformed("'input' is missing") }
    return previous
  }

  /// `inputs`, as many as `count` says.
  func inputs(_ layer: JSONObject, _ count: ClosedRange<Int>) throws(WorkloadError) -> [ValueID] {
    let node = try layer.required("inputs")
    let elements = try node.list()
    guard count.contains(elements.count) else {
      let needed = count.count == 1 ? "\(count.lowerBound)" : "at least \(count.lowerBound)"
      throw node.malformed("\(elements.count) tensors; \(needed) are needed")
    }
    var values: [ValueID] = []
    for element in elements { values.append(try tensor(element)) }
    return values
  }

  // MARK: - Sizes

  /// A number, or the name of a dimension.
  func size(_ node: JSONNode, in range: ClosedRange<Int> = JSONNode.sizes)
    throws(WorkloadError) -> Int
  {
    guard node.isText else { return try node.integer(in: range) }
    let name = try node.text()
    guard let value = dimensions[name] else {
      throw node.malformed(
        "there is no dimension \(quoted(name))"
          + suggestion(for: name, among: dimensions.keys.sorted()))
    }
    guard range.contains(value) else {
      throw node.malformed(
        "\(name) is \(value), not between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  func shape(_ node: JSONNode) throws(WorkloadError) -> Shape {
    var sizes: [Int] = []
    for element in try node.list().prefix(Shape.maximumRank + 1) {
      sizes.append(try size(element))
    }
    guard !sizes.isEmpty, let shape = Shape(sizes) else {
      throw node.malformed("a shape has 1 to \(Shape.maximumRank) dimensions")
    }
    return shape
  }

  // MARK: - Operations

  private func addAll(_ node: JSONNode) throws(WorkloadError) {
    let elements = try node.list()
    guard !elements.isEmpty else { throw node.malformed("there are no operations") }
    var later: Set<String> = []
    for element in elements {
      if let name = try? element.object().optional("name")?.text() { later.insert(name) }
    }
    announced.append(later)
    for element in elements { try add(element) }
    announced.removeLast()
  }

  private func add(_ node: JSONNode) throws(WorkloadError) {
    let layer = try node.object()
    let typeNode = try layer.required("type")
    let type = try typeNode.text()
    let name = layer.optional("name")
    var label = type
    if let name { label = printable(try name.text()) }
    let made: ValueID
    if type == "repeat" {
      made = try addRepetition(layer, label)
    } else if let build = Self.layers[type] {
      made = try build(self)(layer, label)
    } else {
      throw typeNode.malformed(
        "there is no operation \(quoted(type))"
          + suggestion(for: type, among: Self.layers.keys.sorted() + ["repeat"]))
    }
    try layer.finish()
    try check(node)
    if let name { try bind(name, to: made) }
    if !Self.tensors.contains(type) { previous = made }
  }

  /// Puts the place in the file to a layer that does not fit.
  private func check(_ node: JSONNode) throws(WorkloadError) {
    guard net.hasFailed else { return }
    do throws(WorkloadError) {
      _ = try net.finish()
    } catch {
      throw node.malformed(error.problem)
    }
  }

  /// The operations of a list, `count` times one after the other with weights of their own.
  private func addRepetition(_ layer: JSONObject, _ label: String) throws(WorkloadError) -> ValueID
  {
    let input = try input(layer)
    var count = 1
    if let node = layer.optional("count") { count = try size(node) }
    let shared = try layer.optional("sharedWeights")?.flag() ?? false
    let name = layer.optional("as")
    let operations = try layer.required("operations")
    try layer.finish()
    guard names.count <= Self.repetitionDepth else {
      throw layer.node.malformed("more than \(Self.repetitionDepth) repetitions in each other")
    }
    let outer = occurrences
    occurrences *= Double(count)
    guard occurrences <= Self.occurrenceLimit else {
      throw layer.node.malformed("an operation would run more than a thousand million times")
    }
    names.append([:])
    if let name { try bind(name, to: input) }
    previous = input
    let built = net.scope(label, instances: count, sharedWeights: shared) {
      Result { () throws(WorkloadError) in try addAll(operations) }
    }
    try built.get()
    names.removeLast()
    occurrences = outer
    guard let made = previous else { throw layer.node.malformed("nothing is made") }
    guard count == 1 || net.shape(made) == net.shape(input) else {
      throw layer.node.malformed(
        "the operations turn \(net.shape(input)) into \(net.shape(made)); to be repeated, they "
          + "have to keep the shape")
    }
    return made
  }
}
