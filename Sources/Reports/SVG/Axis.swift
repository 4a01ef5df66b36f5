/// An axis with its marks chosen for a length: ready to be drawn below or beside a plot.
struct Axis: Sendable {
  let axis: ChartAxis
  let domain: ScaleDomain
  let ticks: [Double]
  let minorTicks: [Double]
  let texts: [String]
  private let unit: String

  /// - Parameter marks: how many numbers fit at most.
  init(_ axis: ChartAxis, _ domain: ScaleDomain, marks: Int) {
    self.axis = axis
    self.domain = domain
    let own = axis.marks.filter { axis.holds($0) && domain.low <= $0 && $0 <= domain.high }
    ticks = own.count >= 2 ? own.sorted() : domain.ticks(atMost: marks)
    minorTicks = own.count >= 2 ? [] : domain.minorTicks(between: ticks)
    (unit, texts) = axis.labels(ticks)
  }

  var widestText: Double { texts.map(TextStyle.tick.width).max() ?? 0 }

  /// `latency (ms)`; a long title loses its middle, not its unit.
  private func title(within width: Double) -> String {
    let style = TextStyle.axisTitle
    let short = TextMeasure.shortened(unit, toWidth: 80, size: style.size)
    if axis.title.isEmpty { return short }
    let suffix = short.isEmpty ? "" : " (\(short))"
    let room = width - style.width(suffix)
    return TextMeasure.shortened(axis.title, toWidth: room, size: style.size) + suffix
  }

  /// Lines across the plot at every mark, faint ones between.
  func grid(_ scale: Scale, in box: Box, isHorizontal: Bool) -> [SVGElement] {
    func line(_ value: Double, _ color: Palette.Color) -> SVGElement {
      let place = scale.position(value)
      return isHorizontal
        ? .line(Position(place, box.y), Position(place, box.bottom), .stroke(color))
        : .line(Position(box.x, place), Position(box.right, place), .stroke(color))
    }
    return minorTicks.map { line($0, Palette.faintGrid) } + ticks.map { line($0, Palette.grid) }
  }

  /// Marks, numbers and title below the plot. Numbers that would touch are left out.
  func below(_ box: Box, _ scale: Scale) -> [SVGElement] {
    var elements: [SVGElement] = []
    var free = -Double.infinity
    for (tick, text) in zip(ticks, texts) {
      let x = scale.position(tick)
      elements.append(
        .line(Position(x, box.bottom), Position(x, box.bottom + 5), .stroke(Palette.axis)))
      let half = TextStyle.tick.width(text) / 2
      if x - half < free { continue }
      free = x + half + 6
      elements.append(
        .text(text, at: Position(x, box.bottom + 18), .tick.anchored(.middle))
          .classed("x-tick"))
    }
    let style = TextStyle.axisTitle
    elements.append(
      .text(title(within: box.width), at: Position(box.center.x, box.bottom + 38), style)
        .classed("x-title"))
    return elements
  }

  /// Marks, numbers and title at the left of the plot.
  func beside(_ box: Box, _ scale: Scale) -> [SVGElement] {
    var elements: [SVGElement] = []
    for (tick, text) in zip(ticks, texts) {
      let y = scale.position(tick)
      elements.append(.line(Position(box.x - 5, y), Position(box.x, y), .stroke(Palette.axis)))
      let place = Position(box.x - 9, y + TextStyle.tick.rise)
      elements.append(.text(text, at: place, .tick.anchored(.end)).classed("y-tick"))
    }
    let style = TextStyle.axisTitle
    let place = Position(box.x - widestText - 22, box.center.y)
    elements.append(
      .text(title(within: box.height), at: place, style).rotated(-90, about: place)
        .classed("y-title"))
    return elements
  }
}
