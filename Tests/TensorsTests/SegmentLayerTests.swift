import Foundation
import Tensors
import Testing

@Suite("Segments") struct SegmentLayerTests {
  private let bench = LayerBench()
  /// Of four, the third has no row.
  private let segments = [3, 0, 1, 0, 3, 3]

  @Test("sums and means are those of each segment's rows, and 0 of none") func sums() throws {
    let (x, segments) = (bench.input("x", [6, 1, 2]), bench.indices("segments", segments))
    let rows = bench.rows("x", 2)
    let parts = [[1, 3], [2], [], [0, 4, 5]]
    let sums = parts.map { part in (0..<2).map { d in part.reduce(0) { $0 + rows[$1][d] } } }
    let sum = x.segmentSum(segments, count: 4)
    #expect(sum.shape == [4, 1, 2])
    try bench.expectValue(of: sum, is: sums)
    try bench.expectDerivatives(of: sum.squared)
    let mean = x.segmentMean(segments, count: 4)
    #expect(mean.shape == [4, 1, 2])
    let means = zip(sums, [2.0, 1, 1, 3]).map { row, size in row.map { $0 / size } }
    try bench.expectValue(of: mean, is: means)
    try bench.expectDerivatives(of: mean.squared)
  }

  @Test("a softmax sums up to 1 in each segment and column") func softmax() throws {
    let (x, segments) = (bench.input("x", [6, 2]), bench.indices("segments", segments))
    let weights = (3 * x).segmentSoftmax(segments, count: 4)
    #expect(weights.shape == [6, 2])
    let rows = bench.rows("x", 2)
    var expected = rows
    for part in [[1, 3], [2], [0, 4, 5]] {
      for column in 0..<2 {
        let own = bench.softmax(part.map { 3 * rows[$0][column] })
        for (row, weight) in zip(part, own) { expected[row][column] = weight }
      }
    }
    try bench.expectValue(of: weights, is: expected)
    try bench.expectDerivatives(of: weights)
    // And its derivative's derivative.
    let slope = bench.graph.derivatives(of: (weights * x.tanh).sum(), by: [x])[0]
    try bench.expectDerivatives(of: slope, within: 1e-6)
  }

  @Test("a softmax does not see how far its segments or their rows lie apart")
  func stability() throws {
    // 1000 and 1001; −5000 alone; 0 with three of 800, of which e^800 is no number.
    bench.values["scores"] = [1000, 1001, -5000, 0, 800, 800, 800]
    let scores = bench.graph.input("scores", [7])
    let segments = bench.indices("segments", [0, 0, 1, 2, 2, 2, 2])
    let part = 1 / (1 + exp(1.0))
    try bench.expectValue(
      of: scores.segmentSoftmax(segments, count: 3),
      is: [[part, 1 - part, 1, 0], [1.0 / 3, 1.0 / 3, 1.0 / 3]])
    // e^(750 − 64) would be a number, e^750 is none: both sides of what is taken away.
    bench.values["scores"] = [1500, 0, -40, -40, -40, -40, 40]
    let other = bench.indices("other", [0, 0, 1, 1, 1, 1, 2])
    try bench.expectValue(
      of: scores.segmentSoftmax(other, count: 3), is: [[1, 0, 0.25, 0.25, 0.25, 0.25, 1]])
  }

  @Test("rows and indices of two numbers are a mistake with both shapes") func mistake() {
    _ = bench.input("x", [6, 2]).segmentSoftmax(bench.indices("segments", [0, 1]), count: 2)
    let error = #expect(throws: GraphError.self) { try bench.graph.check() }
    #expect(
      error?.description
        == "scatter of [6, 2] and [2]: every row has one index, and rows are left")
  }
}
