import Analytic
import Devices
import Foundation
import Mathematics
import Quantities

/// TResNet's rates on a V100 beside those of the networks that it was compared with.
enum TResNetStudy {
  static let study = Study(
    92,
    setting: "9 networks on one V100-SXM2-16GB in automatic mixed precision, PyTorch of 2020; "
      + "pictures of 224 pixels (EfficientNet-B1: 240), batch 90 % of the largest",
    model: "Analytic/Roofline, channels first, one kernel for each operation; "
      + "Analytic/Memory/TrainingMemory for the batch",
    calibrated: [
      "inference: the share of the matrix units' peak, to ResNet50's 2830 pictures/s",
      "training: the same share anew, to ResNet50's 805 pictures/s",
    ],
    notes: [
      "In-Place Activated BatchNorm counts for the memory of TResNet; its traffic is that of a "
        + "normalisation and an activation apart.",
      "The tolerance of 30 % is of the median; single rates are held to it, too.",
      "Accuracy is not predicted.",
    ]
  ) { _ in
    let device = try TResNetTable.device()
    return try rates(training: false, device) + rates(training: true, device) + batches(device)
  }

  private static let share = EfficiencyConstant(
    "share of the matrix units' peak", in: 0.02...1, get: { $0.matrixTiling.share },
    set: { $0.matrixTiling.share = $1 })

  // MARK: - Rates

  private static func rates(training: Bool, _ device: Device) throws -> [StudyCheck] {
    let steps = try TResNetTable.rows.map {
      try TResNetTable.step($0, training: training, on: device)
    }
    func measured(_ step: TResNetTable.Step) -> Double {
      training ? step.row.training : step.row.inference
    }
    let table = try EfficiencyFit.fit([share], start: .graphics) { table in
      guard let machine = try? Machine(device, precision: .amp, efficiency: table) else {
        return [.nan]
      }
      return [log(measured(steps[0]) / steps[0].rate(machine))]
    }
    let machine = try Machine(device, precision: .amp, efficiency: table)
    // Large TResNets were reported later, and are scored in training alone.
    let scored = training ? Array(steps.dropFirst()) : Array(steps[1..<7])
    let predicted = scored.map { $0.rate(machine) }
    let reported = scored.map(measured)
    let name = training ? "training" : "inference"
    let reasons =
      training
      ? [
        "ResNeXt50": grouped, "SE-ResNeXt50": grouped, "EfficientNet-B1": depthwise,
        "MixNet-L": depthwise,
      ]
      : ["MixNet-L": depthwise]
    var checks = zip(scored, predicted).map { step, rate in
      let reason = reasons[step.row.title]
      return StudyCheck(
        "\(step.row.title), \(name)", reported: measured(step), predicted: rate,
        unit: "pictures/s", tolerance: .relative(0.3), source: TResNetTable.source,
        recorded: reason == nil ? .within : .outside, explanation: reason ?? "")
    }
    let errors = zip(predicted, reported).map { abs($0 / $1 - 1) }
    checks.append(
      StudyCheck(
        "median error of \(name)", predicted: 100 * median(errors), unit: "%",
        tolerance: .atMost(30), source: TResNetTable.source, confidence: .derived))
    guard !training else { return checks }
    let all = Array(steps.prefix(7))
    checks.append(
      StudyCheck(
        "Spearman of 7 inference rates",
        predicted: spearman(all.map { $0.rate(machine) }, all.map(measured)) ?? .nan, unit: "",
        tolerance: .atLeast(0.7), source: TResNetTable.source, confidence: .derived))
    checks.append(countsAlone(scored, errors: errors))
    return checks
  }

  /// Rates in proportion to 1/FLOP, from ResNet50's.
  private static func countsAlone(
    _ steps: [TResNetTable.Step], errors: [Double]
  ) -> StudyCheck {
    let first = TResNetTable.rows[0]
    let alone = steps.compactMap { step in
      step.row.gigaMACs.map {
        abs(first.inference * (first.gigaMACs ?? .nan) / $0 / step.row.inference - 1)
      }
    }
    return StudyCheck(
      "FLOP alone predict inference worse", predicted: median(alone) > median(errors) ? 1 : 0,
      unit: "", tolerance: .holds, source: TResNetTable.source, confidence: .derived)
  }

  private static let depthwise =
    "depthwise convolutions of the cuDNN of 2020 ran far below their roof in half precision on a "
    + "V100, their gradients most of all; the class's share of depthwise kernels is that of later "
    + "libraries. MixNet adds several kernels of different windows for each layer."

  private static let grouped =
    "gradients of grouped convolutions ran below their forward pass in libraries of 2020; the "
    + "model gives both one share."

  // MARK: - Memory

  private static func batches(_ device: Device) throws -> [StudyCheck] {
    let first = try TResNetTable.largestBatch(TResNetTable.rows[0], on: device)
    return try TResNetTable.rows.dropFirst().compactMap { row in
      guard let reported = row.largestBatch, let base = TResNetTable.rows[0].largestBatch else {
        return nil
      }
      return StudyCheck(
        "\(row.title), largest batch over ResNet50's", reported: reported / base,
        predicted: try TResNetTable.largestBatch(row, on: device) / first, unit: "",
        tolerance: .relative(0.3), source: TResNetTable.source, confidence: .derived)
    }
  }
}
