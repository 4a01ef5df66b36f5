import Analytic
import ArgumentParser
import Predictions
import Quantities
import Reports
import Zoo

extension ReplayCommand {
  struct Timm: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Timing tables of pytorch-image-models, from the data sheet alone.",
      discussion: """
          perfmodel replay timm benchmark-infer-amp-nhwc-pt240-cu124-rtx4090.csv.gz \\
                                --device RTX-4090
        """)

    @Argument(help: "A table of the collection: model, infer_img_size, infer_batch_size, …")
    var table: String
    @Option(help: "The device on which it was made.")
    var device: String
    @OptionGroup var execution: ExecutionOptions
    @Flag(help: "Every network, the worst first.")
    var all = false

    func run() throws {
      let device = try DeviceReference(device).device
      let execution = Execution(
        precision: execution.precision ?? .amp, layout: execution.layout,
        fusion: execution.fusion ?? .none)
      let progress = Progress("reading")
      let replay = try TimmReplay(path: table, execution: execution) { progress.update($0) }
      progress.finish()
      let model = RooflineModel(device, execution)
      let predicted = try replay.rows.map { try model.predict($0.program) }
      let score = ReplayScore(
        zip(replay.rows, predicted).map { ($1.latency, $0.measured, Double($0.batch)) })
      if all {
        for (row, prediction) in zip(replay.rows, predicted) {
          print(row.network, row.image, row.batch, row.measured.value, prediction.latency.value.value)
        }
      }
      print(
        "\(device.name): \(score.count) networks, Spearman \(score.spearman), median error \(score.medianError), mean \(score.meanError), bias \(score.bias), coverage \(score.coverage)"
      )
    }
  }
}
