/// How the operands of a rate are stored.
public enum NumberFormat: String, CaseIterable, Sendable {
  case fp64, fp32, tf32, fp16, bf16, fp8, fp4, int8, int4

  public var isFloating: Bool { self != .int8 && self != .int4 }

  /// The formats in which products of these operands are summed.
  public var accumulators: [Accumulator] {
    switch self {
    case .fp64: [.fp64]
    case .fp32: [.fp32, .fp64]
    case .tf32, .bf16: [.fp32]
    case .fp16, .fp8, .fp4: [.fp16, .fp32]
    case .int8, .int4: [.int16, .int32]
    }
  }
}

/// How a sum of products is stored.
public enum Accumulator: String, CaseIterable, Sendable {
  case fp64, fp32, fp16, int32, int16

  public var bits: Int {
    switch self {
    case .fp64: 64
    case .fp32, .int32: 32
    case .fp16, .int16: 16
    }
  }
}

/// Which part of a chip computes.
public enum ExecutionUnit: String, CaseIterable, Sendable {
  /// Lanes that work element by element: CUDA cores, SIMD registers, the ALUs of a graphics chip, a
  /// scalar unit.
  case vector
  /// Arrays that multiply small matrices: tensor cores, matrix cores, AMX, systolic arrays.
  case matrix
}
