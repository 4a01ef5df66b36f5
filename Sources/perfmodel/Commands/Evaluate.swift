import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Predictors
import Reports
import Synchronization
import Workloads

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Scores predictors by a few-shot protocol on a table of measurements.",
    discussion: """
      Fits from scratch on the source devices at the source architectures and on the target's \
      samples, and reads nothing else. Predictors: \
      \(FewShotPredictors.names.joined(separator: ", ")).

        perfmodel evaluate --space nasbench201 --dataset nb201.h5 --protocol valid-10.json \\
                           --predictor hybrid,nnls
        perfmodel evaluate --space fbnet --architectures archs.csv.gz --latency lat_ms.csv.gz \\
                           --protocol P.json --format json --dump predictions.csv.gz
      """)

  @Option(help: "The search space: \(SearchSpaces.names.joined(separator: ", ")).")
  var space: String

  @OptionGroup var data: DatasetOptions

  @Option(name: .customLong("protocol"), help: "The split, as JSON.")
  var protocolFile: String

  @Option(help: "Predictors, with commas between; default: all.")
  var predictor: String?

  @Option(help: "Seeds, instead of the protocol's.")
  var seeds: Int?

  @Option(help: "Samples, instead of the protocol's.")
  var samples: Int?

  @Option(help: "CSV or CSV.GZ to write every prediction to.")
  var dump: String?

  @OptionGroup var format: FormatOption

  func run() throws {
    var predictors = FewShotPredictors.all
    if let predictor {
      predictors = try predictor.split(separator: ",").map {
        try FewShotPredictors.named(String($0))
      }
    }
    let evaluation = try EvaluationProtocol(path: protocolFile).with(
      samples: samples, seeds: seeds)
    let evaluator = try Evaluator(evaluation, data.load(space: space))
    let progress = Progress(evaluation.name)
    let dumped = Mutex<[[String]]>([])
    var collect: (@Sendable ([Evaluator.DumpedPrediction]) -> Void)?
    if dump != nil {
      collect = { rows in
        let fields = rows.map { Self.fields($0) }
        dumped.withLock { $0 += fields }
      }
    }
    let result = try evaluator.run(predictors, progress: { progress.update($0) }, dump: collect)
    progress.finish()
    if let dump {
      // Targets run side by side: sorting gives one file for one input.
      let rows = dumped.withLock { $0 }
      let keys = rows.enumerated().map { place, row in
        (device: row[1], seed: Int(row[2]) ?? 0, place: place)
      }
      let order = keys.sorted { ($0.device, $0.seed, $0.place) < ($1.device, $1.seed, $1.place) }
      try CSVWriter.write(header: Self.dumpHeader, rows: order.map { rows[$0.place] }, to: dump)
    }
    try print(result)
  }

  private static let dumpHeader = [
    "predictor", "device", "seed", "architecture", "role", "predicted_s", "low_s", "high_s",
    "measured_s",
  ]

  private static func fields(_ row: Evaluator.DumpedPrediction) -> [String] {
    [
      row.predictor, row.device, "\(row.seed)", row.architecture,
      row.isSample ? "sample" : "query", "\(row.predicted.value.value)",
      "\(row.predicted.interval?.low.value ?? .nan)",
      "\(row.predicted.interval?.high.value ?? .nan)", "\(row.measured.value)",
    ]
  }

  private func print(_ result: EvaluationResult) throws {
    let header = [
      "predictor", "device", "spearman", "spearman_sd", "kendall", "median_ape",
      "within_10_percent", "coverage_90",
    ]
    func numbers(_ scores: EvaluationResult.Summary) -> [Double] {
      [
        scores.spearman, scores.spearmanDeviation, scores.kendall, scores.medianRelativeError,
        scores.shareWithinTenPercent, scores.coverage,
      ]
    }
    let rows = result.results.flatMap { one in
      one.devices.map { (one.predictor, $0.device, numbers($0.scores)) }
        + [(one.predictor, "mean", numbers(one.mean))]
    }
    switch format.format {
    case .json: Swift.print(try JSONReport.text(result))
    case .csv:
      Swift.print(
        CSVReport.text(header: header, rows: rows.map { [$0.0, $0.1] + $0.2.map { "\($0)" } }))
    case .table:
      var table = TextTable(
        [.init("predictor", .left), .init("device", .left)]
          + ["Spearman", "± sd", "Kendall", "median error", "within 10 %", "in interval"].map {
            TextTable.Column($0)
          })
      for row in rows {
        let values = row.2
        table.append(
          [row.0, row.1] + values[..<3].map { String(format: "%.3f", $0) }
            + values[3...].map { String(format: "%.1f %%", $0 * 100) })
      }
      Swift.print(table.text)
      for one in result.results {
        Console.remark(
          String(
            format: "%@: adapts in %.1f ms, predicts in %.2f µs per architecture", one.predictor,
            one.adaptMilliseconds, one.predictMicrosecondsPerArchitecture))
      }
    }
  }
}
