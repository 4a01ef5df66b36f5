import Foundation
import Predictions
import Quantities

/// Curves over power limits as text for people, as JSON and CSV for programs, and as a picture.
public struct PowerCurveReport: Sendable {
  let curves: [PowerCurve]

  public init(_ curves: [PowerCurve]) { self.curves = curves }

  /// A table of the limits and one of the best limits for each curve; assumptions last, each once.
  public var text: String {
    var parts = curves.map { curve in
      [
        "\(curve.run) on \(curve.device): \(curve.method)", "", points(curve).text, "",
        optima(curve).text, "", traits(curve),
      ].joined(separator: "\n") + unmet(curve)
    }
    var assumptions: [String] = []
    for line in curves.flatMap(\.assumptions) where !assumptions.contains(line) {
      assumptions.append(line)
    }
    if !assumptions.isEmpty {
      parts.append(assumptions.map { "assumed: \($0)" }.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n")
  }

  private func points(_ curve: PowerCurve) -> TextTable {
    let isMeasured = !curve.measurements.isEmpty
    var table = TextTable(
      [.init("limit"), .init("clock")]
        + ["time", "90 % interval", "power", "90 % interval", "energy", "90 % interval"].map {
          TextTable.Column($0)
        } + (isMeasured ? [.init("measured: time"), .init("power")] : []))
    for point in curve.points {
      let measured = curve.measurements.filter { $0.limit == point.limit }
      table.append(
        [Self.limit(point), Self.clock(point)] + Self.pair(point.time) + Self.pair(point.power)
          + Self.pair(point.energy)
          + (isMeasured
            ? [
              measured.map { "\($0.time)" }.joined(separator: ", "),
              measured.map { "\($0.power)" }.joined(separator: ", "),
            ] : []))
    }
    return table
  }

  private func optima(_ curve: PowerCurve) -> TextTable {
    var table = TextTable([
      .init("least", .left), .init("limit"), .init("clock"), .init("time"), .init("power"),
      .init("energy"), .init("time, energy against the highest limit"), .init("or locked at"),
    ])
    for optimum in curve.optima {
      let point = optimum.point
      table.append([
        optimum.objective, Self.limit(point), Self.clock(point), "\(point.time.value)",
        "\(point.power.value)", "\(point.energy.value)",
        Self.change(point.time.value / curve.reference.time.value) + ", "
          + Self.change(point.energy.value / curve.reference.energy.value),
        Self.clock(optimum.lockedClock),
      ])
    }
    return table
  }

  private func traits(_ curve: PowerCurve) -> String {
    let traits = curve.traits
    return "At full clock \(traits.fullClockTime) and \(traits.neededPower) while busy; busy for "
      + "\(Self.percent(traits.busyShare)) of that time, and \(Self.percent(traits.clockShare)) of the "
      + "busy time goes with the core clock."
  }

  private func unmet(_ curve: PowerCurve) -> String {
    let limits = curve.points.filter { !$0.isMet }.map(Self.limit)
    guard !limits.isEmpty else { return "" }
    return "\nNot met while busy, not even at the lowest clock: \(limits.joined(separator: ", "))."
  }

  // MARK: - Cells

  private static func pair<Amount: Quantity>(_ estimate: Estimate<Amount>) -> [String] {
    [
      "\(estimate.value)", estimate.interval.map { "\($0.low) – \($0.high)" } ?? "",
    ]
  }

  private static func limit(_ point: PowerPoint) -> String {
    point.limit.map { $0.text(significantDigits: 3) } ?? ""
  }

  private static func clock(_ point: PowerPoint) -> String {
    point.clock.map { "\($0)" } ?? percent(point.clockShare)
  }

  private static func percent(_ share: Double) -> String { String(format: "%.0f %%", 100 * share) }
  private static func change(_ ratio: Double) -> String {
    String(format: "%+.1f %%", 100 * (ratio - 1))
  }

  // MARK: - Picture

  /// Time, power and energy over those under the highest limit; of several jobs their energies alone.
  public var chart: LineChart {
    let isOne = curves.count == 1
    let series = curves.flatMap { curve in
      isOne
        ? Self.series(curve, "time", { $0.time.value.value }, { $0.time.value })
          + Self.series(curve, "power", { $0.power.value.value }, { $0.power.value })
          + Self.series(curve, "energy", { $0.energy.value.value }, { $0.energy.value })
        : Self.series(curve, curve.run, { $0.energy.value.value }, { $0.energy.value })
    }
    let device = curves.first?.device ?? ""
    let best = curves.first?.optima.first.map {
      "least energy under \(Self.limit($0.point)), at \(Self.clock($0.point))"
    }
    return LineChart(
      title: isOne ? "\(curves.first?.run ?? "") on \(device)" : "Jobs on \(device)",
      subtitle: isOne ? best ?? "" : "energy over that under the highest limit",
      x: .quantity("power limit", Watts.self),
      y: .number(isOne ? "over that under the highest limit" : "energy", unit: "%"),
      series: series)
  }

  private static func series(
    _ curve: PowerCurve, _ name: String, _ predicted: (PowerPoint) -> Double,
    _ measured: (PowerMeasurement) -> Double
  ) -> [LineChart.Series] {
    let base = predicted(curve.reference)
    guard base > 0 else { return [] }
    let line = LineChart.Series(
      name,
      curve.points.compactMap { point in
        point.limit.map { ($0.value, ChartValue(100 * predicted(point) / base)) }
      })
    guard !curve.measurements.isEmpty else { return [line] }
    let dots = LineChart.Series(
      name,
      curve.measurements.map { ($0.limit.value, ChartValue(100 * measured($0) / base)) },
      origin: .measured)
    return [line, dots]
  }
}
