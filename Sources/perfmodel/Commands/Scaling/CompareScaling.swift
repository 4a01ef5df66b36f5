import Analytic
import ArgumentParser
import Foundation
import Reports

struct CompareScaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Which form of law fits runs, and which reaches further than they do.",
    discussion: """
      Each form is fitted to all runs, to four fifths of them by size, and to runs of at most 1/ratio of \
      another's size, which it then predicts. The form that comes closest to the largest run stands first.

        perfmodel scaling compare runs.csv --n params --d tokens --form chinchilla,kaplan,overtraining
        perfmodel scaling compare runs.csv --n params --d tokens --group dataset --ratio 20 --format csv
      """)

  @OptionGroup(title: "Runs") var runs: ScalingRunOptions
  @OptionGroup(title: "Form") var form: ScalingFormOptions
  @Option(help: "Column whose values are compared apart.")
  var group: String?
  @Option(help: "How many times larger a run is than those that predict it.")
  var ratio = 20.0
  @Option(help: "Resamples for the interval of the largest run; 0 for none.")
  var bootstrap = 400
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard ratio > 1, ratio.isFinite else {
      throw ValidationError("--ratio is \(ratio); it is above 1")
    }
    guard bootstrap == 0 || (20...100_000).contains(bootstrap) else {
      throw ValidationError("--bootstrap is \(bootstrap); it is 0, or between 20 and 100000")
    }
  }

  private struct Row: Encodable {
    var group: String?
    var form: String
    var parameters: Int
    var runs: Int
    var fitError: Double
    var aic: Double
    var crossValidationError: Double?
    var backtestError: Double?
    var backtestTrials: Int
    var largestObserved: Double?
    var largestPredicted: Double?
    var largestLow: Double?
    var largestHigh: Double?
    var largestError: Double?

    enum CodingKeys: String, CodingKey {
      case group, form, parameters, runs, aic
      case fitError = "fit_error"
      case crossValidationError = "cross_validation_error"
      case backtestError = "backtest_median_error"
      case backtestTrials = "backtest_trials"
      case largestObserved = "largest_observed"
      case largestPredicted = "largest_predicted"
      case largestLow = "largest_low"
      case largestHigh = "largest_high"
      case largestError = "largest_error"
    }
  }

  func run() throws {
    var rows: [Row] = []
    for (group, runs) in try runs.load(group: group) {
      let comparison = ScalingComparison(
        try form.forms(runs), runs, ratio: ratio, resamples: bootstrap)
      for entry in comparison.entries {
        let largest = entry.largest
        rows.append(
          Row(
            group: group, form: entry.form.name, parameters: entry.parameters, runs: runs.count,
            fitError: entry.fitError, aic: entry.aic,
            crossValidationError: entry.crossValidation.isFinite ? entry.crossValidation : nil,
            backtestError: entry.backtest.medianError, backtestTrials: entry.backtest.trials.count,
            largestObserved: largest?.observed, largestPredicted: largest?.predicted,
            largestLow: entry.largestInterval?.lowerBound,
            largestHigh: entry.largestInterval?.upperBound, largestError: largest?.error))
      }
      let refusals = comparison.refused.map { _, error in
        (group.map { "\($0): " } ?? "") + "\(error)"
      }
      if comparison.entries.isEmpty {
        throw ValidationError("no form can be fitted: " + refusals.joined(separator: "; "))
      }
      for refusal in refusals { Console.remark("perfmodel: \(refusal)") }
    }
    switch format.format {
    case .json: print(try JSONReport.text(rows))
    case .csv: print(csv(rows))
    case .table: print(text(rows))
    }
  }

  private func text(_ rows: [Row]) -> String {
    let grouped = group != nil
    var columns: [TextTable.Column] = grouped ? [.init(group ?? "", .left)] : []
    columns += [
      .init("form", .left), .init("parameters"), .init("fit"), .init("AIC"),
      .init("cross-validated"), .init("\(Int(ratio)) times larger"), .init("largest run"),
      .init("predicted"), .init("90 % interval"), .init("error"),
    ]
    var table = TextTable(columns)
    func percent(_ share: Double?) -> String {
      share.map { String(format: "%.2f %%", 100 * $0) } ?? ""
    }
    func digits(_ value: Double?) -> String { value.map { ScalingFitText.number($0, 4) } ?? "" }
    for row in rows {
      var cells: [String] = grouped ? [row.group ?? ""] : []
      cells += [row.form, "\(row.parameters)", percent(row.fitError)]
      cells += [String(format: "%.1f", row.aic), percent(row.crossValidationError)]
      cells.append(row.backtestError.map { "\(percent($0)) of \(row.backtestTrials)" } ?? "")
      cells += [digits(row.largestObserved), digits(row.largestPredicted)]
      cells.append(ScalingFitText.range(row.largestLow, row.largestHigh))
      cells.append(row.largestError.map { String(format: "%+.2f %%", 100 * $0) } ?? "")
      table.append(cells)
    }
    var lines = [table.text]
    if grouped {
      let forms = Set(rows.map(\.form)).sorted().compactMap { form -> (String, Double)? in
        let errors = rows.filter { $0.form == form }.compactMap(\.largestError).map { abs($0) }
          .sorted()
        guard !errors.isEmpty else { return nil }
        let middle = (errors[(errors.count - 1) / 2] + errors[errors.count / 2]) / 2
        return (form, middle)
      }.sorted { $0.1 < $1.1 }
      lines.append(
        "median error of the largest run over groups: "
          + forms.map { "\($0.0) \(percent($0.1))" }.joined(separator: ", "))
    }
    return lines.joined(separator: "\n\n")
  }

  private func csv(_ rows: [Row]) -> String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    return CSVReport.text(
      header: [
        "group", "form", "parameters", "runs", "fit_error", "aic", "cross_validation_error",
        "backtest_median_error", "backtest_trials", "largest_observed", "largest_predicted",
        "largest_low", "largest_high", "largest_error",
      ],
      rows: rows.map { row in
        [
          row.group ?? "", row.form, "\(row.parameters)", "\(row.runs)", text(row.fitError),
          text(row.aic), text(row.crossValidationError), text(row.backtestError),
          "\(row.backtestTrials)", text(row.largestObserved), text(row.largestPredicted),
          text(row.largestLow), text(row.largestHigh), text(row.largestError),
        ]
      })
  }
}
