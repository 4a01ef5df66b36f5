import Foundation
import Testing
import Zoo

@Suite("Studies of quantisation, films, accelerators, encoders and power") struct StudyVerdictTests
{
  static let numbers = [1, 38, 52, 64, 66, 97, 100, 106, 108, 114]

  /// Measurements beside the project, where there are any.
  static let data = StudyData(
    folder: URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/data").path)

  @Test("every check is as it was recorded", arguments: numbers)
  func verdicts(number: Int) throws {
    let entry = try StudyShelf().entry("\(number)")
    let outcome = try StudyOutcome(entry, data: Self.data)
    print("== \(number) \(entry.id) \(outcome.state.rawValue) \(outcome.missing ?? "")")
    for check in outcome.checks {
      print(
        "   \(check.what): \(check.reported.map { "\($0)" } ?? "-") | \(check.predicted) \(check.unit) [\(check.tolerance)] \(check.verdict) rec \(check.recorded)"
      )
    }
    for check in outcome.checks {
      #expect(check.verdict == check.recorded, "\(check.what): \(check.predicted)")
      #expect(check.recorded == .within || !check.explanation.isEmpty, "\(check.what)")
    }
  }
}
