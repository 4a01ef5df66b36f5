import Analytic
import Devices
import Foundation
import Mathematics
import Quantities
import Testing
import Workloads
import Zoo

@Suite("Fitting a device to measurements") struct CalibrationTests {
  private static let names = [
    "resnet18", "resnet50", "mobilenetv2_100", "efficientnet_b0", "vit_tiny_patch16_224",
    "convnext_tiny", "regnety_016", "densenet121", "gemm", "softmax",
  ]

  /// Runs on a device whose bandwidth and peak are `factors` of what its sheet says.
  private func runs(
    _ device: Device, bandwidth: Double, peak: Double, energy: Double? = nil, batch: Int = 64
  ) throws -> [MeasuredRun] {
    let execution = Execution(precision: .fp16)
    var other = device
    other.memory[1].bandwidth?.value = bandwidth * (device.memory[1].bandwidth?.value ?? .zero)
    for index in other.peaks.indices {
      other.peaks[index].dense?.value = peak * (device.peaks[index].dense?.value ?? .zero)
    }
    let machine = try Machine(other, precision: .fp16)
    return try Self.names.map { name in
      let tally = KernelTally(try request(name, batch: batch).workload().kernels(execution))
      let totals = machine.totals(tally)
      return MeasuredRun(
        label: name, tally: tally, latency: Seconds(totals.seconds),
        energy: energy.map { Joules($0 * totals.joules) })
    }
  }

  @Test("measurements of the model itself change nothing") func identity() throws {
    let device = plainDevice(bandwidth: 1e12)
    let fit = try CalibrationFit(device, runs: runs(device, bandwidth: 1, peak: 1))
    for factor in fit.calibration.factors { #expect(abs(log(factor)) < 0.02) }
    #expect(fit.residuals.allSatisfy { abs($0) < 0.01 })
  }

  @Test("a device that is slower than its sheet is found out, bandwidth and peak apart")
  func recovers() throws {
    let device = plainDevice(bandwidth: 1e12)
    let fit = try CalibrationFit(device, runs: runs(device, bandwidth: 0.85, peak: 0.9))
    let calibration = fit.calibration
    #expect(abs(calibration.factor(.bandwidth).value / 0.85 - 1) < 0.06)
    #expect(abs(calibration.factor(.matrixRate).value / 0.9 - 1) < 0.08)
    #expect(fit.residuals.allSatisfy { abs($0) < 0.05 })
    // A network that was not measured, within its interval.
    let execution = Execution(precision: .fp16)
    let model = RooflineModel(device, execution, calibration: calibration)
    var slower = device
    slower.memory[1].bandwidth?.value = 0.85 * (device.memory[1].bandwidth?.value ?? .zero)
    for index in slower.peaks.indices {
      slower.peaks[index].dense?.value = 0.9 * (device.peaks[index].dense?.value ?? .zero)
    }
    let unseen = try request("resnet101", batch: 64).workload()
    let truth = try RooflineModel(slower, execution).predict(unseen).latency.value
    let predicted = try model.predict(unseen).latency
    #expect(abs(predicted.value / truth - 1) < 0.05)
    #expect(predicted.interval?.contains(truth) == true)
  }

  @Test("one wrong measurement among ten does not move the rest") func robust() throws {
    let device = plainDevice(bandwidth: 1e12)
    var measured = try runs(device, bandwidth: 1, peak: 1)
    let wrong = measured[2]
    measured[2] = MeasuredRun(
      label: wrong.label, tally: wrong.tally, latency: 5 * wrong.latency)
    let fit = try CalibrationFit(device, runs: measured)
    for (place, residual) in fit.residuals.enumerated() where place != 2 {
      #expect(abs(residual) < 0.1, "\(Self.names[place])")
    }
    #expect(fit.residuals[2] > 1)
  }

  @Test("more measurements make the intervals narrower") func narrows() throws {
    let device = plainDevice(bandwidth: 1e12)
    let all = try runs(device, bandwidth: 0.8, peak: 0.9)
    let few = try CalibrationFit(device, runs: Array(all.prefix(2))).calibration
    let many = try CalibrationFit(device, runs: all).calibration
    let (wide, narrow) = (few.factor(.bandwidth), many.factor(.bandwidth))
    #expect(narrow.high / narrow.low < wide.high / wide.low)
  }

  @Test("joules move the powers") func energy() throws {
    let device = plainDevice(bandwidth: 1e12)
    let fit = try CalibrationFit(device, runs: runs(device, bandwidth: 1, peak: 1, energy: 1.6))
    let execution = Execution(precision: .fp16)
    let model = RooflineModel(device, execution, calibration: fit.calibration)
    let workload = try request("resnet101", batch: 64).workload()
    let before = try #require(try RooflineModel(device, execution).predict(workload).energy)
    let after = try #require(try model.predict(workload).energy)
    #expect(abs(after.value / before.value / 1.6 - 1) < 0.12)
  }

  @Test("what the device cannot have done is refused with the row and the least time")
  func impossible() throws {
    let device = plainDevice(bandwidth: 1e12)
    var measured = try runs(device, bandwidth: 1, peak: 1)
    measured[1] = MeasuredRun(
      label: "mine.csv, line 3", tally: measured[1].tally, latency: .microseconds(1))
    do {
      _ = try CalibrationFit(device, runs: measured)
      Issue.record("accepted")
    } catch let error as FitError {
      #expect("\(error)".hasPrefix("mine.csv, line 3: 1.00 µs is faster than plain can be"))
    }
    #expect(throws: FitError.noMeasurement) { try CalibrationFit(device, runs: []) }
  }
}
