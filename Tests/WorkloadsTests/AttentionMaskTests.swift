import Testing
import Workloads

@Suite("Attention counts the pairs that its mask shows") struct AttentionMaskTests {
  /// Every query and key in turn.
  private func pairs(_ mask: AttentionMask, queries: Int, keys: Int) -> Int {
    var count = 0
    for query in 0..<queries {
      let position = keys - queries + query
      var seen = 0
      for key in 0..<keys {
        switch mask {
        case .full: seen += 1
        case .causal: seen += key <= position ? 1 : 0
        case .window(let size): seen += key <= position && key > position - size ? 1 : 0
        case .chunk(let size): seen += key <= position && key / size == position / size ? 1 : 0
        case .selected: seen += key <= position ? 1 : 0
        }
      }
      if case .selected(let most) = mask { seen = min(seen, most) }
      count += seen
    }
    return count
  }

  @Test(
    "as counting them one by one does",
    arguments: [
      AttentionMask.full, .causal, .window(1), .window(3), .window(50), .chunk(1), .chunk(4),
      .chunk(50), .selected(1), .selected(5), .selected(50),
    ])
  func bruteForce(mask: AttentionMask) throws {
    for (queries, keys) in [(1, 1), (1, 9), (4, 4), (5, 9), (13, 13), (3, 17), (16, 32)] {
      let net = WorkloadBuilder("attention")
      let query = net.input("query", [2, 3, queries, 5])
      let key = net.input("key", [2, 1, keys, 5])
      net.result(net.attention(query: query, key: key, value: key, mask: mask))
      let counts = try net.finish().counts()
      let expected = 2 * 3 * pairs(mask, queries: queries, keys: keys) * (5 + 5)
      #expect(counts.total.matrixMACs == Double(expected), "\(mask) \(queries) of \(keys)")
    }
  }
}
