/// A function of every element by itself.
public enum ElementwiseFunction: String, CaseIterable, Hashable, Sendable {
  case add, subtract, multiply, divide, power, minimum, maximum, modulo, compare, select, logical
  case negate, absolute, sign, round, reciprocal, squareRoot, exponential, logarithm, sine, error
  case relu, leakyReLU, clip, sigmoid, tanh, gelu, silu, elu, mish, softplus, hardSigmoid, hardSwish
  case swiGLU, quantize, dequantize, rotaryEmbedding, cast, other

  /// Arithmetic for one element of the output. Transcendental functions count as 4, the polynomial
  /// and the range reduction of a vector library being of that order; comparisons and selections
  /// as 1; a change of type as none.
  public var flopPerElement: Double {
    switch self {
    case .cast: 0
    case .exponential, .logarithm, .sine, .error, .power, .tanh: 4
    case .sigmoid, .softplus, .elu, .silu: 6
    case .gelu, .mish, .swiGLU: 8
    case .hardSigmoid, .leakyReLU, .clip, .quantize, .dequantize: 2
    case .hardSwish, .rotaryEmbedding: 3
    default: 1
    }
  }
}
