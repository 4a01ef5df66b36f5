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

        A roofline moves a device's figures by a few factors. A device that states no rate, such as \
        {"name": "board", "class": "cpu"}, gets the rates of an inference engine, learned from 71 others \
        in ncnn's table: three networks say most, \(NCNNReplay.anchors.joined(separator: ", ")).

          perfmodel device fit --device board.json --measurements three.csv --threads 4 \\
                               --output board-fit.json
        """)

    @Option(help: "Name or JSON file of the device.")
    var device: String
    @Option(help: "CSV of runs that were measured on it.")
    var measurements: String
    @OptionGroup var execution: ExecutionOptions
    @Option(help: "roofline, or rates of an inference engine; default: rates where none is stated.")
    var method: DeviceFit.Method?
    @Option(help: "For rates: threads that run at once; default: the device's units.")
    var threads: Int?
    @Option(help: "Where to keep what was learned, for --fit of the other commands.")
    var output: String?
    @OptionGroup var format: FormatOption

    func validate() throws {
      if let threads, !(1...4096).contains(threads) {
        throw ValidationError("--threads is \(threads); it is between 1 and 4096")
      }
    }

    func run() throws {
      let device = try DeviceReference(device).device
      let rows = try MeasuredRunFile.rows(
        measurements, defaults: execution.execution(on: device))
      let fit: DeviceFit
      switch method ?? DeviceFit.standardMethod(device) {
      case .roofline:
        fit = .roofline(try fitRoofline(device, rows))
      case .rates:
        fit = .rates(try fitRates(device, rows))
      }
      if let output {
        try CalibrationFile.write(fit, to: output)
        Console.remark("kept: \(output); use it with --fit \(output)")
      }
    }
  }
}

extension DeviceFit.Method: ExpressibleByArgument {}
