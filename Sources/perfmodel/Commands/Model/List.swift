import ArgumentParser
import Quantities
import Reports
import Zoo

extension ModelCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the networks that are built in.",
      discussion: """
          perfmodel model list
          perfmodel model list --family resnet
          perfmodel model list --types
        """)

    @Option(help: "Only those of one family; 'language' are the language models.")
    var family: String?
    @Flag(help: "List what 'model_type' of a config.json can be, instead.")
    var types = false
    @OptionGroup var format: FormatOption

    private struct Row: Encodable {
      let name: String
      let family: String
      let source: String
    }

    func run() throws {
      if types {
        print(LanguageRegistry.modelTypes.joined(separator: "\n"))
        return
      }
      var rows = NetworkRegistry.all.map {
        Row(name: $0.name, family: $0.family, source: $0.source)
      }
      rows += LanguageRegistry.names.map {
        Row(name: $0, family: "language", source: "public config.json or paper")
      }
      if let family {
        let families = Set(rows.map(\.family))
        guard families.contains(family) else {
          throw ValidationError(
            "no family '\(family)'."
              + (nearestName(to: family, among: families).map { " Did you mean '\($0)'?" } ?? "")
              + " Families: " + families.sorted().joined(separator: ", "))
        }
        rows = rows.filter { $0.family == family }
      }
      switch format.format {
      case .json: print(try JSONReport.text(rows))
      case .csv:
        print(
          CSVReport.text(
            header: ["name", "family", "source"],
            rows: rows.map { [$0.name, $0.family, $0.source] }
          ))
      case .table:
        var table = TextTable([
          .init("name", .left), .init("family", .left), .init("source", .left),
        ])
        for row in rows { table.append([row.name, row.family, row.source]) }
        print(table.text)
      }
    }
  }
}
