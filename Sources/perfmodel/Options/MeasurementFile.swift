import Datasets
import Evaluation
import Foundation
import Measurement
import Quantities
import Workloads

/// The output of `measure`: a row for each architecture with all its runs, rewritten whole after
/// every visit.
struct MeasurementFile {
  let path: String
  let list: ArchitectureList
  let setting: String
  var visits: [TimedVisit] = []

  private static let header = [
    "architecture", "latency_s", "low_s", "high_s", "runs", "passes_s", "failure", "setting",
  ]

  /// Takes over the visits that `path` holds already.
  ///
  /// - Throws: `DatasetError` where the file is something else, or measured under other settings.
  init(_ path: String, list: ArchitectureList, setting: String) throws {
    self.path = path
    self.list = list
    self.setting = setting
    guard FileManager.default.fileExists(atPath: path) else { return }
    let table = try CSVTable(path)
    guard
      table.header.first == "id"
        ? Array(table.header.dropFirst()) == Self.header
        : table.header == Self.header
    else {
      throw DatasetError.corrupt(
        path: path, reason: "it exists and is not an output of 'measure'; name another")
    }
    let wanted = Set(list.architectures)
    let settings = try table.strings("setting")
    let notations = try table.strings("architecture")
    let passes = try table.strings("passes_s")
    for row in 0..<table.rowCount {
      guard settings[row] == setting else {
        throw DatasetError.row(
          path: path, line: table.line(row), column: "setting", found: settings[row],
          allowed: "this measurement has '\(setting)'; name another output")
      }
      let architecture = try list.space.architecture(parsing: notations[row])
      guard wanted.contains(architecture) else {
        throw DatasetError.row(
          path: path, line: table.line(row), column: "architecture", found: notations[row],
          allowed: "it is not to be measured now and would be lost; name another output")
      }
      for (pass, text) in passes[row].split(separator: ";", omittingEmptySubsequences: false)
        .enumerated() where !text.isEmpty
      {
        let runs = try text.split(separator: " ").map { word in
          guard let time = Double(word), time.isFinite, time > 0 else {
            throw DatasetError.row(
              path: path, line: table.line(row), column: "passes_s", found: String(word),
              allowed: "a run is a positive number of seconds")
          }
          return Seconds(time)
        }
        visits.append(TimedVisit(architecture: architecture, pass: pass, runs: runs))
      }
    }
  }

  func save() throws {
    var byArchitecture: [Architecture: [Int: TimedVisit]] = [:]
    for visit in visits { byArchitecture[visit.architecture, default: [:]][visit.pass] = visit }
    let hasIDs = list.ids != list.architectures.map { list.space.notation(of: $0) }
    let rows = list.architectures.enumerated().map { place, architecture in
      let own = byArchitecture[architecture] ?? [:]
      let last = (own.keys.max() ?? -1) + 1
      let runs = (0..<last).map { own[$0]?.runs ?? [] }
      let timed = TimedArchitecture(
        architecture: architecture, runs: runs.flatMap(\.self),
        failure: own.values.compactMap(\.failure).first)
      func text(_ time: Seconds?) -> String { time.map { "\($0.value)" } ?? "" }
      return (hasIDs ? [list.ids[place]] : []) + [
        list.space.notation(of: architecture), text(timed.latency), text(timed.low),
        text(timed.high), "\(timed.runs.count)",
        runs.map { $0.map { "\($0.value)" }.joined(separator: " ") }.joined(separator: ";"),
        timed.failure ?? "", setting,
      ]
    }
    try CSVWriter.write(header: (hasIDs ? ["id"] : []) + Self.header, rows: rows, to: path)
  }
}
