import Analytic
import Devices
import Foundation
import Predictions
import Quantities
import Testing
import Workloads
import Zoo

@Suite("Sensitivities and limits of a run") struct SensitivityTests {
  private func analysis(
    _ workload: Workload, on device: Device, _ limits: [Limit] = [],
    _ execution: Execution = Execution(fusion: Fusion.none),
    rebuilt: (Int) throws -> Workload = { _ in throw WorkloadError.setting("no other batch") }
  ) throws -> LimitAnalysis {
    try RooflineModel(device, execution).limitAnalysis(
      workload, limits: limits, rebuilt: rebuilt)
  }

  private func slope(_ analysis: LimitAnalysis, _ figure: DeviceFigure) -> Double {
    analysis.sensitivities.first { $0.figure.name == figure.rawValue }?.latency ?? .nan
  }

  @Test("a single kernel of memory: its time is traffic and a launch, and so are its slopes")
  func memoryBound() throws {
    // 8·10⁸ bytes at 92 % of 100 GB/s beside a launch of 2 ms; no cache holds any of it.
    var device = plainDevice(rate: 1e18, cache: 1)
    device.launchOverhead = Figure(.milliseconds(2))
    let workload = try oneReLU(elements: 100_000_000)
    let latency = try RooflineModel(device, Execution(fusion: Fusion.none)).predict(workload)
      .latency.value.value
    let traffic = latency - 2e-3
    #expect(traffic > 8e-3 && traffic < 20e-3)
    let result = try analysis(workload, on: device)
    #expect(abs(slope(result, .bandwidth) + traffic / latency) < 1e-4)
    #expect(abs(slope(result, .launchOverhead) - 2e-3 / latency) < 1e-4)
    for figure in [DeviceFigure.matrixRates, .vectorRates, .cacheCapacity, .dispatch, .clock] {
      #expect(abs(slope(result, figure)) < 1e-6, "\(figure)")
    }
    #expect(abs(result.latencySum + 1) < 1e-4)
  }

  @Test(
    "all rates up and all overheads down by a factor make a run faster by it",
    arguments: [
      ("resnet50", "T4", 8), ("resnet50", "RTX-3090", 1),
      ("vit_base_patch16_224", "V100-SXM2-32GB", 4),
      ("mobilenetv2_100", "Raspberry-Pi-4B-8GB", 1), ("convnext_tiny", "A100-SXM-80GB", 64),
    ])
  func sum(network: String, device: String, batch: Int) throws {
    let device = try DeviceReference(device).device
    let result = try analysis(request(network, batch: batch).workload(), on: device)
    // Differences of half a per cent, where a kernel may change its tiles in between.
    #expect(abs(result.latencySum + 1) < 0.01, "\(result.latencySum)")
    let energies = result.sensitivities.filter { $0.figure.name.hasPrefix("energy") }
    #expect(energies.allSatisfy { $0.energy >= -1e-9 && $0.energy <= 1 })
  }

  @Test("stating what was taken from the class changes no prediction") func stated() throws {
    let workload = try request("mobilenetv3_small_100", batch: 8).workload()
    for precision in [Precision.fp32, .fp16, .int8, .amp] {
      let execution = Execution(precision: precision, fusion: Fusion.none)
      let tally = KernelTally(workload.kernels(execution))
      for device in try DeviceCatalogue.devices() {
        let model = RooflineModel(device, execution)
        guard let before = try? model.forecast(tally) else { continue }
        let after = try model.stated(precision).forecast(tally)
        #expect(abs(after.latency / before.latency - 1) < 1e-12, "\(device.name) \(precision)")
        let energies = (try #require(after.energy), try #require(before.energy))
        #expect(abs(energies.0 / energies.1 - 1) < 1e-12, "\(device.name) \(precision)")
      }
    }
  }

  @Test("the factor, applied to the device, gives exactly the limit") func factor() throws {
    let device = plainDevice()
    let execution = Execution(precision: .fp16, fusion: Fusion.none)
    let workload = try request("resnet50", batch: 64).workload()
    let tally = KernelTally(workload.kernels(execution))
    let now = try RooflineModel(device, execution).forecast(tally)
    for share in [0.7, 0.95, 1.4] {
      let limit = Limit.latency(now.latency * share)
      let result = try analysis(workload, on: device, [limit], execution)
      let answer = try #require(result.answers.first)
      #expect(answer.holds == (share > 1))
      for need in answer.needs {
        guard case .factor(let factor) = need.outcome else { continue }
        // A figure must be better, or may be worse; of an overhead less is better.
        let isOverhead = ["launch overhead", "host dispatch", "overhead of split products"]
          .contains(need.name)
        #expect((factor > 1) == ((share < 1) != isOverhead), "\(need.name) \(factor)")
        var changed = device
        switch need.name {
        case "main-memory bandwidth": changed.memory[1].bandwidth?.value.value *= factor
        case "last-cache bandwidth": changed.memory[0].bandwidth?.value.value *= factor
        case "last-cache capacity": changed.memory[0].capacity?.value.value *= factor
        case "launch overhead": changed.launchOverhead?.value.value *= factor
        case "peak rates and clock":
          for place in changed.peaks.indices {
            changed.peaks[place].dense?.value.value *= factor
          }
          changed.clock?.boost?.value.value *= factor
        default: continue
        }
        let then = try RooflineModel(changed, execution).forecast(tally).latency.value
        #expect(
          abs(then / limit.value - 1) < 1e-6, "\(need.name) × \(factor): \(then / limit.value)")
      }
      #expect(answer.needs.contains { $0.name == "main-memory bandwidth" && $0.isReachable })
    }
  }

  @Test("what one figure alone cannot reach is said, with what is left at best") func floor() throws
  {
    // 2 ms of the launch are left however fast the memory is.
    var device = plainDevice(rate: 1e18, cache: 1)
    device.launchOverhead = Figure(.milliseconds(2))
    let result = try analysis(
      oneReLU(elements: 100_000_000), on: device, [.latency(.milliseconds(1))])
    let needs = try #require(result.answers.first).needs
    guard
      case .unreachable(let best)? = needs.first(where: { $0.name.contains("bandwidth") })?
        .outcome
    else {
      Issue.record("\(needs)")
      return
    }
    #expect(abs(best - 2e-3) < 1e-5)
    guard case .factor(let factor)? = needs.last?.outcome else {
      Issue.record("\(needs)")
      return
    }
    // All together: the whole time scales.
    #expect(abs(factor - result.latency.value.value / 1e-3) < 1e-3 * factor)
  }

  @Test("less energy is needed where a byte costs less: by how much is a proportion")
  func energy() throws {
    let device = plainDevice(rate: 1e18, cache: 1)
    let workload = try oneReLU(elements: 100_000_000)
    let now = try analysis(workload, on: device)
    let traffic = now.sensitivities.filter {
      [DeviceFigure.memoryEnergy.rawValue, DeviceFigure.cacheEnergy.rawValue]
        .contains($0.figure.name)
    }.reduce(0) { $0 + $1.energy }
    // E = (1 − s)·E₀ + s·E₀·x; half of the traffic's share is saved at x = 1/2.
    let limit = now.energy.value * (1 - traffic / 2)
    let result = try analysis(workload, on: device, [.energy(limit)])
    let need = try #require(
      result.answers.first?.needs.first { $0.name == "energy of traffic" })
    guard case .factor(let factor) = need.outcome else {
      Issue.record("\(need)")
      return
    }
    // The slope is of differences and good to 10⁻⁵.
    #expect(abs(factor - 0.5) < 1e-5)
  }

  @Test("the largest batch keeps the limits, and the next one does not") func batch() throws {
    let device = try DeviceReference("T4").device
    let execution = Execution(precision: .fp16, fusion: Fusion.none)
    let model = RooflineModel(device, execution)
    func forecast(_ batch: Int) throws -> RunForecast {
      try model.forecast(
        KernelTally(request("resnet18", batch: batch).workload().kernels(execution)))
    }
    let limits = [Limit.latency(try forecast(37).latency), .memory(.gigabytes(4))]
    let result = try model.limitAnalysis(
      request("resnet18").workload(), limits: limits
    ) { try request("resnet18", batch: $0).workload() }
    guard case .largest(let batch) = result.batch else {
      Issue.record("\(result.batch)")
      return
    }
    #expect(batch >= 37)
    #expect(try forecast(batch).isWithin(limits))
    #expect(try !forecast(batch + 1).isWithin(limits))
    // A limit of memory alone is one of the footprint.
    let small = try model.limitAnalysis(
      request("resnet18").workload(), limits: [.memory(.megabytes(1))]
    ) { try request("resnet18", batch: $0).workload() }
    #expect(small.batch == .none)
    #expect(small.answers[0].needs.isEmpty && !small.answers[0].holds)
  }

  @Test("precisions are those that the device has, and the current one is as predicted")
  func trials() throws {
    let device = try DeviceReference("T4").device
    let workload = try request("resnet18").workload()
    let model = RooflineModel(device, Execution(fusion: Fusion.none))
    let result = try analysis(workload, on: device, [.latency(.milliseconds(50))])
    let current = try #require(result.trials.first { $0.isCurrent })
    #expect(current.precision == "fp32")
    #expect(current.latency == result.latency.value)
    #expect(
      try current.latency == model.forecast(KernelTally(workload.kernels(model.execution))).latency)
    let narrow = try #require(result.trials.first { $0.precision == "fp8" })
    #expect(narrow.note == "fp8 as fp16")
    #expect(result.trials.first { $0.precision == "fp16" }?.note == "")
  }
}

extension LimitAnalysis.Need {
  fileprivate var isReachable: Bool {
    if case .factor = outcome { return true }
    return false
  }
}
