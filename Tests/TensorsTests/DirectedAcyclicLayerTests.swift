import Tensors
import Testing

@Suite("Directed acyclic layers") struct DirectedAcyclicLayerTests {
  typealias Edge = TopologicalLevels.Edge
  private let bench = LayerBench()
  /// 4 and 1 are roots; 0 comes after both, 3 after 4 alone, 2 after 0, 3 and, two levels before, 1.
  private let edges = [Edge(0, 2), Edge(1, 0), Edge(3, 2), Edge(4, 3), Edge(4, 0), Edge(1, 2)]

  @Test("states are those of a loop over nodes, for each of a batch") func loops() throws {
    let layer = DirectedAcyclicMessagePassing(bench.parameters, "d", 2, 3)
    let x = bench.input("x", [2, 5, 2])
    let result = layer(x, levels: try TopologicalLevels(nodes: 5, edges: edges))
    bench.disturb()
    var expected: [[Double]] = []
    for own in [Array(bench.rows("x", 2).prefix(5)), Array(bench.rows("x", 2).suffix(5))] {
      var states = [[Double]](repeating: [], count: 5)
      for node in [1, 4, 0, 3, 2] {
        let before = edges.filter { $0.target == node }.map(\.source)
        let weights = bench.softmax(
          bench.product(before.map { states[$0] }, bench.rows("d.score", 1)).map { $0[0] })
        let message = (0..<3).map { d in
          zip(before, weights).reduce(0) { $0 + $1.1 * states[$1.0][d] }
        }
        states[node] = bench.gatedUnit("d.unit", [own[node]], [message])[0]
      }
      expected += states
    }
    #expect(result.shape == [2, 5, 3])
    try bench.expectValue(of: result, is: expected)
    try bench.expectDerivatives(of: result)
    // Levels by hand, one node in each, are the same.
    let levels = try TopologicalLevels(
      nodes: 5,
      levels: [
        [Edge(4, 3)], [], [Edge(1, 0), Edge(4, 0)], [Edge(0, 2), Edge(1, 2), Edge(3, 2)],
      ])
    try bench.expectValue(of: layer(x, levels: levels), is: expected)
  }

  @Test("levels are as early as those before allow") func levels() throws {
    let found = try TopologicalLevels(nodes: 6, edges: edges)
    #expect(found.roots == [1, 4, 5])
    #expect(
      found.levels == [
        [Edge(1, 0), Edge(4, 3), Edge(4, 0)], [Edge(0, 2), Edge(3, 2), Edge(1, 2)],
      ])
    let none = try TopologicalLevels(nodes: 2, edges: [])
    #expect(none.roots == [0, 1] && none.levels.isEmpty)
  }

  @Test("what is in no order is refused, with the edge") func errors() {
    func message(_ nodes: Int, _ levels: [[Edge]]) -> String {
      let error = #expect(throws: TopologyError.self) {
        try TopologicalLevels(nodes: nodes, levels: levels)
      }
      return error?.description ?? ""
    }
    #expect(message(0, []) == "a graph without nodes has no levels")
    #expect(
      message(3, [[Edge(0, 1)], [Edge(1, 3)]])
        == "edge 1 → 3: there is no node 3; they are 0 to 2")
    #expect(
      message(3, [[Edge(-1, 1)]]) == "edge -1 → 1: there is no node -1; they are 0 to 2")
    #expect(
      message(3, [[Edge(0, 2)], [Edge(1, 2)]])
        == "edges into node 2 stand in levels[0] and levels[1]; move them into one")
    #expect(
      message(4, [[Edge(2, 3)], [Edge(0, 2)]])
        == "levels[0], 2 → 3: node 2 has its own edges in levels[1]; they belong in an earlier level"
    )
    #expect(
      message(3, [[Edge(0, 1), Edge(1, 2)]])
        == "levels[0], 1 → 2: node 1 has its own edges in levels[0]; they belong in an earlier level"
    )
    #expect(throws: TopologyError.cycle(among: [1, 2, 3])) {
      try TopologicalLevels(nodes: 5, edges: [Edge(0, 1), Edge(2, 1), Edge(1, 2), Edge(2, 3)])
    }
    #expect(
      TopologyError.cycle(among: [1, 2]).description
        == "the edges go round: each node of [1, 2] has a predecessor among them")
    #expect(throws: TopologyError.node(Edge(0, 7), found: 7, nodes: 5)) {
      try TopologicalLevels(nodes: 5, edges: [Edge(0, 7)])
    }
  }

  @Test("nodes of another number than the levels' are a mistake") func mistake() throws {
    let layer = DirectedAcyclicMessagePassing(bench.parameters, "d", 2, 3)
    _ = layer(bench.input("x", [2, 6, 2]), levels: try TopologicalLevels(nodes: 5, edges: edges))
    let error = #expect(throws: GraphError.self) { try bench.graph.check() }
    #expect(error?.description == "gather of [2, 6, 2]: [batch, 5, in] by its levels")
  }
}
