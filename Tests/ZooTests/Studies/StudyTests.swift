import Foundation
import Testing
import Zoo

/// The public measurements, which are not part of the project.
private let data = StudyData(
  folder: URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("shared/data").path)

private let shelf = try? StudyShelf()
private let studies = (shelf?.entries ?? []).filter { $0.study != nil }
private let modelled = studies.map(\.number)
/// Those that replay tables, and those that need none.
private let replayed = studies.filter { $0.study?.tables.isEmpty == false }.map(\.number)
private let selfContained = modelled.filter { !replayed.contains($0) }

@Suite("Studies") struct StudyTests {
  private func entry(_ number: Int) throws -> StudyShelf.Entry {
    try #require(shelf).entry("\(number)")
  }

  @Test("the shelf has 119 publications with ids of their own") func list() throws {
    let entries = try StudyShelf().entries
    #expect(entries.map(\.number) == Array(1...119))
    #expect(Set(entries.map(\.id)).count == 119)
    #expect(entries.allSatisfy { !$0.title.isEmpty && !$0.rooms.isEmpty })
    #expect(Set(entries.map(\.relevance)) == ["core", "supporting", "peripheral"])
    #expect(!modelled.isEmpty)
  }

  @Test("every modelled study says what it is", arguments: modelled) func words(number: Int) throws
  {
    let study = try #require(try entry(number).study)
    #expect(study.number == number)
    #expect(!study.setting.isEmpty && !study.model.isEmpty)
  }

  @Test("every check is what it was when it was recorded", arguments: selfContained)
  func verdicts(number: Int) throws { try hold(number) }

  @Test(
    "every check on public measurements is what it was when it was recorded",
    .enabled(if: (try? data.path(".")) != nil, "shared/data is not beside the project"),
    arguments: replayed)
  func replays(number: Int) throws { try hold(number) }

  private func hold(_ number: Int) throws {
    let outcome = try StudyOutcome(entry(number), data: data)
    #expect(outcome.state == .modelled)
    #expect(!outcome.checks.isEmpty)
    for check in outcome.checks {
      let name = "\(outcome.entry.id): \(check.what)"
      #expect(
        check.verdict == check.recorded,
        "\(name) is \(check.verdict.rawValue): \(check.predicted), reported \(check.reported ?? .nan)"
      )
      #expect(!check.source.isEmpty, "\(name) has no source")
      #expect(
        check.recorded == .outside ? !check.explanation.isEmpty : check.explanation.isEmpty,
        "\(name) is explained where it is outside, and only there")
    }
    #expect(Set(outcome.checks.map(\.what)).count == outcome.checks.count, "a check stands twice")
  }

  @Test("a study that needs tables says so, and which", arguments: modelled)
  func missing(number: Int) throws {
    let nowhere = StudyData(folder: NSTemporaryDirectory() + "/none-\(UUID().uuidString)")
    let entry = try entry(number)
    let outcome = try StudyOutcome(entry, data: nowhere)
    let needsData = entry.study?.tables.isEmpty == false
    #expect((outcome.state == .needsData) == needsData, "'tables' lists what it reads")
    #expect(entry.state(nowhere) == outcome.state)
    #expect(outcome.missing?.hasPrefix(nowhere.folder) ?? true)
  }

  @Test("a publication that is not modelled has no checks") func unmodelled() throws {
    // Until every one is modelled.
    guard let entry = shelf?.entries.first(where: { $0.study == nil }) else { return }
    let outcome = try StudyOutcome(entry, data: data)
    #expect(outcome.state == .notModelled && outcome.checks.isEmpty)
    #expect(entry.state(data) == .notModelled)
  }

  @Test("an unknown id is answered with the nearest") func unknown() throws {
    let shelf = try #require(shelf)
    #expect(throws: StudyError.unknown(id: "lowfromer", nearest: "lowformer")) {
      try shelf.entry("lowfromer")
    }
    #expect(try shelf.entry("LowFormer").number == 49)
    #expect(try shelf.entry("49").id == "lowformer")
  }
}

@Suite("Tolerances") struct ToleranceTests {
  @Test(
    "hold up to their edge and no further",
    arguments: [
      (Tolerance.relative(0.1), 100.0, [90.5, 109.5], [89.5, 110.5]),
      (.absolute(2), 15, [13, 17], [12.9, 17.1]),
      (.factor(2), 8, [4, 16], [3.9, 16.1]),
      (.between(4, 18), 10.8, [4, 18], [3.9, 18.1]),
      (.atLeast(0.7), 0, [0.7, 9], [0.69]),
      (.atMost(30), 0, [30, -5], [30.1]),
      (.holds, 0, [1], [0]),
      (.direction, 0, [1], [0]),
    ])
  func edges(tolerance: Tolerance, reported: Double, inside: [Double], outside: [Double]) {
    for value in inside { #expect(tolerance.holds(predicted: value, reported: reported)) }
    for value in outside + [.nan, .infinity] {
      #expect(!tolerance.holds(predicted: value, reported: reported), "\(value) in \(tolerance)")
    }
  }

  @Test("that compare need something to compare with") func nothingReported() {
    for tolerance in [Tolerance.relative(0.1), .absolute(1), .factor(2)] {
      #expect(!tolerance.holds(predicted: 1, reported: nil))
    }
    #expect(!Tolerance.relative(0.1).holds(predicted: 0, reported: 0))
    #expect(!Tolerance.factor(2).holds(predicted: -1, reported: -1))
  }

  @Test("are written as people write them") func words() {
    let texts: [(Tolerance, String)] = [
      (.relative(0.015), "±1.5 %"), (.relative(0.3), "±30 %"), (.absolute(2), "±2"),
      (.factor(1.5), "factor 1.5"), (.between(6.5, 14), "6.5 … 14"), (.atLeast(-0.5), "≥ -0.5"),
      (.atMost(30), "≤ 30"), (.holds, "holds"), (.direction, "direction"),
    ]
    for (tolerance, text) in texts { #expect(tolerance.description == text) }
  }

  @Test("a verdict breaks where it was good and is outside") func breaking() {
    func check(_ predicted: Double, _ tolerance: Tolerance, _ recorded: StudyCheck.Verdict)
      -> StudyCheck
    {
      StudyCheck(
        "c", reported: 10, predicted: predicted, unit: "s", tolerance: tolerance, source: "s",
        recorded: recorded)
    }
    #expect(check(10.5, .relative(0.1), .within).verdict == .within)
    #expect(check(12, .relative(0.1), .within).hasBroken)
    #expect(check(12, .relative(0.1), .directionOnly).hasBroken)
    #expect(!check(12, .relative(0.1), .outside).hasBroken)
    #expect(!check(10, .relative(0.1), .outside).hasBroken)
    #expect(check(1, .direction, .directionOnly).verdict == .directionOnly)
  }
}
