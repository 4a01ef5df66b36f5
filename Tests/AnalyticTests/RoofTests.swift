import Analytic
import Devices
import Predictions
import Quantities
import Testing
import Workloads
import Zoo

@Suite("Roofs") struct RoofTests {
  @Test("a single product stands where its figures say") func product() throws {
    // 1000 × 4000 times 4000 × 2000, fp16: 16 GFLOP; 2 bytes each: 8, 16 and 4 MB.
    let net = WorkloadBuilder("product")
    net.result(net.linear(net.input("x", [1000, 4000]), to: 2000, bias: false))
    let device = plainDevice(cache: 1)
    let model = RooflineModel(device, Execution(precision: .fp16, fusion: Fusion.none))
    let (prediction, analysis) = try model.analysis(net.finish().kernels(model.execution))
    let operation = try #require(analysis.operations.first)
    #expect(analysis.operations.count == 1)
    #expect(operation.cost.flop == FLOP(16e9))
    #expect(operation.cacheTraffic.value >= 28e6)
    // The peak is 80 TFLOP/s, the bandwidth 100 GB/s: 0.2 ms of arithmetic, 0.28 of traffic.
    #expect(operation.leastTime.value >= 0.28e-3 * (1 - 1e-12))
    #expect(operation.rate == FLOP(16e9) / prediction.latency.value)
    #expect(operation.reuse?.weightReuse == 1000)
    // M / (W + A) = 8·10⁹ / (8·10⁶ + 4·10⁶ + 2·10⁶)
    #expect(abs((operation.reuse?.arithmeticIntensity ?? 0) - 8000.0 / 14) < 1e-9)
    #expect(abs((operation.reuse?.weightedIntensity ?? 0) - 8000 / (0.8 * 6 + 0.2 * 8)) < 1e-9)
    #expect(analysis.peaks.map(\.name) == ["fp16 matrix", "fp32 vector"])
    #expect(analysis.levels.map(\.name) == ["DRAM", "L2"])
    #expect(analysis.ridgePoint(analysis.peaks[0], analysis.levels[0]) == FLOPPerByte(800))
    #expect(analysis.ridgePoint(analysis.peaks[0], analysis.levels[1]) == FLOPPerByte(160))
  }

  @Test(
    "no operation is above its roof, and all of them add up to the prediction",
    arguments: [
      ("resnet50", "RTX-3090", Precision.amp), ("mobilenetv2_100", "Raspberry-Pi-4B-8GB", .fp32),
      ("vit_base_patch16_224", "A100-SXM-80GB", .fp16), ("convnext_tiny", "T4", .int8),
      ("efficientnet_b0", "Gaudi2", .bf16), ("swin_tiny_patch4_window7_224", "P4", .fp32),
      ("densenet121", "V100-SXM2-32GB", .fp32), ("regnety_016", "H100-SXM", .fp8),
    ])
  func invariants(network: String, device: String, precision: Precision) throws {
    let device = try DeviceReference(device).device
    let execution = Execution(
      precision: precision, fusion: .standard(for: device.deviceClass))
    let model = RooflineModel(device, execution)
    for batch in [1, 32] {
      let workload = try request(network, batch: batch).workload()
      let (prediction, analysis) = try model.analysis(workload.kernels(execution))
      #expect(abs(analysis.time / prediction.latency.value - 1) < 1e-9)
      for operation in analysis.operations {
        #expect(
          operation.roofShare <= 1 + 1e-9,
          "\(network) \(batch): \(operation.cost.operation) \(operation.roofShare)")
        #expect(operation.cacheTraffic >= operation.cost.bytes)
        if let attainable = operation.attainableRate {
          #expect(operation.rate.value <= attainable.value * (1 + 1e-9))
          let peak = analysis.peaks.map(\.rate.value).max() ?? 0
          #expect(attainable.value <= peak * (1 + 1e-9))
        }
      }
    }
  }

  @Test("every device of the catalogue has named roofs for what it runs") func names() throws {
    for device in try DeviceCatalogue.devices() where !device.peaks.isEmpty {
      let model = RooflineModel(device, Execution(precision: .fp32, fusion: Fusion.none))
      let program = try oneReLU(elements: 1000).kernels(model.execution)
      guard let (_, analysis) = try? model.analysis(program) else { continue }
      #expect(analysis.peaks[0].isUsed && analysis.peaks[0].rate > .zero)
      #expect(Set(analysis.peaks.map(\.name)).count == analysis.peaks.count, "\(device.name)")
      #expect((1...2).contains(analysis.levels.count))
    }
  }
}
