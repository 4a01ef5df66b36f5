import Analytic
import Devices
import Quantities
import Workloads

/// Groups of a constant size against a constant number of groups, at equal work.
enum E2GCStudy {
  static let study = Study(
    44,
    setting: "MobileNet-V1 and ResNeXt-50 with grouped 3×3 convolutions on a P100 (9.5 TFLOP/s in "
      + "fp32, 732 GB/s), groups of 4, 8, 16 or 32 channels against 8 … 64 groups of equal work, "
      + "batch 32",
    model: "Analytic/Energy/GroupConvolutionEnergy: 0.6 of the peak, 0.75 of the bandwidth, groups "
      + "of 32 channels fill the units, 60 W, 8 pJ for each FLOP, 60 pJ for each byte, 5 µs a kernel; "
      + "beside it Analytic/Roofline as the catalogue's P100 has it",
    notes: [
      "The abstract does not say which group sizes its gains are of: sizes are swept and the best "
        + "is taken.",
      "Only pairs whose multiply–accumulates agree within 3 % are compared.",
    ]
  ) { _ in
    let form = try checks("MobileNet-V1", "ResNeXt-50", sizes: true) { model.energy(of: $0).value }
    let device = try DeviceCatalogue.device(named: "P100-PCIe-16GB")
    let machine = try Machine(device, precision: .fp32)
    return try form
      + checks("MobileNet-V1 by the class's roofline", "ResNeXt-50 by it", sizes: false) {
        machine.totals($0).joules
      }
  }

  private static func checks(
    _ first: String, _ second: String, sizes: Bool, _ energy: (KernelTally) -> Double
  ) throws -> [StudyCheck] {
    let mobile = try gains("e2gc_mobilenetv1", energy)
    let residual = try gains("e2gc_resnext50", energy)
    let best = (mobile.map(\.percent).max() ?? .nan, residual.map(\.percent).max() ?? .nan)
    func sign(_ what: String, _ percent: Double, _ recorded: StudyCheck.Verdict, _ why: String = "")
      -> StudyCheck
    {
      StudyCheck(
        "\(first), \(what)", predicted: percent, unit: "%", tolerance: .atLeast(-0.5),
        source: "abstract", recorded: recorded, explanation: why)
    }
    let signs =
      sizes
      ? mobile.map { sign("gain of groups of \($0.size)", $0.percent, .within) }
      : [sign("least gain", mobile.map(\.percent).min() ?? .nan, .outside, depthwise)]
    return signs + [
      StudyCheck(
        "\(first), best gain", reported: 10.8, predicted: best.0, unit: "%",
        tolerance: .between(4, 18), source: "abstract",
        recorded: sizes ? .within : .outside,
        explanation: sizes
          ? ""
          : "the power that a board takes while anything runs, half of its "
            + "range, rewards what ends sooner more than the paper's 60 W do"),
      StudyCheck(
        "\(second), best gain", reported: 4.73, predicted: best.1, unit: "%",
        tolerance: .between(1.5, 9), source: "abstract"),
      StudyCheck(
        "\(second), gains less", predicted: best.1 < best.0 ? 1 : 0, unit: "",
        tolerance: .holds, source: "abstract"),
    ]
  }

  private static let depthwise =
    "with 64 groups the first layers are depthwise, for which the class has kernels of their own, "
    + "while it cuts groups of 4 and 8 channels into tiles of 32 columns."

  private static let model = GroupConvolutionEnergy(
    peakRate: .teraFLOPPerSecond(9.5), computeShare: 0.6, fullGroup: 32,
    bandwidth: .gigabytesPerSecond(732), bandwidthShare: 0.75, launch: .microseconds(5),
    staticPower: Watts(60), perFLOP: JoulesPerFLOP(8e-12), perByte: JoulesPerByte(60e-12))

  private static let batch = 32
  private static let execution = Execution(precision: .fp32, fusion: .epilogue)

  /// MACs and joules of one batch.
  private static func cost(
    _ name: String, _ settings: [String: Int], _ energy: (KernelTally) -> Double
  ) throws -> (macs: Double, joules: Double) {
    let workload = try StudyNetworks.workload(name, batch: batch, settings: settings)
    return (
      workload.counts().total.matrixMACs, energy(KernelTally(workload.kernels(execution)))
    )
  }

  /// What each group size saves of the energy of the number of groups that is nearest in work.
  private static func gains(
    _ name: String, _ energy: (KernelTally) -> Double
  ) throws -> [(size: Int, percent: Double)] {
    let fixed = try [4, 8, 16, 32, 64].map { try cost(name, ["groups": $0], energy) }
    return try [4, 8, 16, 32].compactMap { size in
      let own = try cost(name, ["group_size": size], energy)
      let nearest = fixed.min { abs($0.macs / own.macs - 1) < abs($1.macs / own.macs - 1) }
      guard let nearest, abs(nearest.macs / own.macs - 1) <= 0.03 else { return nil }
      return (size, 100 * (nearest.joules / own.joules - 1))
    }
  }
}
