import ArgumentParser
import Datasets
import Foundation
import Reports
import Zoo

extension ReplayCommand {
  struct NCNN: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "ncnn",
      abstract: "Phones, boards and graphics processors, each known by three latencies alone.",
      discussion: """
        Reads ncnn's table and the networks' graphs. A board is left out with all its settings; what \
        is known of rates is learned on the others; \(NCNNReplay.anchors.joined(separator: ", ")) are \
        measured on it and not scored, everything else is predicted.

          mkdir models && tar xzf ../shared/data/ncnn/models_param.tar.gz -C models
          perfmodel replay ncnn ../shared/data/ncnn/ncnn_benchmark.csv.gz --models models/models
        """)

    @Argument(help: "The table: device, run, num_threads, gpu_device, model, min_ms.")
    var table: String
    @Option(help: "Folder of the networks' .param files.")
    var models: String
    @Option(help: "CSV to write every prediction to.")
    var dump: String?
    @Option(help: "Learn from every board and write the rates that are shipped: a JSON file.")
    var learn: String?
    @OptionGroup var format: FormatOption

    func run() throws {
      let replay = try NCNNReplay(table: table, models: models)
      if let learn {
        let rates = try ShippedRates(
          source:
            "latencies of github.com/Tencent/ncnn, benchmark/README.md, least of several runs",
          licence: "BSD-3-Clause (the table)", processor: replay.prior(isGraphics: false),
          graphics: replay.prior(isGraphics: true))
        try AtomicFile.write(Array(try JSONReport.text(rates).utf8) + [0x0a], to: learn)
        Console.remark("learned: \(learn)")
        return
      }
      let progress = Progress("leaving boards out")
      var rows: [ScoreRow] = []
      var dumped: [[String]] = []
      for knowsNetworks in [false, true] {
        let predicted = try replay.leaveOneBoardOut(knowsNetworks: knowsNetworks) {
          progress.update(($0 + (knowsNetworks ? 1 : 0)) / 2)
        }
        let name = knowsNetworks ? "networks known from other boards" : "from their work alone"
        for (title, keep) in [
          ("", { (_: Bool) in true }), (", processors", { !$0 }), (", graphics", { $0 }),
        ] as [(String, (Bool) -> Bool)] {
          let own = predicted.filter { keep(replay.settings[$0.setting].isGraphics) }
          rows.append(
            ScoreRow(name + title, ReplayScore(own.map { ($0.predicted, $0.measured, 1) })))
        }
        dumped += predicted.map { row in
          let setting = replay.settings[row.setting]
          return [
            name, setting.board, setting.run, setting.threads.map { "\($0)" } ?? "",
            setting.isGraphics ? "gpu" : "cpu", row.network, "\(row.measured.value)",
            "\(row.predicted.value.value)", "\(row.predicted.interval?.low.value ?? .nan)",
            "\(row.predicted.interval?.high.value ?? .nan)",
          ]
        }
      }
      progress.finish()
      try ScoreTable(rows).print(format.format)
      if let dump {
        try CSVWriter.write(
          header: [
            "method", "device", "run", "threads", "class", "network", "measured_s", "predicted_s",
            "low_s", "high_s",
          ], rows: dumped, to: dump)
      }
      Console.remark(
        "\(replay.settings.count) settings of "
          + "\(Set(replay.settings.map(\.board)).count) boards, \(replay.networks.count) networks; "
          + "\(replay.leftOut.count) rows left out.")
    }
  }
}
