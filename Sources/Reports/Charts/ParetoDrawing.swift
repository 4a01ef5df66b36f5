/// Points, front and names of a trade, at their places.
struct ParetoDrawing: Sendable {
  static let frontRadius = 4.5
  static let radius = 3.5

  private let chart: ParetoChart
  private let front: [Int]
  private let plot: Plot

  init(_ chart: ParetoChart, _ front: [Int], _ plot: Plot) {
    self.chart = chart
    self.front = front
    self.plot = plot
  }

  private func place(_ index: Int) -> Position {
    plot.position(chart.points[index].x.value, chart.points[index].y.value)
  }

  var elements: [SVGElement] {
    let isOnFront = Set(front)
    let others = chart.points.indices.filter { !isOnFront.contains($0) }
    let steps = steps
    return [
      .path(area(steps), closed: true, .fill(Palette.blue, opacity: 0.05)),
      .path(steps, .stroke(Palette.blue, width: 1.5)).classed("front"),
      .group("whiskers", others.flatMap { whiskers($0, Palette.rest) }),
      .group("dominated", others.map { circle($0, Self.radius, Palette.rest) }),
      .group("whiskers", front.flatMap { whiskers($0, Palette.blue) }),
      .group("efficient", front.map { circle($0, Self.frontRadius, Palette.blue) }),
      .group("labels", labels(others, steps)),
    ]
  }

  // MARK: - Front

  /// The border of what the front beats: from the bad end of `y` up to the first point, in steps
  /// from point to point, and on to the bad end of `x`.
  private var steps: [Position] {
    guard let first = front.first, let last = front.last else { return [] }
    let worstY = chart.yAim == .higher ? plot.box.bottom : plot.box.y
    let worstX = chart.xAim == .lower ? plot.box.right : plot.box.x
    var steps = [Position(place(first).x, worstY), place(first)]
    for index in front.dropFirst() {
      let next = place(index)
      let corner = Position(next.x, steps[steps.count - 1].y)
      steps += [corner, next]
    }
    return steps + [Position(worstX, place(last).y)]
  }

  private func area(_ steps: [Position]) -> [Position] {
    guard let first = steps.first, let last = steps.last else { return [] }
    return steps + [Position(last.x, first.y)]
  }

  // MARK: - Points

  private func circle(_ index: Int, _ radius: Double, _ color: Palette.Color) -> SVGElement {
    let point = chart.points[index]
    return SVGElement.circle(place(index), radius: radius, Paint.fill(color).outlined(width: 0.8))
      .classed("point").hover([
        point.name, "\(chart.xAxis.title): \(point.x.text(on: chart.xAxis))",
        "\(chart.yAxis.title): \(point.y.text(on: chart.yAxis))",
      ])
  }

  private func whiskers(_ index: Int, _ color: Palette.Color) -> [SVGElement] {
    let point = chart.points[index]
    let center = place(index)
    var elements: [SVGElement] = []
    if let ends = point.x.interval(on: chart.xAxis) {
      elements += SVGElement.whisker(
        from: Position(plot.x.position(ends.low), center.y),
        to: Position(plot.x.position(ends.high), center.y), color)
    }
    if let ends = point.y.interval(on: chart.yAxis) {
      elements += SVGElement.whisker(
        from: Position(center.x, plot.y.position(ends.low)),
        to: Position(center.x, plot.y.position(ends.high)), color)
    }
    return elements
  }

  // MARK: - Names

  /// Names of the front and of the limit, where they cover nothing.
  private func labels(_ others: [Int], _ steps: [Position]) -> [SVGElement] {
    var placer = LabelPlacer(area: plot.box)
    placer.circles =
      front.map { (place($0), Self.frontRadius) } + others.map { (place($0), Self.radius) }
    placer.lines = zip(steps, steps.dropFirst()).map { ($0, $1) }
    placer.lines += chart.points.indices.flatMap(whiskerLines)
    var elements: [SVGElement] = []
    if let limit = chart.limit { elements.append(limitLabel(limit, &placer)) }
    let style = TextStyle.label
    // Few places are left among many points: the ends of the front are named first.
    let order = front.prefix(1) + front.dropFirst().suffix(1) + front.dropFirst().dropLast()
    for index in order {
      // The whole name where it covers nothing, a short one where there is any place at all.
      let full = TextMeasure.shortened(chart.points[index].name, toWidth: 260, size: style.size)
      let short = TextMeasure.shortened(full, toWidth: 165, size: style.size)
      let isCrowded = front.count > 15
      for (name, limit) in [(full, 1.3), (short, isCrowded ? 1.3 : 4)] {
        let label = placer.label(
          name, style, beside: place(index), radius: Self.frontRadius, limit: limit)
        elements += label
        if !label.isEmpty { break }
      }
    }
    return elements
  }

  private func whiskerLines(_ index: Int) -> [(from: Position, to: Position)] {
    let point = chart.points[index]
    let center = place(index)
    var lines: [(from: Position, to: Position)] = []
    if let ends = point.x.interval(on: chart.xAxis) {
      lines.append(
        (
          Position(plot.x.position(ends.low), center.y),
          Position(plot.x.position(ends.high), center.y)
        ))
    }
    if let ends = point.y.interval(on: chart.yAxis) {
      lines.append(
        (
          Position(center.x, plot.y.position(ends.low)),
          Position(center.x, plot.y.position(ends.high))
        ))
    }
    return lines
  }

  /// Beside the foot of the line, on the side that has room.
  private func limitLabel(_ limit: Double, _ placer: inout LabelPlacer) -> SVGElement {
    let style = TextStyle.label.colored(Palette.vermilion)
    let text = "limit \(chart.xAxis.text(limit))"
    let x = plot.x.position(limit)
    placer.lines.append((Position(x, plot.box.y), Position(x, plot.box.bottom)))
    let width = style.width(text)
    let isLeft = x - width - 8 > plot.box.x
    let start = isLeft ? x - width - 6 : x + 6
    let baseline = plot.box.bottom - 8
    placer.take(TextMeasure.box(text, x: start, baseline: baseline, size: style.size))
    return .text(text, at: Position(start, baseline), style).classed("label")
  }
}
