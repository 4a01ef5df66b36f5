import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Predictors
import Workloads
import Zoo

struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Learns source devices from a table and writes a predictor.",
    discussion: """
      The predictor's card records the sources, the pool, the seed, the command and the error of \
      leaving each source out in turn.

        perfmodel train --space nasbench201 --dataset nb201.h5 --output nasbench201.h5
        perfmodel train --space nasbench201 --dataset nb201.h5 --sources pixel3,gold_6240,titanx_1 \\
                        --pool 0:900 --predictor hybrid --output few.h5
      """)

  @Option(help: "The search space: \(SearchSpaces.names.joined(separator: ", ")).")
  var space: String

  @OptionGroup var data: DatasetOptions

  @Option(help: "Source devices, with commas between; default: all of the table.")
  var sources: String?

  @Option(help: "Source architectures, first:count in the table's order; default: all.")
  var pool: String?

  @Option(help: "The method: \(FewShotPredictors.names.joined(separator: ", ")).")
  var predictor = "hybrid"

  @Option(help: "Samples in the leave-one-out error.")
  var samples = 10

  @Option(help: "Seeds in the leave-one-out error.")
  var seeds = 5

  @Option(help: "HDF5 file to write.")
  var output: String

  func run() throws {
    let method = try FewShotPredictors.named(predictor)
    let matrix = try data.load()
    let table = try MeasuredSpace(
      matrix, spaceName: space,
      userFeatures: try data.features.map { try UserFeatureTable(csv: $0) })
    let selection = try pool.map(Self.selection) ?? .all
    let progress = Progress("train")
    let trained = try TrainedPredictor.train(
      method: method, table: table,
      sources: sources?.split(separator: ",").map(String.init), pool: selection,
      leaveOneOutSamples: samples, leaveOneOutSeeds: seeds,
      provenance: .init(
        dataset: matrix.card.title + (matrix.card.source.isEmpty ? "" : ", " + matrix.card.source),
        licence: matrix.card.licence, command: Self.commandLine),
      progress: { progress.update($0) })
    progress.finish()
    try trained.write(to: output)
    if let error = trained.card.leaveOneOut {
      Console.remark(
        String(
          format: "Leave-one-device-out with %d samples: Spearman %.3f, median error %.1f %%, "
            + "%.0f %% inside the 90 %% interval.", error.samples, error.spearman,
          error.medianRelativeError * 100, error.coverage * 100))
    }
    Console.remark("\(trained.knowledge.devices.count) sources learned: \(output)")
  }

  private static func selection(
    _ text: String
  ) throws -> EvaluationProtocol.RowSelection {
    let parts = text.split(separator: ":").map { Int($0) }
    guard parts.count == 2, let first = parts[0], let count = parts[1], first >= 0, count > 0 else {
      throw ValidationError("--pool is '\(text)'; write first:count, such as 0:900")
    }
    return .range(first: first, count: count)
  }

  /// The command as given, with the folders of its files left out: a card is read elsewhere.
  private static var commandLine: String {
    (["perfmodel"] + CommandLine.arguments.dropFirst()).map { argument in
      argument.hasPrefix("-") ? argument : URL(fileURLWithPath: argument).lastPathComponent
    }.joined(separator: " ")
  }
}
