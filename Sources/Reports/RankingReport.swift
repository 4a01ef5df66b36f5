import Foundation
import Predictions
import Quantities

/// Runs in their order: as text for people, as JSON and CSV for programs, and as a trade of two
/// amounts.
public struct RankingReport: Sendable {
  let metric: Metric
  let runs: [RankedRun]
  let unranked: [UnrankedRun]
  let limits: [Limit]
  /// What the accuracies are called; nil without any.
  let accuracyName: String?
  /// Places on the Pareto front of the metric and the accuracy.
  let front: Set<Int>

  public init(
    by metric: Metric, _ runs: [RankedRun], unranked: [UnrankedRun], limits: [Limit],
    accuracyName: String? = nil
  ) {
    self.metric = metric
    self.runs = runs
    self.unranked = unranked
    self.limits = limits
    self.accuracyName = accuracyName
    let known = runs.indices.filter { runs[$0].accuracy != nil }
    front = Set(
      ParetoFront.indices(
        known.map { (runs[$0].value(of: metric), -(runs[$0].accuracy ?? 0)) }
      ).map { known[$0] })
  }

  // MARK: - Picture

  /// The metric against the accuracy; without one, latency against energy, or memory against latency.
  public var chart: ParetoChart {
    let limit = limits.first { $0.metric == xMetric }?.value
    let devices = Set(runs.map(\.device)).sorted()
    let places = devices.count == 1 ? " on \(devices[0])" : " on \(devices.count) devices"
    let subtitle = "\(runs.count) runs\(places)"
    func name(_ run: RankedRun) -> String {
      devices.count == 1 ? run.run.text : "\(run.run.text) on \(run.device)"
    }
    if let accuracyName {
      let isPercent = runs.contains { ($0.accuracy ?? 0) > 1.5 }
      return ParetoChart(
        title: "\(metric.rawValue) against \(accuracyName)", subtitle: subtitle,
        x: Self.axis(metric), y: .number(accuracyName, unit: isPercent ? "%" : ""),
        points: runs.map {
          .init(
            name($0), x: Self.chartValue($0, metric), y: ChartValue($0.accuracy ?? .nan))
        }, limit: limit)
    }
    return ParetoChart(
      title: "\(xMetric.rawValue) against \(yMetric.rawValue)", subtitle: subtitle,
      x: Self.axis(xMetric), y: Self.axis(yMetric), yAim: .lower,
      points: runs.map {
        .init(
          name($0), x: Self.chartValue($0, xMetric), y: Self.chartValue($0, yMetric))
      }, limit: limit)
  }

  private var xMetric: Metric { metric == .edp && accuracyName == nil ? .latency : metric }
  private var yMetric: Metric { xMetric == .latency ? .energy : .latency }

  private static func axis(_ metric: Metric) -> ChartAxis {
    switch metric {
    case .latency: .quantity("latency", Seconds.self, .logarithmic)
    case .energy: .quantity("energy", Joules.self, .logarithmic)
    case .memory: .quantity("peak memory", Bytes.self, .logarithmic)
    case .edp: .quantity("energy × delay", JouleSeconds.self, .logarithmic)
    }
  }

  /// Intervals would hide the points where there are many.
  private static func chartValue(_ run: RankedRun, _ metric: Metric) -> ChartValue {
    ChartValue(run.value(of: metric))
  }

  // MARK: - Text

  /// - Parameter count: how many places are shown; all where nil.
  public func text(top count: Int? = nil) -> String {
    var lines: [String] = []
    if !runs.isEmpty {
      lines.append(table(count).text)
      let rest = runs.count - (count ?? runs.count)
      if rest > 0 { lines.append("… and \(rest) more") }
    }
    if !unranked.isEmpty {
      if !lines.isEmpty { lines.append("") }
      lines.append("not ranked: \(unranked.count)")
      let shown = count ?? unranked.count
      lines += unranked.prefix(shown).map { "  \($0.run.text) on \($0.device): \($0.reason)" }
      if unranked.count > shown { lines.append("  … and \(unranked.count - shown) more") }
    }
    return lines.joined(separator: "\n")
  }

  private func table(_ count: Int?) -> TextTable {
    let hasProduct = metric == .edp || limits.contains { $0.metric == .edp }
    var columns: [TextTable.Column] = [
      .init("rank"), .init("workload", .left), .init("device", .left), .init("latency"),
      .init("90 % interval"), .init("energy"), .init("90 % interval"), .init("memory"),
    ]
    if hasProduct { columns += [.init("edp"), .init("90 % interval")] }
    columns.append(.init("P(place)"))
    columns += limits.map { .init("P(\($0.metric.rawValue) ≤ \(Self.compact($0)))") }
    if let accuracyName { columns += [.init(accuracyName), .init("front", .left)] }
    var table = TextTable(columns)
    for (place, run) in runs.prefix(count ?? runs.count).enumerated() {
      var cells =
        ["\(place + 1)", run.run.text, run.device] + Self.cells(run.latency)
        + Self.cells(run.energy) + ["\(run.memory.value)"]
      if hasProduct { cells += Self.cells(run.edp) }
      cells.append(Self.probability(run.placeProbability))
      cells += run.withinProbabilities.map { Self.probability($0.probability) }
      if accuracyName != nil {
        cells += [run.accuracy.map { AxisNumber.text($0) } ?? "", front.contains(place) ? "●" : ""]
      }
      table.append(cells)
    }
    return table
  }

  private static func cells<Amount: Quantity>(_ estimate: Estimate<Amount>?) -> [String] {
    guard let estimate else { return ["", ""] }
    return [
      "\(estimate.value)", estimate.interval.map { "\($0.low) – \($0.high)" } ?? "",
    ]
  }

  private static func compact(_ limit: Limit) -> String {
    switch limit {
    case .latency(let amount): amount.compactDescription
    case .energy(let amount): amount.compactDescription
    case .memory(let amount): amount.compactDescription
    case .edp(let amount): amount.compactDescription
    }
  }

  static func probability(_ value: Double) -> String { String(format: "%.2f", value) }
}

extension RankingReport {
  // MARK: - JSON

  private struct Document: Encodable {
    let metric: String
    let ranking: [Row]
    let unranked: [Left]
  }

  private struct Row: Encodable {
    let rank: Int
    let workload: String
    let batch: Int?
    let settings, device: String
    let latency: EstimateReport
    let energy: EstimateReport?
    let memory: EstimateReport
    let edp: EstimateReport?
    let placeProbability: Double
    let within: [String: Double]
    let accuracy: Double?
    let isOnFront: Bool?

    private enum CodingKeys: String, CodingKey {
      case rank, workload, batch, settings, device, accuracy
      case latency = "latency_s"
      case energy = "energy_j"
      case memory = "peak_memory_bytes"
      case edp = "edp_j_s"
      case placeProbability = "place_probability"
      case within = "within_limit_probability"
      case isOnFront = "pareto_front"
    }
  }

  private struct Left: Encodable {
    let workload: String
    let batch: Int?
    let settings, device, reason: String
  }

  /// - Parameter count: how many places are written; all where nil.
  public func json(top count: Int? = nil) throws -> String {
    try JSONReport.text(
      Document(
        metric: metric.rawValue,
        ranking: runs.prefix(count ?? runs.count).enumerated().map { place, run in
          Row(
            rank: place + 1, workload: run.run.workload, batch: run.run.batch,
            settings: run.run.settings, device: run.device, latency: EstimateReport(run.latency),
            energy: run.energy.map { EstimateReport($0) }, memory: EstimateReport(run.memory),
            edp: run.edp.map { EstimateReport($0) }, placeProbability: run.placeProbability,
            within: Dictionary(
              uniqueKeysWithValues: run.withinProbabilities.map {
                ($0.limit.metric.rawValue, $0.probability)
              }),
            accuracy: run.accuracy,
            isOnFront: accuracyName == nil ? nil : front.contains(place))
        },
        unranked: unranked.map {
          Left(
            workload: $0.run.workload, batch: $0.run.batch, settings: $0.run.settings,
            device: $0.device, reason: $0.reason)
        }))
  }

  // MARK: - CSV

  /// Ranked rows, then those without a rank, whose `note` says why.
  public func csv(top count: Int? = nil) -> String {
    let names = limits.map { "within_\($0.metric.rawValue)_probability" }
    let header =
      [
        "rank", "workload", "batch", "settings", "device", "latency_s", "latency_low_s",
        "latency_high_s", "energy_j", "energy_low_j", "energy_high_j", "peak_memory_bytes",
        "edp_j_s", "place_probability",
      ] + names + (accuracyName == nil ? [] : ["accuracy", "pareto_front"]) + ["note"]
    func name(_ run: RunLabel, _ device: String) -> [String] {
      [run.workload, run.batch.map { "\($0)" } ?? "", run.settings, device]
    }
    func numbers<Amount: Quantity>(_ estimate: Estimate<Amount>?) -> [String] {
      guard let estimate else { return ["", "", ""] }
      return [
        "\(estimate.value.value)", estimate.interval.map { "\($0.low.value)" } ?? "",
        estimate.interval.map { "\($0.high.value)" } ?? "",
      ]
    }
    let ranked = runs.prefix(count ?? runs.count).enumerated().map { place, run in
      ["\(place + 1)"] + name(run.run, run.device) + numbers(run.latency) + numbers(run.energy)
        + [
          "\(run.memory.value.value)", run.edp.map { "\($0.value.value)" } ?? "",
          "\(run.placeProbability)",
        ]
        + run.withinProbabilities.map { "\($0.probability)" }
        + (accuracyName == nil
          ? [] : [run.accuracy.map { "\($0)" } ?? "", "\(front.contains(place))"]) + [""]
    }
    let left = unranked.map { run in
      [""] + name(run.run, run.device)
        + [String](repeating: "", count: header.count - 6) + [run.reason]
    }
    return CSVReport.text(header: header, rows: ranked + left)
  }
}
