import Analytic
import ArgumentParser
import Datasets
import Devices
import Foundation
import Predictions
import Quantities
import Reports
import Zoo

extension DeviceCommand {
  struct Fit: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Brings a device to a few of your own measurements.",
      discussion: """
        A CSV has a row for each run: 'workload', 'latency_s' (or _ms, _us, _ns), and where they matter \
        'energy_j', 'batch', 'settings' (image=288), 'phase', 'context', 'precision', 'layout', \
        'fusion'. Kernels are workloads, too: gemm with 'm=4096 n=4096 k=4096'.

          perfmodel device fit --device RTX-3090 --measurements ten.csv --output fit.json
          perfmodel device fit --device mine.json --measurements ten.csv --precision fp16
          perfmodel predict resnet101 --device RTX-3090 --precision fp16 --fit fit.json
        """)

    @Option(help: "Name or JSON file of the device.")
    var device: String
    @Option(help: "CSV of runs that were measured on it.")
    var measurements: String
    @OptionGroup var execution: ExecutionOptions
    @Option(help: "Where to keep what was learned, for --fit of the other commands.")
    var output: String?
    @OptionGroup var format: FormatOption

    private struct Report: Encodable {
      let device: String
      let measurements: Int
      let networkDeviation: Double
      let peak: EstimateReport
      let bandwidth: EstimateReport?
      let launchOverhead: EstimateReport
      let factors: [String: FactorEstimate]
      let energy: EnergyCalibration?
      let runs: [Run]

      private enum CodingKeys: String, CodingKey {
        case device, measurements, factors, energy, runs
        case networkDeviation = "network_deviation"
        case peak = "achieved_flop_per_s"
        case bandwidth = "achieved_b_per_s"
        case launchOverhead = "launch_overhead_s"
      }
    }

    private struct Run: Encodable {
      let run: String
      let measured: Double
      let predicted: Double

      private enum CodingKeys: String, CodingKey {
        case run
        case measured = "measured_s"
        case predicted = "predicted_s"
      }
    }

    func run() throws {
      let device = try DeviceReference(device).device
      let runs = try MeasuredRunFile.read(measurements, defaults: execution.execution(on: device))
      let fit = try CalibrationFit(device, runs: runs)
      let calibration = fit.calibration
      guard let first = runs.first else { throw FitError.noMeasurement }
      let machine = try Machine(
        device, precision: first.tally.precision, calibration: calibration)
      let achieved = AchievedFigures(machine, calibration)
      let rows = zip(runs, fit.residuals).map { run, residual in
        Run(
          run: run.label, measured: run.latency.value,
          predicted: run.latency.value * exp(-residual))
      }
      if let output { try CalibrationFile.write(calibration, to: output) }
      switch format.format {
      case .json:
        print(
          try JSONReport.text(
            Report(
              device: device.name, measurements: runs.count,
              networkDeviation: calibration.networkDeviation,
              peak: EstimateReport(achieved.peakRate),
              bandwidth: achieved.bandwidth.map { EstimateReport($0) },
              launchOverhead: EstimateReport(achieved.launchOverhead),
              factors: Dictionary(
                uniqueKeysWithValues: CalibratedTerm.allCases.map {
                  ($0.name, calibration.factor($0))
                }), energy: calibration.energy, runs: rows)))
      case .csv:
        print(
          CSVReport.text(
            header: ["run", "measured_s", "predicted_s"],
            rows: rows.map { [$0.run, "\($0.measured)", "\($0.predicted)"] }))
      case .table:
        print(text(device, achieved, calibration, rows))
      }
      if let output { Console.remark("kept: \(output); use it with --fit \(output)") }
    }

    private func text(
      _ device: Device, _ achieved: AchievedFigures, _ calibration: DeviceCalibration, _ runs: [Run]
    ) -> String {
      var figures = TextTable([
        .init("\(device.name) achieves", .left), .init("value"), .init("90 % interval"),
      ])
      func add<Amount: Quantity>(_ name: String, _ estimate: Estimate<Amount>) {
        let interval = estimate.interval.map { "\($0.low) – \($0.high)" } ?? ""
        figures.append([name, "\(estimate.value)", interval])
      }
      add("products of matrices", achieved.peakRate)
      if let bandwidth = achieved.bandwidth { add("main memory", bandwidth) }
      add("from kernel to kernel", achieved.launchOverhead)
      if let energy = calibration.energy {
        figures.append(["power while it runs", "\(Watts(energy.idleWatts + energy.activeWatts))", ""])
        figures.append([
          "energy of arithmetic and traffic", String(format: "× %.2f", energy.dynamicFactor), "",
        ])
      }
      var factors = TextTable([
        .init("against its class", .left), .init("factor"), .init("90 % interval"),
      ])
      for term in CalibratedTerm.allCases {
        let estimate = calibration.factor(term)
        factors.append([
          term.title, String(format: "%.2f", estimate.value),
          String(format: "%.2f – %.2f", estimate.low, estimate.high),
        ])
      }
      var table = TextTable([
        .init("measured"), .init("predicted"), .init("error"), .init("run", .left),
      ])
      for run in runs {
        table.append([
          "\(Seconds(run.measured))", "\(Seconds(run.predicted))",
          String(format: "%+.1f %%", 100 * (run.predicted / run.measured - 1)), run.run,
        ])
      }
      let rest = String(
        format: "One network beside another strays by %.0f %% after %d measurements.",
        100 * calibration.networkDeviation, calibration.measurements)
      return [figures.text, "", factors.text, "", table.text, "", rest].joined(separator: "\n")
    }
  }
}
