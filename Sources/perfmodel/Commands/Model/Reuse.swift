import Analytic
import ArgumentParser
import Foundation
import Quantities
import Reports
import Workloads
import Zoo

extension ModelCommand {
  struct Reuse: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ranks networks by how often they use what they load, the most first.",
      discussion: """
        M products over W elements of weights and A of activations, in the operations that multiply:

          intensity    M/(W + A) of the sums over all layers
          mean         the mean over the layers of M/(W + A)
          weighted     M/(α·A + (1 − α)·W) of the sums, α by --activation-weight
          weights      M/W
          activations  M/A

          perfmodel model reuse resnet50 mobilenetv2_100 vgg16
          perfmodel model reuse family:resnet family:vit --by weighted --batch 32 --top 10
          perfmodel model reuse all --by weights --format csv

        Elements, not bytes: no device and no precision is asked for.
        """)

    @Argument(help: "Networks: names, notations, files, 'family:resnet' or 'all'.")
    var networks: [String]
    @Option(help: "The measure: intensity, mean, weighted, weights or activations.")
    var by = ReuseMeasure.intensity
    @Option(help: "α: how much activations count in the weighted intensity, 0 to 1.")
    var activationWeight = DataReuse.publishedActivationWeight
    @OptionGroup(title: "Run") var size: RunOptions
    @Option(help: "Show this many; default: all.")
    var top: Int?
    @OptionGroup var format: FormatOption

    func validate() throws {
      if let top, top < 1 { throw ValidationError("--top is \(top); at least 1 is shown") }
      guard (0...1).contains(activationWeight) else {
        throw ValidationError(
          "--activation-weight is \(activationWeight); it lies between 0 and 1")
      }
    }

    func run() throws {
      let request = try size.request()
      let requests = try NamedNetwork.networks(networks).map { RunRequest($0, request) }
      let progress = Progress("counting")
      var rows: [Row] = []
      var left: [Left] = []
      for (index, request) in requests.enumerated() {
        progress.update(Double(index) / Double(requests.count), detail: request.network.name)
        do {
          let workload = try request.workload()
          for warning in workload.warnings { Console.remark("perfmodel: \(warning)") }
          let reuse = workload.reuse(workload.counts())
          guard reuse.total.macs > 0 else {
            left.append(Left(request, "multiplies nothing"))
            continue
          }
          rows.append(Row(request, reuse, activationWeight))
        } catch {
          left.append(Left(request, "\(error)"))
        }
      }
      progress.finish()
      guard !rows.isEmpty else {
        throw ValidationError(
          "nothing is left to rank: " + (left.first.map { "\($0.workload): \($0.reason)" } ?? ""))
      }
      rows.sort {
        ($1.value(of: by), $0.workload) < ($0.value(of: by), $1.workload)
      }
      for place in rows.indices { rows[place].rank = place + 1 }
      let shown = rows.prefix(top ?? rows.count)
      switch format.format {
      case .json:
        print(
          try JSONReport.text(
            Document(
              measure: by.rawValue, activationWeight: activationWeight, ranking: Array(shown),
              unranked: left)))
      case .csv:
        print(
          CSVReport.text(
            header: Row.header, rows: shown.map(\.fields) + left.map(\.fields)))
      case .table:
        print(table(shown, left))
        let rest = rows.count - shown.count
        if rest > 0 { print("… and \(rest) more") }
        if !left.isEmpty {
          print("\nnot ranked: \(left.count)")
          for run in left.prefix(top ?? left.count) { print("  \(run.workload): \(run.reason)") }
        }
      }
    }

    private func table(_ rows: some Sequence<Row>, _ left: [Left]) -> String {
      var table = TextTable([
        .init("rank"), .init("workload", .left), .init("MACs"), .init("weights"),
        .init("activations"), .init("intensity"), .init("mean"),
        .init(String(format: "weighted %g", activationWeight)), .init("use of a weight"),
        .init("use of an activation"),
      ])
      for row in rows {
        table.append(
          [
            "\(row.rank)", row.label, Count.short(row.macs), Count.short(row.weights),
            Count.short(row.activations),
          ] + ReuseMeasure.allCases.map { String(format: "%.1f", row.value(of: $0)) })
      }
      return table.text
    }

    // MARK: - For programs

    private struct Document: Encodable {
      let measure: String
      let activationWeight: Double
      let ranking: [Row]
      let unranked: [Left]

      private enum CodingKeys: String, CodingKey {
        case measure, ranking, unranked
        case activationWeight = "activation_weight"
      }
    }

    private struct Row: Encodable {
      var rank = 0
      let label, workload: String
      let batch: Int?
      let settings: String
      let macs, weights, activations: Double
      let intensity, mean, weighted, weightReuse, activationReuse: Double

      init(_ request: RunRequest, _ reuse: NetworkReuse, _ alpha: Double) {
        let run = request.label
        label = run.text
        workload = run.workload
        batch = run.batch
        settings = run.settings
        macs = reuse.total.macs
        weights = reuse.total.weights
        activations = reuse.total.activations
        intensity = reuse.value(of: .intensity)
        mean = reuse.value(of: .mean)
        weighted = reuse.value(of: .weighted, activationWeight: alpha)
        weightReuse = reuse.value(of: .weights)
        activationReuse = reuse.value(of: .activations)
      }

      func value(of measure: ReuseMeasure) -> Double {
        switch measure {
        case .intensity: intensity
        case .mean: mean
        case .weighted: weighted
        case .weights: weightReuse
        case .activations: activationReuse
        }
      }

      static let header = [
        "rank", "workload", "batch", "settings", "macs", "weights", "activations",
        "intensity_mac_per_element", "mean_intensity_mac_per_element",
        "weighted_intensity_mac_per_element", "weight_reuse", "activation_reuse", "note",
      ]

      var fields: [String] {
        ["\(rank)", workload, batch.map { "\($0)" } ?? "", settings]
          + [
            macs, weights, activations, intensity, mean, weighted, weightReuse, activationReuse,
          ].map { "\($0)" } + [""]
      }

      private enum CodingKeys: String, CodingKey {
        case rank, workload, batch, settings, macs, weights, activations
        case intensity = "intensity_mac_per_element"
        case mean = "mean_intensity_mac_per_element"
        case weighted = "weighted_intensity_mac_per_element"
        case weightReuse = "weight_reuse"
        case activationReuse = "activation_reuse"
      }
    }

    private struct Left: Encodable {
      let workload: String
      let batch: Int?
      let settings, reason: String

      init(_ request: RunRequest, _ reason: String) {
        workload = request.label.workload
        batch = request.label.batch
        settings = request.label.settings
        self.reason = reason
      }

      var fields: [String] {
        ["", workload, batch.map { "\($0)" } ?? "", settings]
          + [String](repeating: "", count: Row.header.count - 5) + [reason]
      }
    }
  }
}

extension ReuseMeasure: ExpressibleByArgument {}
