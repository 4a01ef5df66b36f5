import Foundation
import Quantities
import Reports
import Zoo

/// A fitted law for people.
enum ScalingFitText {
  static func table(_ group: String?, _ document: ScalingFitDocument) -> String {
    var lines: [String] = []
    if let group { lines += [group, ""] }
    lines += ["\(document.form): \(document.formula)", ""]
    let percent = Int((100 * document.coverage).rounded())
    var table = TextTable([
      .init("parameter", .left), .init("value"), .init("\(percent) %, resampled"),
      .init("\(percent) %, profile"),
    ])
    for parameter in document.parameterOrder {
      if let interval = document.parameters[parameter.name] {
        table.append(row(parameter.name, interval))
      }
    }
    for (name, symbol) in [("parameters", "N ∝ C^"), ("tokens", "D ∝ C^")] {
      if let interval = document.computeOptimalExponents?[name] {
        table.append(row("best \(symbol)", interval))
      }
    }
    for optimum in document.optima ?? [] {
      let budget = "\(FLOP(optimum.flop))"
      table.append(row("best N for \(budget)", optimum.parameters))
      table.append(row("best D for \(budget)", optimum.tokens))
      table.append(row("loss for \(budget)", optimum.loss))
    }
    lines += [table.text, ""]
    lines.append(
      "\(document.runs) runs, Huber's sum \(number(document.lossOfFit, 5)), one run strays by "
        + (document.isRelative
          ? "\(number(100 * document.residualDeviation, 2)) %"
          : number(document.residualDeviation, 2)))
    lines.append(
      "\(document.starts) starts, the best \(document.startsFollowed) followed to their end, "
        + "\(document.startsAgreeing) of them agree; \(document.bootstrap.samples.count) resamples of "
        + document.bootstrap.unit.rawValue)
    if let error = document.extrapolationMedianError {
      lines.append(
        "fitted to much smaller runs it misses \(document.extrapolationTrials) larger ones by "
          + "\(number(100 * error, 2)) % in the median")
    }
    if !document.outliers.isEmpty {
      var outliers = TextTable([
        .init("row"), .init("observed"), .init("by the others' law"), .init("robust deviations"),
      ])
      for outlier in document.outliers {
        outliers.append([
          "\(outlier.row)", number(outlier.observed, 4), number(outlier.predicted, 4),
          number(outlier.deviations, 3),
        ])
      }
      let isDropped = document.outliers.contains(where: \.dropped)
      lines += [
        "",
        isDropped
          ? "dropped, far from the law of the others:"
          : "far from the law of the others, and in the fit; '--drop-outliers auto' drops them:",
        "", outliers.text,
      ]
    }
    let isWide = document.parameters.values.contains { interval in
      guard let low = interval.low, let high = interval.high, low > 0 else { return false }
      return high / low > 100
    }
    if document.runsBelowFloor > 0 {
      lines += [
        "",
        "beware: \(document.runsBelowFloor) runs have a loss below the law's floor E, which no run can have",
      ]
    }
    if document.startsAgreeing * 2 < document.startsFollowed {
      lines += ["", "beware: most starts end elsewhere; the runs do not single out one law"]
    } else if isWide {
      lines += ["", "beware: an amount is known only within a factor of a hundred"]
    }
    return lines.joined(separator: "\n")
  }

  static func csv(_ documents: [(group: String?, document: ScalingFitDocument)]) -> String {
    var rows: [[String]] = []
    for (group, document) in documents {
      for parameter in document.parameterOrder {
        guard let interval = document.parameters[parameter.name] else { continue }
        rows.append(
          [group ?? "", parameter.name, "\(interval.value)"]
            + [interval.low, interval.high, interval.profileLow, interval.profileHigh].map {
              $0.map { "\($0)" } ?? ""
            })
      }
    }
    return CSVReport.text(
      header: ["group", "parameter", "value", "low", "high", "profile_low", "profile_high"],
      rows: rows)
  }

  private static func row(_ name: String, _ interval: ScalingFitDocument.Interval) -> [String] {
    [
      name, number(interval.value, 4), range(interval.low, interval.high),
      range(interval.profileLow, interval.profileHigh),
    ]
  }

  static func range(_ low: Double?, _ high: Double?) -> String {
    switch (low, high) {
    case (nil, nil): ""
    case (let low?, let high?): "\(number(low, 3)) – \(number(high, 3))"
    case (let low?, nil): "above \(number(low, 3))"
    case (nil, let high?): "below \(number(high, 3))"
    }
  }

  static func number(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)g", value)
  }
}
