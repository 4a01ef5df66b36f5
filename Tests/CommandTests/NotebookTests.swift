import Foundation
import Testing

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
private let figure = root.deletingLastPathComponent()
  .appendingPathComponent("shared/data/scaling/chinchilla/svg_extracted_data.csv")

/// One command of a notebook and what it is said to print.
private struct Cell {
  let command: String
  let output: String

  static func all(_ notebook: String) throws -> [Cell] {
    let text = try String(
      contentsOf: root.appendingPathComponent("notebooks-md/\(notebook)"), encoding: .utf8)
    let parts = text.components(separatedBy: "```sh\n").dropFirst()
    return try parts.map { part in
      let command = try #require(part.components(separatedBy: "\n```").first)
      let output = try #require(part.components(separatedBy: "```output\n").dropFirst().first)
      return Cell(command: command, output: output.components(separatedBy: "```")[0])
    }
  }
}

@Suite("Notebooks") struct NotebookTests {
  @Test(
    "the story of Chinchilla's figure prints what it says",
    .enabled(if: FileManager.default.fileExists(atPath: figure.path)))
  func chinchilla() throws {
    let cells = try Cell.all("02-how-sure-is-chinchilla.md")
    #expect(cells.count == 5)
    let program = try Program()
    try program.write("chinchilla.csv", try String(contentsOf: figure, encoding: .utf8))
    for cell in cells {
      let words = Self.words(cell.command)
      #expect(words.first == "perfmodel")
      let result = try program.run(Array(words.dropFirst()))
      #expect(result.code == 0, "\(result.errors)")
      #expect(result.output == cell.output, "\(cell.command)")
    }
  }

  /// Words as a shell splits them, where only single quotes are used.
  private static func words(_ command: String) -> [String] {
    command.components(separatedBy: "'").enumerated().flatMap { place, part in
      place.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [part]
    }
  }
}
