/// A tensor on its way through the graph: its shape, its type and, when it is small and constant,
/// what it holds.
final class ONNXTensor {
  enum Origin {
    /// Made by an operation, or handed in.
    case value
    /// Stored in the file under a name.
    case stored(String)
    /// Computed from constants alone, once, before the first run.
    case derived(String, [ONNXTensor])
    /// The same elements as a stored tensor, whose scales come with it.
    case alias(ONNXTensor, [ONNXTensor])
    case sequence([ONNXTensor])
  }

  /// The most elements whose contents are followed.
  static let contentLimit = 4096

  let shape: Shape
  let type: DataType
  let format: StorageFormat
  let origin: Origin
  /// The elements in order, when they are known.
  let contents: [Double]?
  /// Whether its elements are learned, so that they count as parameters.
  var isWeight: Bool
  /// Its place in the workload, once something reads it.
  var id: ValueID?

  init(
    _ shape: Shape, _ type: DataType, _ origin: Origin, contents: [Double]? = nil,
    format: StorageFormat? = nil, isWeight: Bool = false, id: ValueID? = nil
  ) {
    self.shape = shape
    self.type = type
    self.format = format ?? StorageFormat(type)
    self.origin = origin
    // A list that is not as long as the shape says is none.
    self.contents = contents.flatMap { Double($0.count) == shape.elements ? $0 : nil }
    self.isWeight = isWeight
    self.id = id
  }

  var rank: Int { shape.rank }

  /// Known before the first run.
  var isConstant: Bool {
    switch origin {
    case .value: false
    case .stored, .derived, .alias: true
    case .sequence(let elements): elements.allSatisfy(\.isConstant)
    }
  }

  var integers: [Int]? { contents.map { $0.map(whole) } }
}

extension DataType {
  /// The type with the code of `TensorProto.DataType`.
  init?(onnx code: Int) {
    switch code {
    case 1: self = .float32
    case 2: self = .uint8
    case 3: self = .int8
    case 4: self = .uint16
    case 5: self = .int16
    case 6: self = .int32
    case 7: self = .int64
    case 8: self = .text
    case 9: self = .boolean
    case 10: self = .float16
    case 11: self = .float64
    case 12: self = .uint32
    case 13: self = .uint64
    case 14: self = .complex64
    case 15: self = .complex128
    case 16: self = .bfloat16
    // The six-bit types are stored in eight.
    case 17...20, 24, 27, 28: self = .float8
    case 21, 22: self = .int4
    case 23: self = .float4
    case 25, 26: self = .int2
    default: return nil
    }
  }

  /// Small enough to be a weight in a quantised network.
  var isQuantized: Bool {
    switch self {
    case .int8, .uint8, .int4, .int2, .int16, .uint16: true
    default: false
    }
  }
}
