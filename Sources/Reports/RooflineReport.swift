import Foundation
import Predictions
import Quantities

/// Operations under the roofs of a device: as text for people, as JSON and CSV for programs, and as a
/// picture.
public struct RooflineReport: Sendable {
  let workload: String
  let device: String
  let prediction: Prediction
  let analysis: RooflineAnalysis

  public init(
    workload: String, device: String, _ prediction: Prediction, _ analysis: RooflineAnalysis
  ) {
    self.workload = workload
    self.device = device
    self.prediction = prediction
    self.analysis = analysis
  }

  // MARK: - Picture

  /// Every operation under the peaks of the precision and the slopes of the memories.
  public var chart: RooflineChart {
    RooflineChart(
      title: "\(workload) on \(device)",
      subtitle: "\(prediction.latency.value), \(FLOP(analysis.flop.value) / analysis.time) in the "
        + "mean, \(Self.percent(analysis.leastTime / analysis.time)) of the roofs, "
        + prediction.method,
      peaks: analysis.peaks.map { .init($0.name, $0.rate) },
      bandwidths: analysis.levels.compactMap { level in
        level.bandwidth.map { .init(level.name, $0, isAchieved: false) }
      },
      operations: analysis.operations.map { operation in
        let cost = operation.cost
        var bound = cost.bound.rawValue
        if operation.leastTime > .zero {
          bound += ", \(Self.percent(operation.roofShare)) of the roof"
        }
        if cost.bytes == .zero, operation.cacheTraffic > .zero, let cache = analysis.levels.last {
          bound += ", all of it in \(cache.name)"
        }
        return .init(
          cost.operation + (cost.instances == 1 ? "" : " × \(Self.whole(cost.instances))"),
          group: cost.kind, work: cost.flop, traffic: cost.bytes, time: cost.latency,
          bound: bound)
      })
  }

  // MARK: - Text

  /// Roofs, memories, reuse, and the longest operations.
  public func text(longest count: Int) -> String {
    let rate = analysis.flop / analysis.time
    var lines = ["\(workload) on \(device)", ""]
    func line(_ name: String, _ text: String) {
      lines.append(name + String(repeating: " ", count: max(1, 16 - name.count)) + text)
    }
    line("latency", PredictionReport.text(prediction.latency))
    line(
      "least time",
      "\(analysis.leastTime) under the roofs, \(Self.percent(analysis.leastTime / analysis.time))")
    line("arithmetic", "\(analysis.flop), \(rate) in the mean")
    for peak in analysis.peaks.prefix(1) {
      line("", "\(Self.percent(rate / peak.rate)) of \(peak.name)")
    }
    line("method", prediction.method)
    lines += ["", roofs.text, "", memories.text, "", reuse.text, "", operations(count).text]
    let rest = analysis.operations.count - count
    if rest > 0 { lines.append("… and \(rest) more; '--format csv' lists all") }
    if !prediction.assumptions.isEmpty {
      lines.append("")
      lines += prediction.assumptions.map { "assumed: \($0)" }
    }
    return lines.joined(separator: "\n")
  }

  private var roofs: TextTable {
    var table = TextTable(
      [.init("peak", .left), .init("rate")]
        + analysis.levels.map { .init("ridge point \($0.name)") })
    for peak in analysis.peaks {
      table.append(
        [peak.name, "\(peak.rate)"]
          + analysis.levels.map { analysis.ridgePoint(peak, $0)?.compactDescription ?? "" })
    }
    return table
  }

  private var memories: TextTable {
    var table = TextTable([
      .init("memory", .left), .init("bandwidth"), .init("traffic"), .init("FLOP/B"),
      .init("at full rate"), .init("of the time"),
    ])
    for level in analysis.levels {
      let time = level.bandwidth.map { level.traffic / $0 }
      table.append([
        level.name,
        level.bandwidth.map { (level.isAssumed ? "~" : "") + $0.compactDescription } ?? "unknown",
        "\(level.traffic)", Self.ratio(analysis.flop, level.traffic), time.map { "\($0)" } ?? "",
        time.map { Self.percent($0 / analysis.time) } ?? "",
      ])
    }
    return table
  }

  private var reuse: TextTable {
    let reuse = analysis.reuse
    var table = TextTable([.init("products for each element", .left), .init("")])
    table.append(["arithmetic intensity, of the sums", Self.number(reuse.arithmeticIntensity)])
    table.append([
      "arithmetic intensity, mean of the layers", Self.number(analysis.meanArithmeticIntensity),
    ])
    table.append([
      "weighted, \(analysis.activationWeight) on activations",
      Self.number(reuse.weightedIntensity),
    ])
    table.append(["use of a weight", reuse.weightReuse.map { Self.number($0) } ?? ""])
    table.append(["use of an activation", Self.number(reuse.activationReuse)])
    return table
  }

  private func operations(_ count: Int) -> TextTable {
    var table = TextTable(
      [
        .init("operation", .left), .init("×"), .init("time"), .init("share"), .init("FLOP"),
      ] + analysis.levels.map { .init("FLOP/B \($0.name)") } + [
        .init("FLOP/s"), .init("of the roof"), .init("weight use"), .init("bound", .left),
      ])
    let longest = analysis.operations.enumerated()
      .sorted { ($0.element.cost.latency, $1.offset) > ($1.element.cost.latency, $0.offset) }
      .prefix(count)
    for (_, operation) in longest {
      let cost = operation.cost
      let traffic = [cost.bytes, operation.cacheTraffic].prefix(analysis.levels.count)
      table.append(
        [
          cost.operation, Self.whole(cost.instances), "\(cost.latency)",
          Self.percent(cost.latency / analysis.time), cost.flop > .zero ? "\(cost.flop)" : "",
        ] + traffic.map { Self.ratio(cost.flop, $0) } + [
          cost.flop > .zero ? "\(operation.rate)" : "",
          operation.leastTime > .zero ? Self.percent(operation.roofShare) : "",
          operation.reuse?.weightReuse.map { Self.number($0) } ?? "", cost.bound.rawValue,
        ])
    }
    return table
  }

  private static func ratio(_ work: FLOP, _ traffic: Bytes) -> String {
    work > .zero && traffic > .zero ? number((work / traffic).value) : ""
  }

  static func number(_ value: Double) -> String {
    String(format: abs(value) >= 99.95 ? "%.0f" : abs(value) >= 0.995 ? "%.1f" : "%.2g", value)
  }

  static func percent(_ share: Double) -> String { String(format: "%.1f %%", 100 * share) }
  static func whole(_ number: Double) -> String { String(format: "%.0f", number) }
}
