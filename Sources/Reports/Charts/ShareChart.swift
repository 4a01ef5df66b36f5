/// Bars that show which share of each total sits in each part: one row for a part, one bar for a
/// series.
public struct ShareChart: Sendable {
  public struct Row: Sendable {
    let label: String
    let values: [Double]

    /// - Parameter values: one amount for each series, not negative.
    public init(_ label: String, _ values: [Double]) {
      self.label = label
      self.values = values
    }
  }

  let title: String
  let subtitle: String
  let series: [String]
  let rows: [Row]

  /// Rows that are no more than this share of any series are joined into one.
  private static let smallShare = 0.002
  private static let barHeight = 9.0

  /// - Precondition: every row has a value for each series.
  public init(title: String, subtitle: String, series: [String], rows: [Row]) {
    precondition(rows.allSatisfy { $0.values.count == series.count }, "a value for each series")
    self.title = title
    self.subtitle = subtitle
    self.series = series
    self.rows = rows
  }

  /// The picture as a document of its own.
  public var svg: String {
    let page = ChartPage(
      title: title, subtitle: subtitle,
      legend: [series.enumerated().map { .init(.square(Self.color($0)), $1) }])
    let rows = shares
    let longest = rows.flatMap(\.values).max() ?? 0
    guard longest > 0 else { return page.empty("nothing to show: every part is empty") }
    let rowHeight = Double(series.count) * (Self.barHeight + 1) + 9
    let plot = BarPlot(
      rows.map(\.label), rowHeight: rowHeight, axis: .number("share of the total", unit: "%"),
      longest: max(1, 100 * longest), top: page.top, rightMargin: 46)
    return page.svg(
      [Self.stripes(plot, rows.count), plot.grid]
        + rows.enumerated().map { drawn($1, at: $0, in: plot) } + [plot.axes(rows.map(\.label))],
      bottom: plot.box.bottom + Plot.footHeight)
  }

  /// Shares of the totals instead of amounts, small rows joined.
  private var shares: [Row] {
    let drawable = rows.map { row in row.values.map { $0 > 0 && $0 < 1e100 ? $0 : 0 } }
    let totals = series.indices.map { index in drawable.reduce(0) { $0 + $1[index] } }
    var shown: [Row] = []
    var rest = [Double](repeating: 0, count: series.count)
    var joined = 0
    for (row, values) in zip(rows, drawable) {
      let parts = zip(values, totals).map { $1 > 0 ? $0 / $1 : 0 }
      if rows.count > 12, parts.allSatisfy({ $0 < Self.smallShare }) {
        rest = zip(rest, parts).map(+)
        joined += 1
      } else {
        shown.append(Row(row.label, parts))
      }
    }
    if joined > 0 {
      shown.append(Row(joined == 1 ? "a small part" : "\(joined) small parts", rest))
    }
    return shown
  }

  private func drawn(_ row: Row, at index: Int, in plot: BarPlot) -> SVGElement {
    let top = plot.top(index) + (plot.rowHeight - Double(series.count) * (Self.barHeight + 1)) / 2
    let style = TextStyle(size: 9.5, color: Palette.softInk)
    var elements: [SVGElement] = []
    for (place, share) in row.values.enumerated() where share > 0 {
      let y = top + Double(place) * (Self.barHeight + 1)
      let end = plot.x.position(100 * share)
      let text = ShareText.text(share)
      let box = Box(
        x: plot.box.x, y: y, width: max(0.5, end - plot.box.x), height: Self.barHeight)
      elements.append(
        .rectangle(box, .fill(Self.color(place))).classed("bar")
          .hover([row.label, "\(series[place]): \(text)"]))
      elements.append(
        .text(text, at: Position(box.right + 4, y + Self.barHeight / 2 + style.rise), style)
          .classed("share"))
    }
    return .group("row", elements)
  }

  /// Every second row on grey.
  private static func stripes(_ plot: BarPlot, _ count: Int) -> SVGElement {
    let width = ChartPage.width - 2 * ChartPage.margin
    return .group(
      "stripes",
      stride(from: 1, to: count, by: 2).map { row in
        .rectangle(
          Box(x: ChartPage.margin, y: plot.top(row), width: width, height: plot.rowHeight),
          .fill(Palette.faintGrid))
      })
  }

  private static func color(_ index: Int) -> Palette.Color {
    Palette.groups[index % Palette.groups.count]
  }
}
