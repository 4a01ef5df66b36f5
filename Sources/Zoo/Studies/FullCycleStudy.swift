import Analytic
import Devices
import Foundation
import Mathematics
import Quantities

/// Training and use of a network as two parts of its energy, on others' measured rates.
enum FullCycleStudy {
  static let study = Study(
    81,
    setting:
      "nine networks trained and used on one V100-SXM2-16GB in mixed precision (the rates of "
      + "TResNet's README in place of the publication's own table)",
    model:
      "Analytic/Footprint/FullCycleEnergy, its rates from Analytic/Roofline: a forward run and "
      + "a training step",
    notes: [
      "The publication's energies for each model were not at hand; what is checked is the metric and "
        + "the two ratios that it rests on, on somebody else's measurements.",
      "Rates stand for energies: the board is taken to draw the same power in both kinds of work.",
    ]
  ) { _ in
    let device = try TResNetTable.device()
    let machine = try Machine(device, precision: .amp)
    var rates: [String: (training: Double, inference: Double)] = [:]
    for row in TResNetTable.rows {
      rates[row.title] = (
        try TResNetTable.step(row, training: true, on: device).rate(machine),
        try TResNetTable.step(row, training: false, on: device).rate(machine)
      )
    }
    return try ratios(rates) + [breakEven(rates)]
  }

  private typealias Rates = [String: (training: Double, inference: Double)]

  private static func ratios(_ rates: Rates) throws -> [StudyCheck] {
    let predicted = TResNetTable.rows.map { row in
      rates[row.title].map { $0.inference / $0.training } ?? .nan
    }
    let reported = TResNetTable.rows.map { $0.inference / $0.training }
    let errors = zip(predicted, reported).map { abs($0 / $1 - 1) }
    var checks = zip(TResNetTable.rows, zip(reported, predicted)).map { row, pair in
      let isSlow = row.title == "EfficientNet-B1"
      return StudyCheck(
        "\(row.title), a training picture in uses", reported: pair.0, predicted: pair.1,
        unit: "pictures", tolerance: .relative(0.35), source: TResNetTable.source,
        confidence: .derived, recorded: isSlow ? .outside : .within,
        explanation: isSlow
          ? "the gradients of depthwise convolutions in half precision were far slower in 2020 "
            + "than their share of the traffic." : "")
    }
    checks.append(
      StudyCheck(
        "networks within 35 %", predicted: Double(errors.count { $0 <= 0.35 }), unit: "of 9",
        tolerance: .atLeast(7), source: TResNetTable.source, confidence: .derived))
    checks.append(
      StudyCheck(
        "median error", predicted: 100 * median(errors), unit: "%", tolerance: .atMost(25),
        source: TResNetTable.source, confidence: .derived))
    return checks
  }

  /// Uses for each training picture from which on TResNet-M has cost less than ResNet50.
  private static func breakEven(_ rates: Rates) -> StudyCheck {
    func life(_ training: Double, _ inference: Double) -> FullCycleEnergy {
      // Seconds of a board of one watt.
      FullCycleEnergy(training: Joules(1 / training), use: Joules(1 / inference))
    }
    let (first, second) = (TResNetTable.row("TResNet-M"), TResNetTable.row("ResNet50"))
    let reported = first.flatMap { first in
      second.flatMap { second in
        life(first.training, first.inference)
          .breakEven(against: life(second.training, second.inference))
      }
    }
    let predicted = rates["TResNet-M"].flatMap { first in
      rates["ResNet50"].flatMap { second in
        life(first.training, first.inference)
          .breakEven(against: life(second.training, second.inference))
      }
    }
    return StudyCheck(
      "break-even of TResNet-M with ResNet50", reported: reported, predicted: predicted ?? .nan,
      unit: "uses/training picture", tolerance: .factor(3), source: TResNetTable.source,
      confidence: .derived, recorded: .outside,
      explanation: "it rests on differences of 9 % in training and 4 % in use, less than the error "
        + "of either rate; the roofline has TResNet-M faster in both, so that nothing is to be "
        + "made up for.")
  }
}
