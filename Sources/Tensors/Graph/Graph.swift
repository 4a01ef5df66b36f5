/// A computation, written down once: nodes, each after those that it needs.
///
/// Equal parts are one node. A mistake, as of shapes, does not stop the writing: the graph keeps the first
/// one, which `check` throws and whatever runs the graph before it runs.
public final class Graph {
  struct Entry {
    let operation: Operation
    let inputs: [Int]
    let shape: Shape
  }

  private struct Key: Hashable {
    let operation: Operation
    let inputs: [Int]
    let shape: Shape
  }

  private(set) var entries: [Entry] = []
  private var places: [Key: Int] = [:]
  private(set) var mistake: GraphError?

  public init() {}

  /// Every kind of operation that some node has.
  public var kinds: Set<Operation.Kind> { Set(entries.map(\.operation.kind)) }

  func hasInput(_ name: String) -> Bool {
    entries.contains { $0.operation == .input(name) }
  }

  /// The parameters in the order in which they were written down.
  public var parameters: [(name: String, shape: Shape)] {
    entries.compactMap {
      if case .parameter(let name) = $0.operation { (name, $0.shape) } else { nil }
    }
  }

  /// How many nodes there are.
  public var count: Int { entries.count }

  /// - Throws: the first mistake that was made in writing the graph.
  public func check() throws(GraphError) {
    if let mistake { throw mistake }
  }

  /// A value that is given for each run; indices are numbers like others.
  public func input(_ name: String, _ shape: Shape) -> Node { leaf(.input(name), name, shape) }

  /// A value that training moves.
  public func parameter(_ name: String, _ shape: Shape) -> Node {
    leaf(.parameter(name), name, shape)
  }

  /// The same number everywhere.
  public func fill(_ value: Double, _ shape: Shape = .scalar) -> Node {
    append(.fill(value), [], shape)
  }

  private func leaf(_ operation: Operation, _ name: String, _ shape: Shape) -> Node {
    if let other = entries.first(where: { $0.operation == operation }), other.shape != shape {
      report(.named(name: name, first: other.shape, second: shape))
    }
    if shape.axes.contains(where: { $0 < 1 }) { report(.empty(name: name, shape: shape)) }
    return append(operation, [], shape)
  }

  /// The node of an operation, an equal one where there is one.
  func append(_ operation: Operation, _ inputs: [Node], _ shape: Shape) -> Node {
    for input in inputs where input.graph !== self { report(.otherGraph(operation.kind)) }
    if shape.rank > 8 { report(.shape(operation.kind, shape, wanted: "at most eight axes")) }
    let key = Key(operation: operation, inputs: inputs.map(\.place), shape: shape)
    if let place = places[key] { return Node(graph: self, place: place) }
    entries.append(Entry(operation: operation, inputs: key.inputs, shape: shape))
    places[key] = entries.count - 1
    return Node(graph: self, place: entries.count - 1)
  }

  /// Keeps the first mistake.
  func report(_ error: GraphError) { mistake = mistake ?? error }

  /// The nodes that some others need, those included, in the order in which they can be computed.
  func needed(for nodes: [Node]) -> [Int] {
    var isNeeded = [Bool](repeating: false, count: entries.count)
    for node in nodes { isNeeded[node.place] = true }
    for place in entries.indices.reversed() where isNeeded[place] {
      for input in entries[place].inputs { isNeeded[input] = true }
    }
    return entries.indices.filter { isNeeded[$0] }
  }
}

/// A tensor of a graph.
public struct Node: Hashable {
  public let graph: Graph
  let place: Int

  public var shape: Shape { graph.entries[place].shape }
  public var operation: Operation { graph.entries[place].operation }
  var inputs: [Node] { graph.entries[place].inputs.map { Node(graph: graph, place: $0) } }

  public static func == (left: Node, right: Node) -> Bool {
    left.graph === right.graph && left.place == right.place
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(place) }
}

/// A mistake in writing a graph.
public enum GraphError: Error, Equatable, Sendable, CustomStringConvertible {
  case shapes(Operation.Kind, Shape, Shape, wanted: String)
  case shape(Operation.Kind, Shape, wanted: String)
  case named(name: String, first: Shape, second: Shape)
  case empty(name: String, shape: Shape)
  case otherGraph(Operation.Kind)
  case notScalar(Shape)

  public var description: String {
    switch self {
    case .shapes(let kind, let left, let right, let wanted):
      "\(kind.rawValue) of \(left) and \(right): \(wanted)"
    case .shape(let kind, let shape, let wanted): "\(kind.rawValue) of \(shape): \(wanted)"
    case .named(let name, let first, let second):
      "'\(name)' is \(first) in one place and \(second) in another; give them two names"
    case .empty(let name, let shape): "'\(name)' is \(shape); every axis has at least one element"
    case .otherGraph(let kind): "\(kind.rawValue) takes nodes of two graphs"
    case .notScalar(let shape):
      "derivatives are of one number, and this has the shape \(shape); sum it up"
    }
  }
}
