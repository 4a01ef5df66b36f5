import Analytic
import Devices
import Foundation
import Mathematics
import Quantities
import Testing
import Workloads
import Zoo

@Suite("Weights in few bits") struct QuantizationTests {
  /// Two layers and a table: 100·8 table, 8→16 with bias, 16→4 as the head.
  private func network() throws -> Workload {
    let net = WorkloadBuilder("small", activations: .float16)
    let ids = net.input("ids", [1, 3], .int64)
    let rows = net.embedding(ids, vocabulary: 100, features: 8)
    let hidden = net.linear(rows, to: 16, bias: true, named: "hidden")
    net.result(net.linear(hidden, to: 4, bias: false, named: "head"))
    return try net.finish()
  }

  @Test("a group's scale is shared by its weights") func effectiveBits() {
    #expect(WeightQuantization.int4Groups.effectiveBits == 4.125)
    // A row of 130 is a group of 128 and one of 2.
    #expect(WeightQuantization.int4Groups.groups(of: [10, 130]) == 20)
    #expect(WeightQuantization.int8Channels.groups(of: [10, 3, 3, 3]) == 10)
    #expect(WeightQuantization.int8Channels.effectiveBits(of: [10, 4]) == 8 + 32.0 / 4)
    let tensor = WeightQuantization(bits: 8, grouping: .tensor, groupBits: 32)
    #expect(tensor.effectiveBits(of: [4, 8]) == 9)
  }

  @Test("tables, vectors and the head stay as wide as they are asked to") func storedSize() throws {
    let workload = try network()
    let plain = workload.storedSize(StorageScheme(keptBits: 16))
    #expect(plain.total == Bytes(2 * (800 + 128 + 16 + 64)))
    let eight = WeightQuantization(bits: 8, grouping: .outputChannel, groupBits: 16)
    let both = workload.storedSize(StorageScheme(eight, keptBits: 16))
    // 128 + 64 weights of one byte, 16 + 4 scales of two; the table and the bias of two bytes each.
    #expect(both.quantized == Bytes(128 + 64 + 40))
    #expect(both.kept == Bytes(1600 + 32))
    let withHead = workload.storedSize(
      StorageScheme(eight, keptBits: 16, keeps: [.vectors, .tables, .head], tensorHeaderBytes: 10))
    #expect(withHead.quantizedElements == 128)
    #expect(withHead.headers == Bytes(40))
    #expect(abs(both.reduction(from: plain) - (1 - 1864.0 / 2016)) < 1e-12)
  }

  @Test("Amdahl's law: a share fitted to one speed-up gives it back, and less bits give more")
  func throughput() {
    let law = QuantizedThroughput(speedup: 2.4, at: 8, baselineBits: 32)
    #expect(abs(law.share - 0.77777777777) < 1e-9)
    #expect(abs(law.speedup(bits: 8) - 2.4) < 1e-12)
    #expect(abs(law.speedup(bits: 4) - 3.1304347826) < 1e-9)
    #expect(law.speedup(bits: 32) == 1)
    // With nothing but reading, half the bits are twice as fast.
    #expect(QuantizedThroughput(share: 1, baselineBits: 16).speedup(bits: 8) == 2)
  }

  /// The share of the roofline at 16 bits, against the roofline itself at 8 and 4, where arithmetic is
  /// never what limits.
  @Test("the share from a roofline says what the roofline says of narrower weights")
  func sharesOfARoofline() throws {
    var device = try DeviceCatalogue.device(named: "A100-SXM-80GB")
    for index in device.peaks.indices { device.peaks[index].dense = Figure(FLOPPerSecond(1e18)) }
    device.power.thermalDesign = nil
    guard case .language(let model) = try NetworkReference("llama-2-7b") else { return }
    let step = try model.workload(.decode(context: 1024))
    func program(_ precision: Precision) -> KernelProgram {
      step.kernels(Execution(precision: precision, fusion: .epilogue))
    }
    func time(_ precision: Precision) throws -> Double {
      let run = RooflineModel(device, program(precision).execution)
      return try run.predict(program(precision)).latency.value.value
    }
    let machine = try Machine(device, precision: .fp16)
    let law = QuantizedThroughput(program(.fp16), on: machine)
    #expect(law.baselineBits == 16 && law.share > 0.8 && law.share < 1)
    for (precision, bits) in [(Precision.w8a16, 8.0), (.w4a16, 4.125)] {
      let faster = try time(.fp16) / time(precision)
      #expect(abs(law.speedup(bits: bits) / faster - 1) < 0.1, "\(law.share) \(faster)")
    }
  }

  private static func instance(_ seed: Int) -> (layers: [QuantizedLayer], budget: Double) {
    var random = RandomStream(seed: UInt64(seed), label: "bits")
    let layers = (0..<5).map { _ in
      QuantizedLayer(
        parameters: 0.5 + 4 * random.uniform(), sensitivity: exp2(3 * random.normal()),
        variance: exp2(random.normal()))
    }
    let total = layers.reduce(0) { $0 + $1.parameters }
    return (layers, (2.2 + 6 * random.uniform()) * total)
  }

  /// Every assignment, one after the other.
  private func plainOptimum(_ layers: [QuantizedLayer], _ budget: Double) -> Double {
    let widths = BitAllocation.usualWidths
    var best = Double.infinity
    var code = [Int](repeating: 0, count: layers.count)
    repeat {
      var spent = 0.0
      var distortion = 0.0
      for (layer, place) in zip(layers, code) {
        let bits = Double(widths[place])
        spent += layer.parameters * bits
        var power = 1.0
        for _ in 0..<(2 * widths[place]) { power /= 2 }
        distortion += layer.sensitivity * layer.variance * power
      }
      if spent <= budget { best = min(best, distortion) }
      var digit = 0
      while digit < code.count {
        code[digit] += 1
        if code[digit] < widths.count { break }
        code[digit] = 0
        digit += 1
      }
      if digit == code.count { return best }
    } while true
  }

  @Test("an allocation keeps its budget and is near the best of all assignments") func allocation()
    throws
  {
    var gaps: [Double] = []
    for seed in 0..<40 {
      let (layers, budget) = Self.instance(seed)
      let allocation = try #require(BitAllocation(layers, budget: budget))
      let spent = zip(layers, allocation.bits).reduce(0) { $0 + $1.0.parameters * Double($1.1) }
      #expect(spent <= budget * (1 + 1e-9))
      let best = plainOptimum(layers, budget)
      let searched = try #require(BitAllocation.exhaustive(layers, budget: budget))
      #expect(abs(searched / best - 1) < 1e-9)
      #expect(allocation.distortion >= best * (1 - 1e-9))
      gaps.append(allocation.distortion / best - 1)
    }
    #expect(mean(gaps) < 0.02, "\(mean(gaps))")
  }

  @Test("the closed form levels the gain of a bit over all layers and spends the budget")
  func closedForm() {
    let (layers, budget) = Self.instance(7)
    let bits = BitAllocation.closedForm(layers, budget: budget)
    let spent = zip(layers, bits).reduce(0) { $0 + $1.0.parameters * $1.1 }
    #expect(abs(spent / budget - 1) < 1e-12)
    let gains = zip(layers, bits).map { $0.distortion($1) / $0.parameters }
    for gain in gains { #expect(abs(gain / gains[0] - 1) < 1e-9) }
  }

  @Test("equal layers get equal bits, and too small a budget nothing") func degenerate() throws {
    let layer = QuantizedLayer(parameters: 10, sensitivity: 1, variance: 1)
    let allocation = try #require(BitAllocation([layer, layer, layer], budget: 120))
    #expect(allocation.bits == [4, 4, 4])
    #expect(BitAllocation([layer], budget: 19) == nil)
    #expect(BitAllocation.exhaustive([layer], budget: 19) == nil)
  }
}
