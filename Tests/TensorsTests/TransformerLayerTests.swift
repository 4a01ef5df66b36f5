import Foundation
import Tensors
import Testing

@Suite("Transformer layers") struct TransformerLayerTests {
  private let bench = LayerBench()

  private func sum(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] {
    zip(a, b).map { zip($0, $1).map(+) }
  }

  /// x + GELU(LN x · W + b) V + c
  private func feedForward(_ name: String, _ norm: String, _ x: [[Double]]) -> [[Double]] {
    let wide = bench.linear("\(name).up", bench.layerNorm("\(name).\(norm)", x)).map { row in
      row.map { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }
    }
    return sum(x, bench.linear("\(name).down", wide))
  }

  @Test("a block is its loops") func block() throws {
    let block = TransformerBlock(bench.parameters, "b", width: 4, heads: 2, hidden: 3)
    let result = block(bench.input("x", [2, 3, 4]))
    bench.disturb()
    let x = bench.rows("x", 4)
    let normed = bench.layerNorm("b.first", x)
    let seen = bench.attention("b.attention", normed, over: normed, batch: 2, heads: 2) { _, _ in
      true
    }
    try bench.expectValue(of: result, is: feedForward("b", "second", sum(x, seen)))
    try bench.expectDerivatives(of: result)
  }

  @Test("a decoder's block is its loops, causal without masks and else what they leave to see")
  func decoder() throws {
    let block = TransformerDecoderBlock(bench.parameters, "d", width: 4, heads: 2, hidden: 3)
    let (x, memory) = (bench.input("x", [2, 3, 4]), bench.input("memory", [2, 5, 4]))
    bench.disturb()
    func expected(_ own: (Int, Int) -> Bool, _ other: (Int, Int) -> Bool) -> [[Double]] {
      let x = bench.rows("x", 4)
      let normed = bench.layerNorm("d.first", x)
      let written = sum(
        x, bench.attention("d.attention", normed, over: normed, batch: 2, heads: 2, sees: own))
      let read = sum(
        written,
        bench.attention(
          "d.cross", bench.layerNorm("d.second", written), over: bench.rows("memory", 4), batch: 2,
          heads: 2, sees: other))
      return feedForward("d", "third", read)
    }
    let causal = block(x, memory: memory)
    try bench.expectValue(of: causal, is: expected({ $1 <= $0 }, { _, _ in true }))
    try bench.expectDerivatives(of: causal)

    bench.values["own"] = [1, 1, 0, 0, 1, 1, 1, 0, 1]
    bench.values["other"] = [0, 1, 1, 0, 1]
    let masked = block(
      x, memory: memory, mask: bench.graph.input("own", [3, 3]),
      memoryMask: bench.graph.input("other", [1, 5]))
    try bench.expectValue(
      of: masked, is: expected({ $1 == $0 || $1 == ($0 + 1) % 3 }, { [1, 2, 4].contains($1) }))
  }

  @Test("a causal mask needs no positions", arguments: [1, 2, 3, 5, 8]) func causal(n: Int) throws {
    let mask = Attention.causalMask(n, in: bench.graph)
    #expect(mask.shape == [n, n])
    try bench.expectValue(of: mask, is: (0..<n).map { i in (0..<n).map { $0 <= i ? 1 : 0 } })
  }

  @Test("a decoder's block of another memory's width names both shapes") func mistake() {
    let block = TransformerDecoderBlock(bench.parameters, "d", width: 4, heads: 2)
    _ = block(bench.input("x", [2, 3, 4]), memory: bench.input("memory", [2, 5, 6]))
    let error = #expect(throws: GraphError.self) { try bench.graph.check() }
    #expect(
      error?.description
        == "matmul of [2, 5, 6] and [4, 4]: […, m, k] and [… , k, n] are multiplied")
  }
}
