/// Curves over an axis, with the band in which each should lie: sweeps and scaling laws.
public struct LineChart: Sendable {
  public struct Series: Sendable {
    /// Where the points come from: a prediction is a line, a measurement dots, and what others are
    /// compared with a dashed grey line.
    public enum Origin: Sendable { case predicted, measured, reference }

    let name: String
    let origin: Origin
    let points: [(x: Double, y: ChartValue)]

    /// - Parameters:
    ///   - points: in any order, in the SI units of the axes. A value that is missing (not finite)
    ///     leaves a gap in the line; intervals are a band around a line and whiskers on dots.
    public init(_ name: String, _ points: [(x: Double, y: ChartValue)], origin: Origin = .predicted)
    {
      self.name = name
      self.origin = origin
      self.points = points
    }
  }

  let title: String
  let subtitle: String
  let xAxis: ChartAxis
  let yAxis: ChartAxis
  let series: [Series]
  let includesZero: Bool

  static let plotHeight = 400.0

  /// - Parameters:
  ///   - series: those of one name share a colour, as a prediction and its measurement do.
  ///   - includesZero: whether a linear vertical axis starts at 0.
  public init(
    title: String, subtitle: String, x: ChartAxis, y: ChartAxis, series: [Series],
    includesZero: Bool = true
  ) {
    self.title = title
    self.subtitle = subtitle
    xAxis = x
    yAxis = y
    self.series = series
    self.includesZero = includesZero
  }

  /// The picture as a document of its own.
  public var svg: String {
    let curves = LineCurves(series, xAxis, yAxis)
    let names = curves.names
    let fits = Double(names.count) * 14 <= Self.plotHeight
    let keys = fits ? [] : names.map { Legend.Entry(.square(curves.color($0)), $0) }
    let page = ChartPage(title: title, subtitle: subtitle, legend: [keys, legend(curves)])
    guard curves.hasPoints else {
      return page.empty("nothing to show: no point has both values")
    }
    let top = curves.yValues.max() ?? 0
    let yDomain =
      includesZero && !yAxis.isLogarithmic && top > 0
      ? ScaleDomain.covering(curves.yValues + [0, 1.05 * top], isLogarithmic: false)
      : ScaleDomain.covering(
        curves.yValues, isLogarithmic: yAxis.isLogarithmic, padding: 0.05)
    let widest = names.map { TextStyle.label.width(LineCurves.shortened($0)) }.max() ?? 0
    let margin = fits ? widest + 22 : 10
    let xDomain = ScaleDomain.covering(
      curves.xValues, isLogarithmic: xAxis.isLogarithmic, padding: 0.02)
    let plot = Plot(
      xAxis, xDomain, yAxis, yDomain, top: page.top, height: Self.plotHeight, rightMargin: margin)
    return page.svg(
      [plot.grid, plot.axes] + curves.elements(in: plot)
        + [.group("labels", fits ? curves.labels(in: plot) : [])],
      bottom: plot.box.bottom + Plot.footHeight, notes: curves.notes)
  }

  /// Keys for the kinds of marks that occur, where there is more than one.
  private func legend(_ curves: LineCurves) -> [Legend.Entry] {
    var entries: [Legend.Entry] = []
    let ink = Palette.softInk
    if curves.has(.predicted) { entries.append(.init(.line(.stroke(ink, width: 2)), "predicted")) }
    if let name = curves.bandName { entries.append(.init(.band(ink), name)) }
    if curves.has(.measured) { entries.append(.init(.circle(radius: 3.5, .fill(ink)), "measured")) }
    if curves.has(.reference) {
      entries.append(.init(.line(.stroke(ink, width: 1.5, dash: [6, 4])), "reference"))
    }
    return entries.count > 1 ? entries : []
  }
}
