import Foundation
import Quantities

/// An exponential trend as text for people, as JSON and CSV for programs, and as a picture.
public struct TrendReport: Sendable {
  /// A number with its interval; an end that is not bounded is nil.
  public struct Interval: Sendable {
    let value: Double
    let low: Double?
    let high: Double?

    public init(_ value: Double, low: Double?, high: Double?) {
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// What was read.
  public struct Data: Sendable {
    let table, x, y: String
    let unit: String?
    let conditions: [String]
    /// Rows that the conditions let through, and those of them without a date or a value.
    let selected, empty: Int
    let points: [(year: Double, value: Double)]

    public init(
      table: String, x: String, y: String, unit: String?, conditions: [String], selected: Int,
      empty: Int, points: [(year: Double, value: Double)]
    ) {
      self.table = table
      self.x = x
      self.y = y
      self.unit = unit
      self.conditions = conditions
      self.selected = selected
      self.empty = empty
      self.points = points
    }
  }

  /// One fit to all points or to some of them.
  public struct Fit: Sendable {
    let name: String
    let coverage: Double
    let points: [(year: Double, value: Double)]
    let growth, twoYears, doubling: Interval
    let determination: Double
    let forecasts: [(year: Double, value: Interval)]
    let curve: [(year: Double, value: Interval)]

    /// - Parameters:
    ///   - growth: factor per year
    ///   - twoYears: factor per two years
    ///   - doubling: years; not finite where nothing grows
    ///   - curve: the line with its prediction interval, for the picture
    public init(
      name: String, coverage: Double, points: [(year: Double, value: Double)], growth: Interval,
      twoYears: Interval, doubling: Interval, determination: Double,
      forecasts: [(year: Double, value: Interval)], curve: [(year: Double, value: Interval)]
    ) {
      self.name = name
      self.coverage = coverage
      self.points = points
      self.growth = growth
      self.twoYears = twoYears
      self.doubling = doubling
      self.determination = determination
      self.forecasts = forecasts
      self.curve = curve
    }
  }

  let data: Data
  let fits: [Fit]
  let warnings: [String]

  public init(data: Data, fits: [Fit], warnings: [String]) {
    self.data = data
    self.fits = fits
    self.warnings = warnings
  }

  private var unitText: String { data.unit ?? "unit not stated" }

  // MARK: - Text

  public var text: String {
    let head =
      "\(title) (\(unitText)) by \(data.x), \(data.table)"
      + (data.conditions.isEmpty ? "" : ", where " + data.conditions.joined(separator: ", "))
    let count =
      "\(data.points.count) of \(data.selected) rows"
      + (data.empty > 0 ? "; \(data.empty) without a date or a value" : "")
    let interval = "\(AxisNumber.text(100 * (fits.first?.coverage ?? 0))) % interval"
    var table = TextTable(
      [.init("fit", .left), .init("n"), .init("years", .left)]
        + [
          "per year", interval, "per 2 years", interval, "doubles in", interval, "R²",
        ].map { TextTable.Column($0) })
    for fit in fits {
      var row = [fit.name, "\(fit.points.count)", Self.span(fit.points)]
      row += Self.cells(fit.growth, "×")
      row += Self.cells(fit.twoYears, "×")
      row += Self.doubling(fit.doubling)
      row.append(String(format: "%.3f", fit.determination))
      table.append(row)
    }
    var parts = [head, count, "", table.text]
    if fits.contains(where: { !$0.forecasts.isEmpty }) {
      var forecasts = TextTable([
        .init("fit", .left), .init("in"), .init(data.y), .init("prediction interval"),
      ])
      for fit in fits {
        for forecast in fit.forecasts {
          forecasts.append([
            fit.name, Self.year(forecast.year), amount(forecast.value.value),
            ends(forecast.value, amount),
          ])
        }
      }
      parts += ["", forecasts.text]
    }
    return (parts + (warnings.isEmpty ? [] : [""] + warnings.map { "note: \($0)" }))
      .joined(separator: "\n")
  }

  /// Values as the unit's own kind writes them, or as plain numbers.
  private var axis: ChartAxis {
    switch data.unit {
    case "B/s", "byte/s": .quantity(title, BytesPerSecond.self, .logarithmic)
    case "FLOP/s": .quantity(title, FLOPPerSecond.self, .logarithmic)
    case "B", "Byte", "byte": .quantity(title, Bytes.self, .logarithmic)
    case "W": .quantity(title, Watts.self, .logarithmic)
    default: .number(title, unit: data.unit ?? "", .logarithmic)
    }
  }

  private func amount(_ value: Double) -> String { axis.text(value) }

  private func ends(_ interval: Interval, _ text: (Double) -> String) -> String {
    "\(interval.low.map(text) ?? "…") – \(interval.high.map(text) ?? "…")"
  }

  private static func cells(_ interval: Interval, _ unit: String) -> [String] {
    func text(_ value: Double) -> String { String(format: "%.3g", value) }
    guard interval.value.isFinite else { return ["never", ""] }
    return [
      text(interval.value) + unit,
      "\(interval.low.map(text) ?? "…") – \(interval.high.map(text) ?? "…")",
    ]
  }

  /// What shrinks halves: the same years without their sign.
  private static func doubling(_ time: Interval) -> [String] {
    guard time.value < 0 else { return cells(time, " years") }
    let halving = Interval(-time.value, low: time.high.map { -$0 }, high: time.low.map { -$0 })
    let texts = cells(halving, " years")
    return ["halves in " + texts[0], texts[1]]
  }

  private static func span(_ points: [(year: Double, value: Double)]) -> String {
    guard let first = points.first, let last = points.last else { return "" }
    return "\(year(first.year)) – \(year(last.year))"
  }

  /// `2016.3`
  static func year(_ year: Double) -> String { String(format: "%.1f", year) }

  // MARK: - JSON and CSV

  private struct IntervalRow: Encodable {
    let value, low, high: Double?

    init(_ interval: Interval) {
      func finite(_ number: Double?) -> Double? { number.flatMap { $0.isFinite ? $0 : nil } }
      value = finite(interval.value)
      low = finite(interval.low)
      high = finite(interval.high)
    }
  }

  private struct Forecast: Encodable {
    let year: Double
    let value: IntervalRow
  }

  private struct FitRow: Encodable {
    let fit: String
    let coverage: Double
    let points: Int
    let firstYear, lastYear: Double?
    let growth, twoYears, doubling: IntervalRow
    let determination: Double
    let forecasts: [Forecast]

    init(_ fit: Fit) {
      self.fit = fit.name
      coverage = fit.coverage
      points = fit.points.count
      firstYear = fit.points.first?.year
      lastYear = fit.points.last?.year
      growth = IntervalRow(fit.growth)
      twoYears = IntervalRow(fit.twoYears)
      doubling = IntervalRow(fit.doubling)
      determination = fit.determination
      forecasts = fit.forecasts.map { Forecast(year: $0.year, value: IntervalRow($0.value)) }
    }

    private enum CodingKeys: String, CodingKey {
      case fit, coverage, points, forecasts
      case firstYear = "first_year"
      case lastYear = "last_year"
      case growth = "growth_per_year"
      case twoYears = "growth_per_two_years"
      case doubling = "doubling_time_years"
      case determination = "r_squared"
    }
  }

  private struct Document: Encodable {
    let table, x, y: String
    let unit: String?
    let conditions: [String]
    let selected, empty, used: Int
    let fits: [FitRow]
    let warnings: [String]

    private enum CodingKeys: String, CodingKey {
      case table, x, y, unit, fits, warnings
      case conditions = "where"
      case selected = "rows_selected"
      case empty = "rows_empty"
      case used = "rows_used"
    }
  }

  public func json() throws -> String {
    try JSONReport.text(
      Document(
        table: data.table, x: data.x, y: data.y, unit: data.unit, conditions: data.conditions,
        selected: data.selected, empty: data.empty, used: data.points.count,
        fits: fits.map(FitRow.init), warnings: warnings))
  }

  /// A row for each fit, and one more for each year that was asked for.
  public var csv: String {
    func cells(_ interval: Interval?) -> [String] {
      let ends: [Double?] = [interval?.value, interval?.low, interval?.high]
      return ends.map(Self.cell)
    }
    var rows: [[String]] = []
    for fit in fits {
      for forecast in [nil] + fit.forecasts.map(Optional.some) {
        var row = [fit.name, "\(fit.points.count)"]
        row.append(Self.cell(fit.points.first?.year))
        row.append(Self.cell(fit.points.last?.year))
        row.append("\(fit.coverage)")
        row += cells(fit.growth)
        row += cells(fit.twoYears)
        row += cells(fit.doubling)
        row.append("\(fit.determination)")
        row.append(Self.cell(forecast?.year))
        row += cells(forecast?.value)
        row.append(data.unit ?? "")
        rows.append(row)
      }
    }
    func names(_ name: String) -> [String] { [name, name + "_low", name + "_high"] }
    return CSVReport.text(
      header: [
        ["fit", "points", "first_year", "last_year", "coverage"], names("growth_per_year"),
        names("growth_per_two_years"), names("doubling_time_years"),
        ["r_squared", "forecast_year"], names("forecast"), ["unit"],
      ].flatMap { $0 }, rows: rows)
  }

  private static func cell(_ number: Double?) -> String {
    number.flatMap { $0.isFinite ? "\($0)" : nil } ?? ""
  }

  // MARK: - Picture

  /// Every point, those of a frontier in a colour of their own, and each fit with the band in which a
  /// further row should lie.
  public var chart: LineChart {
    var series = fits.map { fit in
      LineChart.Series(
        fit.name,
        fit.curve.map {
          (
            $0.year,
            ChartValue(
              $0.value.value, low: $0.value.low, high: $0.value.high, coverage: fit.coverage)
          )
        })
    }
    func dots(_ name: String, _ points: [(year: Double, value: Double)]) -> LineChart.Series {
      .init(name, points.map { ($0.year, ChartValue($0.value)) }, origin: .measured)
    }
    for fit in fits { series.append(dots(fit.name, fit.points)) }
    let others = data.points.filter { point in
      !fits.contains { fit in fit.points.contains { $0 == point } }
    }
    if !others.isEmpty { series.insert(dots("other rows", others), at: fits.count) }
    let pace = fits.map { fit in
      String(format: "\(fit.name): ×%.3g per year", fit.growth.value)
        + (fit.doubling.value.isFinite
          ? String(
            format: ", \(fit.doubling.value < 0 ? "halves" : "doubles") in %.3g years",
            abs(fit.doubling.value)) : "")
    }
    return LineChart(
      title: "\(data.y) by \(data.x), \((data.table as NSString).lastPathComponent)",
      subtitle: pace.joined(separator: " · "),
      x: .number("year"), y: axis, series: series)
  }

  /// The column's name without the unit that the axis writes behind it.
  private var title: String {
    guard let unit = data.unit, data.y.hasSuffix("(\(unit))") else { return data.y }
    return data.y.dropLast(unit.count + 2).trimmingCharacters(in: .whitespaces)
  }
}
