/// The edges of a directed acyclic graph, level after level: those into a node stand together, in a level
/// after those of every node from which they come.
public struct TopologicalLevels: Sendable {
  public struct Edge: Hashable, Sendable {
    public let source: Int
    public let target: Int

    public init(_ source: Int, _ target: Int) {
      self.source = source
      self.target = target
    }
  }

  /// How many nodes there are.
  public let nodes: Int
  /// The nodes into which no edge leads.
  public let roots: [Int]
  /// None is empty.
  public let levels: [[Edge]]

  /// - Throws: `TopologyError` where a node does not exist, has edges in two levels, or is needed before
  ///   its own level is done.
  public init(nodes: Int, levels: [[Edge]]) throws(TopologyError) {
    guard nodes > 0 else { throw .empty }
    var own = [Int?](repeating: nil, count: nodes)
    for (level, edges) in levels.enumerated() {
      for edge in edges {
        for node in [edge.source, edge.target] where !own.indices.contains(node) {
          throw .node(edge, found: node, nodes: nodes)
        }
        if let first = own[edge.target], first != level {
          throw .twice(node: edge.target, first: first, second: level)
        }
        own[edge.target] = level
      }
    }
    for (level, edges) in levels.enumerated() {
      for edge in edges {
        if let source = own[edge.source], source >= level {
          throw .order(edge, level: level, source: source)
        }
      }
    }
    self.nodes = nodes
    self.levels = levels.filter { !$0.isEmpty }
    roots = own.indices.filter { own[$0] == nil }
  }

  /// Every node as early as its predecessors allow.
  ///
  /// - Throws: `TopologyError` where a node does not exist, or edges go round.
  /// - Complexity: O(levels · edges)
  public init(nodes: Int, edges: [Edge]) throws(TopologyError) {
    var levels: [[Edge]] = []
    var left = edges
    while !left.isEmpty {
      let open = Set(left.map(\.target))
      let blocked = Set(left.filter { open.contains($0.source) }.map(\.target))
      guard blocked.count < open.count else { throw .cycle(among: open.sorted()) }
      levels.append(left.filter { !blocked.contains($0.target) })
      left.removeAll { !blocked.contains($0.target) }
    }
    try self.init(nodes: nodes, levels: levels)
  }
}

/// Why edges are not those of a directed acyclic graph in levels.
public enum TopologyError: Error, Equatable, Sendable, CustomStringConvertible {
  case empty
  case node(TopologicalLevels.Edge, found: Int, nodes: Int)
  case twice(node: Int, first: Int, second: Int)
  case order(TopologicalLevels.Edge, level: Int, source: Int)
  case cycle(among: [Int])

  public var description: String {
    switch self {
    case .empty: "a graph without nodes has no levels"
    case .node(let edge, let found, let nodes):
      "edge \(edge.source) → \(edge.target): there is no node \(found); they are 0 to \(nodes - 1)"
    case .twice(let node, let first, let second):
      "edges into node \(node) stand in levels[\(first)] and levels[\(second)]; move them into one"
    case .order(let edge, let level, let source):
      "levels[\(level)], \(edge.source) → \(edge.target): node \(edge.source) has its own edges in "
        + "levels[\(source)]; they belong in an earlier level"
    case .cycle(let nodes):
      "the edges go round: each node of \(nodes) has a predecessor among them"
    }
  }
}
