import Datasets
import Devices
import Foundation
import Predictions
import Quantities

/// Training jobs that Zeus's authors have run on one board under each of its power limits.
///
/// - Source: github.com/ml-energy/zeus, `examples/research_reproducibility/zeus_nsdi23/trace`
///   (Apache-2.0): `summary_power_….csv`, a row for each job and limit with seconds of an epoch and the
///   mean power.
public struct PowerTrace: Sendable {
  public struct Job: Sendable {
    public let dataset: String
    public let network: String
    public let optimizer: String
    public let batch: Int
    /// By limit, ascending; times are of one epoch.
    public let points: [PowerMeasurement]

    public var name: String { "\(dataset) \(network) \(batch) \(optimizer)" }
  }

  /// The three boards of the collection: the name of its file, and of the device.
  public enum Board: String, CaseIterable, Sendable {
    case v100, p100, rtx6000

    public var deviceName: String {
      switch self {
      case .v100: "V100-PCIe-32GB"
      case .p100: "P100-PCIe-16GB"
      case .rtx6000: "Quadro-RTX-6000"
      }
    }

    public var fileName: String { "summary_power_\(rawValue).csv" }
  }

  public let board: Board
  public let jobs: [Job]

  /// - Throws: `DatasetError` for a table that is damaged or of another kind.
  public init(_ board: Board, path: String) throws {
    self.board = board
    let table = try CSVTable(path)
    let datasets = try table.strings("dataset")
    let networks = try table.strings("network")
    let optimizers = try table.strings("optimizer")
    let batches = try table.strings("batch_size")
    let limits = try table.positives("power_limit")
    let times = try table.positives("time_per_epoch")
    let powers = try table.positives("average_power")
    var order: [[String]] = []
    var points: [[String]: [PowerMeasurement]] = [:]
    for row in 0..<table.rowCount {
      guard let batch = Int(batches[row]), batch > 0 else {
        throw DatasetError.row(
          path: path, line: table.line(row), column: "batch_size", found: batches[row],
          allowed: "it is a whole number of at least 1")
      }
      let key = [datasets[row], networks[row], optimizers[row], "\(batch)"]
      if points[key] == nil { order.append(key) }
      points[key, default: []].append(
        PowerMeasurement(
          limit: Watts(limits[row]), time: Seconds(times[row]), power: Watts(powers[row])))
    }
    jobs = order.map { key in
      Job(
        dataset: key[0], network: key[1], optimizer: key[2], batch: Int(key[3]) ?? 0,
        points: (points[key] ?? []).sorted { $0.limit < $1.limit })
    }
  }
}

extension CSVTable {
  /// A column of numbers above 0, none of them missing.
  ///
  /// - Throws: `DatasetError.row` naming the line.
  func positives(_ column: String) throws(DatasetError) -> [Double] {
    let values = try doubles(column)
    for (row, value) in values.enumerated() where !(value > 0) {
      throw .row(
        path: path, line: line(row), column: column, found: value.isNaN ? "" : "\(value)",
        allowed: "it is above 0")
    }
    return values
  }
}
