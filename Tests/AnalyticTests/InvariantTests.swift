import Analytic
import Devices
import Predictions
import Quantities
import Testing
import Workloads
import Zoo

/// Laws that hold for every workload on every device of the catalogue.
@Suite("Invariants over models and devices") struct InvariantTests {
  /// One network of each kind of work.
  private static let networks: [Workload] = {
    let names: [(String, Int)] = [
      ("resnet18", 4), ("mobilenetv3_small_100", 1), ("vit_tiny_patch16_224", 8),
      ("regnety_002", 2), ("swin_tiny_patch4_window7_224", 1), ("gemm", 1), ("softmax", 1),
    ]
    var list = names.compactMap { try? request($0.0, batch: $0.1).workload() }
    let small = try? request("resnet18", batch: 2).workload()
    if let step = try? small?.trainingStep(optimizer: .adam) { list.append(step) }
    var decode = WorkloadRequest()
    (decode.phase, decode.context, decode.batch) = (.decode, 512, 2)
    if let text = try? NetworkReference("gpt2").workload(decode) { list.append(text) }
    return list
  }()

  private static let precisions: [Precision] = [.fp32, .fp16, .amp, .int8]
  private static let devices = ((try? DeviceCatalogue.devices()) ?? []).filter { !$0.peaks.isEmpty }

  @Test("there is something to test") func notEmpty() {
    #expect(Self.networks.count == 9)
    #expect(Self.devices.count > 170)
  }

  @Test("every law holds", arguments: devices.map(\.name))
  func laws(name: String) throws {
    let device = try DeviceCatalogue.device(named: name)
    for workload in Self.networks {
      for precision in Self.precisions {
        let execution = Execution(
          precision: precision, fusion: .standard(for: device.deviceClass))
        let model = RooflineModel(device, execution)
        guard let machine = try? model.machine(precision) else { continue }
        let program = workload.kernels(execution)
        let prediction = try model.predict(program)
        let place = "\(workload.name), \(precision.rawValue), \(name)"
        check(prediction, program, machine, place)
        try checkSlower(prediction, workload, execution, device, place)
      }
    }
  }

  /// The roofline, the sums and the intervals.
  private func check(
    _ prediction: Prediction, _ program: KernelProgram, _ machine: Machine, _ place: String
  ) {
    let latency = prediction.latency.value.value
    #expect(latency.isFinite && latency > 0, "\(place)")
    var macs = 0.0
    for step in program.steps {
      for index in step.kernels {
        let kernel = program.kernels[index]
        if kernel.kind != .depthwiseConvolution { macs += step.instances * kernel.matrixMACs }
      }
    }
    #expect(latency * machine.peakRate.value >= 2 * macs * (1 - 1e-9), "\(place): above its peak")
    let bytes = prediction.breakdown.reduce(0) { $0 + $1.bytes.value }
    if machine.peakBandwidth.value.isFinite {
      #expect(
        latency * machine.peakBandwidth.value >= bytes * (1 - 1e-9),
        "\(place): above its bandwidth")
    }
    let times = prediction.breakdown.reduce(0) { $0 + $1.latency.value }
    #expect(abs(times / latency - 1) < 1e-9, "\(place): the breakdown is not the whole")
    let energy = prediction.energy?.value.value ?? .nan
    let energies = prediction.breakdown.reduce(0) { $0 + ($1.energy?.value ?? .nan) }
    #expect(abs(energies / energy - 1) < 1e-9, "\(place): energies do not add up")
    let idle = machine.device.power.idle?.value.value ?? 0
    #expect(energy >= idle * latency * (1 - 1e-9), "\(place): below idle power")
    #expect(prediction.latency.interval?.contains(prediction.latency.value) == true, "\(place)")
    #expect(
      prediction.energy.map { $0.interval?.contains($0.value) ?? true } ?? true, "\(place)")
    // What a sweep takes is what predict says.
    let totals = machine.totals(KernelTally(program))
    #expect(abs(totals.seconds / latency - 1) < 1e-9, "\(place): sweep and predict differ")
    #expect(abs(totals.joules / energy - 1) < 1e-9, "\(place): sweep and predict differ")
  }

  /// More of anything is never slower.
  private func checkSlower(
    _ prediction: Prediction, _ workload: Workload, _ execution: Execution, _ device: Device,
    _ place: String
  ) throws {
    func latency(_ change: (inout Device) -> Void) throws -> Double {
      var other = device
      change(&other)
      return try RooflineModel(other, execution).predict(workload).latency.value.value
    }
    let now = prediction.latency.value.value * (1 + 1e-9)
    let wider = try latency { device in
      for index in device.memory.indices {
        let now = device.memory[index].bandwidth?.value ?? .zero
        device.memory[index].bandwidth?.value = 1.3 * now
      }
    }
    #expect(wider <= now, "\(place): more bandwidth is slower")
    let faster = try latency { device in
      for index in device.peaks.indices {
        let now = device.peaks[index].dense?.value ?? .zero
        device.peaks[index].dense?.value = 1.3 * now
      }
    }
    #expect(faster <= now, "\(place): a higher peak is slower")
    let linked = try latency { device in
      for index in device.links.indices {
        let now = device.links[index].bidirectionalBandwidth?.value ?? .zero
        device.links[index].bidirectionalBandwidth?.value = 2 * now
      }
    }
    #expect(linked <= now, "\(place): a wider link is slower")
  }

  @Test(
    "twice the batch is never faster",
    arguments: ["resnet18", "mobilenetv3_small_100", "vit_tiny_patch16_224", "regnety_002"])
  func batches(network: String) throws {
    for precision in Self.precisions {
      var last = [Double](repeating: 0, count: Self.devices.count)
      for batch in [1, 2, 4, 8, 16, 64, 128] {
        let workload = try request(network, batch: batch).workload()
        var tallies: [Fusion: KernelTally] = [:]
        for (place, device) in Self.devices.enumerated() {
          let fusion = Fusion.standard(for: device.deviceClass)
          let execution = Execution(precision: precision, fusion: fusion)
          guard let machine = try? RooflineModel(device, execution).machine(precision) else {
            continue
          }
          let tally = tallies[fusion] ?? KernelTally(workload.kernels(execution))
          tallies[fusion] = tally
          let seconds = machine.totals(tally).seconds
          #expect(
            seconds >= last[place] * (1 - 1e-9),
            "\(network), \(precision.rawValue), \(device.name): batch \(batch) is faster")
          last[place] = seconds
        }
      }
    }
  }
}
