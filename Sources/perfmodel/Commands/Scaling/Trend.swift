import Analytic
import ArgumentParser
import Quantities
import Reports
import Zoo

/// Growth of a column over the years.
struct Trend: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trend",
    abstract: "Fits exponential growth to a table with dates: pace, doubling time, forecasts.",
    discussion: """
      y = a·g^year by least squares of ln y, with t intervals. Dates are written 2016-04-05, 2016-04, \
      2016 (its middle) or 2016.25. Empty cells are skipped and counted.

        perfmodel scaling trend devices --y bandwidth --where class=gpu --at 2030
        perfmodel scaling trend devices --y peak --where class=gpu,npu --frontier --svg peak.svg
        perfmodel scaling trend chips.csv.gz --x 'Release date' --y 'Memory bandwidth (byte/s)' \\
                                --where Type=GPU --where Manufacturer=NVIDIA,AMD --robust

      'devices' is the catalogue of 'perfmodel device list': class, vendor, architecture, memory, year, \
      peak, matrix, vector, bandwidth, capacity, interconnect, tdp, ridge (peak ÷ bandwidth), efficiency \
      (peak ÷ tdp), process.
      """)

  @Argument(help: "'devices', or a CSV file (.gz too) with a header.")
  var table: String
  @Option(help: "Column of dates. Default, of devices: year.")
  var x: String?
  @Option(help: "Column of values, all above 0.")
  var y: String
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only rows with one of these values, as Type=GPU,TPU.",
      discussion: "May be given several times; all conditions hold.",
      valueName: "column=values"))
  var conditions: [String] = []
  @Flag(help: "Fit the frontier alone: values above all before them.")
  var frontier = false
  @Option(help: "Fit values that were among so many largest of their time.")
  var top: Int?
  @Flag(help: "Fit the median of all slopes (Theil–Sen), which odd rows do not move.")
  var robust = false
  @Option(help: "Years to extrapolate to, with commas between: 2027,2030-06.")
  var at: [String] = []
  @Option(help: "Probability with which an interval holds the true value.")
  var coverage = 0.9
  @Option(help: "Unit of the values, where the column's name does not end in it: (byte/s).")
  var unit: String?
  @Option(help: "Also draw the trend: an SVG file to write.")
  var svg: String?
  @OptionGroup var format: FormatOption

  func validate() throws {
    if x == nil, table != TrendTable.devicesName {
      throw ValidationError("name the column of dates: --x")
    }
    guard coverage > 0, coverage < 1 else {
      throw ValidationError("--coverage is \(coverage); it lies between 0 and 1, as 0.9")
    }
    if let top, top < 1 { throw ValidationError("--top is \(top); it is at least 1") }
    if frontier, top != nil {
      throw ValidationError("--frontier is --top 1; give one of them")
    }
    _ = try years()
    _ = try rowConditions()
  }

  private func years() throws -> [Double] {
    try at.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }.map { word in
      guard let year = DecimalYear.parse(String(word)) else {
        throw ValidationError("--at has '\(word)'; \(DecimalYear.formats)")
      }
      return year
    }
  }

  private func rowConditions() throws -> [TrendTable.Condition] {
    try conditions.map { text in
      guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
        throw ValidationError("--where is '\(text)'; write column=value, as Type=GPU")
      }
      return .init(
        column: String(text[..<sign]),
        values: text[text.index(after: sign)...]
          .split(separator: ",", omittingEmptySubsequences: false).map(String.init))
    }
  }

  func run() throws {
    let source = try TrendTable(named: table)
    let x = x ?? "year"
    let selection = try source.points(x: x, y: y, where: rowConditions())
    let all = selection.points
    let used = frontier || top != nil ? ExponentialTrend.frontier(all, top: top ?? 1) : all
    let subset = frontier ? "frontier" : top.map { "top \($0)" } ?? "all rows"
    let method: ExponentialTrend.Method = robust ? .theilSen : .leastSquares
    let trend = try ExponentialTrend(used, method: method, coverage: coverage)
    let years = try years()
    var warnings = trend.warnings(at: years)
    if selection.unit == nil, unit == nil {
      warnings.append("the unit of '\(y)' is not in its name; state it with --unit")
    }
    let report = TrendReport(
      data: .init(
        table: table, x: x, y: y, unit: unit ?? selection.unit, conditions: conditions,
        selected: selection.selected, empty: selection.empty,
        points: all.map { ($0.year, $0.value) }),
      fits: [.init(trend, name: "\(subset) by \(method.rawValue)", at: years)], warnings: warnings)
    switch format.format {
    case .json: print(try report.json())
    case .csv: print(report.csv)
    case .table: print(report.text)
    }
    if format.format != .table { for warning in warnings { Console.remark("note: \(warning)") } }
    if let svg { try Picture.write(report.chart.svg, to: svg) }
  }
}

extension TrendReport.Interval {
  init(_ bounded: ExponentialTrend.Bounded) {
    self.init(bounded.value, low: bounded.low, high: bounded.high)
  }
}

extension TrendReport.Fit {
  init(_ trend: ExponentialTrend, name: String, at years: [Double]) {
    self.init(
      name: name, coverage: trend.coverage, points: trend.points.map { ($0.year, $0.value) },
      growth: .init(trend.growth()), twoYears: .init(trend.growth(over: 2)),
      doubling: .init(trend.doublingTime), determination: trend.determination,
      forecasts: years.map { ($0, .init(trend.value(in: $0))) },
      curve: trend.curve(including: years).map { ($0, .init(trend.value(in: $0))) })
  }
}
