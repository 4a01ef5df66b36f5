import Predictions
import Quantities
import Reports

/// Names that try to break out of the document, and numbers that no axis can show.
extension Samples {
  static let hostileName =
    "<&\"'> \u{0}\u{1B}[31m\u{FFFE}\n]]> 👩‍👩‍👧‍👦 畳み込み " + String(repeating: "long ", count: 500)

  static let numbers: [Double] = [
    0, -0.0, 1, -1, 1e-9, .leastNonzeroMagnitude, .leastNormalMagnitude, 1e-300, 1e16, 1e99, 1e101,
    1e300, -1e300, 1.7e308, .nan,
    .infinity, -.infinity,
  ]

  static var hostile: ParetoChart {
    ParetoChart(
      title: hostileName, subtitle: hostileName, x: .number(hostileName, unit: hostileName),
      y: .number(hostileName), points: [.init(hostileName, x: ChartValue(1), y: ChartValue(2))],
      limit: .nan)
  }

  static var hostileRoofline: RooflineChart {
    RooflineChart(
      title: hostileName, subtitle: hostileName,
      peaks: numbers.map { .init(hostileName, FLOPPerSecond($0)) },
      bandwidths: numbers.map { .init(hostileName, BytesPerSecond($0), isAchieved: true) },
      operations: numbers.flatMap { work in
        numbers.map { traffic in
          .init(
            hostileName, group: "\(work)", work: FLOP(work), traffic: Bytes(traffic),
            time: Seconds(abs(work - traffic)), bound: hostileName)
        }
      })
  }

  static func hostileBreakdown(_ lengths: TimeBreakdownChart.Lengths) -> TimeBreakdownChart {
    TimeBreakdownChart(
      title: hostileName, subtitle: hostileName,
      bars: numbers.map { number in
        .init(
          hostileName, [(hostileName, Seconds(number)), ("other", Seconds(1))],
          total: Estimate(Seconds(number)))
      }, lengths: lengths)
  }

  static func hostileLines(_ spacing: ChartAxis.Spacing) -> LineChart {
    LineChart(
      title: hostileName, subtitle: hostileName, x: .number(hostileName, spacing, marks: numbers),
      y: .quantity(hostileName, Bytes.self, spacing),
      series: [LineChart.Series.Origin.predicted, .measured, .reference].map { origin in
        .init(
          hostileName,
          numbers.flatMap { x in
            numbers.map { y in (x, ChartValue(y, low: y - 1, high: 2 * y, coverage: x)) }
          }, origin: origin)
      })
  }

  static var hostileShare: ShareChart {
    ShareChart(
      title: hostileName, subtitle: hostileName, series: [hostileName, "other"],
      rows: numbers.map { .init(hostileName, [$0, 1]) })
  }
}
