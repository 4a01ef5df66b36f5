import Analytic
import ArgumentParser
import Predictions
import Reports
import Zoo

struct WhatIf: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if",
    abstract:
      "Shows what would have to change for a limit to hold: bandwidth, rates, batch, types.",
    discussion: """
      For each limit: whether it holds and how surely, by which factor each figure of the device alone \
      would have to be better, and all together. Where it holds already, the factor says how far the \
      figure may fall. Then the largest batch and the precisions within all limits, and by how much \
      latency and energy change with one per cent of each figure.

        perfmodel what-if resnet50 --device T4 --batch 8 --limit latency=5ms
        perfmodel what-if llama-2-7b --device RTX-4090 --phase decode --limit latency=10ms \\
                          --limit energy=2J --svg what-if.svg
        perfmodel what-if mobilenetv2_100 --device Raspberry-Pi-4B --limit energy=50mJ --format json
      """)

  @Argument(help: "Name, notation or file of a network ('perfmodel model list').")
  var workload: String
  @Option(help: "Name or JSON file of a device ('perfmodel device list').")
  var device: String
  @OptionGroup var limits: LimitOptions
  @OptionGroup(title: "Run") var size: RunOptions
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Device") var fit: FitOptions
  @Option(help: "Also draw latency against bandwidth and peak rates: an SVG file to write.")
  var svg: String?
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard !limits.limit.isEmpty else {
      throw ValidationError(
        "name a limit: --limit latency=5ms, energy=20mJ, memory=8GB or edp=1mJs")
    }
  }

  func run() throws {
    let device = try DeviceReference(device).device
    let request = RunRequest(try NamedNetwork(workload), try size.request())
    let network = try request.workload()
    for warning in network.warnings { Console.remark("perfmodel: \(warning)") }
    let model = try fit.roofline(device, execution.execution(on: device))
    let analysis = try model.limitAnalysis(
      network, limits: limits.limit, ignoreMemory: fit.ignoreMemory
    ) { try request.batched($0).workload() }
    let report = LimitReport(
      workload: request.label.text, device: device.name, analysis)
    if let svg { try Picture.write(report.chart.svg, to: svg) }
    switch format.format {
    case .json: print(try report.json())
    case .csv: print(report.csv)
    case .table: print(report.text)
    }
  }
}
