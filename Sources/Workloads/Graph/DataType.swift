/// How one element of a tensor is stored.
public enum DataType: String, CaseIterable, Hashable, Sendable {
  case float64 = "fp64"
  case float32 = "fp32"
  case tensorFloat32 = "tf32"
  case float16 = "fp16"
  case bfloat16 = "bf16"
  case float8 = "fp8"
  case float4 = "fp4"
  case int64, uint64, int32, uint32, int16, uint16, int8, uint8, int4, int2
  case boolean = "bool"
  case complex64, complex128
  case text = "string"

  /// Bits of one element, without the scales of a quantised format (see `StorageFormat`).
  public var bits: Double {
    switch self {
    case .complex128: 128
    case .float64, .int64, .uint64, .complex64: 64
    case .float32, .tensorFloat32, .int32, .uint32: 32
    case .float16, .bfloat16, .int16, .uint16: 16
    case .float8, .int8, .uint8, .boolean: 8
    case .float4, .int4: 4
    case .int2: 2
    case .text: 0
    }
  }

  /// Whether it holds fractions, so that a gradient can flow through it.
  public var isFloating: Bool {
    switch self {
    case .float64, .float32, .tensorFloat32, .float16, .bfloat16, .float8, .float4, .complex64,
      .complex128:
      true
    default: false
    }
  }
}

/// A data type with what its scales add: block-quantised weights carry one scale for a group.
///
/// ```
/// bits per element = bits(type) + scale bits / group size
/// ```
public struct StorageFormat: Hashable, Sendable {
  public let dataType: DataType
  public let bitsPerElement: Double

  public init(_ dataType: DataType) {
    self.dataType = dataType
    self.bitsPerElement = dataType.bits
  }

  public init(_ dataType: DataType, scaleBits: Double, groupSize: Double) {
    self.dataType = dataType
    self.bitsPerElement = dataType.bits + scaleBits / groupSize
  }
}
