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
}
