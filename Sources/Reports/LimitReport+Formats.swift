import Predictions
import Quantities

extension LimitReport {
  private struct Document: Encodable {
    let workload, device: String
    let latency, energy: EstimateReport
    let memory: Double
    let capacity: Double?
    let limits: [Answer]
    let largestBatch: Batch
    let precisions: [Trial]
    let sensitivities: [Sensitivity]
    let latencySum: Double
    let assumptions: [String]

    private enum CodingKeys: String, CodingKey {
      case workload, device, limits, precisions, sensitivities, assumptions
      case latency = "latency_s"
      case energy = "energy_j"
      case memory = "peak_memory_bytes"
      case capacity = "capacity_bytes"
      case largestBatch = "largest_batch"
      case latencySum = "latency_sensitivity_sum"
    }
  }

  private struct Answer: Encodable {
    let metric: String
    let limit, value, probability: Double
    let holds: Bool
    let needs: [Need]
  }

  private struct Need: Encodable {
    let figure: String
    /// nil where there is none.
    let factor: Double?
    let outcome: String
    let best: Double?
    let now: Double?
    let then: Double?
    let unit: String?

    init(_ need: LimitAnalysis.Need) {
      figure = need.name
      now = need.figure?.value
      unit = need.figure.map { $0.kind.symbol }
      switch need.outcome {
      case .factor(let value):
        (factor, outcome, best) = (value, "factor", nil)
        then = need.figure?.value.map { $0 * value }
      case .unreachable(let value):
        (factor, outcome, best, then) = (nil, "not reachable by this alone", value, nil)
      case .unneeded:
        (factor, outcome, best, then) = (nil, "holds with a thousandth of it", nil, nil)
      }
    }
  }

  private struct Batch: Encodable {
    let value: Int?
    let isLowerBound: Bool
    let reason: String?

    private enum CodingKeys: String, CodingKey {
      case value, reason
      case isLowerBound = "or_more"
    }

    init(_ answer: LimitAnalysis.BatchAnswer) {
      switch answer {
      case .largest(let batch): (value, isLowerBound, reason) = (batch, false, nil)
      case .none: (value, isLowerBound, reason) = (0, false, nil)
      case .atLeast(let batch): (value, isLowerBound, reason) = (batch, true, nil)
      case .unknown(let text): (value, isLowerBound, reason) = (nil, false, text)
      }
    }
  }

  private struct Trial: Encodable {
    let precision: String
    let isCurrent: Bool
    let latency, energy, memory: Double
    let probabilities: [String: Double]
    let holds: Bool
    let note: String

    private enum CodingKeys: String, CodingKey {
      case precision, holds, note
      case isCurrent = "current"
      case latency = "latency_s"
      case energy = "energy_j"
      case memory = "peak_memory_bytes"
      case probabilities = "within_limit_probability"
    }
  }

  private struct Sensitivity: Encodable {
    let figure, unit: String
    let value: Double?
    let latency, energy: Double

    private enum CodingKeys: String, CodingKey {
      case figure, unit, value
      case latency = "dlnlatency_dlnfigure"
      case energy = "dlnenergy_dlnfigure"
    }
  }

  public func json() throws -> String {
    let metrics = analysis.answers.map(\.limit.metric.rawValue)
    return try JSONReport.text(
      Document(
        workload: workload, device: device, latency: EstimateReport(analysis.latency),
        energy: EstimateReport(analysis.energy), memory: analysis.memory.value,
        capacity: analysis.capacity?.value,
        limits: analysis.answers.map {
          Answer(
            metric: $0.limit.metric.rawValue, limit: $0.limit.value, value: $0.value,
            probability: $0.probability, holds: $0.holds, needs: $0.needs.map(Need.init))
        },
        largestBatch: Batch(analysis.batch),
        precisions: analysis.trials.map {
          Trial(
            precision: $0.precision, isCurrent: $0.isCurrent, latency: $0.latency.value,
            energy: $0.energy.value, memory: $0.memory.value,
            probabilities: Dictionary(
              zip(metrics, $0.probabilities), uniquingKeysWith: { first, _ in first }),
            holds: $0.holds, note: $0.note)
        },
        sensitivities: analysis.sensitivities.map {
          Sensitivity(
            figure: $0.figure.name, unit: $0.figure.kind.symbol, value: $0.figure.value,
            latency: $0.latency, energy: $0.energy)
        },
        latencySum: analysis.latencySum, assumptions: analysis.assumptions))
  }

  /// The needs of every limit and the sensitivities, a row for each.
  public var csv: String {
    let needs = analysis.answers.flatMap { answer in
      answer.needs.map { need -> [String] in
        let row = Need(need)
        return [
          "need", answer.limit.metric.rawValue, "\(answer.limit.value)", row.figure,
          row.unit ?? "", row.now.map { "\($0)" } ?? "", row.factor.map { "\($0)" } ?? "",
          row.then.map { "\($0)" } ?? "", row.outcome, "", "",
        ]
      }
    }
    let slopes = analysis.sensitivities.map { row in
      [
        "sensitivity", "", "", row.figure.name, row.figure.kind.symbol,
        row.figure.value.map { "\($0)" } ?? "", "", "", "", "\(row.latency)", "\(row.energy)",
      ]
    }
    return CSVReport.text(
      header: [
        "row", "metric", "limit", "figure", "unit", "now", "factor", "then", "outcome",
        "dlnlatency_dlnfigure", "dlnenergy_dlnfigure",
      ], rows: needs + slopes)
  }
}
