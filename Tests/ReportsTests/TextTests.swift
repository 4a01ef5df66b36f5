import Foundation
import Reports
import Testing

@Suite("Text and colours") struct TextTests {
  @Test("widths are those of the metrics that Helvetica publishes") func widths() {
    // H 722, e 556, l 222, l 222, o 556; R 722, N 722, five digits of 556, hyphen 333.
    #expect(TextMeasure.width("Hello", size: 1000) == 2278)
    #expect(TextMeasure.width("Hello", size: 10) == 22.78)
    #expect(TextMeasure.width("RN-50", size: 1000) == 722 + 722 + 333 + 556 + 556)
    #expect(TextMeasure.width("", size: 12) == 0)
  }

  @Test(
    "a long name keeps both ends and the limit",
    arguments: [
      "layers.0.attention.query_key_value.weight", "畳み込み畳み込み畳み込み畳み込み",
      String(repeating: "👩‍👩‍👧‍👦", count: 12),
      String(repeating: "i", count: 100_000),
    ])
  func shortened(name: String) throws {
    let short = TextMeasure.shortened(name, toWidth: 100, size: 12)
    #expect(TextMeasure.width(short, size: 12) <= 100)
    let parts = short.split(separator: "…")
    try #require(parts.count == 2)
    #expect(name.hasPrefix(parts[0]) && name.hasSuffix(parts[1]))
  }

  @Test(
    "coordinates have two decimals at most, and are numbers whatever comes in",
    arguments: [
      (1, "1"), (0.1, "0.1"), (-2.345678, "-2.35"), (7.04, "7.04"), (-0.001, "0"), (.nan, "0"),
      (-.infinity, "0"), (1e300, "1000000"),
    ]) func numbers(value: Double, text: String)
  {
    #expect(SVGEncoding.number(value) == text)
  }

  @Test("what XML refuses becomes a space") func escaped() {
    #expect(SVGEncoding.escaped("<a & \"b\">") == "&lt;a &amp; &quot;b&quot;&gt;")
    #expect(SVGEncoding.escaped("x\u{0}\u{7F}\u{FFFF}\ty\n") == "x    y ")
    #expect(SVGEncoding.escaped("x\ny", keepsLines: true) == "x\ny")
  }

  @Test("a name that fits stays whole") func whole() {
    #expect(TextMeasure.shortened("conv1", toWidth: 100, size: 12) == "conv1")
  }

  @Test("a subtitle breaks between words, and its last line takes the rest") func lines() {
    let lines = TextMeasure.lines("one two three four", toWidth: 50, size: 12, atMost: 2)
    #expect(lines[0] == "one two" && lines.count == 2)
    #expect(lines[1].contains("…") && lines[1].hasSuffix("r"))
    #expect(TextMeasure.lines("", toWidth: 50, size: 12, atMost: 2).isEmpty)
  }

  /// How far two colours look apart: the distance in CIE L*a*b*, after what the eye does not see
  /// was taken away (G. Machado et al., "A physiologically-based model for simulation of color vision
  /// deficiency", 2009, severity 1.0).
  private func lab(_ color: Palette.Color, _ eye: [[Double]]) -> [Double] {
    let linear = [color.red, color.green, color.blue].map { value in
      let share = Double(value) / 255
      return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }
    func times(_ matrix: [[Double]], _ vector: [Double]) -> [Double] {
      matrix.map { zip($0, vector).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    let seen = times(eye, linear).map { min(max($0, 0), 1) }
    let xyz = times(
      [
        [0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
      ], seen)
    let roots = zip(xyz, [0.95047, 1, 1.08883]).map { value, white in
      let ratio = value / white
      return ratio > 0.008856 ? cbrt(ratio) : 7.787 * ratio + 16.0 / 116
    }
    return [
      116 * roots[1] - 16, 500 * (roots[0] - roots[1]), 200 * (roots[1] - roots[2]),
    ]
  }

  @Test(
    "no two colours of groups look alike, whatever the eye",
    arguments: [
      "all cones", "without red (protanopia)", "without green (deuteranopia)",
      "without blue (tritanopia)",
    ]) func colors(eye: String) throws
  {
    let eyes: [String: [[Double]]] = [
      "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
      "without red (protanopia)": [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ],
      "without green (deuteranopia)": [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ],
      "without blue (tritanopia)": [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ],
    ]
    let matrix = try #require(eyes[eye])
    let colors = Palette.groups + [Palette.others]
    for (index, one) in colors.enumerated() {
      for other in colors[(index + 1)...] {
        let distance = zip(lab(one, matrix), lab(other, matrix))
          .reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
        #expect(distance > 15, "\(one.hex) and \(other.hex)")
      }
    }
  }
}
