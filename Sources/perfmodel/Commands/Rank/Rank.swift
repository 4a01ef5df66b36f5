import Analytic
import ArgumentParser
import Datasets
import Predictions
import Quantities
import Zoo

struct Rank: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ranks workloads on devices, or architectures by a predictor, the best first.",
    discussion: """
      With --device, workloads by latency, energy, peak memory or energy × delay. Several devices are \
      ranked together. P(place) is the probability that a place is right: errors of a device move all \
      its workloads alike and leave their order. What is predicted beyond a limit, does not fit the \
      memory or has no rate is listed at the end.

        perfmodel rank resnet50 vit_base_patch16_224 convnext_tiny --device RTX-3090 --precision fp16
        perfmodel rank family:mobilenetv3 --device Raspberry-Pi-4B --limit latency=50ms --top 10
        perfmodel rank all --device A100-SXM-80GB,T4 --by edp --accuracy acc.csv --svg pareto.svg
        perfmodel rank --workloads list.csv --device all --by energy --format csv

      With --predictor, a whole space by predicted latency. Architectures without a path from input to \
      output compute nothing and rank last. With a limit only those predicted within it remain, each \
      with the probability that it holds; '--slowest' then shows the most that the budget buys.

        perfmodel rank --predictor host.h5 --top 10
        perfmodel rank --predictor host.h5 --top 10 --limit latency=5ms --slowest
        perfmodel rank --predictor host.h5 --architectures mine.csv --format csv
      """)

  @Argument(help: "Networks to run on --device: names, notations, files, 'family:resnet' or 'all'.")
  var workloads: [String] = []

  @OptionGroup var devices: DevicesOption
  @Option(
    name: .customLong("workloads"),
    help: "A CSV of workloads: a column 'workload', and 'batch' and 'settings' where they differ.")
  var list: String?
  @Option(help: "The metric: latency, energy, memory or edp (energy × delay).")
  var by: Metric?
  @Option(help: "A CSV with the accuracy of each network: a Pareto front is marked and drawn.")
  var accuracy: String?
  @Option(help: "The column of --accuracy; default: 'accuracy' or 'top1'.")
  var accuracyColumn: String?
  @Option(help: "Also draw the trade: an SVG file to write.")
  var svg: String?
  @OptionGroup(title: "Run") var size: RunOptions
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Device") var fit: FitOptions

  @Option(help: "A predictor that 'perfmodel adapt' has written, instead of --device.")
  var predictor: String?
  @Option(help: "With --predictor: features of your own as CSV, where it was trained with some.")
  var features: String?
  @Option(
    help:
      "With --predictor: CSV of architectures; default: the whole space, where it can be listed."
  )
  var architectures: String?

  @Option(help: "Show this many; default: all.")
  var top: Int?
  @OptionGroup var limits: LimitOptions
  @Flag(help: "The slowest first; with --by, the worst.")
  var slowest = false
  @OptionGroup var format: FormatOption

  func validate() throws {
    if let top, top < 1 { throw ValidationError("--top is \(top); at least 1 is shown") }
    if accuracyColumn != nil, accuracy == nil {
      throw ValidationError("--accuracy-column belongs to --accuracy")
    }
    switch (predictor != nil, !devices.device.isEmpty) {
    case (false, false):
      throw ValidationError(
        "name what to rank on: --device with workloads, or --predictor with a space")
    case (true, true):
      throw ValidationError("--predictor knows its device already; leave --device out")
    case (true, false):
      guard workloads.isEmpty, list == nil else {
        throw ValidationError("--predictor takes --architectures, no workloads")
      }
      guard by == nil || by == .latency else {
        throw ValidationError("--predictor knows latencies alone; leave --by out")
      }
      guard accuracy == nil, svg == nil else {
        throw ValidationError("--accuracy and --svg belong to --device")
      }
      if let limit = limits.limit.first(where: { $0.metric != .latency }) {
        throw ValidationError("--predictor knows latencies alone; leave \(limit) out")
      }
    case (false, true):
      guard !workloads.isEmpty || list != nil else {
        throw ValidationError(
          "name the workloads to rank ('perfmodel model list'), or --workloads with a CSV")
      }
      guard architectures == nil, features == nil else {
        throw ValidationError("--architectures and --features belong to --predictor")
      }
    }
  }

  func run() throws {
    if let predictor {
      try AdaptedRanking(
        predictor: predictor, features: features, architectures: architectures, top: top,
        limit: limits.limit.first.map { Seconds($0.value) }, slowest: slowest,
        format: format.format
      ).run()
      return
    }
    let request = try size.request()
    var requests = try NamedNetwork.networks(workloads).map { RunRequest($0, request) }
    if let list { requests += try RunRequest.list(csv: list, base: request) }
    try WorkloadRanking(
      requests: requests,
      models: try fit.models(of: DeviceSelection.devices(devices.device)) {
        execution.execution(on: $0)
      },
      metric: by ?? .latency, limits: limits.limit, ignoreMemory: fit.ignoreMemory,
      worstFirst: slowest,
      accuracy: try accuracy.map { try AccuracyTable($0, column: accuracyColumn) }, top: top,
      svg: svg, format: format.format
    ).run()
  }
}

extension Metric: ExpressibleByArgument {}
