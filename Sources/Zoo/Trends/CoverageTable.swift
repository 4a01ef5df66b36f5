import Analytic
import Datasets
import Foundation
import Mathematics
import Quantities

/// What samples are worth, as people bring it: a CSV with a row for each model and number of samples.
///
/// | column | |
/// |---|---|
/// | `model` | a name of the zoo, or a `config.json` |
/// | `trials` | samples of each answer |
/// | `tokens` | generated tokens of one sample, in the mean |
/// | `coverage` | the share of questions that some sample answers, 0 … 1 |
/// | `prompt` | tokens of the prompt; without the column that of the command |
/// | `question` | with it, a row is one question; costs and coverage are averaged over them |
/// | `setting` | what else tells points apart, such as a cap on the tokens |
public struct CoverageTable: Sendable {
  public struct Row: Sendable {
    public let tokens: Double
    public let prompt: Double?
    public let coverage: Double
  }

  /// Rows that make one point.
  public struct Point: Sendable {
    public let model: String
    public let samples: Int
    public let setting: String
    public let rows: [Row]
  }

  /// In the order in which they first occur.
  public let points: [Point]

  /// - Throws: `DatasetError` for a column that is missing or not known, and for what is out of range.
  public init(_ path: String) throws(DatasetError) {
    let table = try CSVTable(path)
    let known = ["model", "trials", "tokens", "coverage", "prompt", "question", "setting"]
    let models = try table.strings("model")
    let trials = try table.doubles("trials")
    let tokens = try table.doubles("tokens")
    let coverage = try table.doubles("coverage")
    if let other = table.header.first(where: { !known.contains($0) }) {
      throw .corrupt(
        path: path,
        reason: "it has a column '\(other)'; allowed are \(known.joined(separator: ", "))")
    }
    guard table.rowCount > 0 else {
      throw .corrupt(path: path, reason: "it has no row; a frontier needs at least one point")
    }
    let blank = [String](repeating: "", count: table.rowCount)
    let settings = table.has("setting") ? try table.strings("setting") : blank
    let questions = table.has("question") ? try table.strings("question") : nil
    let prompts = table.has("prompt") ? try table.doubles("prompt") : nil
    func wrong(_ row: Int, _ column: String, _ found: Double, _ allowed: String) -> DatasetError {
      .row(
        path: path, line: table.line(row), column: column, found: found.isNaN ? "" : "\(found)",
        allowed: allowed)
    }
    struct Key: Hashable {
      let model, setting, question: String
      let samples: Int
    }
    var order: [Key] = []
    var rows: [Key: [Row]] = [:]
    var seen: Set<Key> = []
    for row in 0..<table.rowCount {
      guard !models[row].isEmpty else {
        throw .row(
          path: path, line: table.line(row), column: "model", found: "",
          allowed: "name a model ('perfmodel model list')")
      }
      guard let samples = Int(exactly: trials[row]), (1...1_000_000_000).contains(samples) else {
        throw wrong(row, "trials", trials[row], "samples are a whole number from 1 to 1e9")
      }
      guard (1...1e9).contains(tokens[row]) else {
        throw wrong(row, "tokens", tokens[row], "tokens are between 1 and 1e9")
      }
      guard (0...1).contains(coverage[row]) else {
        throw wrong(row, "coverage", coverage[row], "coverage is a share between 0 and 1")
      }
      if let prompt = prompts?[row], !prompt.isNaN, !(0...1e9).contains(prompt) {
        throw wrong(row, "prompt", prompt, "tokens of a prompt are between 0 and 1e9")
      }
      // Without questions every row is a point.
      let key = Key(
        model: models[row], setting: settings[row], question: questions == nil ? "\(row)" : "",
        samples: samples)
      let own = Key(
        model: models[row], setting: settings[row], question: questions?[row] ?? "\(row)",
        samples: samples)
      guard seen.insert(own).inserted else {
        throw .row(
          path: path, line: table.line(row), column: "question", found: own.question,
          allowed: "it stands twice for one model, setting and number of trials")
      }
      if rows[key] == nil { order.append(key) }
      rows[key, default: []].append(
        Row(
          tokens: tokens[row], prompt: prompts.flatMap { $0[row].isNaN ? nil : $0[row] },
          coverage: coverage[row]))
    }
    points = order.map { key in
      Point(
        model: key.model, samples: key.samples, setting: key.setting, rows: rows[key] ?? [])
    }
  }
}

extension CoverageTable {
  /// Each point with its cost, in the mean over its rows.
  ///
  /// - Parameters:
  ///   - prompt: tokens of the prompt where the table states none.
  ///   - decoder: what a model of the table costs; called once for each.
  public func points(
    prompt: Int, attention: AttentionPolicy, intensity: FLOPPerByte,
    decoder: (String) throws -> DecoderCost
  ) throws -> [TestTimePoint] {
    var decoders: [String: DecoderCost] = [:]
    for point in points where decoders[point.model] == nil {
      decoders[point.model] = try decoder(point.model)
    }
    return points.compactMap { point in
      guard let decoder = decoders[point.model] else { return nil }
      let costs = point.rows.map { row in
        TestTimeCost(
          decoder, samples: point.samples,
          positions: AttendedPositions(
            prompt: row.prompt ?? Double(prompt), generated: row.tokens),
          attention: attention, intensity: intensity)
      }
      return TestTimeCost.mean(costs).map { cost in
        TestTimePoint(
          model: point.model, samples: point.samples,
          prompt: mean(point.rows.map { $0.prompt ?? Double(prompt) }),
          tokens: mean(point.rows.map(\.tokens)), setting: point.setting, cost: cost,
          coverage: mean(point.rows.map(\.coverage)))
      }
    }
  }
}
