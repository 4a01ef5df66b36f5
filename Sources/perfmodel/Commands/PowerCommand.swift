import Analytic
import ArgumentParser
import Datasets
import Devices
import Predictions
import Quantities
import Reports
import Zoo

struct PowerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "power",
    abstract: "Time, power and energy over the limits of a device's power, and the best limit.",
    discussion: """
      Of a workload, from the device's figures alone; or better of your own jobs, from one or two \
      measurements of each: a CSV with the columns job, limit_w, time_s, power_w. The lowest and the \
      highest limit together say most.

        perfmodel power resnet50 --device V100-PCIe-32GB --batch 128 --phase training
        perfmodel power llama-2-7b --device A100-SXM-80GB --phase decode --svg power.svg
        perfmodel power --measurements runs.csv --device RTX-3090 --eta 0.3

      The best limits: of least energy, of least energy × time, and of least cost \
      η·E + (1 − η)·P·T with P the highest limit and η by --eta.
      """)

  @Argument(help: "Name, notation or file of a network; or none, with --measurements.")
  var workload: String?
  @Option(help: "Name or JSON file of a device ('perfmodel device list').")
  var device: String
  @Option(help: "CSV of runs that were measured under limits: job, limit_w, time_s, power_w.")
  var measurements: String?
  @OptionGroup(title: "Run") var size: RunOptions
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Device") var fit: FitOptions
  @Option(
    help: ArgumentHelp(
      "What the board draws under the lightest job, as 40W.", discussion: "Default: its idle power."
    ),
    transform: { try Watts(parsing: $0) })
  var floor: Watts?
  @Option(help: "Limits to show, with commas between: 100W,150W; default: about ten.")
  var limits: String?
  @Option(help: "Weight of energy in the cost, 0 (time alone) to 1 (energy alone).")
  var eta = 0.5
  @Option(help: "Also draw the curve: an SVG file to write.")
  var svg: String?
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard (workload == nil) != (measurements == nil) else {
      throw ValidationError(
        "name what is run: either a workload ('perfmodel model list') or --measurements")
    }
    if measurements != nil,
      size.batch != nil || !size.set.isEmpty || size.phase != nil || size.context != nil
        || execution.precision != nil || execution.fusion != nil || fit.fit != nil
    {
      throw ValidationError("--measurements says what was run; leave the workload's options out")
    }
    guard eta.isFinite, (0...1).contains(eta) else {
      throw ValidationError("--eta is \(eta); it lies between 0 and 1")
    }
    if let floor, floor <= .zero {
      throw ValidationError("--floor is \(floor); it is above 0")
    }
  }

  func run() throws {
    let device = try DeviceReference(device).device
    let limits = try shownLimits()
    let curves: [PowerCurve]
    if let measurements {
      curves = try PowerMeasurementFile.curves(
        PowerMeasurementFile.read(measurements), on: device, limits: limits, eta: eta,
        floor: floor)
    } else {
      let network = try NetworkReference(workload ?? "").workload(size.request())
      for warning in network.warnings { Console.remark("perfmodel: \(warning)") }
      let model = try fit.roofline(device, execution.execution(on: device))
      let program = network.kernels(model.execution)
      try fit.check(program, on: device)
      curves = [try model.powerCurve(program, limits: limits, eta: eta, floor: floor)]
    }
    let report = PowerCurveReport(curves)
    switch format.format {
    case .json: print(try report.json())
    case .csv: print(report.csv)
    case .table: print(report.text)
    }
    if let svg {
      try Picture.write(report.chart.svg, to: svg)
    }
  }

  private func shownLimits() throws -> [Watts]? {
    try limits.map { text in
      try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
        let limit = try Watts(parsing: String(word))
        guard limit > .zero else { throw ValidationError("--limits has \(limit); it is above 0") }
        return limit
      }
    }
  }
}
