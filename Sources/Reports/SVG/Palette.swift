/// The colours of every chart. Those of groups stay apart for readers who do not tell red from
/// green, or blue from green.
///
/// - Source: after M. Okabe and K. Ito, "Color Universal Design", 2008; no yellow, which is hardly
///   seen on white, and some colours darker, so that eight are apart.
package enum Palette {
  package struct Color: Sendable, Hashable {
    package let red: Int
    package let green: Int
    package let blue: Int

    init(_ code: Int) {
      red = code >> 16 & 0xFF
      green = code >> 8 & 0xFF
      blue = code & 0xFF
    }

    package var hex: String {
      "#"
        + [red, green, blue].map { value in
          let digits = String(value, radix: 16)
          return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// The same hue, dark enough for text and outlines on white.
    var dark: Color {
      Color((red * 7 / 10) << 16 | (green * 7 / 10) << 8 | blue * 7 / 10)
    }

    /// Whether black text is easier to read on it than white text.
    var isLight: Bool {
      0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue) > 140
    }
  }

  static let white = Color(0xFFFFFF)
  static let ink = Color(0x222222)
  static let softInk = Color(0x4D4D4D)
  static let faintInk = Color(0x767676)
  static let axis = Color(0x555555)
  static let grid = Color(0xE4E6E9)
  static let faintGrid = Color(0xF2F3F5)
  /// What is dominated or leads the eye to a label.
  static let rest = Color(0x9AA0A6)
  static let blue = Color(0x0072B2)
  static let orange = Color(0xE69F00)
  static let green = Color(0x009E73)
  static let vermilion = Color(0xC84B00)
  static let sky = Color(0x56B4E9)
  static let pink = Color(0xC2669B)
  static let indigo = Color(0x4B2E6B)
  /// All groups that have no colour of their own.
  package static let others = Color(0xB8BDC2)

  /// Colours of groups, in the order in which they are given away.
  package static let groups = [blue, orange, green, vermilion, sky, pink, indigo]

  /// The colour of group `index`; all beyond the last share one grey.
  static func group(_ index: Int) -> Color {
    groups.indices.contains(index) ? groups[index] : others
  }
}
