import Foundation

/// A place in a JSON text, with the readings that a description of a network needs; every reading
/// that fails says which file, which key and what was expected.
struct JSONNode {
  /// Deeper than any description, and far from what a stack holds.
  static let depthLimit = 64
  static let valueLimit = 2_000_000
  /// Sizes are whole numbers of 32 bits.
  static let sizes = 1...Int(Int32.max)

  let file: String
  /// `operations[2].kernel`
  let path: String
  let value: Any

  /// The outermost value of a JSON text.
  init(parsing bytes: [UInt8], file: String) throws(WorkloadError) {
    try DescriptionFile.check(bytes.count, of: file)
    try Self.checkExtent(bytes, file)
    do {
      value = try JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
    } catch {
      let detail = (error as NSError).userInfo["NSDebugDescription"] as? String
      throw .malformed(
        file: file, place: "",
        problem: "this is not JSON: " + oneLine(detail ?? "it does not end where it should"))
    }
    self.file = file
    path = ""
  }

  private init(_ value: Any, at path: String, in file: String) {
    self.value = value
    self.path = path
    self.file = file
  }

  /// Bounds what the parser is given: nesting by brackets, values by commas and brackets.
  private static func checkExtent(_ bytes: [UInt8], _ file: String) throws(WorkloadError) {
    var depth = 0
    var values = 0
    var isText = false
    var isEscaped = false
    for byte in bytes {
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        values += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ","): values += 1
      default: break
      }
      guard depth <= depthLimit else {
        throw .malformed(
          file: file, place: "", problem: "brackets are nested more than \(depthLimit) deep")
      }
    }
    guard values <= valueLimit else {
      throw .malformed(file: file, place: "", problem: "more than \(valueLimit) values")
    }
  }

  // MARK: - Readings

  func malformed(_ problem: String) -> WorkloadError {
    .malformed(file: file, place: path, problem: problem)
  }

  private func expected(_ what: String) -> WorkloadError {
    malformed("\(what) is expected, not \(kind)")
  }

  private var kind: String {
    switch value {
    case is String: "a text"
    case is [Any]: "a list"
    case is [String: Any]: "an object"
    case is NSNumber: boolean == nil ? "the number \(value)" : "true or false"
    default: "null"
    }
  }

  var isNull: Bool { value is NSNull }

  func object() throws(WorkloadError) -> JSONObject {
    guard let members = value as? [String: Any] else { throw expected("an object") }
    return JSONObject(members, at: self)
  }

  func list() throws(WorkloadError) -> [JSONNode] {
    guard let elements = value as? [Any] else { throw expected("a list") }
    return elements.enumerated().map { JSONNode($1, at: "\(path)[\($0)]", in: file) }
  }

  var isList: Bool { value is [Any] }
  var isText: Bool { value is String }
  var isObject: Bool { value is [String: Any] }

  func text() throws(WorkloadError) -> String {
    guard let text = value as? String else { throw expected("a text") }
    return text
  }

  func flag() throws(WorkloadError) -> Bool {
    guard let flag = boolean else { throw expected("true or false") }
    return flag
  }

  func integer(in range: ClosedRange<Int>) throws(WorkloadError) -> Int {
    guard boolean == nil, let number = value as? NSNumber else { throw expected("a number") }
    guard let whole = Int(exactly: number.doubleValue), range.contains(whole) else {
      throw malformed(
        "\(number) is not a whole number between \(range.lowerBound) and \(range.upperBound)")
    }
    return whole
  }

  /// One of `allowed` by its raw value.
  func choice<Choice: RawRepresentable<String>>(_ allowed: [Choice]) throws(WorkloadError)
    -> Choice
  {
    let text = try text()
    guard let choice = allowed.first(where: { $0.rawValue == text }) else {
      let names = allowed.map(\.rawValue)
      throw malformed(
        "\(quoted(text)) is none of \(names.joined(separator: ", "))"
          + suggestion(for: text, among: names))
    }
    return choice
  }

  /// JSON's `true` and `false` come as numbers of the type `char`; no other number does.
  private var boolean: Bool? {
    guard let number = value as? NSNumber, String(cString: number.objCType) == "c" else {
      return nil
    }
    return number.boolValue
  }

  fileprivate func member(_ key: String, _ value: Any) -> JSONNode {
    JSONNode(value, at: path.isEmpty ? key : path + "." + key, in: file)
  }
}

/// The members of an object, which remembers those it was asked for: the others are not known.
final class JSONObject {
  let node: JSONNode
  private let members: [String: Any]
  private var known: Set<String> = []

  fileprivate init(_ members: [String: Any], at node: JSONNode) {
    self.members = members
    self.node = node
  }

  var keys: [String] { members.keys.sorted() }

  /// nil where the key is missing.
  func optional(_ key: String) -> JSONNode? {
    known.insert(key)
    return members[key].map { node.member(key, $0) }
  }

  func required(_ key: String) throws(WorkloadError) -> JSONNode {
    if let found = optional(key) { return found }
    let near = nearest(to: key)
    throw node.malformed("'\(key)' is missing" + near)
  }

  private func nearest(to key: String) -> String {
    for other in keys where !known.contains(other) && other.utf8.count <= 60 {
      if !suggestion(for: other, among: [key]).isEmpty { return " (there is \(quoted(other)))" }
    }
    return ""
  }

  /// - Throws: where there is a key that nobody asked for.
  func finish() throws(WorkloadError) {
    guard let other = keys.first(where: { !known.contains($0) }) else { return }
    throw node.malformed(
      "there is no key \(quoted(other)) here" + suggestion(for: other, among: known.sorted()))
  }
}

private func oneLine(_ text: String) -> String {
  String(text.prefix(200).map { $0.isNewline ? " " : $0 })
}
