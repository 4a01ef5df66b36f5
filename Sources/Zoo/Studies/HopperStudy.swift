import Analytic
import Devices
import Quantities

/// Benchmarking and Dissecting the Nvidia Hopper GPU Architecture.
enum HopperStudy {
  static let study = Study(
    52,
    setting:
      "streams of one wgmma instruction on an H800 PCIe: 114 compute units of 4096 dense fp16 "
      + "FLOP a cycle (8192 in fp8), operands of both sides in shared memory of 128 bytes a cycle, 350 W",
    model: "Analytic/Roofline, Analytic/Energy",
    calibrated: [
      "what a compute unit switches at a clock, by an H100 SXM: 854 TFLOP/s of bf16 products at 700 W"
    ],
    notes: [
      "Figures of the paper are recalled; its tables have not been read.",
      "The roofline's own limit of power, one energy for a FLOP at any clock, would hold the board at "
        + "355 TFLOP/s.",
    ]
  ) { _ in
    let half = MatrixUnit(flopPerCycle: 4096, sharedBytesPerCycle: 128)
    let eighth = MatrixUnit(flopPerCycle: 8192, sharedBytesPerCycle: 128)
    /// An instruction takes 32 bytes of the reduction from each row.
    func instruction(_ columns: Int, bits: Double) -> MatrixInstruction {
      MatrixInstruction(rows: 64, columns: columns, depth: Int(256 / bits), operandBits: bits)
    }
    /// fp8 over fp16.
    func ratio(_ columns: Int) -> Double {
      let clock = Hertz.gigahertz(1)
      return eighth.throughput(of: instruction(columns, bits: 8), units: 1, clock: clock)
        / half.throughput(of: instruction(columns, bits: 16), units: 1, clock: clock)
    }
    let wide = instruction(256, bits: 16)
    let rate = half.throughput(of: wide, units: 114, clock: try clock())
    return [
      StudyCheck(
        "latency of wgmma.m64n256k16 in fp16", reported: 128, predicted: half.cycles(of: wide),
        unit: "cycles", tolerance: .relative(0.03), source: "table, recalled",
        confidence: .fromMemory),
      StudyCheck(
        "dense fp16 throughput at 350 W", reported: 660, predicted: rate.value / 1e12,
        unit: "TFLOP/s", tolerance: .between(600, 756), source: "table, recalled",
        confidence: .fromMemory),
      StudyCheck(
        "that throughput over the data sheet's 756 TFLOP/s", reported: 660.0 / 756,
        predicted: rate.value / 756e12, unit: "", tolerance: .between(0.8, 0.95),
        source: "table, recalled", confidence: .fromMemory),
      StudyCheck(
        "fp8 over fp16 with 256 columns", reported: 2, predicted: ratio(256), unit: "×",
        tolerance: .absolute(0.15), source: "the paper's topic, recalled",
        confidence: .fromMemory),
      StudyCheck(
        "fp8 over fp16 with 16 columns, where shared memory limits both", predicted: ratio(16),
        unit: "×", tolerance: .atMost(1.6), source: "expected of a bound of supply",
        confidence: .property, recorded: .outside,
        explanation: "an instruction reads 32 bytes of each row and column in either format, so "
          + "that supply slows both by the same factor: halved operands need half the bytes for a "
          + "FLOP, and the ratio stays 2"),
    ]
  }

  /// Of the H800 PCIe under its power limit, by the cube of the clock from the H100 SXM.
  static func clock() throws -> Hertz {
    let sxm = try DeviceCatalogue.device(named: "H100-SXM")
    let pcie = try DeviceCatalogue.device(named: "H800-PCIe")
    let sustained = sxm.peak(.bf16)?.achieved?.value ?? .zero
    let law = SustainedClock(
      reference: load(sxm), clock: Hertz(sustained.value / (4096 * Double(units(sxm)))))
    return law.clock(of: load(pcie), highest: pcie.clock?.boost?.value ?? .zero)
  }

  private static func units(_ device: Device) -> Int { device.computeUnits?.count.value ?? 1 }

  /// Idle power is 12 % of the limit where a device does not state it, as everywhere.
  private static func load(_ device: Device) -> SustainedClock.Load {
    let limit = device.power.thermalDesign?.value ?? .zero
    return .init(
      limit: limit,
      idle: device.power.idle?.value ?? limit * EnergyTable.standard.idleShare,
      units: units(device))
  }
}
