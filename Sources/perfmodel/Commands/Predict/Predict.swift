import Analytic
import ArgumentParser
import Predictions
import Quantities
import Reports
import Workloads
import Zoo

struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predicts latency, energy and memory: of a workload on a device, or by a predictor.",
    discussion: """
      With --device, from the device's figures, or better from a fit to a few of your measurements:

        perfmodel predict resnet50 --device RTX-3090 --batch 256 --precision amp
        perfmodel predict llama-2-7b --device A100-SXM-80GB --phase decode --context 2048
        perfmodel predict mine.onnx --device mine.json --fit fit.json --format json
        perfmodel predict resnet50 --device V100-SXM2-32GB --phase training --batch 64 --svg time.svg

      With --predictor, of architectures of its space on the device that it was adapted to:

        perfmodel predict --predictor host.h5 --architecture \\
          '|nor_conv_3x3~0|+|nor_conv_3x3~0|none~1|+|skip_connect~0|none~1|skip_connect~2|'
        perfmodel predict --predictor host.h5 --architectures mine.csv --format csv
      """)

  @Argument(help: "Name, notation or file of a network, to be run on --device.")
  var workload: String?

  @Option(help: "Name or JSON file of a device ('perfmodel device list').")
  var device: String?
  @OptionGroup(title: "Run") var size: RunOptions
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Device") var fit: FitOptions
  @Option(help: "Show this many of the longest operations.")
  var top = 12
  @Option(help: "Also draw where the time goes: an SVG file to write.")
  var svg: String?

  @Option(help: "A predictor that 'perfmodel adapt' has written, instead of --device.")
  var predictor: String?
  @Option(help: "With --predictor: features of your own as CSV, where it was trained with some.")
  var features: String?
  @Option(help: "With --predictor: an architecture of its space; may be given several times.")
  var architecture: [String] = []
  @Option(help: "With --predictor: a CSV of architectures.")
  var architectures: String?

  @OptionGroup var format: FormatOption

  func validate() throws {
    switch (predictor, device) {
    case (nil, nil):
      throw ValidationError(
        "name what to predict on: --device with a workload, or --predictor with architectures")
    case (.some, .some):
      throw ValidationError("--predictor knows its device already; leave --device out")
    case (.some, nil):
      guard workload == nil else {
        throw ValidationError("--predictor takes --architecture or --architectures, no workload")
      }
      guard architecture.isEmpty != (architectures == nil) else {
        throw ValidationError(
          "name what to predict: either --architecture or --architectures")
      }
    case (nil, .some):
      guard workload != nil else {
        throw ValidationError("name the workload to run on the device ('perfmodel model list')")
      }
      guard architecture.isEmpty, architectures == nil, features == nil else {
        throw ValidationError(
          "--architecture, --architectures and --features belong to --predictor")
      }
      if top < 1 { throw ValidationError("--top is \(top); at least 1 is shown") }
    }
  }

  func run() throws {
    if let predictor {
      try AdaptedPrediction(
        predictor: predictor, features: features, architecture: architecture,
        architectures: architectures, format: format.format
      ).run()
    } else {
      try predictWorkload()
    }
  }

  private func predictWorkload() throws {
    let device = try DeviceReference(device ?? "").device
    let network = try NetworkReference(workload ?? "").workload(size.request())
    for warning in network.warnings { Console.remark("perfmodel: \(warning)") }
    let execution = execution.execution(on: device)
    let prediction: Prediction
    switch try fit.model(device, execution) {
    case .roofline(let model):
      let program = network.kernels(execution)
      _ = try model.machine(program.precision)
      try fit.check(program, on: device)
      prediction = try model.predict(program)
    case .rates(let model, _):
      prediction = model.predict(network)
    }
    let report = PredictionReport(workload: network.name, device: device.name, prediction)
    switch format.format {
    case .json: print(try PredictionReport.json([report]))
    case .csv: print(PredictionReport.csv([report]))
    case .table: print(report.text(longest: top))
    }
    if let svg {
      let picture = TimeBreakdownChart(
        title: "\(network.name) on \(device.name)",
        subtitle: "\(prediction.latency.value), \(prediction.method)",
        bars: [
          .init(
            network.name, PredictionReport.times(prediction.breakdown), total: prediction.latency)
        ])
      try Picture.write(picture.svg, to: svg)
    }
  }
}
