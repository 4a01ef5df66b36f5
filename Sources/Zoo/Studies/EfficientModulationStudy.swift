import Analytic
import Devices
import Workloads

/// EfficientMod against EfficientFormerV2 at one picture, where the number of kernels decides.
enum EfficientModulationStudy {
  static let study = Study(
    72,
    setting: "EfficientMod-xxs, -xs, -s and -s-Conv, and EfficientFormerV2-S2, one picture of 224 "
      + "pixels in fp32 on a P100",
    model: "Workload counts; Analytic/Roofline, one kernel for each operation",
    notes: [
      "'25 % faster' may be of times or of rates, which the band allows for.",
      "Which runtime was timed is not known.",
    ]
  ) { _ in try counts() + latencies() }

  private static let readme = "README of ma-xu/EfficientMod"

  private static func counts() throws -> [StudyCheck] {
    var checks: [StudyCheck] = []
    for (title, name, parameters) in [
      ("xxs", "efficientmod_xxs", 4.7), ("xs", "efficientmod_xs", 6.6),
      ("s", "efficientmod_s", 12.9),
    ] {
      let counts = try StudyNetworks.workload(name).counts()
      checks.append(
        StudyCheck(
          "\(title), parameters", reported: parameters,
          predicted: Double(counts.parameters) / 1e6, unit: "M", tolerance: .relative(0.01),
          source: readme))
    }
    for (title, name, macs) in [
      ("xxs", "efficientmod_xxs", 0.6), ("xs", "efficientmod_xs", 0.8),
      ("s", "efficientmod_s", 1.4),
      ("s-Conv", "efficientmod_s_conv", 1.5),
    ] {
      checks.append(
        StudyCheck(
          "\(title), MACs", reported: macs, predicted: try StudyNetworks.macs(name) / 1e9,
          unit: "GMAC", tolerance: .absolute(0.05), source: "table of the paper",
          confidence: .fromMemory))
    }
    return checks
  }

  private static func latencies() throws -> [StudyCheck] {
    let device = try DeviceCatalogue.device(named: "P100-PCIe-16GB")
    func saved(_ execution: Execution, _ table: EfficiencyTable) throws -> Double {
      let machine = try Machine(device, precision: .fp32, efficiency: table)
      let times = try ["efficientmod_s", "efficientformerv2_s2"].map {
        machine.totals(KernelTally(try StudyNetworks.workload($0).kernels(execution))).seconds
      }
      return 100 * (1 - times[0] / times[1])
    }
    let eager = Execution(precision: .fp32, layout: .channelsFirst, fusion: .none)
    let folded = Execution(precision: .fp32, layout: .channelsFirst, fusion: .pointwise)
    let plain = EfficiencyTable.plain(
      dense: 0.6, grouped: 0.15, depthwise: 0.15, bandwidth: 0.75, launch: 8e-6)
    func check(
      _ what: String, _ predicted: Double, recorded: StudyCheck.Verdict = .within,
      explanation: String = ""
    ) -> StudyCheck {
      StudyCheck(
        what, reported: 25, predicted: predicted, unit: "%", tolerance: .between(10, 38),
        source: "abstract", recorded: recorded, explanation: explanation)
    }
    let ratio =
      try StudyNetworks.macs("efficientmod_s") / StudyNetworks.macs("efficientformerv2_s2")
    return [
      check("s faster than S2", try saved(eager, .graphics)),
      check("s faster than S2, plain roofline, 8 µs a kernel", try saved(folded, plain)),
      check(
        "s faster than S2, normalisations folded", try saved(folded, .graphics),
        recorded: .outside,
        explanation: "folding takes away nearly a third of the other network's kernels; what is "
          + "left of the difference is small products, which the class's tiles make slow."),
      StudyCheck(
        "MACs alone would have s slower", predicted: ratio > 1 ? 1 : 0, unit: "",
        tolerance: .holds, source: "counts", confidence: .property),
    ]
  }
}
