/// What an operation computes, with the attributes that its counts depend on and shapes do not tell.
public enum OperationKind: Hashable, Sendable {
  /// Weight `[out, in/groups, kernel…]`.
  case convolution(Convolution)
  /// Weight `[in, out/groups, kernel…]`; every input element is spread over a kernel.
  case transposedConvolution(Convolution)
  /// `[…, M, K] · […, K, N]`, the second operand `[…, N, K]` when `transposedRight`.
  case matrixMultiply(MatrixMultiply)
  /// A sum over `reduction` products for every element of the output (einsum).
  case contraction(reduction: Int)
  /// Every token goes through `perToken` of `experts` matrices, weight `[experts, …]`.
  case expertMatrixMultiply(Experts)
  /// Scaled dot-product attention: query `[B, H, S, D]`, keys `[B, G, T, D]`, values `[B, G, T, V]`.
  case attention(Attention)
  /// A recurrence with a state per channel: Mamba's scan, linear attention, the delta rule.
  case stateSpace(StateSpace)
  /// LSTM, GRU or plain recurrence: input `[S, B, I]`.
  case recurrence(Recurrence)
  case normalization(Normalization)
  case elementwise(ElementwiseFunction)
  case softmax
  case pooling(Pooling)
  /// A sum, mean or maximum over some axes.
  case reduction
  /// Rows of a table, chosen by indices.
  case embedding
  case movement(Movement)
  /// Sorting, top-k, non-maximum suppression.
  case selection
  case optimizerUpdate(Optimizer)
  /// An operator that no rule counts; taken as elementwise.
  case opaque(String)

  /// Whether the operation only gives a tensor another name and moves nothing.
  public var isView: Bool {
    if case .movement(.view) = self { true } else { false }
  }
}

/// Attributes of a convolution in up to three spatial dimensions, 1 where there are fewer.
public struct Convolution: Hashable, Sendable {
  /// Time (or nothing), height, width.
  private var kernels: SIMD4<Int32>
  private var strides: SIMD4<Int32>
  private var rank: Int
  public var groups: Int

  /// - Parameters:
  ///   - kernel: one extent for each spatial dimension, at most three.
  ///   - stride: likewise.
  public init(kernel: [Int32], stride: [Int32], groups: Int) {
    kernels = SIMD4(repeating: 1)
    strides = SIMD4(repeating: 1)
    rank = min(kernel.count, 3)
    for axis in 0..<rank {
      kernels[axis] = kernel[axis]
      if axis < stride.count { strides[axis] = stride[axis] }
    }
    self.groups = groups
  }

  /// Over height and width.
  init(kernel: (Int, Int), stride: (Int, Int), groups: Int) {
    kernels = SIMD4(
      Int32(truncatingIfNeeded: kernel.0), Int32(truncatingIfNeeded: kernel.1), 1, 1)
    strides = SIMD4(
      Int32(truncatingIfNeeded: stride.0), Int32(truncatingIfNeeded: stride.1), 1, 1)
    rank = 2
    self.groups = groups
  }

  public var kernel: [Int32] { (0..<rank).map { kernels[$0] } }
  public var stride: [Int32] { (0..<rank).map { strides[$0] } }
}

public struct MatrixMultiply: Hashable, Sendable {
  public var transposedLeft: Bool
  public var transposedRight: Bool

  public init(transposedLeft: Bool = false, transposedRight: Bool = false) {
    self.transposedLeft = transposedLeft
    self.transposedRight = transposedRight
  }
}

public struct Experts: Hashable, Sendable {
  public var experts: Int
  public var perToken: Int

  public init(_ experts: Int, perToken: Int) {
    self.experts = experts
    self.perToken = perToken
  }

  /// The share of the experts that `tokens` tokens touch when each picks at random.
  ///
  /// ```
  /// 1 − (1 − k/E)^T
  /// ```
  public func touchedShare(tokens: Double) -> Double {
    1 - power(1 - Double(min(perToken, experts)) / Double(experts), tokens)
  }
}

/// Which keys a query sees.
public enum AttentionMask: Hashable, Sendable {
  case full
  /// The keys up to and including the query's own position, the last query being the last key.
  case causal
  /// Of the causal ones, the last `n`.
  case window(Int)
  /// Of the causal ones, those in the query's own chunk of `n`.
  case chunk(Int)
  /// Of the causal ones, `n` that an indexer picked.
  case selected(Int)
}

public struct Attention: Hashable, Sendable {
  public var mask: AttentionMask
  public init(_ mask: AttentionMask) { self.mask = mask }
}

/// One recurrence for each of `heads` heads over a `keys × values` state, chunk by chunk.
public struct StateSpace: Hashable, Sendable {
  /// How a token changes the state.
  public enum Rule: String, Sendable {
    /// Decay and add an outer product: Mamba 2, RetNet, lightning attention.
    case decay
    /// Read, correct and write: the (gated) delta rule.
    case delta
  }
  public var rule: Rule
  public var heads: Int
  public var keySize: Int
  public var valueSize: Int

  public init(rule: Rule, heads: Int, keySize: Int, valueSize: Int) {
    self.rule = rule
    self.heads = heads
    self.keySize = keySize
    self.valueSize = valueSize
  }
}

public struct Recurrence: Hashable, Sendable {
  /// 4 for an LSTM, 3 for a GRU, 1 for a plain network.
  public var gates: Int
  public var hiddenSize: Int
  public var directions: Int

  public init(gates: Int, hiddenSize: Int, directions: Int) {
    self.gates = gates
    self.hiddenSize = hiddenSize
    self.directions = directions
  }
}

public enum Normalization: String, CaseIterable, Hashable, Sendable {
  /// With stored statistics: one scale and one shift for a channel.
  case batch
  /// A batch normalisation that every runtime folds into the convolution before it.
  case folded
  case layer, rootMeanSquare, group, instance, localResponse
}

public struct Pooling: Hashable, Sendable {
  public enum Function: String, Sendable { case maximum, average }
  public var function: Function
  /// Elements under one window; for pooling over everything, the whole plane.
  public var window: Int

  public init(_ function: Function, window: Int) {
    self.function = function
    self.window = window
  }
}

public enum Movement: String, CaseIterable, Hashable, Sendable {
  /// Another name for the same bytes.
  case view
  case transpose, concatenate, slice, pad, gather, scatter, resize, copy, expand
}

public enum Optimizer: String, CaseIterable, Hashable, Sendable {
  case sgd, momentum, adam
}

/// `base` to a non-negative power without Foundation's `pow`: by squaring, for the whole part of the
/// exponent.
func power(_ base: Double, _ exponent: Double) -> Double {
  guard exponent < 1e15 else { return base < 1 ? 0 : 1 }
  var result = 1.0
  var factor = base
  var rest = Int(exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= factor }
    factor *= factor
    rest >>= 1
  }
  return result
}
