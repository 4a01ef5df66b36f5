import Analytic
import ArgumentParser
import Foundation
import Quantities
import Reports
import Zoo

struct PredictScaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "What a fitted law says of a run, with its interval.",
    discussion: """
      The interval holds what the parameters leave open, one run beside another, and how errors have grown \
      where the law was asked beyond the runs that it was fitted to.

        perfmodel scaling predict fit.json --n 70e9 --d 1.4e12
        perfmodel scaling predict fits.json --group c4 --n 6.9e9 --d 138e9 --format json
        perfmodel scaling predict fit.json --points runs.csv --n params --d tokens
      """)

  @Argument(help: "What 'perfmodel scaling fit' has written.")
  var law: String
  @Option(help: "Which of several laws.")
  var group: String?
  @Option(help: "Parameters, or with --points their column.")
  var n: String?
  @Option(help: "Tokens, or their column.")
  var d: String?
  @Option(help: "Training FLOP, or their column; with one of --n and --d it gives the other.")
  var flop: String?
  @Option(help: "The quantity X of a form in one variable, or its column.")
  var x: String?
  @Option(help: "Tokens that are not repeated, or their column.")
  var unique: String?
  @Option(help: "A further quantity of the formula, as width=2048; may be given several times.")
  var column: [String] = []
  @Option(help: "A CSV of runs to predict.")
  var points: String?
  @OptionGroup var format: FormatOption

  private struct Row: Encodable {
    var loss: Double
    var low: Double?
    var high: Double?
    var coverage = 0.9
    var point: [String: Double]
    var warning: String?
  }

  func run() throws {
    let (document, forecast) = try ScalingFitFile.read(law, group: group)
    let asked = try points.map { try ScalingPointFile.read($0, columns) } ?? [point()]
    let rows = try asked.map { point -> Row in
      let point = Self.completed(point, forecast.law.convention)
      do {
        let (value, interval) = try forecast.loss(point)
        return Row(
          loss: value, low: interval?.lowerBound, high: interval?.upperBound, point: point,
          warning: forecast.warning(size: forecast.size(of: point)))
      } catch let error as ScalingError {
        throw ValidationError("\(law): \(error)")
      }
    }
    switch format.format {
    case .json: print(try points == nil ? JSONReport.text(rows[0]) : JSONReport.text(rows))
    case .csv: print(csv(rows))
    case .table: print(text(rows, document))
    }
  }

  /// What stands for each quantity.
  private var columns: [(name: String, text: String)] {
    get throws {
      var columns: [(name: String, text: String)] = []
      for (name, text) in [("N", n), ("D", d), ("C", flop), ("X", x), ("L", x), ("U", unique)] {
        if let text { columns.append((name, text)) }
      }
      for own in column {
        let parts = own.split(separator: "=", maxSplits: 1).map(String.init)
        guard parts.count == 2 || points != nil, let name = parts.first, let text = parts.last
        else { throw ValidationError("--column is '\(own)'; write name=value, as width=2048") }
        columns.append((name, text))
      }
      return columns
    }
  }

  private func point() throws -> [String: Double] {
    var point: [String: Double] = [:]
    for (name, text) in try columns {
      guard let value = Double(text), value > 0, value.isFinite else {
        throw ValidationError("\(name) is '\(text)'; an amount above 0 is wanted, as 70e9")
      }
      point[name] = value
    }
    return point
  }

  private static func completed(
    _ point: [String: Double], _ convention: FLOPConvention
  ) -> [String: Double] {
    var point = point
    let per = convention.perParameterToken
    switch (point["N"], point["D"], point["C"]) {
    case (let n?, let d?, nil): point["C"] = convention.flop(n, d)
    case (let n?, nil, let c?): point["D"] = c / per / n
    case (nil, let d?, let c?): point["N"] = c / per / d
    default: break
    }
    if let n = point["N"], let d = point["D"] { point["M"] = d / n }
    return point
  }

  private func text(_ rows: [Row], _ document: ScalingFitDocument) -> String {
    let names =
      rows.first?.point.keys.sorted().filter { $0 != "L" || document.form == "ladder" } ?? []
    var table = TextTable(
      names.map { TextTable.Column($0) } + [.init("predicted"), .init("90 % interval")])
    for row in rows {
      table.append(
        names.map { ScalingFitText.number(row.point[$0] ?? .nan, 4) }
          + [ScalingFitText.number(row.loss, 4), ScalingFitText.range(row.low, row.high)])
    }
    var lines = [table.text]
    let warnings = rows.compactMap(\.warning)
    if let worst = warnings.last {
      lines.append(
        "beware: " + worst
          + (rows.count > 1 ? " (\(warnings.count) of \(rows.count) lie outside of its runs)" : ""))
    }
    return lines.joined(separator: "\n\n")
  }

  private func csv(_ rows: [Row]) -> String {
    let names = rows.first?.point.keys.sorted() ?? []
    return CSVReport.text(
      header: names + ["predicted", "low", "high", "warning"],
      rows: rows.map { row in
        names.map { "\(row.point[$0] ?? .nan)" }
          + ["\(row.loss)", row.low.map { "\($0)" } ?? "", row.high.map { "\($0)" } ?? ""]
          + [row.warning ?? ""]
      })
  }
}
