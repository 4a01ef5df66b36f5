import Foundation
import Tensors
import Testing

/// Numbers in −1 … 1 that look random.
private func numbers(_ count: Int, _ start: Double = 0) -> [Double] {
  (0..<count).map { Double(Float(sin(start + 12.9898 * Double($0 + 1)))) }
}

/// Lengths below, at and above a vector, two vectors, a panel, a tile and a block of every level.
private let lengths = [1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 15, 16, 17, 31, 32, 33, 47, 64, 65, 100]

@Suite("Kernels", .serialized) struct KernelTests {
  /// Holds a plan of nodes to the reference.
  private func check(
    _ nodes: [Node], _ values: [String: [Double]], _ level: InstructionLevel,
    within tolerance: Double = 2e-5, _ remark: String = "",
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let expected = try ReferenceInterpreter(nodes[0].graph).evaluate(nodes, values)
    let plan = try plan(nodes, values, level: level)
    try plan.run()
    for (node, elements) in zip(nodes, expected) {
      #expect(
        agree(plan.elements(of: node), elements, within: tolerance), "\(node.shape) \(remark)",
        sourceLocation: location)
    }
  }

  @Test(
    "products of any lengths and transpositions are sums", arguments: InstructionLevel.available)
  func products(level: InstructionLevel) throws {
    var cases = lengths.flatMap { n in
      [(m: 5, n: n, k: 7), (m: n, n: 33, k: 3), (m: 13, n: 20, k: n)]
    }
    // More than a block of k, more rows than are read from where they lie.
    cases += [(40, 70, 520), (1, 40, 1030), (26, 1, 600), (50, 3, 513)]
    for (m, n, k) in cases {
      for (left, right) in [(false, false), (true, false), (false, true), (true, true)] {
        let graph = Graph()
        let a = graph.input("a", left ? [k, m] : [m, k])
        let b = graph.input("b", right ? [n, k] : [k, n])
        try check(
          [matmul(a, b, transposingLeft: left, transposingRight: right)],
          ["a": numbers(m * k), "b": numbers(k * n, 1)], level, "\(m)×\(k)×\(n) \(left) \(right)")
      }
    }
  }

  @Test(
    "what follows a product is done as if it stood alone", arguments: InstructionLevel.available)
  func fused(level: InstructionLevel) throws {
    for n in lengths {
      for k in [3, 515] {
        let graph = Graph()
        let product = { matmul(graph.input("a", [14, k]), graph.input("b", [k, n])) }
        let other = graph.input("other", [14, n])
        let bias = graph.input("bias", [n])
        let values = [
          "a": numbers(14 * k), "b": numbers(k * n, 1), "other": numbers(14 * n, 2),
          "bias": numbers(n, 3),
        ]
        for end: (Node) -> Node in [
          { ($0 + bias).relu }, { (0.5 * $0 + bias + other).relu }, { $0 * other },
          { $0 * other.step }, { $0 * other.sign }, { other - 2 * $0 }, { -$0 + bias },
          { ($0.reshaped(2, 7, n) + bias).relu },
        ] {
          // A plan for each, so that the product has one reader.
          try check([end(product())], values, level, within: 4e-5, "\(n), \(k)")
        }
      }
    }
  }

  @Test(
    "batches of products are those of each, with axes in any order",
    arguments: InstructionLevel.available)
  func batches(level: InstructionLevel) throws {
    let graph = Graph()
    let (x, y) = (graph.input("x", [3, 9, 2, 5]), graph.input("y", [3, 17, 2, 5]))
    let heads = matmul(
      x.transposed([0, 2, 1, 3]), y.transposed([0, 2, 1, 3]), transposingRight: true)
    let joined = matmul(heads, y.transposed([0, 2, 1, 3])).transposed([0, 2, 1, 3])
    let shared = matmul(graph.input("a", [9, 9]), x.reshaped(3, 9, 10))
    let parts = matmul(
      x.reshaped(3, 9, 10).slice(axis: 2, 3..<8), y.reshaped(3, 17, 10).slice(axis: 2, 1..<6),
      transposingRight: true)
    let columns = matmul(
      x.reshaped(3, 9, 10), graph.input("v", [3, 9, 1]), transposingLeft: true)
    try check(
      [heads, joined.reshaped(3, 9, 10), shared, parts, columns],
      ["x": numbers(270), "y": numbers(510, 1), "a": numbers(81, 2), "v": numbers(27, 3)], level)
  }

  @Test("functions of any number of elements", arguments: InstructionLevel.available)
  func functions(level: InstructionLevel) throws {
    for count in lengths + [511, 512, 513, 1030] {
      let graph = Graph()
      let (x, y) = (graph.input("x", [count]), graph.input("y", [count]))
      try check(
        [
          x.exponential, x.tanh, x.sigmoid, x.softplus, x.gelu, x.errorFunction, x.absolute,
          x.sign, x.step, x.maximum(y), x.minimum(y), x.greater(than: y), x / (y.absolute + 1),
          (x.squared + 0.1).logarithm, (x.squared + 1).squareRoot, x + 0.3 * y, x - 0.3 * y,
          x * y.step,
        ], ["x": numbers(count), "y": numbers(count, 1)], level, "\(count)")
    }
  }

  @Test("functions keep their digits over the whole range", arguments: InstructionLevel.available)
  func range(level: InstructionLevel) throws {
    // Steps that meet small and large magnitudes of both signs.
    let values = (-400...400).map {
      Double(Float(pow(abs(Double($0)) / 40, 3) / 12 * ($0 < 0 ? -1 : 1)))
    }
    let graph = Graph()
    let x = graph.input("x", [values.count])
    let smooth: [(Node, (Double) -> Double)] = [
      (x.exponential, { exp($0) }), (x.tanh, { tanh($0) }), (x.sigmoid, { 1 / (1 + exp(-$0)) }),
      (x.softplus, { max($0, 0) + log1p(exp(-abs($0))) }), (x.errorFunction, { erf($0) }),
      ((x.absolute + 1e-6).logarithm, { log(abs($0) + 1e-6) }),
    ]
    let plan = try plan(smooth.map(\.0), ["x": values], level: level)
    try plan.run()
    for (place, (node, truth)) in smooth.enumerated() {
      for (found, value) in zip(plan.elements(of: node), values) {
        let expected = truth(value)
        // Subnormal results are zero; the logarithm has no relative precision beside 1.
        let allowed = 8e-7 * abs(expected) + (place == 5 ? 2e-7 : 1.2e-37)
        let error = abs(Double(found) - expected)
        #expect(
          error <= allowed,
          "function \(place) of \(value)")
      }
    }
  }

  @Test("ends of the range are what they have to be", arguments: InstructionLevel.available)
  func ends(level: InstructionLevel) throws {
    let graph = Graph()
    let x = graph.input("x", [6])
    let nodes = [x.exponential, x.logarithm, x.relu, x.tanh]
    let plan = try plan(
      nodes, ["x": [-.infinity, .infinity, .nan, 0, 200, -200]], level: level)
    try plan.run()
    let found = nodes.map { plan.elements(of: $0) }
    #expect(found[0][0] == 0 && found[0][1] == .infinity && found[0][2].isNaN && found[0][3] == 1)
    #expect(found[0][4] == .infinity && found[0][5] == 0)
    #expect(found[1][0].isNaN && found[1][1] == .infinity && found[1][2].isNaN)
    #expect(found[1][3] == -.infinity && found[1][5].isNaN)
    #expect(found[2][1] == .infinity && found[2][2].isNaN && found[2][5] == 0)
    #expect(found[3][0] == -1 && found[3][1] == 1 && found[3][2].isNaN && found[3][4] == 1)
  }

  @Test("rows and sums of any length", arguments: InstructionLevel.available)
  func rows(level: InstructionLevel) throws {
    for length in lengths + [300] {
      let graph = Graph()
      let (x, y) = (graph.input("x", [3, length]), graph.input("y", [length, 3]))
      let weights = graph.input("weights", [3, length])
      func slope(_ node: Node) -> Node {
        graph.derivatives(of: (node * weights).sum(), by: [x])[0]
      }
      try check(
        [
          (3 * x).softmax, x.logSoftmax, x.largest, x.normalized(), x.sum(1), x.sum(0), x.sum(),
          y.sum(0), y.sum(1), slope((3 * x).softmax), slope(x.normalized()), slope(x.logSoftmax),
        ],
        [
          "x": numbers(3 * length), "y": numbers(3 * length, 1), "weights": numbers(3 * length, 2),
        ], level, within: 1e-4, "\(length)")
    }
  }

  @Test("what repeats along axes, and what lies apart", arguments: InstructionLevel.available)
  func broadcast(level: InstructionLevel) throws {
    for length in [1, 3, 16, 19, 515] {
      let graph = Graph()
      let x = graph.input("x", [2, 3, length])
      let (row, column) = (graph.input("row", [length]), graph.input("column", [2, 3, 1]))
      let outer = graph.input("outer", [2, 1, 1])
      try check(
        [
          x * row + column, (column * row).tanh, x.transposed([2, 0, 1]) + outer.reshaped(2, 1),
          (x + outer).sum(1), concatenate([x, 2 * x], axis: 1), concatenate([x, column], axis: 2),
          x.transposed().reshaped(-1),
        ],
        [
          "x": numbers(6 * length), "row": numbers(length, 1), "column": numbers(6, 2),
          "outer": numbers(2, 3),
        ], level, "\(length)")
    }
  }
}
