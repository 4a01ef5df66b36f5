import Analytic
import Datasets
import Devices
import Predictions
import Quantities

/// Runs that somebody has measured under power limits: a CSV with a row for each.
///
/// | column | |
/// |---|---|
/// | `job` | what was run; rows of one job belong together; without the column all rows are one job |
/// | `limit_w` | the limit of the board's power |
/// | `time_s` | of the run |
/// | `power_w` | in the mean over the run |
public enum PowerMeasurementFile {
  public struct Job: Sendable {
    public let name: String
    /// By limit, ascending.
    public let points: [PowerMeasurement]
  }

  /// The jobs in the order in which they first occur.
  ///
  /// - Throws: `DatasetError` for a column that is missing or not known, and for what is not above 0.
  public static func read(_ path: String) throws(DatasetError) -> [Job] {
    let table = try CSVTable(path)
    let known = ["job", "limit_w", "time_s", "power_w"]
    let limits = try table.positives("limit_w")
    let times = try table.positives("time_s")
    let powers = try table.positives("power_w")
    if let other = table.header.first(where: { !known.contains($0) }) {
      throw .corrupt(
        path: path,
        reason: "it has a column '\(other)'; allowed are \(known.joined(separator: ", "))")
    }
    let names =
      table.has("job")
      ? try table.strings("job") : [String](repeating: "job", count: table.rowCount)
    guard table.rowCount > 0 else {
      throw .corrupt(path: path, reason: "it has no row; at least one measurement is needed")
    }
    var order: [String] = []
    var points: [String: [PowerMeasurement]] = [:]
    for row in 0..<table.rowCount {
      if points[names[row]] == nil { order.append(names[row]) }
      points[names[row], default: []].append(
        PowerMeasurement(
          limit: Watts(limits[row]), time: Seconds(times[row]), power: Watts(powers[row])))
    }
    return order.map { name in
      Job(name: name, points: (points[name] ?? []).sorted { $0.limit < $1.limit })
    }
  }

  /// Every job's curve over the limits of `device`.
  ///
  /// The floor is `floor`, or the device's idle power, or the least that was measured where that is
  /// lower: no job draws less than the floor.
  ///
  /// - Throws: `PowerLimitError` where the device states no design power; `DatasetError`.
  public static func curves(
    _ jobs: [Job], on device: Device, limits: [Watts]?, eta: Double, floor: Watts?
  ) throws -> [PowerCurve] {
    var model = try PowerLimitModel(device, floor: floor)
    var assumptions = model.assumptions
    if let least = jobs.flatMap(\.points).map(\.power).min(), least < model.floor {
      assumptions = [
        "\(device.name) draws \(least) in one of the measurements, less than \(model.floor); that is "
          + "taken for the floor under a job"
      ]
      model = try PowerLimitModel(device, floor: least)
    }
    return try jobs.map { job in
      let fit = try PowerLimitFit(model, job.points)
      let count = job.points.count
      return fit.curve(
        run: job.name, limits: limits, eta: eta,
        method: "power-limit model, fitted to \(count) measurement\(count == 1 ? "" : "s")",
        assumptions: assumptions + [
          "constants of the power-limit model are those of three NVIDIA boards; clocks are inferred"
        ])
    }
  }
}
