import Analytic
import ArgumentParser
import Foundation
import Mathematics
import Predictions
import Quantities
import Reports
import Zoo

extension ReplayCommand {
  struct Timm: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Timing tables of pytorch-image-models: from the data sheet, and fitted to a few.",
      discussion: """
        Scores every network of the table that is built in, from the data sheet alone; with --samples \
        also after a fit to that many of them, drawn at random for each seed and not scored.

          perfmodel replay timm benchmark-infer-amp-nhwc-pt240-cu124-rtx4090.csv.gz \\
                                --device RTX-4090 --samples 10
        """)

    @Argument(help: "A table of the collection: model, infer_img_size, infer_batch_size, …")
    var table: String
    @Option(help: "The device on which it was made.")
    var device: String
    @OptionGroup var execution: ExecutionOptions
    @Option(help: "Networks to fit to.")
    var samples: Int?
    @Option(help: "How many draws of samples.")
    var seeds = 5
    @Option(help: "CSV to write every prediction to.")
    var dump: String?
    @OptionGroup var format: FormatOption

    func validate() throws {
      if let samples, samples < 1 {
        throw ValidationError("--samples is \(samples); at least 1 is needed")
      }
      if seeds < 1 { throw ValidationError("--seeds is \(seeds); at least 1 is needed") }
    }

    func run() throws {
      let device = try DeviceReference(device).device
      let execution = execution.execution(on: device, precision: self.execution.precision ?? .amp)
      let progress = Progress("reading")
      let replay = try TimmReplay(path: table, execution: execution) { progress.update($0) }
      progress.finish()
      guard !replay.rows.isEmpty else {
        throw ValidationError("\(table): none of its networks is built in")
      }
      let sheet = try replay.predictions(RooflineModel(device, execution))
      var rows = [ScoreRow("data sheet", ReplayScore(replay.pairs(sheet)))]
      if let samples {
        guard samples < replay.rows.count else {
          throw ValidationError("--samples is \(samples) of \(replay.rows.count) networks")
        }
        for seed in 0..<seeds {
          progress.update(Double(seed) / Double(seeds))
          let score = try replay.fitted(device, execution, samples: samples, seed: UInt64(seed))
          rows.append(ScoreRow("fitted to \(samples), seed \(seed)", score))
        }
        progress.finish()
      }
      try ScoreTable(rows).print(format.format)
      if let dump { try replay.write(sheet, to: dump) }
      Console.remark(
        "\(device.name), \(execution.precision?.rawValue ?? "own types"), "
          + "\(execution.layout.rawValue), fusion \(execution.fusion.rawValue): "
          + "\(replay.rows.count) rows are built in, \(replay.unknown) are not.")
    }
  }
}

/// One line of a score's table.
struct ScoreRow: Encodable {
  let method: String
  let score: ReplayScore

  init(_ method: String, _ score: ReplayScore) {
    self.method = method
    self.score = score
  }
}

/// Scores as a table, JSON or CSV.
struct ScoreTable {
  let rows: [ScoreRow]

  init(_ rows: [ScoreRow]) { self.rows = rows }

  func print(_ format: OutputFormat) throws {
    func numbers(_ score: ReplayScore) -> [Double] {
      [
        score.spearman, score.medianError, score.meanError, score.bias, score.withinTenPercent,
        score.coverage,
      ]
    }
    switch format {
    case .json: Swift.print(try JSONReport.text(rows))
    case .csv:
      Swift.print(
        CSVReport.text(
          header: [
            "method", "count", "spearman", "median_error", "mean_error", "bias",
            "within_10_percent", "coverage_90",
          ],
          rows: rows.map {
            [$0.method, "\($0.score.count)"] + numbers($0.score).map { "\($0)" }
          }))
    case .table:
      var table = TextTable(
        [.init("method", .left), .init("rows"), .init("Spearman")]
          + ["median error", "mean error", "bias", "within 10 %", "in 90 % interval"].map {
            TextTable.Column($0)
          })
      for row in rows {
        let values = numbers(row.score)
        table.append(
          [row.method, "\(row.score.count)", String(format: "%.4f", values[0])]
            + values[1...].map { String(format: "%.1f %%", 100 * $0) })
      }
      Swift.print(table.text)
    }
  }
}
