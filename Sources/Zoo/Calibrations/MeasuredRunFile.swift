import Analytic
import Datasets
import Devices
import Foundation
import Quantities
import Workloads

/// Runs of workloads that somebody has measured on a device: a CSV with a row for each.
///
/// | column | |
/// |---|---|
/// | `workload` | name, notation or file of a network |
/// | `latency_s` (or `_ms`, `_us`, `_ns`) | of one run |
/// | `energy_j` (or `_mj`) | of one run, where it was measured |
/// | `batch`, `context` | as `--batch`, `--context` |
/// | `settings` | as `--set`, with spaces between: `image=288` |
/// | `phase`, `precision`, `layout`, `fusion` | as the options of that name |
///
/// A column that is missing or a field that is empty is what the options say.
public enum MeasuredRunFile {
  public static func read(
    _ path: String, defaults: Execution, request: WorkloadRequest = WorkloadRequest()
  ) throws -> [MeasuredRun] {
    try rows(path, defaults: defaults, request: request).map { row in
      MeasuredRun(
        label: row.label, tally: KernelTally(row.workload.kernels(row.execution)),
        latency: row.latency, energy: row.energy)
    }
  }

  /// One row of the file with its network.
  public struct Row: Sendable {
    public let label: String
    public let workload: Workload
    public let execution: Execution
    public let latency: Seconds
    public let energy: Joules?
  }

  /// The rows with their networks, for any method.
  public static func rows(
    _ path: String, defaults: Execution, request: WorkloadRequest = WorkloadRequest()
  ) throws -> [Row] {
    let table = try CSVTable(path)
    let known: Set = [
      "workload", "energy_j", "energy_mj", "batch", "context", "settings", "phase", "precision",
      "layout", "fusion",
    ]
    let units = ["latency_s": 1.0, "latency_ms": 1e-3, "latency_us": 1e-6, "latency_ns": 1e-9]
    let timeColumns = table.header.filter { units[$0] != nil }
    guard timeColumns.count == 1, let timeColumn = timeColumns.first,
      let unit = units[timeColumn]
    else {
      throw DatasetError.corrupt(
        path: path,
        reason: timeColumns.isEmpty
          ? "it has no column of latencies; one of latency_s, latency_ms, latency_us, latency_ns "
            + "is needed, its name with the unit"
          : "it has the latencies \(timeColumns.joined(separator: " and ")); one is needed")
    }
    if let other = table.header.first(where: { !known.contains($0) && units[$0] == nil }) {
      throw DatasetError.corrupt(
        path: path,
        reason: "it has a column '\(other)'; allowed are workload, \(timeColumn), "
          + known.subtracting(["workload"]).sorted().joined(separator: ", "))
    }
    let workloads = try table.strings("workload")
    let latencies = try positive(table, timeColumn)
    let energies =
      table.has("energy_j")
      ? try positive(table, "energy_j")
      : table.has("energy_mj") ? try positive(table, "energy_mj").map { $0 * 1e-3 } : nil
    let fields = try RunFields(table)
    return try (0..<table.rowCount).map { row in
      guard latencies[row].isFinite else {
        throw DatasetError.row(
          path: path, line: table.line(row), column: timeColumn, found: "",
          allowed: "every run has a latency")
      }
      let (request, execution) = try fields.read(row, request, defaults)
      do {
        return Row(
          label: "\(path), line \(table.line(row)), \(workloads[row])",
          workload: try NetworkReference(workloads[row]).workload(request),
          execution: execution, latency: Seconds(latencies[row] * unit),
          energy: energies.flatMap { $0[row].isFinite ? Joules($0[row]) : nil })
      } catch let error as WorkloadError {
        throw DatasetError.row(
          path: path, line: table.line(row), column: "workload", found: workloads[row],
          allowed: "\(error)")
      }
    }
  }

  private static func positive(_ table: CSVTable, _ column: String) throws -> [Double] {
    let values = try table.doubles(column)
    for (row, value) in values.enumerated() where value <= 0 {
      throw DatasetError.row(
        path: table.path, line: table.line(row), column: column, found: "\(value)",
        allowed: "it is above 0")
    }
    return values
  }
}

/// The optional columns of a run.
private struct RunFields {
  private let table: CSVTable
  private var columns: [String: [String]] = [:]

  init(_ table: CSVTable) throws {
    self.table = table
    for name in ["batch", "context", "settings", "phase", "precision", "layout", "fusion"]
    where table.has(name) {
      columns[name] = try table.strings(name)
    }
  }

  func read(
    _ row: Int, _ request: WorkloadRequest, _ execution: Execution
  ) throws -> (WorkloadRequest, Execution) {
    var (request, execution) = (request, execution)
    func field(_ name: String) -> String? {
      columns[name].flatMap { $0[row].isEmpty ? nil : $0[row] }
    }
    func failure(_ name: String, _ allowed: String) -> DatasetError {
      .row(
        path: table.path, line: table.line(row), column: name, found: field(name) ?? "",
        allowed: allowed)
    }
    func number(_ name: String) throws -> Int? {
      guard let text = field(name) else { return nil }
      guard let value = Double(text), value >= 1, value <= 1e9, value == value.rounded() else {
        throw failure(name, "a whole number of at least 1")
      }
      return Int(value)
    }
    func choice<Choice: RawRepresentable & CaseIterable>(
      _ name: String, _ type: Choice.Type
    ) throws -> Choice? where Choice.RawValue == String {
      guard let text = field(name) else { return nil }
      guard let value = Choice(rawValue: text) else {
        throw failure(name, "it is " + type.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return value
    }
    if let batch = try number("batch") { request.batch = batch }
    if let context = try number("context") { request.context = context }
    if let phase = try choice("phase", WorkloadRequest.Phase.self) { request.phase = phase }
    if let precision = try choice("precision", Precision.self) { execution.precision = precision }
    if let layout = try choice("layout", TensorLayout.self) { execution.layout = layout }
    if let fusion = try choice("fusion", Fusion.self) { execution.fusion = fusion }
    for pair in (field("settings") ?? "").split(separator: " ") {
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let value = Int(parts[1]) else {
        throw failure("settings", "name=number, with spaces between")
      }
      request.settings[String(parts[0])] = value
    }
    return (request, execution)
  }
}
