import Evaluation
import Predictors
import Quantities

extension TrainedPredictor {
  /// Where a predictor's latencies come from.
  public struct Provenance: Sendable {
    public let dataset: String
    public let licence: String
    public let command: String

    public init(dataset: String, licence: String, command: String) {
      self.dataset = dataset
      self.licence = licence
      self.command = command
    }
  }

  /// Learns the sources, and what leaving each of them out costs.
  ///
  /// - Parameters:
  ///   - sources: devices of the table; `nil` takes all.
  ///   - pool: source architectures.
  /// - Throws: `EvaluationError`, `PredictorError`.
  public static func train(
    method: any FewShotPredictor, table: MeasuredSpace, sources: [String]?,
    pool: EvaluationProtocol.RowSelection, leaveOneOutSamples: Int, leaveOneOutSeeds: Int,
    provenance: Provenance, progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> TrainedPredictor {
    let devices = sources ?? table.devices
    let columns = try devices.map { device in
      guard let column = table.devices.firstIndex(of: device) else {
        throw EvaluationError.unknownDevice(
          device, protocolName: "--sources", allowed: table.devices)
      }
      return column
    }
    let rows: [Int]
    switch pool {
    case .all: rows = Array(table.ids.indices)
    case .range(let first, let count):
      guard first + count <= table.ids.count else {
        throw EvaluationError.rowsOutsideTable(
          protocolName: "--pool", key: "pool", last: first + count - 1, count: table.ids.count)
      }
      rows = Array(first..<(first + count))
    }
    var leaveOneOut: TrainingCard.LeaveOneOut?
    if devices.count > 1 {
      let own = table.selecting(columns: columns)
      let result = try Evaluator(
        EvaluationProtocol(
          name: "leave-one-device-out", space: table.space.name, sources: .others, targets: .each,
          sourceArchitectures: pool, queryArchitectures: .all, samples: leaveOneOutSamples,
          seeds: leaveOneOutSeeds), own
      ).run([method], progress: progress)
      leaveOneOut = result.results.first.map { one in
        .init(
          samples: leaveOneOutSamples, spearman: one.mean.spearman,
          medianRelativeError: one.mean.medianRelativeError, coverage: one.mean.coverage)
      }
    }
    let knowledge = try SourceKnowledge.fit(
      pool: table.features.selecting(rows: rows), devices: devices,
      latencies: table.latencies.selecting(rows: rows).selecting(columns: columns))
    return TrainedPredictor(
      method: method.name, space: table.space, knowledge: knowledge,
      card: TrainingCard(
        dataset: provenance.dataset, licence: provenance.licence,
        pool: rows.count == table.ids.count
          ? "all \(rows.count) architectures"
          : "architectures \(rows[0]) to \(rows[rows.count - 1])",
        seed: 0, command: provenance.command, leaveOneOut: leaveOneOut))
  }
}
