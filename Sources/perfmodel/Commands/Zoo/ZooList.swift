import ArgumentParser
import Quantities
import Reports
import Zoo

extension ZooCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists every publication that the project has to answer for, modelled or not.",
      discussion: """
          perfmodel zoo list
          perfmodel zoo list --modelled --room Analytic/Energy
          perfmodel zoo list --relevance core --format csv > core.csv

        A room is the part of the program whose models answer; 'Analytic' is all rooms that begin so.
        """)

    @Flag(help: "Only those that are modelled.")
    var modelled = false
    @Option(help: "Only those that a room answers, as Analytic/Energy or Simulation.")
    var room: String?
    @Option(help: "Only those of one relevance: core, supporting or peripheral.")
    var relevance: String?
    @OptionGroup var data: StudyDataOption
    @OptionGroup var format: FormatOption

    func run() throws {
      let all = try StudyShelf().entries
      var entries = all
      if modelled { entries = entries.filter { $0.study != nil } }
      if let room {
        let rooms = Set(all.flatMap(\.rooms))
        let names = rooms.union(rooms.map { String($0.prefix { $0 != "/" }) })
        let name = try choice(room, "room", of: names)
        entries = entries.filter {
          $0.rooms.contains { $0 == name || $0.hasPrefix(name + "/") }
        }
      }
      if let relevance {
        let name = try choice(relevance, "relevance", of: Set(all.map(\.relevance)))
        entries = entries.filter { $0.relevance == name }
      }
      let rows = entries.map { Row($0, data.studyData) }
      switch format.format {
      case .json: print(try JSONReport.text(rows))
      case .csv: print(CSVReport.text(header: Row.header, rows: rows.map(\.cells)))
      case .table:
        var table = TextTable([
          .init("no."), .init("id", .left), .init("state", .left), .init("relevance", .left),
          .init("rooms", .left),
        ])
        for row in rows {
          table.append([
            "\(row.number)", row.id, row.state, row.relevance, row.rooms.joined(separator: ", "),
          ])
        }
        print(table.text)
        let count = rows.count { $0.state != StudyOutcome.State.notModelled.rawValue }
        Console.remark("\(rows.count) publications, \(count) of them modelled.")
      }
    }

    /// The allowed name that `text` is, whatever its case.
    private func choice(_ text: String, _ what: String, of names: Set<String>) throws -> String {
      if let name = names.first(where: { $0.lowercased() == text.lowercased() }) { return name }
      throw ValidationError(
        "no \(what) '\(text)'."
          + (nearestName(to: text, among: names.sorted()).map { " Did you mean '\($0)'?" } ?? "")
          + " Allowed: " + names.sorted().joined(separator: ", "))
    }
  }

  /// One publication as a line for programs.
  private struct Row: Encodable {
    let number: Int
    let id: String
    let state: String
    let relevance: String
    let kind: String
    let rooms: [String]
    let title: String

    init(_ entry: StudyShelf.Entry, _ data: StudyData) {
      number = entry.number
      id = entry.id
      state = entry.state(data).rawValue
      relevance = entry.relevance
      kind = entry.kind
      rooms = entry.rooms
      title = entry.title
    }

    static let header = ["number", "id", "state", "relevance", "kind", "rooms", "title"]

    var cells: [String] {
      ["\(number)", id, state, relevance, kind, rooms.joined(separator: " "), title]
    }
  }
}
