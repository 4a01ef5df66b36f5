import Foundation
import Reports
import Zoo

/// The checks of studies, one in a line.
enum StudyTable {
  static func text(
    _ outcomes: [StudyOutcome], showsStudy: Bool = true, showsSource: Bool = false
  ) -> String {
    var columns: [TextTable.Column] = [
      .init("what", .left), .init("reported"), .init("predicted"), .init("unit", .left),
      .init("tolerance", .left), .init("verdict", .left),
    ]
    if showsStudy { columns.insert(.init("study", .left), at: 0) }
    if showsSource { columns += [.init("known", .left), .init("source", .left)] }
    var table = TextTable(columns)
    for outcome in outcomes {
      for check in outcome.checks {
        var cells = [
          check.what, check.reported.map(number) ?? "", predicted(check), check.unit,
          check.tolerance.description, verdict(check),
        ]
        if showsStudy { cells.insert("\(outcome.entry.number) \(outcome.entry.id)", at: 0) }
        if showsSource { cells += [check.confidence.rawValue, check.source] }
        table.append(cells)
      }
    }
    return table.text
  }

  static let header = [
    "number", "id", "what", "reported", "predicted", "unit", "tolerance", "verdict", "recorded",
    "confidence", "source",
  ]

  static func rows(_ outcome: StudyOutcome) -> [[String]] {
    outcome.checks.map { check in
      [
        "\(outcome.entry.number)", outcome.entry.id, check.what,
        check.reported.map { "\($0)" } ?? "", "\(check.predicted)", check.unit,
        check.tolerance.description, check.verdict.rawValue, check.recorded.rawValue,
        check.confidence.rawValue, check.source,
      ]
    }
  }

  private static func verdict(_ check: StudyCheck) -> String {
    check.hasBroken ? "BROKEN" : check.verdict.rawValue
  }

  private static func predicted(_ check: StudyCheck) -> String {
    switch check.tolerance {
    case .holds, .direction: check.predicted == 1 ? "yes" : "no"
    default: number(check.predicted)
    }
  }

  /// Four significant digits.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "none" }
    guard value != 0 else { return "0" }
    let size = abs(value)
    if size >= 1e7 || size < 1e-3 { return String(format: "%.3e", value) }
    let decimals = max(0, 3 - Int(log10(size).rounded(.down)))
    var text = String(format: "%.\(decimals)f", value)
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
