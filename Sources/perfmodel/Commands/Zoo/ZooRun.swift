import ArgumentParser
import Reports
import Zoo

extension ZooCommand {
  struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs studies, all without an ID, and holds them to their recorded verdicts.",
      discussion: """
          perfmodel zoo run
          perfmodel zoo run tresnet 49
          perfmodel zoo run --format json > studies.json

        A check is 'within' its tolerance, 'outside' (the study says why), or 'direction only': the \
        sign is right and the size was not claimed. Exit code 1 if a check that was not outside when \
        it was recorded is outside now. A study whose tables are not at hand is no failure.
        """)

    @Argument(help: "Names or numbers of studies ('perfmodel zoo list'); default: all.")
    var ids: [String] = []
    @OptionGroup var data: StudyDataOption
    @OptionGroup var format: FormatOption

    func run() throws {
      let shelf = try StudyShelf()
      let entries =
        ids.isEmpty ? shelf.entries.filter { $0.study != nil } : try ids.map { try shelf.entry($0) }
      let progress = Progress("studies")
      var outcomes: [StudyOutcome] = []
      var failures: [String] = []
      for (place, entry) in entries.enumerated() {
        progress.update(Double(place) / Double(entries.count), detail: entry.id)
        do {
          outcomes.append(try StudyOutcome(entry, data: data.studyData))
        } catch {
          failures.append("\(entry.id): \(error)")
        }
      }
      progress.finish()
      let summary = Summary(outcomes, failures: failures)
      switch format.format {
      case .json: print(try JSONReport.text(Document(studies: outcomes, summary: summary)))
      case .csv:
        print(CSVReport.text(header: StudyTable.header, rows: outcomes.flatMap(StudyTable.rows)))
      case .table:
        if outcomes.contains(where: { !$0.checks.isEmpty }) { print(StudyTable.text(outcomes)) }
        print(summary.text)
      }
      for outcome in outcomes {
        if let missing = outcome.missing {
          Console.remark("\(outcome.entry.id): needs data: \(missing)")
        } else if outcome.state == .notModelled {
          Console.remark("\(outcome.entry.id): \(outcome.state.rawValue)")
        }
        for check in outcome.checks where check.hasBroken {
          Console.remark(
            "\(outcome.entry.id): '\(check.what)' was \(check.recorded.rawValue) and is outside.")
        }
      }
      for failure in failures { Console.remark("perfmodel: \(failure)") }
      if summary.broken > 0 || !failures.isEmpty { throw ExitCode(1) }
    }
  }

  private struct Document: Encodable {
    let studies: [StudyOutcome]
    let summary: Summary
  }

  /// How many checks came out how.
  private struct Summary: Encodable {
    let studies: Int
    let needData: Int
    let notModelled: Int
    let checks: Int
    let within: Int
    let directionOnly: Int
    let outside: Int
    let broken: Int
    let failed: [String]

    private enum CodingKeys: String, CodingKey {
      case studies, checks, within, outside, broken, failed
      case needData = "need_data"
      case notModelled = "not_modelled"
      case directionOnly = "direction_only"
    }

    init(_ outcomes: [StudyOutcome], failures: [String]) {
      let all = outcomes.flatMap(\.checks)
      studies = outcomes.count { $0.state == .modelled }
      needData = outcomes.count { $0.state == .needsData }
      notModelled = outcomes.count { $0.state == .notModelled }
      checks = all.count
      within = all.count { $0.verdict == .within }
      directionOnly = all.count { $0.verdict == .directionOnly }
      outside = all.count { $0.verdict == .outside }
      broken = all.count { $0.hasBroken }
      failed = failures
    }

    var text: String {
      var parts = [
        studies == 1 ? "1 study" : "\(studies) studies",
        (checks == 1 ? "1 check" : "\(checks) checks") + ": \(within) within",
      ]
      if directionOnly > 0 { parts.append("\(directionOnly) direction only") }
      parts.append("\(outside) outside")
      if broken > 0 { parts.append("\(broken) broken") }
      if !failed.isEmpty { parts.append("\(failed.count) failed") }
      if needData > 0 { parts.append("\(needData) need data") }
      if notModelled > 0 { parts.append("\(notModelled) not modelled yet") }
      return parts.joined(separator: ", ") + "."
    }
  }
}
