import Devices
import Workloads

/// In which types a run stores and multiplies its numbers.
public enum Precision: String, CaseIterable, Sendable, Hashable {
  case fp64, fp32
  /// Stored in fp32, multiplied with a mantissa of 10 bits.
  case tf32
  case fp16, bf16
  /// Automatic mixed precision: products in fp16, normalisations and softmax in fp32 with a change of
  /// type before and after, weights stored in fp32.
  case amp
  case fp8, fp4
  /// Weights and activations of 8 bits.
  case int8
  /// Weights of 8 bits, everything else in fp16.
  case w8a16
  /// Weights of 4 bits with one fp16 scale for each group of 128, everything else in fp16.
  case w4a16

  /// Bits of a stored weight, its scales with it.
  public var weightBits: Double {
    switch self {
    case .fp64: 64
    case .fp32, .tf32: 32
    case .fp16, .bf16: 16
    // What the products read; the fp32 original is read and cast beside it.
    case .amp: 16
    case .fp8, .int8, .w8a16: 8
    case .fp4: 4
    case .w4a16: 4 + 16.0 / 128
    }
  }

  /// Bits of a stored activation.
  public var activationBits: Double {
    switch self {
    case .fp64: 64
    case .fp32, .tf32: 32
    case .fp16, .bf16, .amp, .w8a16, .w4a16: 16
    case .fp8, .int8: 8
    case .fp4: 4
    }
  }

  /// The format in which products are taken.
  public var arithmetic: NumberFormat {
    switch self {
    case .fp64: .fp64
    case .fp32: .fp32
    case .tf32: .tf32
    case .fp16, .amp, .w8a16, .w4a16: .fp16
    case .bf16: .bf16
    case .fp8: .fp8
    case .fp4: .fp4
    case .int8: .int8
    }
  }

  /// The format of what is done element by element.
  public var elementwise: NumberFormat {
    switch self {
    case .fp64: .fp64
    case .fp32, .tf32: .fp32
    default: .fp16
    }
  }

  /// The format that a workload itself is stored in, by its widest floating activations and weights.
  ///
  /// Language models from files may store weights narrower than activations.
  public static func of(_ workload: Workload) -> Precision {
    var activation: DataType?
    var weight: DataType?
    for value in workload.values where value.format.dataType != .text {
      let type = value.format.dataType
      switch value.role {
      case .weight where weight.map({ type.bits > $0.bits }) ?? true && value.shape.rank > 1:
        weight = type
      case .activation where type.isFloating && activation.map({ type.bits > $0.bits }) ?? true:
        activation = type
      default: break
      }
    }
    switch (activation ?? .float32, weight?.bits ?? 32) {
    case (.float64, _): return .fp64
    case (.tensorFloat32, _): return .tf32
    case (.float16, let bits), (.bfloat16, let bits):
      if bits <= 4 { return .w4a16 }
      if weight == .float8 { return .fp8 }
      if bits <= 8 { return .w8a16 }
      return activation == .bfloat16 ? .bf16 : .fp16
    case (.float8, _): return .fp8
    case (.float4, _): return .fp4
    default: return weight == .int8 || weight == .uint8 ? .int8 : .fp32
    }
  }
}
