/// What a node does with those before it. Whatever else there is, is built of these.
public enum Operation: Hashable, Sendable {
  /// A value that is given anew for each run.
  case input(String)
  /// A value that training moves.
  case parameter(String)
  /// The same number everywhere.
  case fill(Double)

  // One after another.
  case negate, exponential, logarithm, squareRoot, reciprocal, tanh, sigmoid, softplus, relu,
    absolute
  /// 1 above 0, else 0; flat, so that its derivative is 0.
  case step
  /// −1, 0 or 1; flat.
  case sign
  /// The error function of the normal distribution: 2/√π ∫₀ˣ e^(−t²) dt.
  case errorFunction
  /// `x·Φ(x)` with the normal distribution Φ.
  case gelu
  /// The derivative of `gelu`: `Φ(x) + x·φ(x)`.
  case geluSlope
  case scale(Double)
  case offset(Double)

  // Two, stretched over each other.
  case add, subtract, multiply, divide, maximum, minimum
  /// 1 where the left is above the right, else 0; flat.
  case greater

  /// `[…, m, k] · […, k, n] = […, m, n]`, either operand transposed in its last two axes.
  case matmul(left: Bool, right: Bool)

  /// Over axes, which stay with length 1.
  case sum(axes: [Int])
  /// The largest along the last axis, which stays with length 1.
  case largest
  case softmax, logSoftmax
  /// Of the slopes s and the softmax y: `y ∘ (s − Σ s∘y)` along the last axis.
  case softmaxGradient
  /// `(x − μ)/√(σ² + ε)` along the last axis.
  case normalize(epsilon: Double)
  /// Of the slopes s and what is normalised: `(s − mean s − x̂·mean(s∘x̂))/√(σ² + ε)` along the last axis.
  case normalizeGradient(epsilon: Double)

  /// `1/(1 − rate)` where an element stays and 0 where it is dropped, drawn anew for each run.
  case keep(rate: Double, seed: UInt64)

  case broadcast(Shape)
  case reshape(Shape)
  case transpose([Int])
  case concatenate(axis: Int)
  case slice(axis: Int, start: Int, count: Int)
  /// Zeros around, so that `slice` gives it back.
  case embed(axis: Int, start: Int, count: Int)

  /// Rows of the first by the indices of the second: `[n, …][m] = [m, …]`.
  case gather
  /// Rows of the first added up in `count` rows by the indices of the second: sums of segments.
  case scatter(count: Int)

  /// Its name without its numbers, for messages and tables.
  public var kind: Kind {
    switch self {
    case .input: .input
    case .parameter: .parameter
    case .fill: .fill
    case .negate: .negate
    case .exponential: .exponential
    case .logarithm: .logarithm
    case .squareRoot: .squareRoot
    case .reciprocal: .reciprocal
    case .tanh: .tanh
    case .sigmoid: .sigmoid
    case .softplus: .softplus
    case .relu: .relu
    case .absolute: .absolute
    case .step: .step
    case .sign: .sign
    case .errorFunction: .errorFunction
    case .gelu: .gelu
    case .geluSlope: .geluSlope
    case .scale: .scale
    case .offset: .offset
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .maximum: .maximum
    case .minimum: .minimum
    case .greater: .greater
    case .matmul: .matmul
    case .sum: .sum
    case .largest: .largest
    case .softmax: .softmax
    case .logSoftmax: .logSoftmax
    case .softmaxGradient: .softmaxGradient
    case .normalize: .normalize
    case .normalizeGradient: .normalizeGradient
    case .keep: .keep
    case .broadcast: .broadcast
    case .reshape: .reshape
    case .transpose: .transpose
    case .concatenate: .concatenate
    case .slice: .slice
    case .embed: .embed
    case .gather: .gather
    case .scatter: .scatter
    }
  }

  public enum Kind: String, CaseIterable, Sendable {
    case input, parameter, fill
    case negate, exponential, logarithm, squareRoot, reciprocal, tanh, sigmoid, softplus, relu
    case absolute, step, sign, errorFunction, gelu, geluSlope, scale, offset
    case add, subtract, multiply, divide, maximum, minimum, greater
    case matmul, sum, largest, softmax, logSoftmax, softmaxGradient, normalize, normalizeGradient
    case keep
    case broadcast, reshape, transpose, concatenate, slice, embed, gather, scatter
  }
}
