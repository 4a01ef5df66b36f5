/// Nodes that weigh their predecessors, in several heads.
///
/// ```
/// e_vu = LeakyReLU(a · [x_v W ‖ x_u W])     slope 0.2 below 0
/// α_vu = softmax of e_vu over the u → v
/// y_v  = Σ_u α_vu x_u W                     heads side by side, or their mean
/// ```
/// σ is the caller's; it comes after the mean. A node sees itself where it has an edge to itself, and is 0
/// where nothing leads to it. As in the paper there is no bias.
///
/// - Source: P. Veličković et al., *Graph attention networks* (2018), eq. 1 to 5; eq. 6 for the mean.
public struct GraphAttention {
  public enum Joining: Sendable, CaseIterable { case concatenated, averaged }

  /// W of all heads, `[in, heads · out]`.
  public let weight: Node
  /// The half of a that meets the node which looks, `[heads, out]`.
  public let target: Node
  /// The half of a that meets what it looks at, `[heads, out]`.
  public let source: Node
  let heads: Int
  let joining: Joining

  /// - Parameter outputs: the width of one head.
  public init(
    _ parameters: Parameters, _ name: String, _ inputs: Int, _ outputs: Int, heads: Int,
    joining: Joining = .concatenated
  ) {
    precondition(heads > 0, "attention in \(heads) heads")
    weight = parameters.parameter(
      "\(name).weight", [inputs, heads * outputs], .glorot(inputs: inputs, outputs: outputs))
    func half(_ end: String) -> Node {
      parameters.parameter(
        "\(name).\(end)", [heads, outputs], .glorot(inputs: 2 * outputs, outputs: 1))
    }
    target = half("target")
    source = half("source")
    self.heads = heads
    self.joining = joining
  }

  /// Over all pairs of nodes: `[batch, n, in] → [batch, n, heads · out]`, or `[batch, n, out]` averaged.
  ///
  /// - Parameter adjacency: `[batch, n, n]` or `[n, n]`, 1 where the node of the row sees that of the
  ///   column, else 0.
  public func callAsFunction(_ x: Node, adjacency: Node) -> Node {
    let (batch, width) = (x.shape.axes.first ?? 1, target.shape.last)
    // [batch, heads, n, out]
    let rows = matmul(x, weight).reshaped(batch, -1, heads, width).transposed([0, 2, 1, 3])
    let own = (rows * target.reshaped(heads, 1, width)).sum(-1, keepingAxes: true)
    let other = (rows * source.reshaped(heads, 1, width)).sum(-1, keepingAxes: true)
    let axes = adjacency.shape.axes
    let mask =
      axes.count == 3 ? adjacency.reshaped(Shape([axes[0], 1, axes[1], axes[2]])) : adjacency
    let scores = (own + other.transposed()).leakyReLU + 1e9 * (mask - 1)
    // Where a node sees none, the softmax is of all, and the mask takes them away.
    let seen = matmul(scores.softmax * mask, rows)
    return switch joining {
    case .concatenated: seen.transposed([0, 2, 1, 3]).reshaped(batch, -1, heads * width)
    case .averaged: seen.mean(1)
    }
  }

  /// Over the edges alone: `[n, in] → [n, heads · out]`, or `[n, out]` averaged.
  public func callAsFunction(_ x: Node, edges: Edges) -> Node {
    let (count, width) = (x.shape.axes.first ?? 1, target.shape.last)
    let rows = matmul(x, weight).reshaped(count, heads, width)
    let scores =
      (rows * target).sum(-1).gather(edges.targets) + (rows * source).sum(-1).gather(edges.sources)
    let weights = scores.leakyReLU.segmentSoftmax(edges.targets, count: count)
    let messages = weights.reshaped(-1, heads, 1) * rows.gather(edges.sources)
    let seen = messages.segmentSum(edges.targets, count: count)
    return switch joining {
    case .concatenated: seen.reshaped(count, heads * width)
    case .averaged: seen.mean(1)
    }
  }
}

extension Node {
  fileprivate var leakyReLU: Node { maximum(0.2 * self) }
}
