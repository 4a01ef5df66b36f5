import ArgumentParser
import Foundation
import Reports
import Zoo

extension ReplayCommand {
  struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "fp32 kernels on several GPUs, each scored with constants of the others.",
      discussion: """
        Reads NeuSight's tables (nvidia_linear.csv.gz, …). For each operation and GPU: median and mean \
        error of the shape-dependent roofline, its constants fitted on the other GPUs, beside one \
        constant efficiency for arithmetic and one for traffic, fitted likewise. The least latency of \
        a session, its host's own, is read off the session.

          perfmodel replay kernels ../shared/data/neusight/train --operation linear,bmm
        """)

    @Argument(help: "Folder of the tables.")
    var folder: String
    @Option(help: "linear, bmm, conv, elementwise, softmax, ln, with commas between; default: all.")
    var operation: String?
    @Option(help: "Measurements of each operation and GPU that a fit sees.")
    var sample = 400
    @OptionGroup var format: FormatOption

    func run() throws {
      let families = try operation.map { text in
        try text.split(separator: ",").map { name in
          guard let family = KernelReplay.Family(rawValue: String(name)) else {
            throw ValidationError(
              "--operation '\(name)'; allowed are "
                + KernelReplay.Family.allCases.map(\.rawValue).joined(separator: ", "))
          }
          return family
        }
      }
      let progress = Progress("kernels")
      let replay = try KernelReplay(folder: folder, sample: max(10, sample)) {
        progress.update($0 / 4, detail: "reading")
      }
      let scores = try replay.scores(families ?? KernelReplay.Family.allCases) {
        progress.update(0.25 + 0.75 * $0, detail: "fitting")
      }
      progress.finish()
      func pair(_ errors: KernelReplay.Errors) -> String {
        errors.median.isFinite
          ? String(format: "%.1f / %.1f", 100 * errors.median, 100 * errors.mean) : ""
      }
      switch format.format {
      case .json: print(try JSONReport.text(scores))
      case .csv, .table:
        let header = [
          "operation", "GPU", "rows", "model", "model, large", "bias, large", "constant",
          "constant, large",
          "largest efficiency",
        ]
        let rows = scores.map { score in
          [
            score.operation, score.gpu, "\(score.count)", pair(score.model),
            pair(score.modelLarge),
            score.biasLarge.isFinite ? String(format: "%+.1f %%", 100 * score.biasLarge) : "",
            pair(score.constant), pair(score.constantLarge),
            score.largestEfficiency > 0 ? String(format: "%.2f", score.largestEfficiency) : "",
          ]
        }
        if format.format == .csv {
          print(CSVReport.text(header: header, rows: rows))
        } else {
          var table = TextTable(
            header.enumerated().map { TextTable.Column($1, $0 < 2 ? .left : .right) })
          for row in rows { table.append(row) }
          print(table.text)
          Console.remark(
            "Errors are median / mean, %. Large: calls ten times as long as the shortest.")
        }
      }
    }
  }
}
