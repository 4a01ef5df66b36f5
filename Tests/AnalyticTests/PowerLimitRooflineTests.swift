import Analytic
import Devices
import Foundation
import Predictions
import Quantities
import Testing
import Workloads
import Zoo

/// A chip whose arithmetic and memory are easily told apart.
private func chip(energyPerFLOP: Double = 1e-12) -> Device {
  var device = Device(name: "chip", deviceClass: .gpu)
  device.peaks = [
    PeakRate(
      .fp32, .vector, dense: Figure(.teraFLOPPerSecond(10)),
      energyPerFLOP: Figure(JoulesPerFLOP(energyPerFLOP)))
  ]
  device.memory = [
    MemoryLevel("L2", capacity: Figure(.mebibytes(4))),
    MemoryLevel(
      "DRAM", technology: "HBM2", capacity: Figure(.gigabytes(32)),
      bandwidth: Figure(.gigabytesPerSecond(800))),
  ]
  device.computeUnits = Device.ComputeUnits(kind: "core", count: Figure(64))
  device.clock = Device.Clock(boost: Figure(.gigahertz(1.5)))
  device.launchOverhead = Figure(.microseconds(4))
  device.power.thermalDesign = Figure(Watts(250))
  device.power.idle = Figure(Watts(30))
  device.power.lowestLimit = Figure(Watts(80))
  device.processNanometres = Figure(12)
  return device
}

private func program(_ name: String, _ settings: [String: Int] = [:]) throws -> KernelProgram {
  var request = WorkloadRequest()
  request.settings = settings
  return try NetworkReference(name).workload(request).kernels()
}

@Suite("A workload under a power limit, from the roofline") struct PowerLimitRooflineTests {
  private let model = RooflineModel(chip())

  @Test("products go with the clock, a sum does not, a small kernel is light") func kinds() throws {
    let product = try model.powerLimitFit(program("gemm")).job
    #expect(product.clockShare > 0.95 && product.busyShare > 0.99)
    let sum = try model.powerLimitFit(program("add")).job
    #expect(sum.clockShare < 0.1 && sum.busyShare > 0.95)
    let small = try model.powerLimitFit(program("relu", ["elements": 1000])).job
    #expect(small.busyShare < 0.2)
  }

  @Test("at full clock the mean power is the roofline's") func power() throws {
    for name in ["gemm", "resnet50", "add"] {
      let program = try program(name)
      let plain = try model.predict(program)
      let fit = try model.powerLimitFit(program)
      let state = fit.model.state(of: fit.job, clock: 1)
      let energy = try #require(plain.energy).value
      #expect(abs(state.power / (energy / plain.latency.value) - 1) < 1e-6, "\(name)")
    }
  }

  @Test("under the design power it takes the plain prediction's time", arguments: [1e-12, 4e-11])
  func designPower(energyPerFLOP: Double) throws {
    // With 40 pJ for each FLOP a product would draw 400 W and more: the board slows it.
    let model = RooflineModel(chip(energyPerFLOP: energyPerFLOP))
    for name in ["gemm", "resnet50"] {
      let program = try program(name)
      let plain = try model.predict(program).latency.value
      let limited = try model.predict(program, under: .limit(Watts(250))).latency.value
      #expect(abs(limited / plain - 1) < 1e-9, "\(name)")
    }
  }

  @Test(
    "a lower limit is never faster, its operations add up, and the power stays below or that is said"
  )
  func limits() throws {
    for name in ["gemm", "resnet50", "add", "relu"] {
      let program = try program(name)
      var last: Seconds?
      for limit in stride(from: 80.0, through: 250, by: 17) {
        let prediction = try model.predict(program, under: .limit(Watts(limit)))
        let time = prediction.latency.value
        let energy = try #require(prediction.energy)
        #expect(time <= (last ?? time) * (1 + 1e-9))
        last = time
        let isMet = !prediction.assumptions.contains { $0.contains("is not met") }
        #expect(
          isMet == (energy.value / time <= Watts(limit) * (1 + 1e-6)), "\(name) under \(limit)")
        #expect(isMet || limit < 100, "\(name) under \(limit)")
        let times = prediction.breakdown.reduce(Seconds.zero) { $0 + $1.latency }
        let energies = prediction.breakdown.reduce(Joules.zero) { $0 + ($1.energy ?? .zero) }
        #expect(abs(times / time - 1) < 1e-9)
        #expect(abs(energies / energy.value - 1) < 1e-9)
        #expect(prediction.latency.interval?.contains(time) == true)
        #expect(energy.interval?.contains(energy.value) == true)
      }
    }
  }

  @Test("a lower clock is never faster; where the limit holds it lower, that is said")
  func clocks() throws {
    let hungry = RooflineModel(chip(energyPerFLOP: 4e-11))
    let program = try program("gemm")
    let times = try [0.5, 0.9, 1.2, 1.5].map {
      try model.predict(program, under: .clock(.gigahertz($0))).latency.value
    }
    #expect(times == times.sorted(by: >))
    // All of a product goes with the clock.
    #expect(abs(times[0] / times[3] / 3 - 1) < 0.05)
    let held = try hungry.predict(program, under: .clock(.gigahertz(1.5)))
    #expect(held.assumptions.contains { $0.contains("keeps the core at") })
  }

  @Test("a run of no work takes no time under any limit") func nothing() throws {
    let net = WorkloadBuilder("nothing")
    net.result(net.input("x", [1]))
    let program = try net.finish().kernels()
    let prediction = try model.predict(program, under: .limit(Watts(100)))
    #expect(prediction.latency.value == .zero && prediction.energy?.value == .zero)
    #expect(try model.powerCurve(program, eta: 0.5).points.allSatisfy { $0.time.value == .zero })
  }

  @Test("what was derived, and that nothing was measured, is said") func assumptions() throws {
    let prediction = try model.predict(program("resnet50"), under: .limit(Watts(80)))
    #expect(prediction.method == "roofline from the data sheet, under 80 W")
    #expect(prediction.assumptions.contains { $0.hasPrefix("no measurement under a limit") })
    #expect(prediction.assumptions.contains { $0.contains("% of its clock") })
  }

  @Test("a limit or a clock that the device does not have is refused") func refusals() throws {
    let program = try program("gemm")
    #expect(
      throws: PowerLimitError.limitTooLow(
        device: "chip", limit: Watts(70), lowest: Watts(80))
    ) { try model.predict(program, under: .limit(Watts(70))) }
    #expect(throws: PowerLimitError.self) {
      try model.predict(program, under: .clock(.gigahertz(2)))
    }
    var unstated = chip()
    unstated.power.thermalDesign = nil
    #expect(throws: PowerLimitError.noDesignPower(device: "chip")) {
      try RooflineModel(unstated).predict(program, under: .limit(Watts(100)))
    }
  }
}
