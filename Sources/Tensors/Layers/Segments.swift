// Rows in segments: one index for each row says to which of `count` segments it belongs, in any order.

extension Node {
  /// The sum of each segment's rows; of none, 0.
  ///
  /// `[m, …]` with indices `[m]` → `[count, …]`
  public func segmentSum(_ segments: Node, count: Int) -> Node { scatter(segments, count: count) }

  /// The mean of each segment's rows; of none, 0.
  ///
  /// `[m, …]` with indices `[m]` → `[count, …]`
  public func segmentMean(_ segments: Node, count: Int) -> Node {
    let sizes = graph.fill(1, segments.shape).scatter(segments, count: count)
    let ones = [Int](repeating: 1, count: max(0, shape.rank - 1))
    return segmentSum(segments, count: count)
      / sizes.maximum(graph.fill(1)).reshaped(Shape([count] + ones))
  }

  /// `e^x / Σ e^x` with the sum over the rows of the same segment.
  ///
  /// `[m, …]` with indices `[m]` → `[m, …]`
  ///
  /// A softmax does not see what is subtracted from a whole segment. Two things are, and neither needs a
  /// largest of each segment:
  /// ```
  /// d = x − mean of x's segment
  /// c = max(0, largest d of all − 64)
  /// e^(d − c) / Σ e^(d − c)
  /// ```
  /// No power is above e⁶⁴, and as the d of n rows sum up to 0, the sum of their powers is at least
  /// n e^−c. So segments may lie as far apart as they like. In single precision it goes wrong where a row
  /// exceeds its segment's mean by more than 64 + 87: the powers of other segments are all 0 then.
  public func segmentSoftmax(_ segments: Node, count: Int) -> Node {
    let centered = self - segmentMean(segments, count: count).gather(segments)
    let excess = (centered.reshaped(-1).largest - 64).relu
    let powers = (centered - excess).exponential
    return powers / powers.segmentSum(segments, count: count).gather(segments)
  }
}
