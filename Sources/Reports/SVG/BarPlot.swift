/// Rows with a name each, and a horizontal axis from 0 below them.
struct BarPlot: Sendable {
  let box: Box
  let rowHeight: Double
  let x: Scale
  private let names: [String]
  private let axis: Axis

  private static let nameWidth = 270.0

  /// - Parameters:
  ///   - longest: the largest value that must fit.
  ///   - rightMargin: room for text behind the longest bar.
  init(
    _ names: [String], rowHeight: Double, axis: ChartAxis, longest: Double, top: Double,
    rightMargin: Double
  ) {
    self.rowHeight = rowHeight
    self.names = names.map {
      TextMeasure.shortened($0, toWidth: Self.nameWidth, size: Self.nameStyle.size)
    }
    let width = self.names.map(Self.nameStyle.width).max() ?? 0
    let left = ChartPage.margin + width + 16
    box = Box(
      x: left, y: top, width: ChartPage.width - ChartPage.margin - rightMargin - left,
      height: Double(names.count) * rowHeight)
    let domain = ScaleDomain.covering([0, longest], isLogarithmic: false)
    self.axis = Axis(axis, domain, marks: Int(box.width / 60))
    x = Scale(domain: domain, start: box.x, end: box.right)
  }

  private static let nameStyle = TextStyle(size: 12, anchor: .end)

  /// Where a row starts.
  func top(_ row: Int) -> Double { box.y + Double(row) * rowHeight }

  var grid: SVGElement { .group("grid", axis.grid(x, in: box, isHorizontal: true)) }

  /// The axis and the names of the rows.
  ///
  /// - Parameter full: the names as they were given, for a hover over those that were shortened.
  func axes(_ full: [String]) -> SVGElement {
    let foot = SVGElement.line(
      Position(box.x, box.y), Position(box.x, box.bottom), .stroke(Palette.axis))
    let labels = zip(names, full).enumerated().map { row, name in
      let place = Position(
        box.x - 10, top(row) + rowHeight / 2 + Self.nameStyle.rise)
      let label = SVGElement.text(name.0, at: place, Self.nameStyle).classed("row")
      return name.0 == name.1 ? label : label.hover([name.1])
    }
    return .group("axes", [foot] + axis.below(box, x) + labels)
  }
}
