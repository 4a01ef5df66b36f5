import Analytic
import ArgumentParser
import Foundation
import Mathematics
import Quantities
import Zoo

struct FitScaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Fits a law to runs, and says how far to trust it.",
    discussion: """
      The sum of Huber's function of errors of the logarithm, from thousands of starts; intervals by \
      resampling and by the profile of the likelihood. What is far from the law of the others is named, \
      and dropped if asked.

        perfmodel scaling fit runs.csv --n params --d tokens --loss loss --output fit.json --svg fit.svg
        perfmodel scaling fit figure.csv --n 'Model Size' --flop-column 'Training FLOP' --drop-outliers auto
        perfmodel scaling fit runs.csv --n params --d tokens --group dataset --output fits.json
        perfmodel scaling fit runs.csv --form power --x step_tokens --loss loss
        perfmodel scaling fit runs.csv --n params --d tokens --column width --column depth \\
            --formula 'E + A/N^alpha + B/D^beta + K*log(width/(r*depth))^2' --parameter K=0.001..1

      Forms: \(ScalingForm.standard.map { "\($0.name) (\($0.title))" }.joined(separator: ", ")).
      """)

  @OptionGroup(title: "Runs") var runs: ScalingRunOptions
  @OptionGroup(title: "Form") var form: ScalingFormOptions
  @Option(help: "Column whose values are fitted apart.")
  var group: String?
  @Option(help: "δ of Huber's function.")
  var delta = 1e-3
  @Option(help: "How many starts; default: all 4,500 of chinchilla's grid, 1,000 for other forms.")
  var starts: Int?
  @Option(help: "How many resamples.")
  var bootstrap = 1000
  @Option(help: "What is drawn again: cases, residuals, or runs (whole trainings, see --run).")
  var unit = ScalingBootstrap.Unit.cases
  @Option(help: "Of the resamples.")
  var seed: UInt64 = 0
  @Option(
    help: ArgumentHelp(
      "Rows to drop: auto, none, or their numbers, as 1,2,7.",
      discussion:
        "auto drops what is more than \(Int(ScalingOutliers.threshold)) robust deviations from "
        + "the law of the others; rows count from 1, without the header."))
  var dropOutliers = "none"
  @Option(
    help: "Also divide these budgets of FLOP, with commas between, with both kinds of intervals.")
  var flop: String?
  @Option(help: "Where to keep the law, for predict and optimal.")
  var output: String?
  @Option(
    help:
      "Also draw it: an SVG file to write; contours, budgets, residuals and resamples beside it.")
  var svg: String?
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard delta > 0, delta.isFinite else {
      throw ValidationError("--delta is \(delta); it is above 0")
    }
    if let starts, !(1...1_000_000).contains(starts) {
      throw ValidationError("--starts is \(starts); it is between 1 and 1000000")
    }
    guard bootstrap == 0 || (20...1_000_000).contains(bootstrap) else {
      throw ValidationError("--bootstrap is \(bootstrap); it is 0, or between 20 and 1000000")
    }
    if unit == .runs, runs.run == nil {
      throw ValidationError("--unit runs needs --run, the column that names each row's training")
    }
    _ = try budgets()
    if svg != nil, group != nil { throw ValidationError("--svg draws one law; leave --group out") }
  }

  func run() throws {
    var documents: [(group: String?, document: ScalingFitDocument)] = []
    let hash = ScalingFitFile.hash(of: runs.table)
    for (group, runs) in try runs.load(group: group) {
      let form = try form.forms(runs)[0]
      let result = try fitted(form, runs, group)
      documents.append(
        (
          group,
          ScalingFitDocument(
            result.fit, result.bootstrap, ScalingBacktest(result.fit), outliers: result.outliers,
            isDropped: dropOutliers != "none", dataHash: hash, budgets: try budgets())
        ))
      if let svg {
        try ScalingPictures(
          name: URL(fileURLWithPath: self.runs.table).lastPathComponent, fit: result.fit,
          bootstrap: result.bootstrap, runs: runs
        ).write(to: svg)
      }
    }
    if let output { try ScalingFitFile.write(documents, to: output) }
    switch format.format {
    case .json: print(String(decoding: try ScalingFitFile.json(documents), as: UTF8.self))
    case .csv: print(ScalingFitText.csv(documents))
    case .table:
      print(documents.map { ScalingFitText.table($0.group, $0.document) }.joined(separator: "\n\n"))
    }
  }

  private func budgets() throws -> [Double] {
    try (flop ?? "").split(separator: ",").map { text in
      guard let budget = Double(text), budget > 0, budget.isFinite else {
        throw ValidationError("--flop has '\(text)'; write amounts above 0, as 1e21,1e24")
      }
      return budget
    }
  }

  private func fitted(
    _ form: ScalingForm, _ runs: ScalingRuns, _ group: String?
  ) throws -> (fit: ScalingFit, bootstrap: ScalingBootstrap, outliers: [ScalingOutliers.Outlier]) {
    let options = ScalingFit.Options(delta: delta, starts: starts)
    do {
      var fit = try ScalingFit(form, runs, options: options)
      let search = try ScalingOutliers(fit)
      switch dropOutliers {
      case "none": break
      case "auto":
        if !search.outliers.isEmpty {
          let dropped = Set(search.outliers.map(\.place))
          let kept = runs.rows.indices.filter { !dropped.contains($0) }
          fit = try ScalingFit(form, runs.subset(kept), options: options)
        }
      default:
        let rows = try dropOutliers.split(separator: ",").map { text in
          guard let row = Int(text), runs.rows.contains(row) else {
            throw ValidationError(
              "--drop-outliers has '\(text)'; write auto, none, or rows of the table, as 1,2,7")
          }
          return row
        }
        let kept = runs.rows.indices.filter { !rows.contains(runs.rows[$0]) }
        fit = try ScalingFit(form, runs.subset(kept), options: options)
      }
      let progress = Progress("resampling")
      let samples = try ScalingBootstrap(fit, unit: unit, count: bootstrap, seed: seed) {
        progress.update($0)
      }
      progress.finish()
      return (fit, samples, search.outliers)
    } catch let error as ScalingError {
      throw ValidationError((group.map { "\($0): " } ?? "") + "\(error)")
    }
  }
}

extension ScalingBootstrap.Unit: ExpressibleByArgument {}

/// Which law is fitted.
struct ScalingFormOptions: ParsableArguments {
  @Option(help: "The form; compare takes several with commas between.")
  var form = "chinchilla"
  @Option(
    help: "A formula of your own, of N, D, C, M, U, X and columns; other names are parameters.")
  var formula: String?
  @Option(
    help: ArgumentHelp(
      "Where a parameter of the formula starts, as alpha=0.1..1; may be given several times.",
      discussion: "Above 0 throughout, it stays there; else it may be any number."))
  var parameter: [String] = []
  @Option(help: "What a parameter of the formula may be, as E=1..2.5; may be given several times.")
  var bound: [String] = []

  func forms(_ runs: ScalingRuns) throws -> [ScalingForm] {
    guard let formula else {
      guard parameter.isEmpty, bound.isEmpty else {
        throw ValidationError("--parameter and --bound belong to --formula")
      }
      return try form.split(separator: ",").map { name in
        guard let form = ScalingForm(named: String(name)) else {
          let names = ScalingForm.standard.map(\.name)
          let near = nearestName(to: String(name), among: names)
          throw ValidationError(
            "there is no form '\(name)'." + (near.map { " Did you mean '\($0)'?" } ?? "")
              + " There are \(names.joined(separator: ", ")).")
        }
        return form
      }
    }
    let starts = try parameter.map { try range($0, "parameter") }
    let bounds = try bound.map { try range($0, "bound") }
    do {
      var parameters: [ScalingForm.Parameter] = []
      for name in Set(starts.map(\.name) + bounds.map(\.name)).sorted() {
        let limit = bounds.first { $0.name == name }?.range
        let start = starts.first { $0.name == name }?.range ?? limit ?? 1e-2...1e3
        parameters.append(
          ScalingForm.Parameter(
            name, starts: start, bounds: limit,
            isLogarithmic: min(start.lowerBound, limit?.lowerBound ?? start.lowerBound) > 0))
      }
      let form = try ScalingForm(
        formula: formula, columns: Set(runs.columns.keys), parameters: parameters)
      let unused = parameters.filter { !form.formula.names.contains($0.name) }
      if let first = unused.first {
        throw ValidationError("--formula has no '\(first.name)'")
      }
      return [form]
    } catch let error as FormulaError {
      throw ValidationError("\(error)")
    }
  }

  private func range(
    _ text: String, _ option: String
  ) throws -> (name: String, range: ClosedRange<Double>) {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    let ends = parts.count == 2 ? parts[1].components(separatedBy: "..").map(Double.init) : []
    guard ends.count == 2, let low = ends[0], let high = ends[1], low < high, low.isFinite,
      high.isFinite
    else {
      throw ValidationError("--\(option) is '\(text)'; write name=low..high, as alpha=0.1..1")
    }
    return (parts[0], low...high)
  }
}
