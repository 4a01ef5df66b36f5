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

/// How well predicted latencies agree with measured ones.
public struct ReplayScore: Sendable, Encodable {
  public let count: Int
  /// Over items, where an item's unit of work is the same for all.
  public let spearman: Double
  public let medianError: Double
  public let meanError: Double
  /// Median of ln(predicted ÷ measured): above 0 is too slow.
  public let bias: Double
  public let withinTenPercent: Double
  public let coverage: Double

  private enum CodingKeys: String, CodingKey {
    case count, spearman, bias, coverage
    case medianError = "median_error"
    case meanError = "mean_error"
    case withinTenPercent = "within_10_percent"
  }

  /// - Parameter units: by which both latencies are divided for the ranking, such as the batch.
  public init(_ pairs: [(predicted: Estimate<Seconds>, measured: Seconds, units: Double)]) {
    let ratios = pairs.map { $0.predicted.value / $0.measured }
    let errors = ratios.map { abs($0 - 1) }
    count = pairs.count
    spearman =
      Mathematics.spearman(
        pairs.map { $0.predicted.value.value / $0.units },
        pairs.map { $0.measured.value / $0.units }) ?? .nan
    medianError = errors.isEmpty ? .nan : median(errors)
    meanError = errors.isEmpty ? .nan : mean(errors)
    bias = ratios.isEmpty ? .nan : median(ratios.map { log($0) })
    withinTenPercent = Double(errors.count { $0 <= 0.1 }) / Double(max(1, count))
    coverage =
      Double(pairs.count { $0.predicted.interval?.contains($0.measured) ?? false })
      / Double(max(1, count))
  }
}
