import Devices
import Foundation
import Predictions
import Predictors
import Quantities
import Reports
import Zoo

extension DeviceCommand.Fit {
  private struct RatesReport: Encodable {
    let device: String
    let measurements: Int
    let rates: [ClassRate]
    let runs: [RateRun]
  }

  private struct ClassRate: Encodable {
    let work: String
    let unit: String
    let value: Double
    let low: Double
    let high: Double
  }

  private struct RateRun: Encodable {
    let run: String
    let measured: Double
    let predicted: Double

    private enum CodingKeys: String, CodingKey {
      case run
      case measured = "measured_s"
      case predicted = "predicted_s"
    }
  }

  /// Adapts the rates of the device's class and prints them.
  func fitRates(_ device: Device, _ rows: [MeasuredRunFile.Row]) throws -> RateCalibration {
    let start = RateCalibration(device)
    let calibration = RateCalibration(
      device: device.name, isGraphics: start.isGraphics, threads: threads ?? start.threads,
      samples: try rows.map { row in
        try RateCalibration.Sample(
          row.workload, latency: row.latency, isGraphics: start.isGraphics)
      })
    let model = try calibration.model()
    let rates = model.rates.classRates.map { rate in
      ClassRate(
        work: rate.work.title, unit: rate.work.unit, value: rate.value, low: rate.low,
        high: rate.high)
    }
    let runs = rows.map { row in
      RateRun(
        run: row.label, measured: row.latency.value,
        predicted: model.predict(row.workload).latency.value.value)
    }
    switch format.format {
    case .json:
      print(
        try JSONReport.text(
          RatesReport(
            device: device.name, measurements: rows.count, rates: rates, runs: runs)))
    case .csv:
      print(
        CSVReport.text(
          header: ["work", "unit", "value", "low", "high"],
          rows: rates.map { [$0.work, $0.unit, "\($0.value)", "\($0.low)", "\($0.high)"] }))
    case .table:
      var table = TextTable([
        .init("\(device.name)", .left), .init("rate"), .init("90 % interval"), .init("", .left),
      ])
      for rate in rates {
        table.append([
          rate.work, Self.number(rate.value),
          "\(Self.number(rate.low)) – \(Self.number(rate.high))", rate.unit,
        ])
      }
      var lines = TextTable([
        .init("measured"), .init("predicted"), .init("error"), .init("run", .left),
      ])
      for run in runs {
        lines.append([
          "\(Seconds(run.measured))", "\(Seconds(run.predicted))",
          String(format: "%+.1f %%", 100 * (run.predicted / run.measured - 1)), run.run,
        ])
      }
      print(table.text + "\n\n" + lines.text)
    }
    return calibration
  }

  private static func number(_ value: Double) -> String {
    value >= 100 ? String(format: "%.0f", value) : String(format: "%.3g", value)
  }
}
