/// Keys in rows below the title of a chart: what each colour and each line stands for.
struct Legend: Sendable {
  enum Mark: Sendable {
    case square(Palette.Color)
    case circle(radius: Double, Paint)
    case line(Paint)
    case band(Palette.Color)
    /// The range in which the true value should lie.
    case whisker(Palette.Color)
  }

  struct Entry: Sendable {
    let mark: Mark
    let text: String

    init(_ mark: Mark, _ text: String) {
      self.mark = mark
      self.text = TextMeasure.shortened(text, toWidth: 260, size: TextStyle.label.size)
    }
  }

  private static let rowHeight = 18.0
  private static let gap = 18.0
  let elements: [SVGElement]
  let height: Double

  /// - Parameter blocks: keys that belong together; a block that does not fit behind the one before
  ///   starts a row of its own.
  init(_ blocks: [[Entry]], top: Double) {
    let (left, right) = (ChartPage.margin, ChartPage.width - ChartPage.margin)
    var elements: [SVGElement] = []
    var place = Position(left, top + Self.rowHeight / 2)
    func makeRoom(_ width: Double) {
      if place.x > left, place.x + width > right {
        place = Position(left, place.y + Self.rowHeight)
      }
    }
    for block in blocks where !block.isEmpty {
      makeRoom(block.reduce(-Self.gap) { $0 + Self.width($1) + Self.gap })
      for entry in block {
        makeRoom(Self.width(entry))
        elements += Self.drawn(entry.mark, at: place)
        let textPlace = Position(
          place.x + Self.width(entry.mark) + 6, place.y + TextStyle.label.rise)
        elements.append(.text(entry.text, at: textPlace, .label).classed("legend"))
        place.x += Self.width(entry) + Self.gap
      }
    }
    self.elements = elements
    height = elements.isEmpty ? 0 : place.y + Self.rowHeight / 2 - top
  }

  private static func width(_ entry: Entry) -> Double {
    width(entry.mark) + 6 + TextStyle.label.width(entry.text)
  }

  private static func width(_ mark: Mark) -> Double {
    switch mark {
    case .square: 11
    case .circle(let radius, _): 2 * radius
    case .line, .band, .whisker: 24
    }
  }

  private static func drawn(_ mark: Mark, at place: Position) -> [SVGElement] {
    let (x, y) = (place.x, place.y)
    switch mark {
    case .square(let color):
      return [.rectangle(Box(x: x, y: y - 5.5, width: 11, height: 11), .fill(color))]
    case .circle(let radius, let paint):
      return [.circle(Position(x + radius, y), radius: radius, paint)]
    case .line(let paint):
      return [.line(place, Position(x + 24, y), paint)]
    case .band(let color):
      return [.rectangle(Box(x: x, y: y - 5.5, width: 24, height: 11), .fill(color, opacity: 0.25))]
    case .whisker(let color):
      return SVGElement.whisker(from: Position(x + 2, y), to: Position(x + 22, y), color)
    }
  }
}
