import Predictions
import Quantities

/// Where the time goes: one bar for each network, device or batch, one piece for each group.
public struct TimeBreakdownChart: Sendable {
  public struct Bar: Sendable {
    let name: String
    let pieces: [(group: String, time: Seconds)]
    let total: Estimate<Seconds>?

    /// - Parameters:
    ///   - pieces: time of each group, in the order in which they are stacked; those of one group
    ///     are joined.
    ///   - total: what is predicted for the whole, with its interval; without it, the sum.
    public init(
      _ name: String, _ pieces: [(group: String, time: Seconds)], total: Estimate<Seconds>? = nil
    ) {
      self.name = name
      self.pieces = pieces
      self.total = total
    }
  }

  /// Whether bars are as long as their time, or all of one length.
  public enum Lengths: Sendable { case absolute, normalized }

  let title: String
  let subtitle: String
  let bars: [Bar]
  let lengths: Lengths

  private static let rowHeight = 36.0
  private static let barHeight = 22.0

  public init(title: String, subtitle: String, bars: [Bar], lengths: Lengths = .absolute) {
    self.title = title
    self.subtitle = subtitle
    self.bars = bars
    self.lengths = lengths
  }

  /// The picture as a document of its own.
  public var svg: String {
    let rows = bars.map(Row.init)
    let pieces = rows.flatMap { $0.pieces.map { (group: $0.group, amount: $0.time) } }
    let groups = ChartGroups(pieces, order: .appearance)
    let hasWhiskers = lengths == .absolute && rows.contains { $0.interval != nil }
    let whisker = Legend.Entry(
      .whisker(Palette.softInk),
      ChartValue.intervalName(bars.compactMap(\.total).map(ChartValue.init)) + " of the whole")
    let legend = bars.count == 1 ? groups.legend : groups.legendOfNames
    let page = ChartPage(
      title: title, subtitle: subtitle, legend: [legend, hasWhiskers ? [whisker] : []])
    guard groups.total > 0 else { return page.empty("nothing to show: no piece has a time") }

    let totals = rows.map { TextStyle.label.width($0.text(lengths)) }.max() ?? 0
    let plot = BarPlot(
      bars.map(\.name), rowHeight: Self.rowHeight,
      axis: lengths == .absolute
        ? .quantity("time", Seconds.self) : .number("share of the time", unit: "%"),
      longest: lengths == .absolute ? rows.map(\.reach).max() ?? 1 : 100, top: page.top,
      rightMargin: totals + 12)
    return page.svg(
      [plot.grid]
        + rows.enumerated().map { drawn($1, at: $0, in: plot, groups) }
        + [plot.axes(bars.map(\.name))],
      bottom: plot.box.bottom + Plot.footHeight, notes: notes)
  }

  private func drawn(
    _ row: Row, at index: Int, in plot: BarPlot, _ groups: ChartGroups
  ) -> SVGElement {
    let top = plot.top(index) + (Self.rowHeight - Self.barHeight) / 2
    let unit = lengths == .absolute ? 1 : row.sum > 0 ? 100 / row.sum : 0
    let middle = top + Self.barHeight / 2
    let style = TextStyle.label
    var elements: [SVGElement] = []
    var time = 0.0
    for piece in row.pieces {
      let (from, to) = (plot.x.position(time * unit), plot.x.position((time + piece.time) * unit))
      time += piece.time
      let color = groups.color(piece.group)
      let share = ShareText.text(row.sum > 0 ? piece.time / row.sum : 0)
      let box = Box(x: from, y: top, width: to - from, height: Self.barHeight)
      elements.append(
        .rectangle(box, .fill(color).outlined(width: 0.8)).classed("piece")
          .hover([row.name, piece.group, "\(Seconds(piece.time)), \(share)"]))
      if box.width >= style.width(share) + 8 {
        let ink = color.isLight ? Palette.ink : Palette.white
        let place = Position(box.center.x, middle + style.rise)
        elements.append(
          .text(share, at: place, style.anchored(.middle).colored(ink)).classed("share"))
      }
    }
    var end = plot.x.position(row.sum * unit)
    if lengths == .absolute {
      if let interval = row.interval {
        let low = Position(plot.x.position(interval.low), middle)
        let high = Position(plot.x.position(interval.high), middle)
        // White below the whisker keeps it apart from dark pieces.
        elements.append(.line(low, high, .stroke(Palette.white, width: 3.5)))
        elements += SVGElement.whisker(from: low, to: high, Palette.ink)
        end = max(end, high.x)
      }
      end = max(end, plot.x.position(row.total))
    }
    elements.append(
      .text(row.text(lengths), at: Position(end + 9, middle + style.rise), style)
        .classed("total").hover([row.name, row.text(.normalized)]))
    return .group("bar", elements)
  }

  private var notes: [String] {
    let refused = bars.flatMap(\.pieces).filter { !Row.isDrawable($0.time.value) }.count
    return refused > 0 ? ["pieces without a time, not drawn: \(refused)"] : []
  }
}

extension TimeBreakdownChart {
  /// A bar whose numbers can be drawn.
  struct Row: Sendable {
    let name: String
    let pieces: [(group: String, time: Double)]
    let sum: Double
    let total: Double
    let interval: (low: Double, high: Double)?

    static func isDrawable(_ time: Double) -> Bool { time >= 0 && time < 1e100 }

    init(_ bar: Bar) {
      name = bar.name
      var pieces: [(group: String, time: Double)] = []
      var places: [String: Int] = [:]
      for piece in bar.pieces where Self.isDrawable(piece.time.value) {
        if let place = places[piece.group] {
          pieces[place].time += piece.time.value
        } else {
          places[piece.group] = pieces.count
          pieces.append((piece.group, piece.time.value))
        }
      }
      self.pieces = pieces
      sum = pieces.reduce(0) { $0 + $1.time }
      let whole = bar.total.map { ChartValue($0) }
      if let whole, Self.isDrawable(whole.value) {
        total = whole.value
        if let low = whole.low, let high = whole.high, low >= 0, Self.isDrawable(high) {
          interval = (low, high)
        } else {
          interval = nil
        }
      } else {
        total = sum
        interval = nil
      }
    }

    /// How far to the right the bar, its total and its interval reach.
    var reach: Double { max(sum, total, interval?.high ?? 0) }

    /// The total; the interval in words where it is not drawn.
    func text(_ lengths: Lengths) -> String {
      var text = "\(Seconds(total))"
      if let interval, lengths == .normalized {
        text += " (\(Seconds(interval.low)) … \(Seconds(interval.high)))"
      }
      return TextMeasure.shortened(text, toWidth: 200, size: TextStyle.label.size)
    }
  }
}
