import Foundation
import Testing
import Zoo

@Suite("Studies of quantisation, films, accelerators, encoders and power") struct StudyVerdictTests
{
  static let numbers = [1, 38, 52, 64, 66, 97, 100, 106, 114]

  /// Measurements beside the project, where there are any.
  static let data = StudyData(
    folder: URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("shared/data").path)

  @Test("every check is as it was recorded", arguments: numbers)
  func verdicts(number: Int) throws { try hold(number) }

  @Test(
    "the check of measured encoders is as it was recorded",
    .enabled(if: (try? data.path("effeval")) != nil, "shared/data/effeval is not here"))
  func measured() throws { try hold(108) }

  private func hold(_ number: Int) throws {
    let entry = try StudyShelf().entry("\(number)")
    #expect(entry.study != nil)
    let outcome = try StudyOutcome(entry, data: Self.data)
    #expect(outcome.state == .modelled && !outcome.checks.isEmpty)
    for check in outcome.checks {
      #expect(
        check.verdict == check.recorded,
        "\(check.what): \(check.predicted) \(check.unit), \(check.tolerance)")
      #expect((check.recorded == .outside) == !check.explanation.isEmpty, "\(check.what)")
    }
  }

  @Test("a study without its measurements says which are missing") func missing() throws {
    let entry = try StudyShelf().entry("108")
    let outcome = try StudyOutcome(entry, data: StudyData(folder: "/nowhere"))
    #expect(outcome.state == .needsData)
    #expect(outcome.missing == "/nowhere/effeval/effeval_durations.csv.gz")
  }
}
