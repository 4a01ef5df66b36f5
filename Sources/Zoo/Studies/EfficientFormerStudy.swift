import Analytic
import Devices
import Foundation
import Mathematics
import Quantities
import Workloads

/// EfficientFormer on a telephone's neural unit, by a law for the family and operation by operation.
enum EfficientFormerStudy {
  static let study = Study(
    105,
    setting:
      "EfficientFormer-L1, -L3 and -L7 and MobileNetV2×1.4, one picture of 224 pixels in fp16 "
      + "on the neural unit of an Apple A14 (11 TFLOP/s, memory as the catalogue has it), as an "
      + "engine compiles them",
    model:
      "a line of latency over MACs; Analytic/Roofline in its plain form: 0.6 of the peak, 0.15 "
      + "for depthwise windows, 0.8 of the bandwidth, a cache as accelerators have it",
    calibrated: [
      "the line: L1 and L7", "the roofline: the time from one kernel to the next, to L1",
    ],
    notes: [
      "The neural unit's inner figures are not published. Accuracy is not predicted.",
      "With the share of the peak calibrated in place of the time between kernels, L3 and L7 come "
        + "out more than a third too slow: the family's latency grows less than its weights.",
    ]
  ) { _ in
    let line = LineFit([
      (try gigaMACs("efficientformer_l1"), 1.6), (try gigaMACs("efficientformer_l7"), 7.0),
    ])
    func law(_ name: String) throws -> Double {
      let macs = try gigaMACs(name)
      return line?(macs) ?? .nan
    }
    let roofline = try calibrated()
    let (mobile, mobileLaw) = (try roofline("mobilenetv2_140"), try law("mobilenetv2_140"))
    func check(_ what: String, _ reported: Double, _ predicted: Double, _ share: Double)
      -> StudyCheck
    {
      StudyCheck(
        what, reported: reported, predicted: predicted, unit: "ms", tolerance: .relative(share),
        source: "README of snap-research/EfficientFormer, abstract")
    }
    func claim(_ what: String, _ holds: Bool) -> StudyCheck {
      StudyCheck(
        what, predicted: holds ? 1 : 0, unit: "", tolerance: .holds,
        source: "README of snap-research/EfficientFormer, abstract", confidence: .derived)
    }
    return [
      check("L3, by the line", 3.0, try law("efficientformer_l3"), 0.12),
      claim("the line has MobileNetV2×1.4 too fast", mobileLaw < 1.6),
      check("MobileNetV2×1.4, by the roofline", 1.6, mobile, 0.25),
      claim("the roofline has it slower than the line", mobile > mobileLaw),
      check("L3, by the roofline", 3.0, try roofline("efficientformer_l3"), 0.3),
      check("L7, by the roofline", 7.0, try roofline("efficientformer_l7"), 0.3),
    ]
  }

  private static func gigaMACs(_ name: String) throws -> Double {
    try StudyNetworks.macs(name) / 1e9
  }

  private static let execution = Execution(
    precision: .fp16, layout: .channelsLast, fusion: .epilogue)

  private static let step = EfficiencyConstant(
    "time between kernels", in: 1e-7...1e-4, get: { $0.launchOverhead },
    set: { $0.launchOverhead = $1 })

  /// Milliseconds of a network by the roofline that L1 has calibrated.
  private static func calibrated() throws -> (String) throws -> Double {
    var device = try DeviceCatalogue.device(named: "Apple-A14")
    device.peaks.append(
      PeakRate(.fp16, .matrix, dense: Figure(.teraFLOPPerSecond(11), .uncertain)))
    func tally(_ name: String) throws -> KernelTally {
      KernelTally(try StudyNetworks.workload(name).kernels(execution))
    }
    func milliseconds(_ tally: KernelTally, _ table: EfficiencyTable) throws -> Double {
      try Machine(device, precision: .fp16, efficiency: table).totals(tally).seconds * 1e3
    }
    let first = try tally("efficientformer_l1")
    var start = EfficiencyTable.plain(
      dense: 0.6, grouped: 0.15, depthwise: 0.15, bandwidth: 0.8, launch: 4e-6)
    start.cacheShare = EfficiencyTable.accelerator.cacheShare
    let table = try EfficiencyFit.fit([step], start: start) { table in
      [log(((try? milliseconds(first, table)) ?? .nan) / 1.6)]
    }
    return { name in try milliseconds(tally(name), table) }
  }
}
