import Foundation
import Predictions
import Quantities

/// A prediction as text for people and as JSON and CSV for programs.
public struct PredictionReport: Sendable {
  let workload: String
  let device: String
  let prediction: Prediction

  public init(workload: String, device: String, _ prediction: Prediction) {
    self.workload = workload
    self.device = device
    self.prediction = prediction
  }

  // MARK: - JSON

  private struct Document: Encodable {
    let workload: String
    let device: String
    let latency: EstimateReport
    let energy: EstimateReport?
    let peakMemory: EstimateReport?
    let method: String
    let assumptions: [String]
    let breakdown: [Row]

    private enum CodingKeys: String, CodingKey {
      case workload, device, method, assumptions, breakdown
      case latency = "latency_s"
      case energy = "energy_j"
      case peakMemory = "peak_memory_bytes"
    }
  }

  private struct Row: Encodable {
    let operation: String
    let kind: String
    let instances: Double
    let latency: Double
    let energy: Double?
    let bound: String
    let flop: Double
    let bytes: Double

    private enum CodingKeys: String, CodingKey {
      case operation, kind, instances, bound, flop, bytes
      case latency = "latency_s"
      case energy = "energy_j"
    }

    init(_ cost: OperationCost) {
      operation = cost.operation
      kind = cost.kind
      instances = cost.instances
      latency = cost.latency.value
      energy = cost.energy?.value
      bound = cost.bound.rawValue
      flop = cost.flop.value
      bytes = cost.bytes.value
    }
  }

  private var document: Document {
    Document(
      workload: workload, device: device, latency: EstimateReport(prediction.latency),
      energy: prediction.energy.map { EstimateReport($0) },
      peakMemory: prediction.peakMemory.map { EstimateReport($0) }, method: prediction.method,
      assumptions: prediction.assumptions, breakdown: prediction.breakdown.map(Row.init))
  }

  /// One object; of several predictions, a list.
  public static func json(_ reports: [PredictionReport]) throws -> String {
    reports.count == 1
      ? try JSONReport.text(reports[0].document) : try JSONReport.text(reports.map(\.document))
  }

  // MARK: - CSV

  private static let header = [
    "workload", "device", "operation", "kind", "instances", "latency_s", "energy_j", "bound",
    "flop", "bytes",
  ]

  /// The breakdown, a row for each operation.
  public static func csv(_ reports: [PredictionReport]) -> String {
    CSVReport.text(
      header: header,
      rows: reports.flatMap { report in
        report.prediction.breakdown.map { cost in
          [
            report.workload, report.device, cost.operation, cost.kind, "\(cost.instances)",
            "\(cost.latency.value)", cost.energy.map { "\($0.value)" } ?? "",
            cost.bound.rawValue, "\(cost.flop.value)", "\(cost.bytes.value)",
          ]
        }
      })
  }

  // MARK: - Text

  /// The totals, the time by kind of operation, the longest operations, and what was assumed.
  public func text(longest count: Int) -> String {
    var lines = ["\(workload) on \(device)", ""]
    func line(_ name: String, _ text: String) {
      lines.append(name + String(repeating: " ", count: max(1, 14 - name.count)) + text)
    }
    line("latency", Self.text(prediction.latency))
    if let energy = prediction.energy {
      let power = energy.value / prediction.latency.value
      line("energy", Self.text(energy) + "  (\(power) in the mean)")
    }
    if let memory = prediction.peakMemory { line("peak memory", Self.text(memory)) }
    line("method", prediction.method)
    lines += ["", kinds.text, "", operations(count).text]
    let rest = prediction.breakdown.count - count
    if rest > 0 { lines.append("… and \(rest) more; '--format csv' lists all") }
    if !prediction.assumptions.isEmpty {
      lines.append("")
      lines += prediction.assumptions.map { "assumed: \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  static func text<Amount: Quantity>(_ estimate: Estimate<Amount>) -> String {
    guard let interval = estimate.interval else { return "\(estimate.value)" }
    return "\(estimate.value)  (\(Int((100 * interval.coverage).rounded())) %: "
      + "\(interval.low) – \(interval.high))"
  }

  /// The breakdown's time by kind of operation, the longest first.
  public static func times(_ breakdown: [OperationCost]) -> [(group: String, time: Seconds)] {
    var times: [String: Seconds] = [:]
    for cost in breakdown { times[cost.kind, default: .zero] += cost.latency }
    return times.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
      .map { (group: $0.key, time: $0.value) }
  }

  private var kinds: TextTable {
    var table = TextTable([
      .init("kind", .left), .init("operations"), .init("time"), .init("share"), .init("energy"),
      .init("FLOP"), .init("traffic"), .init("FLOP/s"), .init("mostly bound by", .left),
    ])
    for (kind, time) in Self.times(prediction.breakdown) {
      let costs = prediction.breakdown.filter { $0.kind == kind }
      let flop = costs.reduce(FLOP.zero) { $0 + $1.flop }
      let bytes = costs.reduce(Bytes.zero) { $0 + $1.bytes }
      let energy = costs.reduce(Joules.zero) { $0 + ($1.energy ?? .zero) }
      var bounds: [Bound: Seconds] = [:]
      for cost in costs { bounds[cost.bound, default: .zero] += cost.latency }
      let bound = bounds.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key
      table.append([
        kind, Self.whole(costs.reduce(0) { $0 + $1.instances }), "\(time)",
        Self.percent(time / prediction.latency.value), "\(energy)", "\(flop)", "\(bytes)",
        flop > .zero && time > .zero ? "\(flop / time)" : "", bound?.rawValue ?? "",
      ])
    }
    return table
  }

  private func operations(_ count: Int) -> TextTable {
    var table = TextTable([
      .init("operation", .left), .init("×"), .init("time"), .init("share"), .init("FLOP"),
      .init("traffic"), .init("FLOP/B"), .init("bound", .left),
    ])
    let longest = prediction.breakdown.enumerated()
      .sorted { ($0.element.latency, $1.offset) > ($1.element.latency, $0.offset) }
      .prefix(count)
    for (_, cost) in longest {
      table.append([
        cost.operation, Self.whole(cost.instances), "\(cost.latency)",
        Self.percent(cost.latency / prediction.latency.value), "\(cost.flop)", "\(cost.bytes)",
        cost.bytes > .zero ? String(format: "%.1f", cost.arithmeticIntensity.value) : "",
        cost.bound.rawValue,
      ])
    }
    return table
  }

  private static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
  private static func whole(_ number: Double) -> String { String(format: "%.0f", number) }
}
