import Analytic
import Mathematics
import Quantities
import Testing
import Workloads

@Suite("Simple laws") struct SimpleLawTests {
  @Test("an instruction takes its FLOP over those of a cycle, or the time of its operands")
  func instructions() {
    let hopper = MatrixUnit(flopPerCycle: 4096, sharedBytesPerCycle: 128)
    let wide = MatrixInstruction(rows: 64, columns: 256, depth: 16, operandBits: 16)
    #expect(hopper.cycles(of: wide) == 128)
    // (64 + 256)·16·2 bytes: 80 cycles, less than 128.
    #expect(wide.sharedBytes == Bytes(10_240))
    #expect(hopper.utilization(of: wide) == 1)
    let narrow = MatrixInstruction(rows: 64, columns: 16, depth: 16, operandBits: 16)
    // 8 cycles of arithmetic, 20 of operands.
    #expect(hopper.utilization(of: narrow) == 0.4)
    var registers = narrow
    registers.leftIsShared = false
    #expect(hopper.utilization(of: registers) == 1)
    #expect(
      hopper.throughput(of: wide, units: 100, clock: .gigahertz(1)).value == 409.6e12)
  }

  @Test("Little's law: half the bytes in flight carry half the bandwidth") func little() {
    let memory = ConcurrentAccess(
      peak: .gigabytesPerSecond(2000), latency: .microseconds(0.5))
    #expect(memory.bytesForPeak == Bytes(1e6))
    #expect(memory.bandwidth(inFlight: Bytes(5e5)).value == 1e12)
    #expect(memory.bandwidth(inFlight: Bytes(5e6)).value == 2e12)
  }

  @Test("a share of the peak fitted to one run gives its time back") func utilization() throws {
    let net = WorkloadBuilder("linear", activations: .float16)
    net.result(net.linear(net.input("x", [64, 100]), to: 50, bias: false))
    let workload = try net.finish()
    let work = FLOP.multiplyAccumulates(64 * 100 * 50)
    let model = UtilizationModel(
      peak: FLOPPerSecond(1e9), work: work, took: Seconds(1e-3), power: Watts(10))
    #expect(abs(model.utilization - 0.64) < 1e-12)
    let prediction = model.predict(workload)
    #expect(abs(prediction.latency.value.value - 1e-3) < 1e-15)
    #expect(abs((prediction.energy?.value.value ?? 0) - 1e-2) < 1e-15)
    #expect(abs(prediction.breakdown.reduce(0) { $0 + $1.latency.value } - 1e-3) < 1e-15)
  }

  @Test("the work of a diffusion transformer grows between linearly and with the square")
  func diffusion() {
    let blocks = DiffusionTransformer(
      blocks: 2, width: 10, feedForwardWidth: 40, textTokens: 3)
    // l = 5: 8·5·100 + 4·25·10 = 5000; 4·5·100 + 4·3·100 + 4·5·3·10 = 3800; 4·40·5·10 = 8000.
    #expect(blocks.flop(tokens: 5) == FLOP(2 * 16_800))
    #expect(blocks.exponent(tokens: 1e-3) < 1.001)
    #expect(abs(blocks.exponent(tokens: 1e9) - 2) < 1e-3)
    let joined = DiffusionTransformer(
      blocks: 1, width: 10, feedForwardWidth: 40, textTokens: nil)
    // Attention is 1000 of 13,000 here.
    #expect(abs(joined.exponent(tokens: 5) - (1 + 1000.0 / 13_000)) < 1e-6)
  }

  @Test("devices share what is not serial and pay for their exchanges") func denoising() {
    let run = DenoisingRun(steps: 50, passesPerStep: 2, measured: Seconds(108), serial: Seconds(8))
    #expect(run.pass == Seconds(1))
    #expect(run.latency == Seconds(108))
    #expect(abs(run.latency(devices: 4, exchange: .milliseconds(10)).value - 34) < 1e-12)
  }

  @Test("a pipeline needs what its fullest stage needs") func stages() {
    let memory = StagedMemory(
      base: .gigabytes(1),
      stages: [
        .init("text", resident: .gigabytes(10), working: .gigabytes(1)),
        .init("network", resident: .gigabytes(6), working: .gigabytes(6)),
      ])
    #expect(memory.peak == .gigabytes(13))
    #expect(memory.fullest?.name == "network")
    #expect(StagedMemory(stages: []).peak == .zero)
  }

  @Test("a cube of the clock fills the power limit") func sustainedClock() {
    let law = SustainedClock(
      reference: .init(limit: Watts(500), idle: Watts(100), units: 100), clock: .gigahertz(1.6))
    // An eighth of the power for each unit: half the clock.
    let load = SustainedClock.Load(limit: Watts(150), idle: Watts(100), units: 100)
    #expect(abs(law.clock(of: load, highest: .gigahertz(2)).value - 0.8e9) < 1)
    #expect(law.clock(of: load, highest: .gigahertz(0.5)) == .gigahertz(0.5))
    #expect(law.clock(of: law.reference, highest: .gigahertz(2)) == .gigahertz(1.6))
  }

  @Test("a plug sees the parts and what the supply loses") func systemPower() {
    let machine = SystemPower(
      parts: [
        .init("gpu", idle: Watts(20), dynamic: [Watts(200), Watts(100)]),
        .init("board", idle: Watts(40)),
      ], supplyEfficiency: 0.8)
    #expect(machine.wall([]) == Watts(75))
    #expect(machine.wall([[0.5, 0.2]]) == Watts(225))
    #expect(machine.wall([[2, 1]]) == Watts(450))
    #expect(machine.wall(change: Watts(8)) == Watts(10))
  }

  @Test("three encoders give back the law they were made with, and no negative term")
  func encoders() {
    let sizes = [(2, 128, 512), (4, 312, 1200), (12, 768, 3072)].map {
      EncoderSize(layers: $0.0, width: $0.1, feedForwardWidth: $0.2)
    }
    let truth = EncoderTimeLaw(fixed: 7, perLayer: 4, perElement: 2e-6)
    let fit = EncoderTimeLaw(sizes.map { ($0, truth.time($0)) })
    #expect(abs(fit.fixed / 7 - 1) < 1e-6 && abs(fit.perLayer / 4 - 1) < 1e-6)
    #expect(abs(fit.perElement / 2e-6 - 1) < 1e-6)
    // 2·(4·128² + 2·128·512)·2e-6 = 0.786…
    #expect(abs(truth.time(sizes[0]).value - (7 + 8 + 0.786432)) < 1e-9)
    // The largest is faster than two layers' worth: only layers are left.
    let bent = EncoderTimeLaw(
      zip(sizes, [10.0, 20, 40]).map { (size: $0, time: Seconds($1)) })
    #expect(bent.perElement >= 0 && bent.fixed >= 0 && bent.perLayer > 0)
  }

  @Test("a circuit of n qubits has 2ⁿ amplitudes, and a shifted gradient two runs for each angle")
  func circuits() {
    let circuit = CircuitSimulation.entangling(qubits: 4, layers: 2)
    #expect(circuit.gates == 4 + 16 && circuit.parameters == 24)
    #expect(circuit.forward == FLOP(16 * 20 * 8))
    #expect(circuit.training(.backPropagation) == FLOP(3 * 2560))
    #expect(circuit.training(.parameterShift) == FLOP(49 * 2560))
    let head = DenseHeadReplacement(features: 100, dense: [50, 10], circuit: circuit)
    #expect(head.denseParameters == 101 * 50 + 51 * 10)
    #expect(head.hybridParameters == 101 * 4 + 24 + 5 * 10)
    #expect(abs(head.savedShare(of: 10_000) - (5560.0 - 478) / 10_000) < 1e-12)
  }
}
