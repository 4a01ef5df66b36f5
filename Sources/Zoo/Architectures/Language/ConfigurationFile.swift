import Foundation
import Workloads

/// A `config.json` as it is published with a network, read key by key.
///
/// Every number is checked when it is read, and what is wrong is told with its file and key.
struct ConfigurationFile: Sendable {
  let path: String
  /// `text_config`, with a point behind; empty at the top.
  private let prefix: String
  private let members: [String: JSONValue]

  static let byteLimit = 16 << 20

  /// - Throws: `WorkloadError.malformed`.
  init(path: String) throws(WorkloadError) {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw .malformed(file: path, place: "", problem: "cannot be read")
    }
    defer { try? handle.close() }
    guard let data = try? handle.read(upToCount: Self.byteLimit + 1) else {
      throw .malformed(file: path, place: "", problem: "cannot be read")
    }
    try self.init(data: data, path: path)
  }

  init(data: Data, path: String) throws(WorkloadError) {
    guard data.count <= Self.byteLimit else {
      throw .malformed(
        file: path, place: "", problem: "larger than \(Self.byteLimit >> 20) MiB, not a config.json"
      )
    }
    let value: JSONValue
    do {
      value = try JSONDecoder().decode(JSONValue.self, from: Self.withoutSpecialNumbers(data))
    } catch {
      throw .malformed(file: path, place: "", problem: "is not JSON")
    }
    guard case .object(let members) = value else {
      throw .malformed(file: path, place: "", problem: "holds no JSON object")
    }
    self.init(path: path, prefix: "", members: members)
  }

  /// The text with `null` for `Infinity` and `NaN`, which Python writes and JSON does not know.
  private static func withoutSpecialNumbers(_ data: Data) -> Data {
    let words = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }
    let bytes = [UInt8](data)
    guard words.contains(where: { word in bytes.contains(word[word.count - 1]) }) else {
      return data
    }
    var result = Data()
    result.reserveCapacity(bytes.count)
    var isText = false
    var place = 0
    while place < bytes.count {
      let byte = bytes[place]
      if isText, byte == UInt8(ascii: "\\"), place + 1 < bytes.count {
        result.append(byte)
        place += 1
      } else if byte == UInt8(ascii: "\"") {
        isText.toggle()
      } else if !isText, let word = words.first(where: { bytes[place...].starts(with: $0) }) {
        result.append(contentsOf: Array("null".utf8))
        place += word.count
        continue
      }
      result.append(bytes[place])
      place += 1
    }
    return result
  }

  init(path: String, prefix: String, members: [String: JSONValue]) {
    self.path = path
    self.prefix = prefix
    self.members = members
  }

  // MARK: - Reading

  func has(_ key: String) -> Bool {
    switch members[key] {
    case nil, .null: false
    default: true
    }
  }

  var keys: [String] { members.keys.sorted() }

  /// The object under `key`.
  ///
  /// - Parameter inherited: keys that it takes from here where it has none of its own.
  func section(
    _ key: String, inheriting inherited: [String] = []
  ) throws(WorkloadError) -> ConfigurationFile? {
    guard has(key), let value = members[key] else { return nil }
    guard case .object(var inner) = value else { throw wrong(key, value, "an object") }
    for name in inherited where inner[name] == nil { inner[name] = members[name] }
    return ConfigurationFile(path: path, prefix: prefix + key + ".", members: inner)
  }

  /// The same file with what its family leaves out because it is usual.
  func completed(with usual: [String: JSONValue]) -> ConfigurationFile {
    ConfigurationFile(
      path: path, prefix: prefix, members: members.merging(usual) { own, _ in own })
  }

  /// A whole number in `allowed`.
  func integer(
    _ key: String, in allowed: ClosedRange<Int> = 1...10_000_000
  ) throws(WorkloadError) -> Int {
    guard let value = try optionalInteger(key, in: allowed) else {
      throw .malformed(
        file: path, place: prefix + key,
        problem: "is missing; a whole number between \(allowed.lowerBound) and "
          + "\(allowed.upperBound) is needed")
    }
    return value
  }

  func integer(
    _ key: String, default standard: Int, in allowed: ClosedRange<Int> = 1...10_000_000
  ) throws(WorkloadError) -> Int {
    try optionalInteger(key, in: allowed) ?? standard
  }

  func optionalInteger(
    _ key: String, in allowed: ClosedRange<Int> = 1...10_000_000
  ) throws(WorkloadError) -> Int? {
    guard has(key), let value = members[key] else { return nil }
    guard case .number(let number) = value, let whole = Int(exactly: number),
      allowed.contains(whole)
    else {
      throw wrong(
        key, value, "a whole number between \(allowed.lowerBound) and \(allowed.upperBound)")
    }
    return whole
  }

  /// The first of several names under which one number is published.
  func integer(
    anyOf keys: [String], in allowed: ClosedRange<Int> = 1...10_000_000
  ) throws(WorkloadError) -> Int {
    for key in keys where has(key) { return try integer(key, in: allowed) }
    return try integer(keys[0], in: allowed)
  }

  func number(_ key: String, default standard: Double) throws(WorkloadError) -> Double {
    guard has(key), let value = members[key] else { return standard }
    guard case .number(let number) = value, number.isFinite else {
      throw wrong(key, value, "a number")
    }
    return number
  }

  func flag(_ key: String, default standard: Bool) throws(WorkloadError) -> Bool {
    guard has(key), let value = members[key] else { return standard }
    guard case .boolean(let flag) = value else { throw wrong(key, value, "true or false") }
    return flag
  }

  func text(_ key: String) throws(WorkloadError) -> String? {
    guard has(key), let value = members[key] else { return nil }
    guard case .text(let text) = value else { throw wrong(key, value, "a text") }
    return text
  }

  func texts(_ key: String) throws(WorkloadError) -> [String]? {
    guard let values = try array(key) else { return nil }
    var texts: [String] = []
    for (index, value) in values.enumerated() {
      guard case .text(let text) = value else { throw wrong("\(key)[\(index)]", value, "a text") }
      texts.append(text)
    }
    return texts
  }

  func integers(
    _ key: String, in allowed: ClosedRange<Int> = 0...10_000_000
  ) throws(WorkloadError) -> [Int]? {
    guard let values = try array(key) else { return nil }
    var numbers: [Int] = []
    for (index, value) in values.enumerated() {
      guard case .number(let number) = value, let whole = Int(exactly: number),
        allowed.contains(whole)
      else {
        throw wrong(
          "\(key)[\(index)]", value,
          "a whole number between \(allowed.lowerBound) and \(allowed.upperBound)")
      }
      numbers.append(whole)
    }
    return numbers
  }

  func sections(_ key: String) throws(WorkloadError) -> [ConfigurationFile]? {
    guard let values = try array(key) else { return nil }
    var result: [ConfigurationFile] = []
    for (index, value) in values.enumerated() {
      guard case .object(let inner) = value else {
        throw wrong("\(key)[\(index)]", value, "an object")
      }
      result.append(
        ConfigurationFile(path: path, prefix: "\(prefix)\(key)[\(index)].", members: inner))
    }
    return result
  }

  /// Whether `key` holds a list; some families publish one number or one for each layer.
  func isArray(_ key: String) -> Bool {
    if case .array = members[key] { return true }
    return false
  }

  private func array(_ key: String) throws(WorkloadError) -> [JSONValue]? {
    guard has(key), let value = members[key] else { return nil }
    guard case .array(let values) = value else { throw wrong(key, value, "a list") }
    return values
  }

  // MARK: - Errors

  private func wrong(_ key: String, _ value: JSONValue, _ allowed: String) -> WorkloadError {
    .malformed(
      file: path, place: prefix + key, problem: "is \(value.excerpt); \(allowed) is allowed")
  }

  func wrong(_ key: String, _ problem: String) -> WorkloadError {
    .malformed(file: path, place: prefix + key, problem: problem)
  }

  /// A kind of layer that no rule here counts.
  func refuse(_ key: String, _ found: String, known: [String]) -> WorkloadError {
    .unsupported(
      file: path,
      problem:
        "\(prefix)\(key): '\(found.prefix(60))' is a kind that cannot be counted; known here: "
        + known.joined(separator: ", "))
  }
}

/// Any JSON.
enum JSONValue: Decodable, Sendable {
  case null
  case boolean(Bool)
  case number(Double)
  case text(String)
  case array([JSONValue])
  case object([String: JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let flag = try? container.decode(Bool.self) {
      self = .boolean(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let members = try? container.decode([String: JSONValue].self) {
      self = .object(members)
    } else {
      self = .array(try container.decode([JSONValue].self))
    }
  }

  /// As much of it as fits a message.
  var excerpt: String {
    switch self {
    case .null: "null"
    case .boolean(let flag): "\(flag)"
    case .number(let number):
      number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    case .text(let text): "'\(text.prefix(40))'"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension ConfigurationFile {
  /// The same file with other values for some keys.
  func with(_ changes: [String: JSONValue]) -> ConfigurationFile {
    ConfigurationFile(
      path: path, prefix: prefix, members: members.merging(changes) { _, changed in changed })
  }
}
