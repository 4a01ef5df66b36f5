import Analytic
import ArgumentParser
import Foundation
import Quantities
import Reports

struct BudgetsScaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "budgets",
    abstract: "The best size for each budget as runs show it, without a form of the loss.",
    discussion: """
      isoflop lays a parabola through the runs of each budget; envelope takes the lowest of all training \
      curves. Both then say how the best size grows: N = k · C^a.

        perfmodel scaling budgets figure.csv --n 'Model Size' --flop-column 'Training FLOP'
        perfmodel scaling budgets checkpoints.csv --n params --d tokens --run name --method envelope
      """)

  @OptionGroup(title: "Runs") var runs: ScalingRunOptions
  @Option(help: "isoflop or envelope.")
  var method = BudgetOptima.Method.isoflop
  @Option(help: "How many resamples.")
  var bootstrap = 1000
  @Option(help: "Also draw it: an SVG file to write.")
  var svg: String?
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard bootstrap == 0 || (20...100_000).contains(bootstrap) else {
      throw ValidationError("--bootstrap is \(bootstrap); it is 0, or between 20 and 100000")
    }
    if method == .envelope, runs.run == nil {
      throw ValidationError(
        "--method envelope needs --run, the column that names each row's training")
    }
  }

  private struct Report: Encodable {
    struct Budget: Encodable {
      var flop: Double
      var parameters: Double
      var tokens: Double
      var loss: Double
      var runs: Int
    }

    var method: String
    var exponent: Double
    var exponentLow: Double?
    var exponentHigh: Double?
    var logCoefficient: Double
    var budgets: [Budget]

    enum CodingKeys: String, CodingKey {
      case method, exponent, budgets
      case exponentLow = "exponent_low"
      case exponentHigh = "exponent_high"
      case logCoefficient = "log_coefficient"
    }
  }

  func run() throws {
    for (_, runs) in try runs.load() {
      let optima: BudgetOptima
      do {
        optima = try BudgetOptima(runs, method: method, resamples: bootstrap)
      } catch {
        throw ValidationError("\(error)")
      }
      let report = Report(
        method: method.rawValue, exponent: optima.exponent,
        exponentLow: optima.exponentInterval?.lowerBound,
        exponentHigh: optima.exponentInterval?.upperBound, logCoefficient: optima.logCoefficient,
        budgets: optima.points.map {
          .init(
            flop: $0.flop, parameters: $0.parameters, tokens: $0.tokens, loss: $0.loss,
            runs: $0.runs)
        })
      if let svg { try Picture.write(chart(optima), to: svg) }
      switch format.format {
      case .json: print(try JSONReport.text(report))
      case .csv:
        print(
          CSVReport.text(
            header: ["flop", "parameters", "tokens", "loss", "runs"],
            rows: report.budgets.map {
              ["\($0.flop)", "\($0.parameters)", "\($0.tokens)", "\($0.loss)", "\($0.runs)"]
            }))
      case .table: print(text(report))
      }
    }
  }

  private func text(_ report: Report) -> String {
    var table = TextTable([
      .init("budget"), .init("best size"), .init("tokens"), .init("tokens/parameter"),
      .init("loss"), .init("runs"),
    ])
    for budget in report.budgets {
      table.append([
        "\(FLOP(budget.flop))", ScalingFitText.number(budget.parameters, 3),
        ScalingFitText.number(budget.tokens, 3),
        ScalingFitText.number(budget.tokens / budget.parameters, 3),
        ScalingFitText.number(budget.loss, 4), "\(budget.runs)",
      ])
    }
    return table.text + "\n\nbest size ∝ C^" + ScalingFitText.number(report.exponent, 3)
      + "  (90 %: \(ScalingFitText.range(report.exponentLow, report.exponentHigh)))"
  }

  private func chart(_ optima: BudgetOptima) -> String {
    LineChart(
      title: "best size for each budget",
      subtitle: "\(optima.points.count) budgets, \(method.rawValue)",
      x: .quantity("training compute", FLOP.self, .logarithmic),
      y: .number("parameters", .logarithmic),
      series: [
        LineChart.Series(
          "budgets", optima.points.map { ($0.flop, ChartValue($0.parameters)) }, origin: .measured),
        LineChart.Series(
          "N ∝ C^" + ScalingFitText.number(optima.exponent, 3),
          optima.points.map { ($0.flop, ChartValue(optima.parameters(flop: $0.flop))) }),
      ]
    ).svg
  }
}

extension BudgetOptima.Method: ExpressibleByArgument {}
