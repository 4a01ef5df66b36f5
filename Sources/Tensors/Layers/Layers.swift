/// `x·W + b`
///
/// `[…, in] → […, out]`
public struct Linear {
  public let weight: Node
  public let bias: Node

  public init(_ parameters: Parameters, _ name: String, _ inputs: Int, _ outputs: Int) {
    weight = parameters.parameter(
      "\(name).weight", [inputs, outputs], .glorot(inputs: inputs, outputs: outputs))
    bias = parameters.parameter("\(name).bias", [outputs], .zeros)
  }

  public func callAsFunction(_ x: Node) -> Node { matmul(x, weight) + bias }
}

/// Rows of a table by their indices: `[n] → [n, width]`.
public struct Embedding {
  public let table: Node

  public init(_ parameters: Parameters, _ name: String, _ rows: Int, _ width: Int) {
    table = parameters.parameter("\(name).table", [rows, width], .normal(deviation: 0.02))
  }

  public func callAsFunction(_ indices: Node) -> Node { table.gather(indices) }
}

/// `γ (x − μ)/√(σ² + ε) + β` along the last axis.
///
/// - Source: J. Ba et al., *Layer normalization* (2016), eq. 3 and 4.
public struct LayerNorm {
  public let gain: Node
  public let bias: Node
  let epsilon: Double

  public init(_ parameters: Parameters, _ name: String, _ width: Int, epsilon: Double = 1e-5) {
    gain = parameters.parameter("\(name).gain", [width], .ones)
    bias = parameters.parameter("\(name).bias", [width], .zeros)
    self.epsilon = epsilon
  }

  public func callAsFunction(_ x: Node) -> Node {
    x.normalized(epsilon: epsilon) * gain + bias
  }
}

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
}

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

/// One step of a gated recurrent unit.
///
/// ```
/// z = σ(x W_z + h U_z),  r = σ(x W_r + h U_r),  c = tanh(x W_c + (r h) U_c)
/// h' = (1 − z) c + z h
/// ```
/// - Source: K. Cho et al., *Learning phrase representations using RNN encoder–decoder* (2014), eq. 5 to 8.
public struct GatedRecurrentUnit {
  public let update: (Linear, Linear)
  public let reset: (Linear, Linear)
  public let candidate: (Linear, Linear)

  public init(_ parameters: Parameters, _ name: String, _ inputs: Int, _ width: Int) {
    func pair(_ part: String) -> (Linear, Linear) {
      (
        Linear(parameters, "\(name).\(part).input", inputs, width),
        Linear(parameters, "\(name).\(part).state", width, width)
      )
    }
    update = pair("update")
    reset = pair("reset")
    candidate = pair("candidate")
  }

  /// `[batch, in]` and `[batch, width] → [batch, width]`
  public func callAsFunction(_ x: Node, _ state: Node) -> Node {
    let z = (update.0(x) + update.1(state)).sigmoid
    let r = (reset.0(x) + reset.1(state)).sigmoid
    let c = (candidate.0(x) + candidate.1(r * state)).tanh
    return (1 - z) * c + z * state
  }
}

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
