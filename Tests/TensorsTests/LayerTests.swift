import Foundation
import Tensors
import Testing

@Suite("Layers") struct LayerTests {
  private let bench = LayerBench()

  @Test("a linear layer is its loop") func linear() throws {
    let layer = Linear(bench.parameters, "own", 3, 2)
    bench.values["own.bias"] = [0.5, -0.25]
    let result = layer(bench.input("x", [2, 2, 3]))
    try bench.expectValue(of: result, is: bench.linear("own", bench.rows("x", 3)))
    try bench.expectDerivatives(of: result)
  }

  @Test("normalised rows have mean β and deviation γ") func normalisation() throws {
    let layer = LayerNorm(bench.parameters, "norm", 4, epsilon: 1e-9)
    bench.values["norm.gain"] = [2, 2, 2, 2]
    bench.values["norm.bias"] = [1, 1, 1, 1]
    let result = layer(bench.input("x", [3, 4]))
    let found = try bench.evaluate(result)
    for row in stride(from: 0, to: 12, by: 4).map({ found[$0..<($0 + 4)] }) {
      let mean = row.reduce(0, +) / 4
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
      #expect(abs(mean - 1) < 1e-9 && abs(variance - 4) < 1e-6)
    }
    try bench.expectDerivatives(of: result)
  }

  @Test(
    "attention is its loops, over itself, over a memory, and with a mask", arguments: [0, 1, 2])
  func attention(way: Int) throws {
    let (batch, m, width, heads) = (2, 3, 4, 2)
    let layer = Attention(bench.parameters, "a", width: width, heads: heads)
    let x = bench.input("x", [batch, m, width])
    let memory = way == 1 ? bench.input("memory", [batch, 5, width]) : nil
    bench.values["positions"] = (0..<m).map(Double.init)
    let mask = way == 2 ? Attention.causalMask(bench.graph.input("positions", [m])) : nil
    bench.disturb()
    let expected = bench.attention(
      "a", bench.rows("x", width), over: bench.rows(way == 1 ? "memory" : "x", width), batch: batch,
      heads: heads
    ) { way != 2 || $1 <= $0 }
    let seen = layer(x, memory: memory, mask: mask)
    try bench.expectValue(of: seen, is: expected)
    try bench.expectDerivatives(of: seen)
  }

  @Test("a block adds to what came, and has as many parameters as its parts") func block() throws {
    let block = TransformerBlock(bench.parameters, "block", width: 4, heads: 2)
    let x = bench.input("x", [2, 3, 4])
    #expect(block(x).shape == x.shape)
    // 4·(4·4 + 4) of attention, 2·(4 + 4) of norms, 4·16 + 16 up and 16·4 + 4 down.
    #expect(bench.parameters.count == 80 + 16 + 80 + 68)
    // With nothing in its last layers a block is what came.
    for part in ["attention.output", "down"] {
      for kind in ["weight", "bias"] {
        let entry = try #require(
          bench.parameters.entries.first { $0.name == "block.\(part).\(kind)" })
        bench.values[entry.name] = [Double](repeating: 0, count: entry.shape.count)
      }
    }
    try bench.expectValue(of: block(x), is: bench.rows("x", 4))
  }

  @Test("a gated unit is its equations") func gated() throws {
    let unit = GatedRecurrentUnit(bench.parameters, "u", 3, 2)
    let next = unit(bench.input("x", [2, 3]), bench.input("state", [2, 2]))
    bench.disturb()
    let expected = bench.gatedUnit("u", bench.rows("x", 3), bench.rows("state", 2))
    try bench.expectValue(of: next, is: expected)
    try bench.expectDerivatives(of: next)
  }

  @Test("a graph convolution sums neighbours; an embedding takes rows") func graphs() throws {
    let layer = GraphConvolution(bench.parameters, "g", 2, 3)
    bench.values["adjacency"] = [1, 1, 0, 0, 1, 0, 0.5, 0, 1]
    let x = bench.input("x", [2, 3, 2])
    let result = layer(x, adjacency: bench.graph.input("adjacency", [3, 3]))
    let rows = bench.rows("x", 2)
    let mixed = (0..<2).flatMap { b -> [[Double]] in
      let own = Array(rows[(3 * b)..<(3 * b + 3)])
      return [
        zip(own[0], own[1]).map(+), own[1], zip(own[0], own[2]).map { 0.5 * $0 + $1 },
      ]
    }
    bench.disturb()
    try bench.expectValue(of: result, is: bench.linear("g", mixed))
    try bench.expectDerivatives(of: result)
    let embedding = Embedding(bench.parameters, "e", 5, 2)
    bench.values["rows"] = [4, 0, 4]
    let taken = embedding(bench.graph.input("rows", [3]))
    let table = bench.rows("e.table", 2)
    try bench.expectValue(of: taken, is: [table[4], table[0], table[4]])
    try bench.expectDerivatives(of: taken)
  }

  @Test("first values depend on the seed and their name alone") func initial() {
    func values(_ seed: UInt64, before: Int) -> [Float]? {
      let parameters = Parameters(Graph(), seed: seed)
      for place in 0..<before { _ = Linear(parameters, "other.\(place)", 2, 2) }
      _ = Linear(parameters, "own", 8, 8)
      return parameters.entries.first { $0.name == "own.weight" }?.elements
    }
    #expect(values(1, before: 0) == values(1, before: 3))
    #expect(values(1, before: 0) != values(2, before: 0))
    // ±√(6/16)
    #expect(values(1, before: 0)?.allSatisfy { abs($0) <= 0.6125 } == true)
  }
}

@Suite("Losses") struct LossTests {
  private func evaluate(_ loss: (Graph, Node, Node) -> Node, _ p: [Double], _ t: [Double]) throws
    -> Double
  {
    let graph = Graph()
    let number = loss(
      graph, graph.input("p", [p.count]), graph.input("t", [t.count]))
    return try ReferenceInterpreter(graph).evaluate([number], ["p": p, "t": t])[0][0]
  }

  @Test("are those by hand") func hand() throws {
    let (p, t) = ([1.0, 2, 5], [1.5, 2, 2])
    #expect(abs(try evaluate({ meanSquaredError($1, $2) }, p, t) - (0.25 + 0 + 9) / 3) < 1e-12)
    #expect(abs(try evaluate({ huber($1, $2) }, p, t) - (0.125 + 0 + 2.5) / 3) < 1e-12)
    // r = 0.5, 0, −3 at q = 0.9.
    #expect(
      abs(try evaluate({ pinball($1, $2, quantile: 0.9) }, p, t) - (0.45 + 0 + 0.3) / 3) < 1e-12)
    // The second and the third are above the first, and equal.
    let expected = (log(1 + exp(-(2.0 - 1))) + log(1 + exp(-(5.0 - 1)))) / 2
    #expect(abs(try evaluate({ pairwiseRanking($1, $2) }, p, t) - expected) < 1e-12)
    #expect(try evaluate({ pairwiseRanking($1, $2) }, p, [1, 1, 1]) == 0)
    let likelihood = try evaluate(
      { graph, mean, target in
        gaussianNegativeLogLikelihood(
          mean: mean, logVariance: graph.fill(log(4.0), [3]), target)
      }, p, t)
    let density = zip(p, t).map { exp(-($1 - $0) * ($1 - $0) / 8) / (8 * Double.pi).squareRoot() }
    #expect(abs(likelihood + density.reduce(0) { $0 + log($1) } / 3) < 1e-12)
  }

  @Test("cross-entropy is the mean of −ln of the right classes") func classes() throws {
    let graph = Graph()
    let loss = crossEntropy(logits: graph.input("p", [2, 3]), graph.input("t", [2, 3]))
    let found = try ReferenceInterpreter(graph).evaluate(
      [loss], ["p": [0, 0, 0, 1, 2, 3], "t": [1, 0, 0, 0, 0, 1]])[0][0]
    let second = exp(3.0) / (exp(1.0) + exp(2.0) + exp(3.0))
    #expect(abs(found - (log(3) - log(second)) / 2) < 1e-12)
  }

  @Test("the median of a pinball loss is its least, by its derivative") func median() throws {
    let graph = Graph()
    let p = graph.parameter("p", [1])
    let loss = pinball(p.broadcast(to: [5]), graph.input("t", [5]), quantile: 0.5)
    let slope = graph.derivatives(of: loss, by: [p])[0]
    func at(_ value: Double) throws -> Double {
      try ReferenceInterpreter(graph).evaluate(
        [slope], ["p": [value], "t": [1, 2, 4, 8, 16]])[0][0]
    }
    #expect(try at(3.9) < 0)
    #expect(try at(4.1) > 0)
  }
}
