/// What a small tensor in the file holds.
extension ONNXTensorProto {
  /// nil when it was left out, lies elsewhere, or is no list of `count` numbers.
  func contents(count: Int, external: (ONNXTensorProto) -> [UInt8]?) -> [Double]? {
    guard count >= 0, count <= ONNXTensor.contentLimit else { return nil }
    if count == 0 { return [] }
    if dataLocation == 1 {
      return external(self).flatMap { numbers($0, count) }
    }
    if !rawData.isEmpty { return numbers([UInt8](rawData), count) }
    let list: [Double]
    switch dataType {
    case 1: list = floatData.map(Double.init)
    case 2, 3, 4, 5, 6, 9: list = int32Data.map(Double.init)
    case 10, 16:
      let isHalf = dataType == 10
      list = int32Data.map { Self.half(UInt16(truncatingIfNeeded: $0), isHalf: isHalf) }
    case 7: list = int64Data.map(Double.init)
    case 11: list = doubleData
    case 12, 13: list = uint64Data.map(Double.init)
    default: return nil
    }
    return list.count == count ? list : nil
  }

  private func numbers(_ bytes: [UInt8], _ count: Int) -> [Double]? {
    func each<Number>(_: Number.Type, _ convert: (Number) -> Double) -> [Double]? {
      let size = MemoryLayout<Number>.size
      guard bytes.count == count * size else { return nil }
      return bytes.withUnsafeBytes { raw in
        (0..<count).map { convert(raw.loadUnaligned(fromByteOffset: $0 * size, as: Number.self)) }
      }
    }
    switch dataType {
    case 1: return each(Float.self) { Double($0) }
    case 2, 9: return each(UInt8.self) { Double($0) }
    case 3: return each(Int8.self) { Double($0) }
    case 4: return each(UInt16.self) { Double($0) }
    case 5: return each(Int16.self) { Double($0) }
    case 6: return each(Int32.self) { Double($0) }
    case 7: return each(Int64.self) { Double($0) }
    case 10: return each(UInt16.self) { Self.half($0, isHalf: true) }
    case 16: return each(UInt16.self) { Self.half($0, isHalf: false) }
    case 11: return each(Double.self) { $0 }
    case 12: return each(UInt32.self) { Double($0) }
    case 13: return each(UInt64.self) { Double($0) }
    default: return nil
    }
  }

  /// A half-precision number, or the upper half of a single-precision one (bfloat16).
  private static func half(_ bits: UInt16, isHalf: Bool) -> Double {
    guard isHalf else { return Double(Float(bitPattern: UInt32(bits) << 16)) }
    let sign = bits & 0x8000 == 0 ? 1.0 : -1.0
    let exponent = Int(bits >> 10 & 0x1f)
    let fraction = Double(bits & 0x3ff) / 1024
    switch exponent {
    case 0: return sign * fraction * 0x1p-14
    case 31: return fraction == 0 ? sign * .infinity : .nan
    default:
      return sign * (1 + fraction) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
    }
  }
}

/// Bytes of tensors that lie in files beside the model.
final class ONNXExternalData {
  private let folder: String
  private var files: [String: MappedFile] = [:]

  init(model path: String) {
    folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  /// nil unless they are few and lie inside a file below the model's folder.
  func bytes(_ tensor: ONNXTensorProto) -> [UInt8]? {
    var location = ""
    var offset = 0
    var length: Int?
    for entry in tensor.externalData {
      switch entry.key {
      case "location": location = entry.value
      case "offset": offset = Int(entry.value) ?? -1
      case "length": length = Int(entry.value)
      default: break
      }
    }
    let isBelow =
      !location.isEmpty && !location.hasPrefix("/") && !location.utf8.contains(0)
      && !location.split(separator: "/").contains("..")
    guard isBelow, offset >= 0, let length, length > 0, length <= ONNXPruner.payloadLimit else {
      return nil
    }
    if files[location] == nil { files[location] = try? MappedFile(path: folder + location) }
    guard let bytes = files[location]?.bytes, offset <= bytes.count,
      length <= bytes.count - offset
    else { return nil }
    return [UInt8](bytes[offset..<offset + length])
  }
}
