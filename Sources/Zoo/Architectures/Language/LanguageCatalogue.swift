import Foundation
import Synchronization
import Workloads

/// Language models by name: one line of `Catalogue/language-models.jsonl` each, in the keys of a
/// `config.json`.
enum LanguageCatalogue {
  private struct Line: Decodable {
    let name: String
    let source: String
    let config: [String: JSONValue]
  }

  /// The lines by their names, read once and decoded one by one when asked for.
  private static let lines: [String: Substring] = {
    guard
      let url = Bundle.module.url(
        forResource: "language-models", withExtension: "jsonl", subdirectory: "Catalogue"),
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { preconditionFailure("the catalogue of language models is not beside the program") }
    var lines: [String: Substring] = [:]
    let opening = "{\"name\":\""
    for line in text.split(separator: "\n") where line.hasPrefix(opening) {
      let name = line.dropFirst(opening.count).prefix { $0 != "\"" }
      lines[String(name)] = line
    }
    return lines
  }()

  /// Published networks whose layers differ one by one in ways that only their files tell.
  static let onlyByFile: Set = [
    "moonshotai/Kimi-K3", "nvidia/Llama-3_3-Nemotron-Super-49B-v1",
  ]

  static var names: [String] { lines.keys.sorted() }

  private static let known = Mutex<[String: LanguageModel]>([:])

  /// The model of that name; nil when there is none.
  static func model(named name: String) throws(WorkloadError) -> LanguageModel? {
    if let model = known.withLock({ $0[name] }) { return model }
    guard let text = lines[name] else { return nil }
    let line: Line
    do {
      line = try JSONDecoder().decode(Line.self, from: Data(text.utf8))
    } catch {
      throw .malformed(file: "catalogue", place: name, problem: "\(error)")
    }
    let file = ConfigurationFile(path: name, prefix: "", members: line.config)
    var model = try LanguageRegistry.model(file, name: name)
    model.source = line.source
    known.withLock { $0[name] = model }
    return model
  }
}
