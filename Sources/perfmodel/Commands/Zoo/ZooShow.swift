import ArgumentParser
import Foundation
import Reports
import Zoo

extension ZooCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows the setting of one study and every figure beside what was reported.",
      discussion: """
          perfmodel zoo show lowformer
          perfmodel zoo show 32 --data ../shared/data
          perfmodel zoo show tresnet --format json
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Argument(help: "Name or number of the study ('perfmodel zoo list').")
    var id: String
    @OptionGroup var data: StudyDataOption
    @Option(help: "How to print: table or json.")
    var format: Format = .table

    func run() throws {
      let outcome = try StudyOutcome(StudyShelf().entry(id), data: data.studyData)
      switch format {
      case .json: print(try JSONReport.text(outcome))
      case .table: print(Self.text(outcome))
      }
    }

    private static func text(_ outcome: StudyOutcome) -> String {
      let entry = outcome.entry
      var lines = ["\(entry.number) \(entry.id)", entry.title, ""]
      func line(_ name: String, _ texts: [String]) {
        for (place, text) in texts.enumerated() {
          let label = place == 0 ? name : ""
          let indent = label + String(repeating: " ", count: 12 - label.count)
          let wrapped = text.wrapped(to: 88)
          lines.append(indent + (wrapped.first ?? ""))
          lines += wrapped.dropFirst().map { String(repeating: " ", count: 12) + $0 }
        }
      }
      line("relevance", ["\(entry.relevance), \(entry.kind)"])
      line("rooms", [entry.rooms.joined(separator: ", ")])
      guard let study = entry.study else {
        line("state", [outcome.state.rawValue])
        return lines.joined(separator: "\n")
      }
      line("setting", [study.setting])
      line("model", [study.model])
      line("calibrated", study.calibrated.isEmpty ? ["nothing"] : study.calibrated)
      line("notes", study.notes)
      if let missing = outcome.missing {
        line("state", ["needs data: \(missing)"])
        return lines.joined(separator: "\n")
      }
      lines += ["", StudyTable.text([outcome], showsStudy: false, showsSource: true)]
      for check in outcome.checks where !check.explanation.isEmpty {
        lines.append("")
        lines += "\(check.what): \(check.explanation)".wrapped(to: 100)
      }
      return lines.joined(separator: "\n")
    }
  }
}

extension String {
  /// Its words in lines of at most `width` characters, longer words alone.
  func wrapped(to width: Int) -> [String] {
    var lines: [String] = []
    for word in split(separator: " ") {
      if let last = lines.last, last.count + 1 + word.count <= width {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines
  }
}
