import Tensors
import Testing

@Suite("Graphs") struct GraphTests {
  private let graph = Graph()

  private func evaluate(_ node: Node, _ values: [String: [Double]] = [:]) throws -> [Double] {
    try ReferenceInterpreter(node.graph).evaluate([node], values)[0]
  }

  @Test("equal parts are one node") func shared() {
    let x = graph.input("x", [3])
    let once = x.tanh * x.tanh
    let count = graph.count
    #expect(x.tanh * x.tanh == once)
    #expect(graph.input("x", [3]) == x)
    #expect(graph.count == count)
    #expect(x.sigmoid != x.tanh)
  }

  @Test("products, sums and softmax are those by hand") func values() throws {
    let a = graph.input("a", [2, 3])
    let b = graph.input("b", [3, 2])
    let values: [String: [Double]] = ["a": [1, 2, 3, 4, 5, 6], "b": [1, 0, 2, 1, 0, 3]]
    #expect(try evaluate(matmul(a, b), values) == [5, 11, 14, 23])
    #expect(try evaluate(a.sum(0), values) == [5, 7, 9])
    #expect(try evaluate(a.mean(), values) == [3.5])
    #expect(try evaluate(a.largest, values) == [3, 6])
    #expect(try evaluate(a.transposed(), values) == [1, 4, 2, 5, 3, 6])
    #expect(try evaluate(a - a.mean(-1, keepingAxes: true), values) == [-1, 0, 1, -1, 0, 1])
    let softmax = try evaluate((0 * a).softmax, values)
    #expect(softmax.allSatisfy { abs($0 - 1.0 / 3) < 1e-15 })
    #expect(try evaluate(a.slice(axis: 1, 1..<3), values) == [2, 3, 5, 6])
    #expect(try evaluate(concatenate([a, a], axis: 0).sum(), values) == [42])
    let rows = graph.input("rows", [3])
    #expect(
      try evaluate(b.gather(rows), ["b": [1, 0, 2, 1, 0, 3], "rows": [2, 0, 2]])
        == [0, 3, 1, 0, 0, 3])
    #expect(
      try evaluate(b.scatter(rows, count: 2), ["b": [1, 0, 2, 1, 0, 3], "rows": [1, 0, 1]])
        == [2, 1, 1, 3])
  }

  @Test("a mistake names the operation and both shapes, and the first one is thrown")
  func mistakes() {
    func mistake(_ write: (Graph) -> Void) -> String {
      let graph = Graph()
      write(graph)
      let error = #expect(throws: GraphError.self) { try graph.check() }
      return error?.description ?? ""
    }
    #expect(
      mistake { _ = matmul($0.input("x", [32, 64]), $0.input("w", [32, 16])) }
        == "matmul of [32, 64] and [32, 16]: […, m, k] and [… , k, n] are multiplied")
    #expect(
      mistake { _ = $0.input("x", [2, 3]) + $0.input("y", [2]) }
        == "add of [2, 3] and [2]: axes differ and neither is 1")
    #expect(
      mistake { _ = $0.input("x", [2, 3]).reshaped(4) }
        == "reshape of [2, 3] and [4]: they differ in their elements")
    #expect(
      mistake { _ = $0.input("x", [0, 3]) } == "'x' is [0, 3]; every axis has at least one element")
    #expect(
      mistake {
        _ = $0.parameter("w", [2])
        _ = $0.parameter("w", [3])
      } == "'w' is [2] in one place and [3] in another; give them two names")
    #expect(
      mistake { _ = $0.derivatives(of: $0.input("x", [2]), by: []) }
        == "derivatives are of one number, and this has the shape [2]; sum it up")
    #expect(
      mistake { _ = $0.input("x", [2]) + Graph().input("y", [2]) }
        == "add takes nodes of two graphs")
    #expect(
      mistake { _ = $0.input("x", [2, 3]).slice(axis: 1, 2..<5) }
        == "slice of [2, 3]: it has no 2..<5 in axis 1")
    // Two mistakes: the first stands.
    #expect(
      mistake {
        _ = $0.input("x", [2]).sum(3)
        _ = $0.input("x", [2]).reshaped(5)
      } == "sum of [2]: it has no axis [3]")
  }

  @Test("values that are missing, too many or no row are named") func runs() {
    let x = graph.input("x", [2])
    #expect(throws: RunError.missing("x")) { try evaluate(x) }
    #expect(throws: RunError.count("x", found: 3, wanted: [2])) {
      try evaluate(x, ["x": [1, 2, 3]])
    }
    let table = graph.input("table", [4, 1])
    for wrong in [4, -1, 0.5, .nan] {
      let error = #expect(throws: RunError.self) {
        try evaluate(table.gather(x), ["table": [1, 2, 3, 4], "x": [0, wrong]])
      }
      #expect(
        error?.description.hasPrefix("gather: index 1 is \(wrong), and rows are 0 to 3") == true)
    }
  }
}
