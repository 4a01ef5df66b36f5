/// The sheet of a chart: white, a title and a subtitle that say what is shown, keys, and a note.
struct ChartPage: Sendable {
  static let width = 900.0
  static let margin = 20.0

  private let name: String
  private let head: [SVGElement]
  /// Where the content starts.
  let top: Double

  init(title: String, subtitle: String, legend: [[Legend.Entry]] = []) {
    name = TextMeasure.shortened(title, to: 300)
    let room = Self.width - 2 * Self.margin
    let size = TextStyle.title.size
    let shown = TextMeasure.shortened(title, toWidth: room, size: size, isBold: true)
    var elements = [SVGElement.text(shown, at: Position(Self.margin, 32), .title)]
    var baseline = 52.0
    let style = TextStyle.subtitle
    for line in TextMeasure.lines(subtitle, toWidth: room, size: style.size, atMost: 2) {
      elements.append(.text(line, at: Position(Self.margin, baseline), style))
      baseline += 17
    }
    let keys = Legend(legend, top: baseline - 6)
    head = elements + keys.elements
    top = baseline - 6 + keys.height + 12
  }

  /// The document.
  ///
  /// - Parameters:
  ///   - bottom: where the content ends.
  ///   - notes: what a reader should know, in small letters below the content.
  func svg(_ content: [SVGElement], bottom: Double, notes: [String] = []) -> String {
    let style = TextStyle.note
    let room = Self.width - 2 * Self.margin
    let lines = TextMeasure.lines(
      notes.joined(separator: " · "), toWidth: room, size: style.size, atMost: 2)
    var body = [SVGElement.group("head", head)] + content
    for (index, line) in lines.enumerated() {
      let place = Position(Self.margin, bottom + 12 + 14 * Double(index))
      body.append(.text(line, at: place, style).classed("note"))
    }
    let height = (bottom + 14 * Double(lines.count) + Self.margin - 4).rounded(.up)
    let size = (SVGEncoding.number(Self.width), SVGEncoding.number(height))
    let sheet = Box(x: 0, y: 0, width: Self.width, height: height)
    let root = SVGElement(
      "svg",
      [
        ("xmlns", "http://www.w3.org/2000/svg"), ("width", size.0), ("height", size.1),
        ("viewBox", "0 0 \(size.0) \(size.1)"), ("role", "img"), ("aria-label", name),
        ("font-family", "Helvetica, Arial, 'Liberation Sans', sans-serif"),
      ],
      children: [.rectangle(sheet, .fill(Palette.white)).classed("sheet")] + body)
    var document = ""
    root.write(to: &document)
    return document
  }

  /// The document of a chart that has nothing to show: it says so in the middle.
  func empty(_ reason: String) -> String {
    let box = Box(
      x: Self.margin, y: top, width: Self.width - 2 * Self.margin, height: 200)
    let place = Position(box.center.x, box.center.y + TextStyle.subtitle.rise)
    return svg(
      [
        .rectangle(box, Paint.fill(Palette.faintGrid)),
        .text(reason, at: place, .subtitle.anchored(.middle)).classed("empty"),
      ], bottom: box.bottom)
  }
}
