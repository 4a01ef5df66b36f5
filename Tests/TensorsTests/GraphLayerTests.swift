import Tensors
import Testing

@Suite("Graph layers") struct GraphLayerTests {
  private let bench = LayerBench()
  private let nodes = 4
  /// Two ways into 0, one of them from itself; one into 1; three into 3; none into 2.
  private let edges = [(1, 0), (0, 0), (2, 1), (0, 3), (3, 3), (2, 3)]

  private func predecessors(of node: Int) -> [Int] {
    edges.filter { $0.1 == node }.map(\.0)
  }

  /// 1 in the row of the target and the column of the source.
  private var adjacency: [Double] {
    (0..<nodes).flatMap { target in
      (0..<nodes).map { source in predecessors(of: target).contains(source) ? 1 : 0 }
    }
  }

  @Test("a convolution over edges is its loop, and that of a matrix of their weights")
  func convolution() throws {
    let layer = GraphConvolution(bench.parameters, "g", 2, 3)
    let x = bench.input("x", [nodes, 2])
    let (ends, weights) = (bench.edges(edges), bench.input("weights", [edges.count]))
    bench.disturb()
    func expected(_ weights: [Double]) -> [[Double]] {
      var mixed = [[Double]](repeating: [0, 0], count: nodes)
      for (edge, weight) in zip(edges, weights) {
        for d in 0..<2 { mixed[edge.1][d] += weight * bench.rows("x", 2)[edge.0][d] }
      }
      return bench.linear("g", mixed)
    }
    let weighted = layer(x, edges: ends, weights: weights)
    try bench.expectValue(of: weighted, is: expected(bench.values["weights"] ?? []))
    try bench.expectDerivatives(of: weighted)
    let plain = layer(x, edges: ends)
    try bench.expectValue(of: plain, is: expected([Double](repeating: 1, count: edges.count)))
    bench.values["adjacency"] = adjacency
    let dense = layer(x, adjacency: bench.graph.input("adjacency", [nodes, nodes]))
    #expect(dense.shape == plain.shape)
    try bench.expectValue(of: dense - plain, is: .init(repeating: [0, 0, 0], count: nodes))
  }

  @Test("a message is the sum or the mean of those before", arguments: Aggregation.allCases)
  func messages(aggregation: Aggregation) throws {
    let layer = MessagePassing(bench.parameters, "m", 2, 3, aggregation: aggregation)
    let result = layer(bench.input("x", [nodes, 2]), edges: bench.edges(edges))
    bench.disturb()
    let x = bench.rows("x", 2)
    let gathered = (0..<nodes).map { node in
      let before = predecessors(of: node)
      let share = aggregation == .sum ? 1 : 1 / Double(max(1, before.count))
      return (0..<2).map { d in before.reduce(0) { $0 + share * x[$1][d] } }
    }
    let (own, other) = (
      bench.linear("m.own", x), bench.product(gathered, bench.rows("m.neighbours", 3))
    )
    try bench.expectValue(of: result, is: zip(own, other).map { zip($0, $1).map(+) })
    try bench.expectDerivatives(of: result)
  }

  typealias Aggregation = MessagePassing.Aggregation
  typealias Joining = GraphAttention.Joining

  /// Equations 3 to 6 by loops, in two heads of three.
  private func attention(
    _ x: [[Double]], _ joining: Joining, before: (Int) -> [Int]
  ) -> [[Double]] {
    let rows = bench.product(x, bench.rows("a.weight", 6))
    let (target, source) = (bench.rows("a.target", 3), bench.rows("a.source", 3))
    return x.indices.map { node in
      let heads = (0..<2).map { head -> [Double] in
        let own = { (row: Int) in Array(rows[row][(3 * head)..<(3 * head + 3)]) }
        func dot(_ a: [Double], _ b: [Double]) -> Double {
          zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let before = before(node)
        let scores = before.map { other in
          let score = dot(target[head], own(node)) + dot(source[head], own(other))
          return score > 0 ? score : 0.2 * score
        }
        var sum = [0.0, 0, 0]
        for (other, weight) in zip(before, bench.softmax(scores)) {
          for d in 0..<3 { sum[d] += weight * own(other)[d] }
        }
        return sum
      }
      return joining == .concatenated
        ? heads[0] + heads[1] : zip(heads[0], heads[1]).map { ($0 + $1) / 2 }
    }
  }

  @Test("attention over edges is its loop", arguments: Joining.allCases)
  func edges(joining: Joining) throws {
    let layer = GraphAttention(bench.parameters, "a", 2, 3, heads: 2, joining: joining)
    let result = layer(bench.input("x", [nodes, 2]), edges: bench.edges(edges))
    #expect(result.shape == [nodes, joining == .concatenated ? 6 : 3])
    try bench.expectValue(
      of: result, is: attention(bench.rows("x", 2), joining, before: predecessors))
    try bench.expectDerivatives(of: result)
  }

  @Test("attention over a matrix is its loop, for one or one of each in a batch")
  func dense() throws {
    for joining in Joining.allCases {
      let layer = GraphAttention(bench.parameters, "a", 2, 3, heads: 2, joining: joining)
      let x = bench.input("x", [2, nodes, 2])
      let rows = bench.rows("x", 2)
      let parts = [Array(rows.prefix(nodes)), Array(rows.suffix(nodes))]
      bench.values["one"] = adjacency
      let one = layer(x, adjacency: bench.graph.input("one", [nodes, nodes]))
      #expect(one.shape == [2, nodes, joining == .concatenated ? 6 : 3])
      try bench.expectValue(
        of: one, is: parts.flatMap { attention($0, joining, before: predecessors) })
      try bench.expectDerivatives(of: one)
      // The second of the batch sees itself and the next.
      let second = (0..<nodes).flatMap { i in
        (0..<nodes).map { $0 == i || $0 == i + 1 ? 1.0 : 0 }
      }
      bench.values["each"] = adjacency + second
      let each = layer(x, adjacency: bench.graph.input("each", [2, nodes, nodes]))
      try bench.expectValue(
        of: each,
        is: attention(parts[0], joining, before: predecessors)
          + attention(parts[1], joining) { [$0, $0 + 1].filter { $0 < nodes } })
    }
  }

  @Test("edges with more sources than targets are a mistake") func mistake() {
    let layer = GraphAttention(bench.parameters, "a", 2, 3, heads: 2)
    let ends = Edges(
      from: bench.indices("sources", [0, 1, 2]), to: bench.indices("targets", [1, 2]))
    _ = layer(bench.input("x", [nodes, 2]), edges: ends)
    let error = #expect(throws: GraphError.self) { try bench.graph.check() }
    #expect(error?.description == "add of [2, 2] and [3, 2]: axes differ and neither is 1")
  }
}
