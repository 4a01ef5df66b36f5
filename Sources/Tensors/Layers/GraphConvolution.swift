/// A graph convolution: `A·X·W + b` with the neighbours' weights in A.
///
/// - Source: T. Kipf, M. Welling, *Semi-supervised classification with graph convolutional networks*
///   (2017), eq. 2; normalising A is the caller's.
public struct GraphConvolution {
  public let linear: Linear

  public init(_ parameters: Parameters, _ name: String, _ inputs: Int, _ outputs: Int) {
    linear = Linear(parameters, name, inputs, outputs)
  }

  /// `[batch, n, in]` with `[batch, n, n]` or `[n, n] → [batch, n, out]`
  public func callAsFunction(_ x: Node, adjacency: Node) -> Node {
    matmul(adjacency, matmul(x, linear.weight)) + linear.bias
  }

  /// `[n, in] → [n, out]` with A in its edges: `A_vu` is the weight of u → v.
  ///
  /// - Parameter weights: `[m]`, one for each edge; 1 without.
  public func callAsFunction(_ x: Node, edges: Edges, weights: Node? = nil) -> Node {
    var messages = matmul(x, linear.weight).gather(edges.sources)
    if let weights { messages = messages * weights.reshaped(-1, 1) }
    return messages.segmentSum(edges.targets, count: x.shape.axes.first ?? 1) + linear.bias
  }
}
