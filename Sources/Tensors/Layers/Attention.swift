/// Several heads that look at keys and take values.
///
/// ```
/// softmax(Q Kᵀ/√d + M) V         for each head; heads side by side through an output layer
/// ```
/// - Source: A. Vaswani et al., *Attention is all you need* (2017), eq. 1.
public struct Attention {
  public let query: Linear
  public let key: Linear
  public let value: Linear
  public let output: Linear
  let heads: Int

  /// - Precondition: `width` is a multiple of `heads`.
  public init(_ parameters: Parameters, _ name: String, width: Int, heads: Int) {
    precondition(heads > 0 && width.isMultiple(of: heads), "\(width) in \(heads) heads")
    query = Linear(parameters, "\(name).query", width, width)
    key = Linear(parameters, "\(name).key", width, width)
    value = Linear(parameters, "\(name).value", width, width)
    output = Linear(parameters, "\(name).output", width, width)
    self.heads = heads
  }

  /// - Parameters:
  ///   - x: `[batch, m, width]`, what asks.
  ///   - memory: `[batch, n, width]`, what is asked; x itself without.
  ///   - mask: 1 where a row of x may see a row of memory, else 0; stretches to `[batch, heads, m, n]`.
  public func callAsFunction(_ x: Node, memory: Node? = nil, mask: Node? = nil) -> Node {
    let memory = memory ?? x
    let (batch, width) = (x.shape.axes.first ?? 1, x.shape.last)
    let size = width / heads
    func split(_ node: Node) -> Node {
      node.reshaped(batch, -1, heads, size).transposed([0, 2, 1, 3])
    }
    var scores =
      matmul(split(query(x)), split(key(memory)), transposingRight: true)
      * (1 / Double(size).squareRoot())
    if let mask { scores = scores + 1e9 * (mask - 1) }
    let seen = matmul(scores.softmax, split(value(memory)))
    return output(seen.transposed([0, 2, 1, 3]).reshaped(batch, -1, width))
  }

  /// 1 where a position may see another: itself and those before, `[n, n]`.
  public static func causalMask(_ positions: Node) -> Node {
    let n = positions.shape.count
    // i − j + ½ is above 0 for j ≤ i.
    return (positions.reshaped(n, 1) - positions.reshaped(1, n) + 0.5).step
  }

  /// The same with the positions 0 to `count` − 1.
  public static func causalMask(_ count: Int, in graph: Graph) -> Node {
    var positions = graph.fill(0, [1])
    while positions.shape.count < count {
      positions = concatenate([positions, positions + Double(positions.shape.count)])
    }
    return causalMask(positions.slice(axis: 0, 0..<count))
  }
}
