import Analytic
import ArgumentParser
import Predictions
import Quantities
import Reports
import Zoo

struct Roofline: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Shows how near each operation comes to the roofs of a device, and which one it meets.",
    discussion: """
      The roofs are the device's peak rates and the bandwidths of its main memory and last cache. For \
      each operation: its intensity to both memories, its rate, its share of what the roofs allow, \
      what bounds it, and how often a weight is used.

        perfmodel roofline resnet50 --device RTX-3090 --precision amp --batch 256 --svg roofline.svg
        perfmodel roofline llama-2-7b --device A100-SXM-80GB --phase decode --context 2048
        perfmodel roofline mine.onnx --device mine.json --format csv > operations.csv
      """)

  @Argument(help: "Name, notation or file of a network ('perfmodel model list').")
  var workload: String
  @Option(help: "Name or JSON file of a device ('perfmodel device list').")
  var device: String
  @OptionGroup(title: "Run") var size: RunOptions
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Device") var fit: FitOptions
  @Option(help: "Show this many of the longest operations.")
  var top = 12
  @Option(help: "Also draw it: an SVG file to write.")
  var svg: String?
  @OptionGroup var format: FormatOption

  func validate() throws {
    if top < 1 { throw ValidationError("--top is \(top); at least 1 is shown") }
  }

  func run() throws {
    let device = try DeviceReference(device).device
    let request = RunRequest(try NamedNetwork(workload), try size.request())
    let network = try request.workload()
    for warning in network.warnings { Console.remark("perfmodel: \(warning)") }
    let model = try fit.roofline(device, execution.execution(on: device))
    let program = network.kernels(model.execution)
    try fit.check(program, on: device)
    let (prediction, analysis) = try model.analysis(program)
    let report = RooflineReport(
      workload: request.label.text, device: device.name, prediction, analysis)
    if let svg { try Picture.write(report.chart.svg, to: svg) }
    switch format.format {
    case .json: print(try report.json())
    case .csv: print(report.csv)
    case .table: print(report.text(longest: top))
    }
  }
}
