/// The series of a line chart, in order and without what cannot be drawn.
struct LineCurves: Sendable {
  struct Curve: Sendable {
    let name: String
    let origin: LineChart.Series.Origin
    /// Points in the order of `x`; a gap ends a piece.
    let pieces: [[(x: Double, y: ChartValue)]]
    var points: [(x: Double, y: ChartValue)] { pieces.flatMap { $0 } }
  }

  let curves: [Curve]
  /// Names in the order of their first series, each once.
  let names: [String]
  let notes: [String]
  private let xAxis: ChartAxis
  private let yAxis: ChartAxis

  init(_ series: [LineChart.Series], _ xAxis: ChartAxis, _ yAxis: ChartAxis) {
    self.xAxis = xAxis
    self.yAxis = yAxis
    var leftOut = 0
    curves = series.map { series in
      let points = series.points.enumerated().filter { xAxis.holds($0.element.x) }
        .sorted { ($0.element.x, $0.offset) < ($1.element.x, $1.offset) }.map(\.element)
      let pieces = points.split { !yAxis.holds($0.y.value) }.map(Array.init)
      leftOut += series.points.count - pieces.reduce(0) { $0 + $1.count }
      return Curve(name: series.name, origin: series.origin, pieces: pieces)
    }.filter { !$0.pieces.isEmpty }
    var names: [String] = []
    for curve in curves where !names.contains(curve.name) { names.append(curve.name) }
    self.names = names
    notes = leftOut > 0 ? ["points without a value, not drawn: \(leftOut)"] : []
  }

  var hasPoints: Bool { !curves.isEmpty }

  func has(_ origin: LineChart.Series.Origin) -> Bool { curves.contains { $0.origin == origin } }

  /// What a band stands for, where there is one.
  var bandName: String? {
    let values = curves.filter { $0.origin != .measured }.flatMap { $0.points.map(\.y) }
      .filter { $0.interval(on: yAxis) != nil }
    return values.isEmpty ? nil : ChartValue.intervalName(values)
  }

  var xValues: [Double] { curves.flatMap { $0.points.map(\.x) } }

  var yValues: [Double] {
    curves.flatMap { curve in
      curve.points.flatMap { point in
        [point.y.value] + (point.y.interval(on: yAxis).map { [$0.low, $0.high] } ?? [])
      }
    }
  }

  /// Grey for a reference; colours go round where there are more names than colours.
  func color(_ name: String) -> Palette.Color {
    let colored = names.filter { !references.contains($0) }
    guard let place = colored.firstIndex(of: name) else { return Palette.faintInk }
    return Palette.groups[place % Palette.groups.count]
  }

  private var references: Set<String> {
    Set(curves.filter { $0.origin == .reference }.map(\.name))
  }

  static func shortened(_ name: String) -> String {
    TextMeasure.shortened(name, toWidth: 170, size: TextStyle.label.size)
  }

  // MARK: - Drawing

  /// Bands below lines, lines below dots.
  func elements(in plot: Plot) -> [SVGElement] {
    let lines = curves.filter { $0.origin != .measured }
    let dots = curves.filter { $0.origin == .measured }
    return [
      .group("bands", lines.flatMap { bands($0, plot) }),
      .group("lines", lines.flatMap { drawnLine($0, plot) }),
      .group("dots", dots.flatMap { drawnDots($0, plot) }),
    ]
  }

  private func bands(_ curve: Curve, _ plot: Plot) -> [SVGElement] {
    curve.pieces.flatMap { $0.split { $0.y.interval(on: yAxis) == nil } }.map { piece in
      let ends = piece.compactMap { point in
        point.y.interval(on: yAxis).map { (point.x, $0.low, $0.high) }
      }
      let outline =
        ends.map { plot.position($0.0, $0.2) } + ends.reversed().map { plot.position($0.0, $0.1) }
      return SVGElement.path(outline, closed: true, .fill(color(curve.name), opacity: 0.16))
        .classed("band")
    }
  }

  private func drawnLine(_ curve: Curve, _ plot: Plot) -> [SVGElement] {
    let color = color(curve.name)
    let isReference = curve.origin == .reference
    let paint = Paint.stroke(
      color, width: isReference ? 1.5 : 2, dash: isReference ? [6, 4] : [])
    let lines = curve.pieces.map { piece in
      SVGElement.path(piece.map { plot.position($0.x, $0.y.value) }, paint).classed("line")
        .hover([curve.name])
    }
    // Dots would be taken for measurements where there are some; a single value needs one.
    let isMarked = !isReference && !has(.measured) && curve.points.count <= 40
    let marks = curve.pieces.filter { isMarked || $0.count == 1 }.flatMap { $0 }
    return lines + marks.map { circle($0, curve, radius: 2.6, plot) }
  }

  private func drawnDots(_ curve: Curve, _ plot: Plot) -> [SVGElement] {
    curve.points.flatMap { point in
      let whisker =
        point.y.interval(on: yAxis).map {
          SVGElement.whisker(
            from: plot.position(point.x, $0.low), to: plot.position(point.x, $0.high),
            color(curve.name))
        } ?? []
      return whisker + [circle(point, curve, radius: 3.8, plot)]
    }
  }

  private func circle(
    _ point: (x: Double, y: ChartValue), _ curve: Curve, radius: Double, _ plot: Plot
  ) -> SVGElement {
    let x = xAxis.title.isEmpty ? xAxis.text(point.x) : "\(xAxis.title): \(xAxis.text(point.x))"
    return SVGElement.circle(
      plot.position(point.x, point.y.value), radius: radius,
      Paint.fill(color(curve.name)).outlined(width: 0.8)
    ).classed("point").hover([curve.name, x, "\(yAxis.title): \(point.y.text(on: yAxis))"])
  }

  /// The name of each curve at its right end, moved apart where curves end near each other.
  func labels(in plot: Plot) -> [SVGElement] {
    let ends = names.compactMap { name in
      curves.filter { $0.name == name }.compactMap(\.points.last)
        .max { $0.x < $1.x }.map { (name: name, place: plot.position($0.x, $0.y.value)) }
    }
    let range = plot.box.y...plot.box.bottom
    guard let heights = LabelColumn.spread(ends.map(\.place.y), spacing: 14, within: range) else {
      return []
    }
    return zip(ends, heights).flatMap { end, height in
      let color = color(end.name)
      let style = TextStyle.label.colored(color.dark)
      let leader = SVGElement.path(
        [
          Position(end.place.x + 5, end.place.y), Position(plot.box.right + 4, end.place.y),
          Position(plot.box.right + 14, height),
        ], .stroke(color, width: 0.7, dash: [1.5, 2]))
      return [
        leader,
        .text(
          Self.shortened(end.name), at: Position(plot.box.right + 18, height + style.rise), style
        ).classed("label"),
      ]
    }
  }
}
