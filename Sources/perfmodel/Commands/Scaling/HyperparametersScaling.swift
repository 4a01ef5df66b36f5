import Analytic
import ArgumentParser
import Datasets
import Foundation
import Reports

struct HyperparametersScaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hyperparameters",
    abstract: "How the best learning rate and batch grow with parameters and tokens.",
    discussion: """
      For each pair of parameters and tokens the bottom of the bowl that losses make over learning rate and \
      batch; over all pairs a law of both. What a user of the law would lose is measured on each pair with \
      the law of all others.

        perfmodel scaling hyperparameters grid.csv --n N --d D --rate lr --batch bs --loss 'smooth loss'
        perfmodel scaling hyperparameters grid.csv --n N --d D --at-n 7e9 --at-d 1.4e11
      """)

  @Argument(help: "CSV of runs, one in a row.")
  var table: String
  @Option(help: "Column of parameters.")
  var n = "N"
  @Option(help: "Column of tokens.")
  var d = "D"
  @Option(help: "Column of learning rates.")
  var rate = "lr"
  @Option(help: "Column of batches, in any unit.")
  var batch = "bs"
  @Option(help: "Column of losses; rows without one are left out, and counted.")
  var loss = "loss"
  @Option(help: "Parameters of a model whose settings are asked for.")
  var atN: Double?
  @Option(help: "Its tokens.")
  var atD: Double?
  @Option(help: "How many resamples of the pairs.")
  var bootstrap = 1000
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard bootstrap == 0 || (20...100_000).contains(bootstrap) else {
      throw ValidationError("--bootstrap is \(bootstrap); it is 0, or between 20 and 100000")
    }
    guard (atN == nil) == (atD == nil) else {
      throw ValidationError("--at-n and --at-d belong together")
    }
    for (name, value) in [("at-n", atN), ("at-d", atD)] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("--\(name) is \(value); it is above 0")
      }
    }
  }

  private struct Report: Encodable {
    struct Coefficient: Encodable {
      var value: Double
      var low: Double?
      var high: Double?

      init(_ coefficient: HyperparameterLaw.Coefficient) {
        value = coefficient.value
        low = coefficient.interval?.lowerBound
        high = coefficient.interval?.upperBound
      }
    }

    var learningRate: [String: Coefficient]
    var batch: [String: Coefficient]
    var pairs: Int
    var givenAwayMedian: Double
    var givenAwayMean: Double
    var givenAwayMax: Double
    var at: [String: Double]?

    enum CodingKeys: String, CodingKey {
      case batch, pairs, at
      case learningRate = "learning_rate"
      case givenAwayMedian = "given_away_median"
      case givenAwayMean = "given_away_mean"
      case givenAwayMax = "given_away_max"
    }
  }

  func run() throws {
    let runs = try runs()
    let law: HyperparameterLaw
    do {
      law = try HyperparameterLaw(runs, resamples: bootstrap)
    } catch {
      throw ValidationError("\(table): \(error)")
    }
    let lost = law.givenAway.sorted()
    let middle = lost.isEmpty ? 0 : (lost[(lost.count - 1) / 2] + lost[lost.count / 2]) / 2
    var at: [String: Double]?
    if let atN, let atD {
      let setting = law.setting(parameters: atN, tokens: atD)
      at = ["learning_rate": setting.learningRate, "batch": setting.batch]
    }
    let report = Report(
      learningRate: Dictionary(
        uniqueKeysWithValues: zip(
          ["log_coefficient", "parameters", "tokens"], law.learningRate.map(Report.Coefficient.init)
        )),
      batch: Dictionary(
        uniqueKeysWithValues: zip(
          ["log_coefficient", "tokens"], law.batch.map(Report.Coefficient.init))),
      pairs: law.optima.count, givenAwayMedian: middle,
      givenAwayMean: lost.reduce(0, +) / Double(max(1, lost.count)), givenAwayMax: lost.last ?? 0,
      at: at)
    switch format.format {
    case .json: print(try JSONReport.text(report))
    case .csv:
      print(
        CSVReport.text(
          header: ["parameters", "tokens", "learning_rate", "batch", "loss", "runs"],
          rows: law.optima.map {
            [
              "\($0.parameters)", "\($0.tokens)", "\($0.learningRate)", "\($0.batch)", "\($0.loss)",
              "\($0.runs)",
            ]
          }))
    case .table: print(text(law, report))
    }
  }

  private func runs() throws -> [HyperparameterLaw.Run] {
    let file = try CSVTable(table)
    let columns = try [n, d, rate, batch, loss].map { try file.doubles($0) }
    let known = (0..<file.rowCount).filter { row in columns.allSatisfy { !$0[row].isNaN } }
    if known.count < file.rowCount {
      Console.remark(
        "perfmodel: \(table): rows without one of the numbers are left out: "
          + "\(file.rowCount - known.count)")
    }
    for row in known {
      for (name, values) in zip([n, d, rate, batch, loss], columns) where values[row] <= 0 {
        throw DatasetError.row(
          path: table, line: file.line(row), column: name, found: "\(values[row])",
          allowed: "an amount above 0 is wanted")
      }
    }
    return known.map { row in
      HyperparameterLaw.Run(
        parameters: columns[0][row], tokens: columns[1][row], learningRate: columns[2][row],
        batch: columns[3][row], loss: columns[4][row])
    }
  }

  private func text(_ law: HyperparameterLaw, _ report: Report) -> String {
    var table = TextTable([
      .init("best", .left), .init("grows with", .left), .init("exponent"), .init("90 % interval"),
    ])
    func row(_ name: String, _ of: String, _ coefficient: HyperparameterLaw.Coefficient) {
      table.append([
        name, of, ScalingFitText.number(coefficient.value, 3),
        ScalingFitText.range(coefficient.interval?.lowerBound, coefficient.interval?.upperBound),
      ])
    }
    row("learning rate", "parameters", law.learningRate[1])
    row("", "tokens", law.learningRate[2])
    row("batch", "tokens", law.batch[1])
    func percent(_ share: Double) -> String { String(format: "%.2f %%", 100 * share) }
    var lines = [
      table.text, "",
      "learning rate = e^\(ScalingFitText.number(law.learningRate[0].value, 4)) · N^"
        + "\(ScalingFitText.number(law.learningRate[1].value, 3)) · D^"
        + ScalingFitText.number(law.learningRate[2].value, 3),
      "batch = e^\(ScalingFitText.number(law.batch[0].value, 4)) · D^"
        + ScalingFitText.number(law.batch[1].value, 3),
      "",
      "\(report.pairs) pairs of parameters and tokens; with the law of the others the nearest run loses "
        + "\(percent(report.givenAwayMedian)) in the median, \(percent(report.givenAwayMean)) in the mean, "
        + "\(percent(report.givenAwayMax)) at worst",
    ]
    if let at = report.at, let rate = at["learning_rate"], let batch = at["batch"] {
      lines += [
        "",
        "best for \(ScalingFitText.number(atN ?? 0, 3)) parameters and "
          + "\(ScalingFitText.number(atD ?? 0, 3)) tokens: learning rate "
          + "\(ScalingFitText.number(rate, 3)), batch \(ScalingFitText.number(batch, 4))",
      ]
    }
    return lines.joined(separator: "\n")
  }
}
