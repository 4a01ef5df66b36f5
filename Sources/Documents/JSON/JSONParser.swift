/// Reads JSON (RFC 8259) and nothing else: no comments, no commas too many, no key twice, no number
/// that a `Double` cannot hold.
struct JSONParser {
  private let bytes: ArraySlice<UInt8>
  private let limits: JSONLimits
  private var place: Int
  private var depth = 0
  private var values = 0

  init(_ bytes: ArraySlice<UInt8>, limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
    place = bytes.startIndex
    // A byte order mark, as some editors write it.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place += 3 }
  }

  mutating func document() throws(JSONSyntaxError) -> JSONTree {
    let tree = try value()
    skipSpace()
    if let byte = next { throw expected("the end", not: byte) }
    return tree
  }

  // MARK: - Values

  private mutating func value() throws(JSONSyntaxError) -> JSONTree {
    skipSpace()
    values += 1
    guard values <= limits.values else { throw .limit("more than \(limits.values) values") }
    switch next {
    case UInt8(ascii: "{"):
      return try nested { parser throws(JSONSyntaxError) in try parser.object() }
    case UInt8(ascii: "["):
      return try nested { parser throws(JSONSyntaxError) in try parser.list() }
    case UInt8(ascii: "\""): return .text(try text())
    case UInt8(ascii: "-"), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
      return .number(try number())
    default: break
    }
    for (word, tree) in Self.words where bytes[place...].starts(with: word.utf8) {
      place += word.utf8.count
      return tree
    }
    guard let next else { throw expected("a value") }
    throw expected("a value", not: next)
  }

  private static let words: [(String, JSONTree)] = [
    ("true", .boolean(true)), ("false", .boolean(false)), ("null", .null),
  ]

  private mutating func nested(
    _ read: (inout JSONParser) throws(JSONSyntaxError) -> JSONTree
  ) throws(JSONSyntaxError) -> JSONTree {
    depth += 1
    guard depth <= limits.depth else {
      throw .limit("brackets are nested more than \(limits.depth) deep")
    }
    place += 1
    let tree = try read(&self)
    depth -= 1
    return tree
  }

  private mutating func object() throws(JSONSyntaxError) -> JSONTree {
    var members: [JSONTree.Member] = []
    var keys = KeySet()
    skipSpace()
    if take("}") { return .object(members) }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else {
        throw next == UInt8(ascii: "}") ? commaTooMany : expected("a key in double quotes")
      }
      let start = place
      let key = try text()
      guard keys.insert(key) else {
        place = start
        throw failure("the key \(quoted(key)) stands twice")
      }
      skipSpace()
      guard take(":") else { throw expected("':'") }
      members.append(.init(key, try value()))
      skipSpace()
      if take("}") { return .object(members) }
      guard take(",") else { throw expected("',' or '}'") }
    }
  }

  private mutating func list() throws(JSONSyntaxError) -> JSONTree {
    var elements: [JSONTree] = []
    skipSpace()
    if take("]") { return .list(elements) }
    while true {
      skipSpace()
      if next == UInt8(ascii: "]") { throw commaTooMany }
      elements.append(try value())
      skipSpace()
      if take("]") { return .list(elements) }
      guard take(",") else { throw expected("',' or ']'") }
    }
  }

  private mutating func number() throws(JSONSyntaxError) -> Double {
    let start = place
    _ = take("-")
    let first = place
    skipDigits()
    let hasLeadingZero = place - first > 1 && bytes[first] == UInt8(ascii: "0")
    guard place > first, !hasLeadingZero else {
      place = start
      throw failure("a number starts wrongly")
    }
    if take(".") {
      let fraction = place
      skipDigits()
      guard place > fraction else { throw expected("a digit") }
    }
    if take("e") || take("E") {
      if !take("+") { _ = take("-") }
      let exponent = place
      skipDigits()
      guard place > exponent else { throw expected("a digit") }
    }
    guard let number = Double(String(decoding: bytes[start..<place], as: UTF8.self)),
      number.isFinite
    else {
      place = start
      throw failure("a number is too large")
    }
    return number
  }

  // MARK: - Texts

  private mutating func text() throws(JSONSyntaxError) -> String {
    let start = place
    place += 1
    var plain = place
    var decoded: [UInt8] = []
    var isASCII = true
    while true {
      guard let byte = next else {
        place = start
        throw failure("a text does not end")
      }
      switch byte {
      case UInt8(ascii: "\""):
        let rest = bytes[plain..<place]
        place += 1
        if decoded.isEmpty, isASCII { return String(decoding: rest, as: UTF8.self) }
        decoded.append(contentsOf: rest)
        guard let text = String(validating: decoded, as: UTF8.self) else {
          place = start
          throw failure("a text is not UTF-8")
        }
        return text
      case UInt8(ascii: "\\"):
        decoded.append(contentsOf: bytes[plain..<place])
        place += 1
        decoded.append(contentsOf: try escaped().utf8)
        plain = place
      case 0..<0x20: throw failure("a line break or tab in a text is written \\n or \\t")
      default:
        if byte >= 0x80 { isASCII = false }
        place += 1
      }
    }
  }

  private static let escapes: [UInt8: Unicode.Scalar] = [
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/",
    UInt8(ascii: "b"): "\u{08}", UInt8(ascii: "f"): "\u{0C}", UInt8(ascii: "n"): "\n",
    UInt8(ascii: "r"): "\r", UInt8(ascii: "t"): "\t",
  ]

  /// What stands behind a backslash.
  private mutating func escaped() throws(JSONSyntaxError) -> Character {
    guard let byte = next else { throw expected("an escape") }
    if let scalar = Self.escapes[byte] {
      place += 1
      return Character(scalar)
    }
    guard take("u") else { throw failure("there is no escape '\\\(shown(byte))'") }
    var code = try hexadecimal()
    // A character beyond 16 bits is written as two halves.
    if 0xD800..<0xDC00 ~= code, take("\\"), take("u") {
      let low = try hexadecimal()
      guard 0xDC00..<0xE000 ~= low else { throw failure("half a character in an escape") }
      code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw failure("half a character in an escape") }
    return Character(scalar)
  }

  private mutating func hexadecimal() throws(JSONSyntaxError) -> UInt32 {
    let digits = bytes[place...].prefix(4)
    guard digits.count == 4,
      digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw failure("an escape \\u has four hexadecimal digits") }
    place += 4
    return code
  }

  // MARK: - Bytes

  private var next: UInt8? { place < bytes.endIndex ? bytes[place] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      place += 1
    }
  }

  private mutating func skipDigits() {
    while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { place += 1 }
  }

  // MARK: - Failures

  private func failure(_ problem: String) -> JSONSyntaxError {
    let before = bytes[..<place]
    let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? bytes.startIndex
    let line = before.reduce(1) { $0 + ($1 == 0x0A ? 1 : 0) }
    return .syntax(line: line, column: place - lineStart + 1, problem: problem)
  }

  private var commaTooMany: JSONSyntaxError { failure("the comma before this bracket is too many") }

  private func expected(_ what: String) -> JSONSyntaxError {
    next.map { expected(what, not: $0) } ?? failure("\(what) is expected; the text ends here")
  }

  private func expected(_ what: String, not byte: UInt8) -> JSONSyntaxError {
    failure("\(what) is expected, not '\(shown(byte))'")
  }

  private func shown(_ byte: UInt8) -> String {
    0x20..<0x7F ~= byte ? String(UnicodeScalar(byte)) : "byte \(byte)"
  }
}

/// The keys of an object: most have a few, which are found faster one by one than by hashing.
private struct KeySet {
  private var few: [String] = []
  private var many: Set<String> = []

  /// Whether the key is new.
  mutating func insert(_ key: String) -> Bool {
    if few.count < 24 {
      guard !few.contains(key) else { return false }
      few.append(key)
      return true
    }
    return !few.contains(key) && many.insert(key).inserted
  }
}

extension JSONTree {
  /// The one value of a JSON text.
  ///
  /// - Throws: `JSONSyntaxError` with line and column, or the limit that was passed.
  public init(parsing bytes: ArraySlice<UInt8>, limits: JSONLimits) throws(JSONSyntaxError) {
    guard bytes.count <= limits.bytes else {
      throw .limit("more than \(limits.bytes >> 20) MiB of text")
    }
    var parser = JSONParser(bytes, limits: limits)
    self = try parser.document()
  }
}
