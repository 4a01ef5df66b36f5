/// A trade of two amounts: all points, the front of those that no other beats, and a limit.
public struct ParetoChart: Sendable {
  public struct Point: Sendable {
    let name: String
    let x: ChartValue
    let y: ChartValue

    public init(_ name: String, x: ChartValue, y: ChartValue) {
      self.name = name
      self.x = x
      self.y = y
    }
  }

  /// Which end of an axis is the good one.
  public enum Aim: Sendable { case lower, higher }

  let title: String
  let subtitle: String
  let xAxis: ChartAxis
  let yAxis: ChartAxis
  let xAim: Aim
  let yAim: Aim
  let points: [Point]
  let limit: Double?

  static let plotHeight = 430.0

  /// - Parameters:
  ///   - x: the cost, as a rule.
  ///   - y: the quality, or a second cost.
  ///   - yAim: `higher` for a quality, `lower` for a cost.
  ///   - limit: a value of `x` that is not to be exceeded (or undercut, where higher is better).
  public init(
    title: String, subtitle: String, x: ChartAxis, y: ChartAxis, xAim: Aim = .lower,
    yAim: Aim = .higher, points: [Point], limit: Double? = nil
  ) {
    self.title = title
    self.subtitle = subtitle
    xAxis = x
    yAxis = y
    self.xAim = xAim
    self.yAim = yAim
    self.points = points.filter { x.holds($0.x.value) && y.holds($0.y.value) }
    self.limit = limit.flatMap { x.holds($0) ? $0 : nil }
    leftOut = points.count - self.points.count
  }

  private let leftOut: Int

  /// Indices into `points`, in the direction in which `x` gets worse.
  private var front: [Int] {
    ParetoFront.indices(
      points.map {
        (
          xAim == .lower ? $0.x.value : -$0.x.value, yAim == .lower ? $0.y.value : -$0.y.value
        )
      })
  }

  /// The picture as a document of its own.
  public var svg: String {
    let front = front
    let page = ChartPage(
      title: title, subtitle: subtitle, legend: points.isEmpty ? [] : [legend(front)])
    let notes = leftOut > 0 ? ["points without a value, not drawn: \(leftOut)"] : []
    guard !points.isEmpty else {
      return page.empty("nothing to show: no point has both values")
    }
    func values(_ pick: (Point) -> ChartValue, _ axis: ChartAxis) -> [Double] {
      points.flatMap { point in
        let value = pick(point)
        return [value.value] + (value.interval(on: axis).map { [$0.low, $0.high] } ?? [])
      }
    }
    let plot = Plot(
      xAxis,
      .covering(
        values(\.x, xAxis) + (limit.map { [$0] } ?? []), isLogarithmic: xAxis.isLogarithmic,
        padding: 0.07),
      yAxis, .covering(values(\.y, yAxis), isLogarithmic: yAxis.isLogarithmic, padding: 0.09),
      top: page.top, height: Self.plotHeight, rightMargin: 10)
    return page.svg(
      [plot.grid, limitLine(in: plot), plot.axes] + ParetoDrawing(self, front, plot).elements,
      bottom: plot.box.bottom + Plot.footHeight, notes: notes)
  }

  private func legend(_ front: [Int]) -> [Legend.Entry] {
    var entries = [
      Legend.Entry(
        .circle(radius: ParetoDrawing.frontRadius, .fill(Palette.blue)),
        "on the Pareto front (\(front.count))")
    ]
    if front.count < points.count {
      entries.append(
        .init(
          .circle(radius: ParetoDrawing.radius, .fill(Palette.rest)),
          "dominated (\(points.count - front.count))"))
    }
    let intervals = points.flatMap {
      [$0.x.interval(on: xAxis) == nil ? nil : $0.x, $0.y.interval(on: yAxis) == nil ? nil : $0.y]
    }.compactMap { $0 }
    if !intervals.isEmpty {
      entries.append(.init(.whisker(Palette.softInk), ChartValue.intervalName(intervals)))
    }
    return entries
  }

  /// The limit, with the side beyond it in grey.
  private func limitLine(in plot: Plot) -> SVGElement {
    guard let limit else { return .group("limit", []) }
    let x = plot.x.position(limit)
    let beyond =
      xAim == .lower
      ? Box(x: x, y: plot.box.y, width: plot.box.right - x, height: plot.box.height)
      : Box(x: plot.box.x, y: plot.box.y, width: x - plot.box.x, height: plot.box.height)
    return .group(
      "limit",
      [
        .rectangle(beyond, .fill(Palette.rest, opacity: 0.12)),
        .line(
          Position(x, plot.box.y), Position(x, plot.box.bottom),
          .stroke(Palette.vermilion, width: 1.2, dash: [5, 4])
        ).hover(["limit: \(xAxis.text(limit))"]),
      ])
  }
}
