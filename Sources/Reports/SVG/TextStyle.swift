/// Size, weight, colour and anchor of a line of text.
struct TextStyle: Sendable {
  enum Anchor: String, Sendable { case start, middle, end }

  var size: Double
  var color = Palette.ink
  var isBold = false
  var anchor = Anchor.start

  static let title = TextStyle(size: 17, isBold: true)
  static let subtitle = TextStyle(size: 12.5, color: Palette.softInk)
  static let axisTitle = TextStyle(size: 12, anchor: .middle)
  static let tick = TextStyle(size: 11, color: Palette.softInk)
  static let label = TextStyle(size: 11)
  static let note = TextStyle(size: 10.5, color: Palette.faintInk)

  func anchored(_ anchor: Anchor) -> TextStyle {
    var copy = self
    copy.anchor = anchor
    return copy
  }

  func colored(_ color: Palette.Color) -> TextStyle {
    var copy = self
    copy.color = color
    return copy
  }

  /// How far the middle of small letters lies above the baseline: what centres text on a line.
  var rise: Double { 0.35 * size }

  var attributes: [(name: String, value: String)] {
    var result = [("font-size", SVGEncoding.number(size)), ("fill", color.hex)]
    if isBold { result.append(("font-weight", "bold")) }
    if anchor != .start { result.append(("text-anchor", anchor.rawValue)) }
    return result.map { (name: $0.0, value: $0.1) }
  }

  func width(_ text: String) -> Double { TextMeasure.width(text, size: size, isBold: isBold) }
}
