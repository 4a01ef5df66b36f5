import Quantities

/// How an array stores and multiplies its operands; a sum is as wide as they are.
public enum OperandFormat: String, CaseIterable, Sendable, Hashable {
  case int8, int16, int32, fp16, fp32

  /// Bits of a word.
  public var bits: Double {
    switch self {
    case .int8: 8
    case .int16, .fp16: 16
    case .int32, .fp32: 32
    }
  }

  public func bytes(words: Double) -> Bytes { Bytes(words * bits / 8) }
  public func words(_ bytes: Bytes) -> Double { (bytes.value * 8 / bits).rounded(.down) }

  /// One addition at 45 nm and 0.9 V.
  /// - Source: M. Horowitz, *Computing's Energy Problem*, ISSCC 2014; for 16 bits of an integer, which
  ///   it does not state, the geometric mean of 8 and 32 bits.
  public var addition: Joules {
    switch self {
    case .int8: .picojoules(0.03)
    case .int16: .picojoules((0.03 * 0.1).squareRoot())
    case .int32: .picojoules(0.1)
    case .fp16: .picojoules(0.4)
    case .fp32: .picojoules(0.9)
    }
  }

  /// One product at 45 nm and 0.9 V, from the same source.
  public var product: Joules {
    switch self {
    case .int8: .picojoules(0.2)
    case .int16: .picojoules((0.2 * 3.1).squareRoot())
    case .int32: .picojoules(3.1)
    case .fp16: .picojoules(1.1)
    case .fp32: .picojoules(3.7)
    }
  }
}
