import Analytic
import Datasets
import Devices
import Foundation
import Mathematics
import Predictions
import Quantities
import Workloads

/// The timing tables of pytorch-image-models against the analytic model: one table is one device under
/// one framework, layout and precision.
public struct TimmReplay: Sendable {
  /// One network of a table that this project can build.
  public struct Row: Sendable {
    public let network: String
    public let image: Int
    public let batch: Int
    /// Of one step, the whole batch.
    public let measured: Seconds
    public let program: KernelProgram
  }

  public let rows: [Row]
  /// Networks of the table that no family here builds.
  public let unknown: Int

  /// - Parameters:
  ///   - path: a CSV with `model`, `infer_img_size`, `infer_batch_size`, `infer_samples_per_sec`, or
  ///     the same with `train_`.
  public init(path: String, execution: Execution, progress: (Double) -> Void = { _ in }) throws {
    let table = try CSVTable(path)
    let prefix = table.has("train_samples_per_sec") ? "train_" : "infer_"
    let names = try table.strings("model")
    let images = try table.doubles(prefix + "img_size")
    let batches = try table.doubles(prefix + "batch_size")
    let rates = try table.doubles(prefix + "samples_per_sec")
    var rows: [Row] = []
    var unknown = 0
    for index in 0..<table.rowCount where rates[index] > 0 {
      if index % 16 == 0 { progress(Double(index) / Double(table.rowCount)) }
      guard let network = NetworkRegistry.network(named: names[index]) else {
        unknown += 1
        continue
      }
      var workload = try network.workload(
        batch: Int(batches[index]), settings: ["image": Int(images[index])])
      if prefix == "train_" { workload = try workload.trainingStep(optimizer: .momentum) }
      rows.append(
        Row(
          network: network.name, image: Int(images[index]), batch: Int(batches[index]),
          measured: Seconds(batches[index] / rates[index]), program: workload.kernels(execution)))
    }
    self.rows = rows
    self.unknown = unknown
  }
}

extension TimmReplay {
  public func predictions(_ model: RooflineModel) throws -> [Prediction] {
    try rows.map { try model.predict($0.program) }
  }

  /// Predicted and measured steps, with the pictures of each.
  public func pairs(
    _ predictions: [Prediction]
  ) -> [(predicted: Estimate<Seconds>, measured: Seconds, units: Double)] {
    zip(rows, predictions).map { ($1.latency, $0.measured, Double($0.batch)) }
  }

  /// The score on all other networks after a fit to `samples` of them, drawn at random.
  public func fitted(
    _ device: Device, _ execution: Execution, samples: Int, seed: UInt64
  ) throws -> ReplayScore {
    var random = RandomStream(seed: seed, label: "timm")
    let drawn = Set(random.sample(samples, of: rows.count))
    let fit = try CalibrationFit(
      device,
      runs: drawn.sorted().map { place in
        let row = rows[place]
        return MeasuredRun(
          label: row.network, tally: KernelTally(row.program), latency: row.measured)
      })
    let model = RooflineModel(device, execution, calibration: fit.calibration)
    let networks = Set(drawn.map { rows[$0].network })
    let others = rows.indices.filter { !drawn.contains($0) && !networks.contains(rows[$0].network) }
    return ReplayScore(
      try others.map { place in
        (
          try model.predict(rows[place].program).latency, rows[place].measured,
          Double(rows[place].batch)
        )
      })
  }

  /// Every row with its prediction, as CSV.
  public func write(_ predictions: [Prediction], to path: String) throws {
    try CSVWriter.write(
      header: ["network", "image", "batch", "measured_s", "predicted_s", "low_s", "high_s"],
      rows: zip(rows, predictions).map { row, prediction in
        [
          row.network, "\(row.image)", "\(row.batch)", "\(row.measured.value)",
          "\(prediction.latency.value.value)",
          "\(prediction.latency.interval?.low.value ?? .nan)",
          "\(prediction.latency.interval?.high.value ?? .nan)",
        ]
      }, to: path)
  }
}
