/// Copies an ONNX message without what a count does not need: weights, texts, unknown fields.
///
/// Only the lengths of what is left out are read, so that a model of gigabytes costs a few pages.
/// What is copied is bounded in size, number of messages and depth, whatever the file says.
struct ONNXPruner {
  /// Payload of a tensor that is kept: shapes, axes, scales of a resize.
  static let payloadLimit = 4096
  static let nameLimit = 1 << 16
  static let listLimit = 1 << 20
  static let outputLimit = 1 << 26
  static let messageLimit = 2_000_000
  static let depthLimit = 60

  private enum Message {
    case model, operatorSet, function, graph, node, attribute, tensor, sparseTensor, entry
    case valueInfo, type, tensorType, shape, dimension
  }

  private enum Field {
    case number
    /// Refused when longer than `nameLimit`.
    case name
    /// Left out when longer than a limit.
    case payload(limit: Int)
    case message(Message)
  }

  private let file: String
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var output: [UInt8] = []
  private var messages = 0
  private var place: [(name: StaticString, index: Int32)] = []

  static func prune(_ bytes: UnsafeRawBufferPointer, file: String) throws(WorkloadError) -> [UInt8]
  {
    var pruner = ONNXPruner(file: file, bytes: bytes)
    pruner.output.reserveCapacity(min(bytes.count, 1 << 18))
    try pruner.copy(until: bytes.count, as: .model)
    return pruner.output
  }

  private init(file: String, bytes: UnsafeRawBufferPointer) {
    self.file = file
    self.bytes = bytes
  }

  // MARK: - Copying

  private mutating func copy(until end: Int, as message: Message) throws(WorkloadError) {
    messages += 1
    guard messages <= Self.messageLimit else {
      throw failure("more than \(Self.messageLimit) parts")
    }
    guard place.count < Self.depthLimit else { throw failure("nested too deeply") }
    var seen = InlineArray<32, Int32>(repeating: 0)
    var omitted = 0
    var kept = 0
    while position < end {
      let start = position
      let tag = try varint(until: end)
      let body = position
      let number = Int(truncatingIfNeeded: tag >> 3)
      guard number > 0, tag >> 3 < 1 << 29 else { throw failure("a field without a number") }
      let field = Self.field(number, of: message)
      if let field {
        place.append((field.name, seen[min(number, 31)]))
        seen[min(number, 31)] &+= 1
      }
      switch tag & 7 {
      case 0: _ = try varint(until: end)
      case 1: try skip(8, until: end)
      case 5: try skip(4, until: end)
      case 2:
        let length = try varint(until: end)
        guard length <= UInt64(end - position) else {
          throw failure("a length of \(length) reaches past the end at byte \(start)")
        }
        let count = Int(length)
        switch field?.kind {
        case .message(let child):
          output.append(contentsOf: bytes[start..<body])
          let gap = output.count
          // Five bytes hold every length; the decoder takes the long form too.
          output.append(contentsOf: [0, 0, 0, 0, 0])
          try copy(until: position + count, as: child)
          patch(gap)
          place.removeLast()
          continue
        case .name:
          guard count <= Self.nameLimit else { throw failure("a name of \(count) bytes") }
          position += count
        case .payload(let limit):
          position += count
          if count > limit {
            if message == .tensor, number == 9 { omitted += count }
            place.removeLast()
            continue
          }
        case .number:
          // Packed numbers.
          guard count <= Self.listLimit else { throw failure("a list of \(count) bytes") }
          position += count
        case nil:
          position += count
        }
      default: throw failure("a wire type of \(tag & 7) at byte \(start)")
      }
      guard let field else { continue }
      if message == .tensor, case .payload(let limit) = field.kind {
        // Numbers may stand one by one, each with a tag.
        kept += position - start
        guard kept <= limit + 16 else {
          place.removeLast()
          continue
        }
      }
      guard output.count < Self.outputLimit else {
        throw failure("more than \(Self.outputLimit >> 20) MiB of structure")
      }
      output.append(contentsOf: bytes[start..<position])
      place.removeLast()
    }
    if message == .tensor, omitted > 0 {
      append(1000 << 3)
      append(UInt64(omitted))
    }
  }

  private mutating func append(_ number: UInt64) {
    var rest = number
    while rest > 0x7f {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(rest))
  }

  private mutating func patch(_ gap: Int) {
    var length = output.count - gap - 5
    for place in 0..<5 {
      output[gap + place] = UInt8(length & 0x7f) | (place < 4 ? 0x80 : 0)
      length >>= 7
    }
  }

  private mutating func skip(_ count: Int, until end: Int) throws(WorkloadError) {
    guard end - position >= count else { throw failure("it ends within a number") }
    position += count
  }

  private mutating func varint(until end: Int) throws(WorkloadError) -> UInt64 {
    var result: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 70 {
      guard position < end else { throw failure("it ends within a number") }
      let byte = bytes[position]
      position += 1
      result |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return result }
      shift += 7
    }
    throw failure("a number of more than ten bytes at byte \(position - 10)")
  }

  private func failure(_ problem: String) -> WorkloadError {
    let path = place.map { "\($0.name)[\($0.index)]" }.joined(separator: ".")
    return .malformed(
      file: file, place: path.isEmpty ? "not an ONNX model" : path, problem: problem)
  }

  // MARK: - Schema

  private static func field(_ number: Int, of message: Message)
    -> (name: StaticString, kind: Field)?
  {
    switch (message, number) {
    case (.model, 1): ("ir_version", .number)
    case (.model, 2): ("producer_name", .name)
    case (.model, 3): ("producer_version", .name)
    case (.model, 7): ("graph", .message(.graph))
    case (.model, 8): ("opset_import", .message(.operatorSet))
    case (.model, 25): ("functions", .message(.function))
    case (.operatorSet, 1): ("domain", .name)
    case (.operatorSet, 2): ("version", .number)
    case (.function, 1): ("name", .name)
    case (.function, 4): ("input", .name)
    case (.function, 5): ("output", .name)
    case (.function, 6): ("attribute", .name)
    case (.function, 7): ("node", .message(.node))
    case (.function, 10): ("domain", .name)
    case (.function, 11): ("attribute_proto", .message(.attribute))
    case (.function, 13): ("overload", .name)
    case (.graph, 1): ("node", .message(.node))
    case (.graph, 2): ("name", .name)
    case (.graph, 5): ("initializer", .message(.tensor))
    case (.graph, 11): ("input", .message(.valueInfo))
    case (.graph, 12): ("output", .message(.valueInfo))
    case (.graph, 13): ("value_info", .message(.valueInfo))
    case (.graph, 15): ("sparse_initializer", .message(.sparseTensor))
    case (.node, 1): ("input", .name)
    case (.node, 2): ("output", .name)
    case (.node, 3): ("name", .name)
    case (.node, 4): ("op_type", .name)
    case (.node, 5): ("attribute", .message(.attribute))
    case (.node, 7): ("domain", .name)
    case (.node, 8): ("overload", .name)
    case (.attribute, 1): ("name", .name)
    case (.attribute, 2): ("f", .number)
    case (.attribute, 3): ("i", .number)
    case (.attribute, 4): ("s", .payload(limit: nameLimit))
    case (.attribute, 5): ("t", .message(.tensor))
    case (.attribute, 6): ("g", .message(.graph))
    case (.attribute, 7): ("floats", .payload(limit: listLimit))
    case (.attribute, 8): ("ints", .payload(limit: listLimit))
    case (.attribute, 9): ("strings", .payload(limit: nameLimit))
    case (.attribute, 20): ("type", .number)
    case (.attribute, 21): ("ref_attr_name", .name)
    case (.attribute, 22): ("sparse_tensor", .message(.sparseTensor))
    case (.tensor, 1): ("dims", .number)
    case (.tensor, 2): ("data_type", .number)
    case (.tensor, 4): ("float_data", .payload(limit: payloadLimit))
    case (.tensor, 5): ("int32_data", .payload(limit: payloadLimit))
    case (.tensor, 7): ("int64_data", .payload(limit: payloadLimit))
    case (.tensor, 8): ("name", .name)
    case (.tensor, 9): ("raw_data", .payload(limit: payloadLimit))
    case (.tensor, 10): ("double_data", .payload(limit: payloadLimit))
    case (.tensor, 11): ("uint64_data", .payload(limit: payloadLimit))
    case (.tensor, 13): ("external_data", .message(.entry))
    case (.tensor, 14): ("data_location", .number)
    case (.sparseTensor, 1): ("values", .message(.tensor))
    case (.sparseTensor, 2): ("indices", .message(.tensor))
    case (.sparseTensor, 3): ("dims", .number)
    case (.entry, 1): ("key", .name)
    case (.entry, 2): ("value", .name)
    case (.valueInfo, 1): ("name", .name)
    case (.valueInfo, 2): ("type", .message(.type))
    case (.type, 1): ("tensor_type", .message(.tensorType))
    case (.tensorType, 1): ("elem_type", .number)
    case (.tensorType, 2): ("shape", .message(.shape))
    case (.shape, 1): ("dim", .message(.dimension))
    case (.dimension, 1): ("dim_value", .number)
    case (.dimension, 2): ("dim_param", .name)
    default: nil
    }
  }
}
