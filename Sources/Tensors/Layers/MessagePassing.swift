/// What a node is, and what its predecessors are together.
///
/// ```
/// y_v = x_v W + (⊕_{u→v} x_u) U + b         ⊕ the sum or the mean, 0 of none
/// ```
/// - Source: W. Hamilton et al., *Inductive representation learning on large graphs* (2017), algorithm 1,
///   lines 4 and 5, with the mean, before σ and without sampling: W and U are the two halves of its
///   matrix. C. Morris et al., *Weisfeiler and Leman go neural* (2019), with the sum.
public struct MessagePassing {
  public enum Aggregation: Sendable, CaseIterable { case sum, mean }

  /// W and b.
  public let own: Linear
  /// U, `[in, out]`.
  public let neighbours: Node
  let aggregation: Aggregation

  public init(
    _ parameters: Parameters, _ name: String, _ inputs: Int, _ outputs: Int,
    aggregation: Aggregation
  ) {
    own = Linear(parameters, "\(name).own", inputs, outputs)
    neighbours = parameters.parameter(
      "\(name).neighbours", [inputs, outputs], .glorot(inputs: inputs, outputs: outputs))
    self.aggregation = aggregation
  }

  /// `[n, in] → [n, out]`
  public func callAsFunction(_ x: Node, edges: Edges) -> Node {
    let count = x.shape.axes.first ?? 1
    let messages = x.gather(edges.sources)
    let gathered =
      switch aggregation {
      case .sum: messages.segmentSum(edges.targets, count: count)
      case .mean: messages.segmentMean(edges.targets, count: count)
      }
    return own(x) + matmul(gathered, neighbours)
  }
}
