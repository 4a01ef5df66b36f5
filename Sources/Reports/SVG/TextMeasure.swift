/// How wide a line of text will be, without a font at hand: the widths of Helvetica (and of Arial,
/// and of Liberation Sans, which agree with it) for ASCII, an upper estimate for the rest.
package enum TextMeasure {
  /// Thousandths of the size; letters of one width together.
  private static let classes: [(Double, String)] = [
    (191, "'"), (222, "ijl"), (260, "|"), (278, " !,./:;I[\\]ft·"), (333, "()-`r"), (334, "{}"),
    (355, "\""), (389, "*"), (400, "°"), (469, "^"), (500, "Jcksvxyz"),
    (556, "#$0123456789?L_abdeghnopqu–"), (584, "+<=>~×÷±≤≥"), (611, "FTZ"), (667, "&ABEKPSVXY"),
    (722, "CDHNRUw"), (778, "GOQ"), (833, "Mm"), (889, "%"), (944, "W"), (1015, "@"),
  ]
  private static let widths: [Character: Double] = Dictionary(
    uniqueKeysWithValues: classes.flatMap { width, letters in letters.map { ($0, width) } })

  package static func width(_ text: String, size: Double, isBold: Bool = false) -> Double {
    let thousandths = text.reduce(0) { $0 + width($1) }
    return thousandths / 1000 * size * (isBold ? 1.07 : 1)
  }

  private static func width(_ character: Character) -> Double {
    if let known = widths[character] { return known }
    guard let scalar = character.unicodeScalars.first else { return 0 }
    if scalar.value < 0x20 { return 278 }
    return scalar.value < 0x1100 ? 680 : 1050
  }

  /// The rectangle that a line of text covers, from its highest letters to its lowest.
  package static func box(
    _ text: String, x: Double, baseline: Double, size: Double, isBold: Bool = false,
    shift: Double = 0
  ) -> Box {
    let width = width(text, size: size, isBold: isBold)
    return Box(x: x - shift * width, y: baseline - 0.75 * size, width: width, height: 0.97 * size)
  }

  /// Squares along a line of text that is not level: together they cover what it covers.
  package static func boxes(width: Double, size: Double, from start: Position, along: Position)
    -> [Box]
  {
    let side = 0.8 * size
    let count = max(1, Int((width / side).rounded(.up)))
    return (0..<count).map { index in
      let offset = side / 2 + max(0, width - side) * Double(index) / Double(max(1, count - 1))
      // The middle of the letters is above the baseline, at a right angle to it.
      let center = Position(
        start.x + along.x * offset + along.y * 0.35 * size,
        start.y + along.y * offset - along.x * 0.35 * size)
      return Box(x: center.x - side / 2, y: center.y - side / 2, width: side, height: side)
    }
  }

  /// Text that is at most so wide, with `…` in the place of its middle: names differ at their ends.
  package static func shortened(
    _ text: String, toWidth limit: Double, size: Double, isBold: Bool = false
  ) -> String {
    // No letter is narrower than a sixth of the size, so the rest of a very long name is not read.
    let text = shortened(text, to: max(1, Int(min(limit / size, 1000) * 6)))
    if width(text, size: size, isBold: isBold) <= limit { return text }
    let letters = Array(text)
    let room = limit / size * 1000 / (isBold ? 1.07 : 1) - width("…")
    var (head, tail) = (0, 0)
    var used = 0.0
    while head + tail < letters.count {
      let isHead = head <= tail
      let next = width(isHead ? letters[head] : letters[letters.count - 1 - tail])
      if used + next > room { break }
      used += next
      if isHead { head += 1 } else { tail += 1 }
    }
    return letters[..<head] + "…" + letters[(letters.count - tail)...]
  }

  /// Text of at most `count` letters, its middle left out.
  static func shortened(_ text: String, to count: Int) -> String {
    if text.count <= count { return text }
    let tail = (count - 1) / 2
    return text.prefix(count - 1 - tail) + "…" + text.suffix(tail)
  }

  /// Lines of whole words that are at most so wide; the last one takes what is left, shortened.
  package static func lines(
    _ text: String, toWidth limit: Double, size: Double, atMost count: Int
  ) -> [String] {
    var lines: [String] = []
    var words = text.split(separator: " ").map(String.init)[...]
    while let first = words.first {
      if lines.count == count - 1 {
        lines.append(shortened(words.joined(separator: " "), toWidth: limit, size: size))
        break
      }
      var line = first
      words = words.dropFirst()
      while let next = words.first, width(line + " " + next, size: size) <= limit {
        line += " " + next
        words = words.dropFirst()
      }
      lines.append(shortened(line, toWidth: limit, size: size))
    }
    return lines
  }
}
