/// `GELU(x·W + b_W)·V + b_V`, each position by itself.
///
/// `[…, width] → […, width]`
public struct FeedForward {
  public let up: Linear
  public let down: Linear

  /// - Parameter hidden: the width between; four times as wide without.
  public init(_ parameters: Parameters, _ name: String, _ width: Int, hidden: Int? = nil) {
    up = Linear(parameters, "\(name).up", width, hidden ?? 4 * width)
    down = Linear(parameters, "\(name).down", hidden ?? 4 * width, width)
  }

  public func callAsFunction(_ x: Node) -> Node { down(up(x).gelu) }
}

/// Attention and two layers beside it, each normalised before and added to what came.
public struct TransformerBlock {
  public let attention: Attention
  public let first: LayerNorm
  public let second: LayerNorm
  public let feedForward: FeedForward

  public init(
    _ parameters: Parameters, _ name: String, width: Int, heads: Int, hidden: Int? = nil
  ) {
    attention = Attention(parameters, "\(name).attention", width: width, heads: heads)
    first = LayerNorm(parameters, "\(name).first", width)
    second = LayerNorm(parameters, "\(name).second", width)
    feedForward = FeedForward(parameters, name, width, hidden: hidden)
  }

  /// `[batch, n, width] → [batch, n, width]`
  public func callAsFunction(_ x: Node, mask: Node? = nil) -> Node {
    let seen = x + attention(first(x), mask: mask)
    return seen + feedForward(second(seen))
  }
}

/// Attention to what was written so far, attention to a memory, and two layers beside them, each normalised
/// before and added to what came.
///
/// ```
/// a = x + Attention(LN x)                 each position sees itself and those before
/// b = a + Attention(LN a; memory)
/// y = b + GELU(LN b · W + b_W) V + b_V
/// ```
/// - Source: A. Vaswani et al., *Attention is all you need* (2017), section 3.1; normalised before, not
///   after, as in R. Xiong et al., *On layer normalization in the transformer architecture* (2020), table 1.
public struct TransformerDecoderBlock {
  public let attention: Attention
  public let crossAttention: Attention
  public let first: LayerNorm
  public let second: LayerNorm
  public let third: LayerNorm
  public let feedForward: FeedForward

  public init(
    _ parameters: Parameters, _ name: String, width: Int, heads: Int, hidden: Int? = nil
  ) {
    attention = Attention(parameters, "\(name).attention", width: width, heads: heads)
    crossAttention = Attention(parameters, "\(name).cross", width: width, heads: heads)
    first = LayerNorm(parameters, "\(name).first", width)
    second = LayerNorm(parameters, "\(name).second", width)
    third = LayerNorm(parameters, "\(name).third", width)
    feedForward = FeedForward(parameters, name, width, hidden: hidden)
  }

  /// `[batch, m, width] → [batch, m, width]`
  ///
  /// - Parameters:
  ///   - memory: `[batch, n, width]`, as it is: an encoder that normalises before has a last norm.
  ///   - mask: of x on itself, stretches to `[batch, heads, m, m]`; the causal one without.
  ///   - memoryMask: of x on memory, stretches to `[batch, heads, m, n]`; all is seen without.
  public func callAsFunction(
    _ x: Node, memory: Node, mask: Node? = nil, memoryMask: Node? = nil
  ) -> Node {
    let positions = x.shape.axes.dropLast().last ?? 1
    let mask = mask ?? Attention.causalMask(positions, in: x.graph)
    let written = x + attention(first(x), mask: mask)
    let read = written + crossAttention(second(written), memory: memory, mask: memoryMask)
    return read + feedForward(third(read))
  }
}
