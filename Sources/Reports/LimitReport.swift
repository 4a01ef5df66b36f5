import Foundation
import Predictions
import Quantities

/// What a run needs to keep its limits: as text for people, as JSON and CSV for programs, and as a
/// picture.
public struct LimitReport: Sendable {
  let workload: String
  let device: String
  let analysis: LimitAnalysis

  public init(workload: String, device: String, _ analysis: LimitAnalysis) {
    self.workload = workload
    self.device = device
    self.analysis = analysis
  }

  // MARK: - Picture

  /// The metric against the bandwidth and against the peak rates, with its limit.
  public var chart: LineChart {
    let metric = analysis.curveMetric
    var series = analysis.curves.map { curve in
      LineChart.Series(curve.name, curve.points.map { ($0.factor, ChartValue($0.value)) })
    }
    if let limit = analysis.answers.first(where: { $0.limit.metric == metric })?.limit,
      let points = analysis.curves.first?.points, let first = points.first, let last = points.last
    {
      series.append(
        LineChart.Series(
          "limit \(metric.text(limit.value))",
          [first, last].map { ($0.factor, ChartValue(limit.value)) }, origin: .reference))
    }
    let y: ChartAxis =
      switch metric {
      case .energy: .quantity("energy", Joules.self, .logarithmic)
      case .edp: .quantity("energy × delay", JouleSeconds.self, .logarithmic)
      default: .quantity("latency", Seconds.self, .logarithmic)
      }
    return LineChart(
      title: "\(workload) on \(device)",
      subtitle: "\(analysis.latency.value), \(analysis.energy.value) as the device is",
      x: .number(
        "factor on the figure", unit: "×", .logarithmic,
        marks: [0.125, 0.25, 0.5, 1, 2, 4, 8]),
      y: y, series: series)
  }

  // MARK: - Text

  public var text: String {
    var lines = ["\(workload) on \(device)", ""]
    func line(_ name: String, _ text: String) {
      lines.append(name + String(repeating: " ", count: max(1, 15 - name.count)) + text)
    }
    line("latency", PredictionReport.text(analysis.latency))
    line("energy", PredictionReport.text(analysis.energy))
    line(
      "peak memory",
      "\(analysis.memory)"
        + (analysis.capacity.map {
          " of \($0.compactDescription), capacity × \(Self.factor(analysis.memory / $0)) is needed"
        } ?? ""))
    for answer in analysis.answers {
      let metric = answer.limit.metric
      lines.append("")
      lines.append(
        "\(answer.limit) \(answer.holds ? "holds" : "does not hold"): \(metric.text(answer.value)), "
          + "within it with probability \(RankingReport.probability(answer.probability))")
      if !answer.needs.isEmpty { lines += ["", needs(answer).text] }
    }
    lines += ["", batch]
    if !analysis.trials.isEmpty { lines += ["", trials.text] }
    lines += ["", sensitivities.text]
    if !analysis.assumptions.isEmpty {
      lines.append("")
      lines += analysis.assumptions.map { "assumed: \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  private func needs(_ answer: LimitAnalysis.Answer) -> TextTable {
    var table = TextTable([
      .init(answer.holds ? "still holds with" : "would hold with", .left),
      .init("factor"), .init("now"), .init("then"), .init("", .left),
    ])
    for need in answer.needs {
      let now = need.figure.flatMap { figure in figure.value.map { figure.text($0) } } ?? ""
      switch need.outcome {
      case .factor(let factor):
        let then = need.figure.flatMap { figure in figure.value.map { figure.text($0 * factor) } }
        table.append([need.name, "× " + Self.factor(factor), now, then ?? "", ""])
      case .unreachable(let best):
        table.append([
          need.name, "", now, "",
          "not reachable by this alone: \(answer.limit.metric.text(best)) at best",
        ])
      case .unneeded:
        table.append([need.name, "", now, "", "holds with a thousandth of it"])
      }
    }
    return table
  }

  private var batch: String {
    let limits =
      analysis.answers.isEmpty ? "fits the memory" : "keeps all limits and fits the memory"
    switch analysis.batch {
    case .largest(let batch): return "largest batch that \(limits): \(batch)"
    case .none: return "no batch \(limits), not even 1"
    case .atLeast(let batch): return "largest batch that \(limits): \(batch) or more"
    case .unknown(let reason): return "other batches cannot be tried: \(reason)"
    }
  }

  private var trials: TextTable {
    var table = TextTable(
      [.init("precision", .left), .init("latency"), .init("energy"), .init("memory")]
        + analysis.answers.map { .init("P(\($0.limit.metric.rawValue))") }
        + [.init("holds", .left), .init("", .left)])
    for trial in analysis.trials {
      table.append(
        [
          trial.precision + (trial.isCurrent ? " (now)" : ""), "\(trial.latency)",
          "\(trial.energy)", "\(trial.memory)",
        ] + trial.probabilities.map(RankingReport.probability)
          + [trial.holds ? "yes" : "no", trial.note])
    }
    return table
  }

  private var sensitivities: TextTable {
    var table = TextTable([
      .init("1 % more of", .left), .init("now"), .init("latency"), .init("energy"),
    ])
    for row in analysis.sensitivities {
      table.append([
        row.figure.name, row.figure.value.map { row.figure.text($0) } ?? "",
        Self.signed(row.latency), Self.signed(row.energy),
      ])
    }
    table.append([
      "all rates, clock and powers, less overheads", "", Self.signed(analysis.latencySum), "",
    ])
    return table
  }

  private static func signed(_ slope: Double) -> String {
    abs(slope) < 5e-4 ? "0" : String(format: "%+.3f %%", slope).replacing("-", with: "−")
  }

  /// Three digits.
  static func factor(_ value: Double) -> String {
    value >= 1000 || value < 0.001
      ? String(format: "%.3g", value)
      : String(
        format: "%.\(value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.0995 ? 2 : 4)f", value)
  }
}
