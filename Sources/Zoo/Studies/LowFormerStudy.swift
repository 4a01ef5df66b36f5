import Analytic
import Devices
import Foundation
import Mathematics
import Workloads

/// LowFormer's counts, and its rates on an A40 from latencies on a TITAN RTX.
enum LowFormerStudy {
  static let study = Study(
    49,
    setting:
      "LowFormer on pictures of 224 pixels in fp32, normalisations folded: rates on an A40 at "
      + "batch 200, latencies for each picture on a TITAN RTX (batch 16, inferred)",
    model:
      "Workload counts; Analytic/Roofline in its plain form: 0.8 of the bandwidth, 4 µs for each "
      + "kernel",
    calibrated: [
      "two shares of the peak, dense and depthwise, to the TITAN RTX's latencies of B0, B1, B1.5 and "
        + "B3; the A40 is scored with both"
    ],
    notes: [
      "E3 has 5350 million MACs in the README, and its configuration counts 4866: a discrepancy of "
        + "the source."
    ]
  ) { _ in try counts() + latencies() }

  private static let source = "README of altair199797/LowFormer"

  // MARK: - Counts

  private static let published: [(String, String, Double, Double)] = [
    ("B0", "lowformer_b0", 944, 14.1), ("B1", "lowformer_b1", 1410, 17.9),
    ("B1.5", "lowformer_b15", 2573, 33.9), ("B3", "lowformer_b3", 6098, 57.1),
  ]

  private static func counts() throws -> [StudyCheck] {
    try published.flatMap { title, name, macs, parameters in
      let counts = try StudyNetworks.workload(name).counts()
      return [
        ("\(title), MACs", macs, counts.total.matrixMACs / 1e6, "MMAC"),
        ("\(title), parameters", parameters, Double(counts.parameters) / 1e6, "M"),
      ].map { what, reported, predicted, unit in
        StudyCheck(
          what, reported: reported, predicted: predicted, unit: unit, tolerance: .relative(0.01),
          source: source)
      }
    }
  }

  // MARK: - Times

  /// ms for each picture on a TITAN RTX.
  private static let latency = [
    ("B0", "lowformer_b0", 0.30), ("B1", "lowformer_b1", 0.43), ("B1.5", "lowformer_b15", 0.66),
    ("B3", "lowformer_b3", 1.55),
  ]
  /// Pictures in a second on an A40.
  private static let rate: [(String, String, Double)] = [
    ("B0", "lowformer_b0", 5988), ("B1", "lowformer_b1", 4237), ("B1.5", "lowformer_b15", 2739),
    ("B3", "lowformer_b3", 1162), ("E1", "lowformer_e1", 6337), ("E2", "lowformer_e2", 2070),
  ]

  /// Normalisations vanish in the activation behind them.
  private static let execution = Execution(
    precision: .fp32, layout: .channelsFirst, fusion: .pointwise)

  private static func tallies(
    _ rows: [(String, String, Double)], batch: Int
  ) throws -> [KernelTally] {
    try rows.map {
      KernelTally(try StudyNetworks.workload($0.1, batch: batch).kernels(execution))
    }
  }

  private static func latencies() throws -> [StudyCheck] {
    let (titan, ampere) = (
      try DeviceCatalogue.device(named: "TITAN-RTX"), try DeviceCatalogue.device(named: "A40")
    )
    let small = try tallies(latency, batch: 16)
    let large = try tallies(rate, batch: 200)
    func milliseconds(_ table: EfficiencyTable) throws -> [Double] {
      let machine = try Machine(titan, precision: .fp32, efficiency: table)
      return small.map { machine.totals($0).seconds / 16 * 1e3 }
    }
    func rates(_ table: EfficiencyTable) throws -> [Double] {
      let machine = try Machine(ampere, precision: .fp32, efficiency: table)
      return large.map { 200 / machine.totals($0).seconds }
    }
    let table = try EfficiencyFit.fit(
      [.denseShare, .groupedShare],
      start: .plain(dense: 0.6, grouped: 0.15, depthwise: 0.15, bandwidth: 0.8, launch: 4e-6)
    ) { table in
      guard let predicted = try? milliseconds(table) else { return [.nan] }
      return zip(predicted, latency).map { log($0 / $1.2) }
    }
    let predicted = try rates(table)
    let reported = rate.map(\.2)
    var checks = zip(rate, predicted).map { row, value in
      StudyCheck(
        "A40, \(row.0)", reported: row.2, predicted: value, unit: "pictures/s",
        tolerance: .relative(0.2), source: source)
    }
    checks += [
      StudyCheck(
        "A40, mean error", predicted: percent(predicted, reported), unit: "%",
        tolerance: .atMost(20), source: source, confidence: .derived),
      StudyCheck(
        "A40, pairs in the wrong order", predicted: swaps(predicted, reported), unit: "",
        tolerance: .atMost(1), source: source, confidence: .derived),
      StudyCheck(
        "TITAN RTX, mean error after the fit",
        predicted: percent(try milliseconds(table), latency.map(\.2)), unit: "%",
        tolerance: .atMost(12), source: source, confidence: .derived),
      StudyCheck(
        "A40, mean error of the class's own constants",
        predicted: percent(try rates(.graphics), reported), unit: "%", tolerance: .atMost(20),
        source: source, confidence: .derived),
    ]
    return checks
  }

  private static func percent(_ predicted: [Double], _ reported: [Double]) -> Double {
    100 * mean(zip(predicted, reported).map { abs($0 / $1 - 1) })
  }

  private static func swaps(_ predicted: [Double], _ reported: [Double]) -> Double {
    var count = 0.0
    for i in predicted.indices {
      for j in predicted.indices.dropFirst(i + 1)
      where (predicted[i] - predicted[j]) * (reported[i] - reported[j]) < 0 {
        count += 1
      }
    }
    return count
  }
}
