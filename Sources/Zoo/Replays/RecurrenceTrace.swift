import Analytic
import Datasets
import Predictions

/// How many epochs Zeus's authors' trainings took to each of several targets, by batch size and run.
///
/// - Source: `summary_train.csv` of the collection that `PowerTrace` reads.
public struct RecurrenceTrace: Sendable {
  /// A training to one target.
  public struct Training: Sendable, Hashable {
    public let name: String
    public let dataset: String
    public let network: String
    public let optimizer: String
    public let defaultBatch: Int
    public let target: Double
  }

  private struct Run {
    let key: [String]
    let batch: Int
    let target: Double
    let epochs: Int?
  }

  private let runs: [Run]

  /// - Throws: `DatasetError` for a table that is damaged or of another kind.
  public init(path: String) throws {
    let table = try CSVTable(path)
    let datasets = try table.strings("dataset")
    let networks = try table.strings("network")
    let optimizers = try table.strings("optimizer")
    let batches = try table.strings("batch_size")
    let targets = try table.positives("target_metric")
    let epochs = try table.strings("target_epoch")
    runs = try (0..<table.rowCount).map { row in
      func refusal(_ column: String, _ found: String, _ allowed: String) -> DatasetError {
        .row(path: path, line: table.line(row), column: column, found: found, allowed: allowed)
      }
      guard let batch = Int(batches[row]), batch > 0 else {
        throw refusal("batch_size", batches[row], "it is a whole number of at least 1")
      }
      let count = Int(epochs[row])
      guard epochs[row] == "nan" || (count ?? 0) > 0 else {
        throw refusal("target_epoch", epochs[row], "it is a number of epochs, or nan for never")
      }
      return Run(
        key: [datasets[row], networks[row], optimizers[row]], batch: batch, target: targets[row],
        epochs: count)
    }
  }

  /// The training with the times and powers of `power`, over the batches that both traces hold.
  ///
  /// - Throws: `RecurringJobError` where the default batch is not among them, or does not always reach
  ///   the target.
  public func job(_ training: Training, _ power: PowerTrace) throws -> RecurringJob {
    let key = [training.dataset, training.network, training.optimizer]
    let own = runs.filter { $0.key == key && $0.target == training.target }
    return try RecurringJob(
      name: training.name,
      batches: power.jobs.filter { [$0.dataset, $0.network, $0.optimizer] == key }.map { job in
        RecurringJob.Batch(
          size: job.batch, epochs: own.filter { $0.batch == job.batch }.map(\.epochs),
          limits: job.points)
      }, defaultBatch: training.defaultBatch)
  }
}
