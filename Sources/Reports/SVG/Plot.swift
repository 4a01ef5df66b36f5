/// The area between two axes.
struct Plot: Sendable {
  let box: Box
  let xAxis: Axis
  let yAxis: Axis
  let x: Scale
  let y: Scale

  /// Room below the area for numbers and title of the horizontal axis.
  static let footHeight = 46.0

  /// - Parameters:
  ///   - top: where the area starts.
  ///   - height: of the area itself, without its axis.
  ///   - rightMargin: room for labels beside the area.
  ///   - leadIn: room between the vertical axis and the lowest horizontal value.
  init(
    _ x: ChartAxis, _ xDomain: ScaleDomain, _ y: ChartAxis, _ yDomain: ScaleDomain, top: Double,
    height: Double, rightMargin: Double = 0, leadIn: Double = 0
  ) {
    yAxis = Axis(y, yDomain, marks: Int(height / 45))
    let left = ChartPage.margin + 26 + yAxis.widestText
    let width = max(100, ChartPage.width - ChartPage.margin - rightMargin - left)
    xAxis = Axis(x, xDomain, marks: Int(width / 75))
    box = Box(x: left, y: top, width: width, height: height)
    self.x = Scale(domain: xDomain, start: box.x + leadIn, end: box.right)
    self.y = Scale(domain: yDomain, start: box.bottom, end: box.y)
  }

  func position(_ x: Double, _ y: Double) -> Position {
    Position(self.x.position(x), self.y.position(y))
  }

  /// What lies below the data.
  var grid: SVGElement {
    .group(
      "grid",
      xAxis.grid(x, in: box, isHorizontal: true) + yAxis.grid(y, in: box, isHorizontal: false))
  }

  var axes: SVGElement {
    let frame = SVGElement.path(
      [Position(box.x, box.y), Position(box.x, box.bottom), Position(box.right, box.bottom)],
      .stroke(Palette.axis))
    return .group("axes", [frame] + xAxis.below(box, x) + yAxis.beside(box, y))
  }
}
