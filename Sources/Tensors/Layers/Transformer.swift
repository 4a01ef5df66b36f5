/// Attention and two layers beside it, each normalised before and added to what came.
public struct TransformerBlock {
  public let attention: Attention
  public let first: LayerNorm
  public let second: LayerNorm
  public let up: Linear
  public let down: Linear

  public init(
    _ parameters: Parameters, _ name: String, width: Int, heads: Int, hidden: Int? = nil
  ) {
    attention = Attention(parameters, "\(name).attention", width: width, heads: heads)
    first = LayerNorm(parameters, "\(name).first", width)
    second = LayerNorm(parameters, "\(name).second", width)
    up = Linear(parameters, "\(name).up", width, hidden ?? 4 * width)
    down = Linear(parameters, "\(name).down", hidden ?? 4 * width, width)
  }

  /// `[batch, n, width] → [batch, n, width]`
  public func callAsFunction(_ x: Node, mask: Node? = nil) -> Node {
    let seen = x + attention(first(x), mask: mask)
    return seen + down(up(second(seen)).gelu)
  }
}
