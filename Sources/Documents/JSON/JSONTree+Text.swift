extension JSONTree {
  /// The tree for people: what fits a line of `width` stands on one, except that each object of a list
  /// has its own; everything else is broken into its members.
  public func text(width: Int = 100) -> String {
    var lines = ""
    write(to: &lines, indentation: 0, width: width, before: 0, after: 0)
    return lines
  }

  /// The tree on one line, without spaces.
  public var line: String {
    var text = ""
    write(to: &text, isTight: true)
    return text
  }

  /// A number that reads back the same: `1000` up to six characters, beyond them the shorter of
  /// `6291456` and `9.36e11`.
  public static func numeral(_ number: Double) -> String {
    guard number.isFinite else { return "\(number)" }
    // The shortest digits that mean this number, without their point and exponent.
    let plain = "\(abs(number))".lowercased()
    let halves = plain.split(separator: "e")
    let parts = halves[0].split(separator: ".")
    var digits = String(parts[0]) + (parts.count > 1 && parts[1] != "0" ? String(parts[1]) : "")
    var exponent = (halves.count > 1 ? Int(halves[1]) ?? 0 : 0) + parts[0].count
    while digits.first == "0", digits.count > 1 {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.last == "0", digits.count > 1 { digits.removeLast() }
    let sign = number.sign == .minus && number != 0 ? "-" : ""
    guard digits != "0" else { return "0" }
    // The number is 0.digits · 10^exponent.
    let long =
      exponent <= 0
      ? "0." + String(repeating: "0", count: min(400, -exponent)) + digits
      : exponent >= digits.count
        ? digits + String(repeating: "0", count: exponent - digits.count)
        : String(digits.prefix(exponent)) + "." + digits.dropFirst(exponent)
    let short =
      String(digits.prefix(1)) + (digits.count > 1 ? "." + digits.dropFirst() : "")
      + "e\(exponent - 1)"
    return sign + (long.count > 6 && short.count < long.count ? short : long)
  }

  // MARK: - Writing

  private func write(
    to text: inout String, indentation: Int, width: Int, before: Int, after: Int
  ) {
    var flat = ""
    write(to: &flat, isTight: false)
    // The outermost object stands broken: its members are the document's table of contents.
    let isOutermost = indentation == 0
    let fits = indentation + before + flat.count + after <= width && !holdsObjects
    let margin = String(repeating: " ", count: indentation + 2)
    switch self {
    case .list(let elements) where !fits && !elements.isEmpty:
      text += "["
      for (index, element) in elements.enumerated() {
        text += (index == 0 ? "\n" : ",\n") + margin
        element.write(to: &text, indentation: indentation + 2, width: width, before: 0, after: 1)
      }
      text += "\n" + margin.dropLast(2) + "]"
    case .object(let members) where (!fits || isOutermost) && !members.isEmpty:
      text += "{"
      for (index, member) in members.enumerated() {
        let key = Self.literal(member.key) + ": "
        text += (index == 0 ? "\n" : ",\n") + margin + key
        member.value.write(
          to: &text, indentation: indentation + 2, width: width, before: key.count, after: 1)
      }
      text += "\n" + margin.dropLast(2) + "}"
    default: text += flat
    }
  }

  private var holdsObjects: Bool {
    guard case .list(let elements) = self else { return false }
    return elements.contains { if case .object = $0 { true } else { false } }
  }

  private func write(to text: inout String, isTight: Bool) {
    switch self {
    case .null: text += "null"
    case .boolean(let flag): text += flag ? "true" : "false"
    case .number(let number): text += Self.numeral(number)
    case .text(let content): text += Self.literal(content)
    case .list(let elements):
      text += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { text += isTight ? "," : ", " }
        element.write(to: &text, isTight: isTight)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += isTight ? "," : ", " }
        text += Self.literal(member.key) + (isTight ? ":" : ": ")
        member.value.write(to: &text, isTight: isTight)
      }
      text += "}"
    }
  }

  private static func literal(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      case "\u{0}"..<"\u{20}", "\u{7F}":
        let digits = String(scalar.value, radix: 16)
        literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: literal.unicodeScalars.append(scalar)
      }
    }
    return literal + "\""
  }
}
