/// Places labels of one height in a column, each as near to its own line as the others allow.
package enum LabelColumn {
  /// The middles of all labels: the order of `wanted` is kept, neighbours are at least `spacing`
  /// apart, and the sum of squared moves is least; `nil` where they do not fit.
  ///
  /// With `y_k − k·spacing` in the place of `y_k` this is a regression on a rising sequence, which
  /// joining neighbours that are out of order solves.
  package static func spread(_ wanted: [Double], spacing: Double, within range: ClosedRange<Double>)
    -> [Double]?
  {
    let length = Double(max(0, wanted.count - 1)) * spacing
    guard length <= range.upperBound - range.lowerBound else { return nil }
    let order = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }
    var blocks: [(mean: Double, count: Int)] = []
    for (rank, index) in order.enumerated() {
      blocks.append((wanted[index] - Double(rank) * spacing, 1))
      while blocks.count > 1, blocks[blocks.count - 2].mean > blocks[blocks.count - 1].mean {
        let last = blocks.removeLast()
        let before = blocks.removeLast()
        let count = before.count + last.count
        let sum = before.mean * Double(before.count) + last.mean * Double(last.count)
        blocks.append((sum / Double(count), count))
      }
    }
    var result = wanted
    var rank = 0
    for block in blocks {
      let start = min(max(block.mean, range.lowerBound), range.upperBound - length)
      for _ in 0..<block.count {
        result[order[rank]] = start + Double(rank) * spacing
        rank += 1
      }
    }
    return result
  }
}
