import Analytic
import Devices
import Foundation
import Predictions
import Quantities
import Reports
import Zoo

extension DeviceCommand.Fit {
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

  /// Fits the roofline's factors and prints what the device achieves.
  func fitRoofline(_ device: Device, _ rows: [MeasuredRunFile.Row]) throws -> DeviceCalibration {
    let runs = rows.map { row in
      MeasuredRun(
        label: row.label, tally: KernelTally(row.workload.kernels(row.execution)),
        latency: row.latency, energy: row.energy)
    }
    let fit = try CalibrationFit(device, runs: runs)
    let calibration = fit.calibration
    guard let first = runs.first else { throw FitError.noMeasurement }
    let machine = try Machine(
      device, precision: first.tally.precision, calibration: calibration)
    let achieved = AchievedFigures(machine, calibration)
    let lines = zip(runs, fit.residuals).map { run, residual in
      Run(
        run: run.label, measured: run.latency.value,
        predicted: run.latency.value * exp(-residual))
    }
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
              }), energy: calibration.energy, runs: lines)))
    case .csv:
      print(
        CSVReport.text(
          header: ["run", "measured_s", "predicted_s"],
          rows: lines.map { [$0.run, "\($0.measured)", "\($0.predicted)"] }))
    case .table:
      print(text(device, achieved, calibration, lines))
    }
    return calibration
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
