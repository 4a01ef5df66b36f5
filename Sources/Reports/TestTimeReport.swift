import Foundation
import Quantities

/// Costs of several samples of an answer, and what they are worth where that is known, as text for
/// people, as JSON and CSV for programs, and as a picture.
public struct TestTimeReport: Sendable {
  public struct Row: Sendable {
    let model, attention, setting: String
    let samples: Int
    let prompt, tokens: Double
    let linear, attentionFLOP, search, equivalent: FLOP
    let traffic: Bytes
    let attentionShare: Double
    let time: Seconds?
    let coverage: Double?
    let isOnFrontier, isOnArithmeticFrontier: Bool

    public init(
      model: String, attention: String, setting: String = "", samples: Int, prompt: Double,
      tokens: Double, linear: FLOP, attentionFLOP: FLOP, search: FLOP, traffic: Bytes,
      equivalent: FLOP, attentionShare: Double, time: Seconds?, coverage: Double? = nil,
      isOnFrontier: Bool = false, isOnArithmeticFrontier: Bool = false
    ) {
      self.model = model
      self.attention = attention
      self.setting = setting
      self.samples = samples
      self.prompt = prompt
      self.tokens = tokens
      self.linear = linear
      self.attentionFLOP = attentionFLOP
      self.search = search
      self.traffic = traffic
      self.equivalent = equivalent
      self.attentionShare = attentionShare
      self.time = time
      self.coverage = coverage
      self.isOnFrontier = isOnFrontier
      self.isOnArithmeticFrontier = isOnArithmeticFrontier
    }

    var arithmetic: FLOP { linear + attentionFLOP + search }
    var name: String {
      "\(model) × \(samples)" + (setting.isEmpty ? "" : ", \(setting)")
    }
  }

  /// The best point within a budget, by each price.
  public struct Choice: Sendable {
    let budget: FLOP
    let byEquivalent, byArithmetic: Row?

    public init(budget: FLOP, byEquivalent: Row?, byArithmetic: Row?) {
      self.budget = budget
      self.byEquivalent = byEquivalent
      self.byArithmetic = byArithmetic
    }
  }

  let device: String
  let intensity: FLOPPerByte
  let rows: [Row]
  let choice: Choice?
  let assumptions: [String]

  public init(
    device: String, intensity: FLOPPerByte, rows: [Row], choice: Choice? = nil,
    assumptions: [String]
  ) {
    self.device = device
    self.intensity = intensity
    self.rows = rows
    self.choice = choice
    self.assumptions = assumptions
  }

  private var hasCoverage: Bool { rows.contains { $0.coverage != nil } }
  private var hasSettings: Bool { rows.contains { !$0.setting.isEmpty } }

  // MARK: - Text

  public var text: String {
    var parts = ["\(device), \(intensity): eFLOP = FLOP + bytes × that", "", table]
    if let choice {
      parts += [
        "", "within \(choice.budget.compactDescription)",
        "  by arithmetic and traffic: " + Self.words(choice.byEquivalent),
        "  by arithmetic alone: " + Self.words(choice.byArithmetic),
      ]
    }
    return (parts + [""] + assumptions.map { "assumed: \($0)" }).joined(separator: "\n")
  }

  private static func words(_ row: Row?) -> String {
    guard let row else { return "nothing costs so little" }
    return "\(row.name), coverage " + String(format: "%.3f", row.coverage ?? .nan)
      + " for \(row.equivalent.compactDescription) in all, "
      + "\(row.arithmetic.compactDescription) of arithmetic"
  }

  private var table: String {
    var table = TextTable(
      [.init("model", .left), .init("attention", .left), .init("samples"), .init("tokens")]
        + ["linear", "attention", "search", "traffic", "eFLOP", "attention's share", "time"].map {
          TextTable.Column($0)
        } + (hasCoverage ? [.init("coverage"), .init("frontier", .left)] : []))
    for row in rows {
      table.append(
        [
          row.model + (row.setting.isEmpty ? "" : ", \(row.setting)"), row.attention,
          "\(row.samples)", String(format: "%.0f", row.tokens), "\(row.linear)",
          "\(row.attentionFLOP)", row.search > .zero ? "\(row.search)" : "", "\(row.traffic)",
          "\(row.equivalent)", String(format: "%.1f %%", 100 * row.attentionShare),
          row.time.map { "\($0)" } ?? "",
        ]
          + (hasCoverage
            ? [
              row.coverage.map { String(format: "%.3f", $0) } ?? "",
              row.isOnFrontier ? "yes" : row.isOnArithmeticFrontier ? "by arithmetic alone" : "",
            ] : []))
    }
    return table.text
  }

  // MARK: - JSON and CSV

  private struct JSONRow: Encodable {
    let row: Row

    private enum CodingKeys: String, CodingKey {
      case model, attention, setting, samples, coverage
      case prompt = "prompt_tokens"
      case tokens = "generated_tokens"
      case linear = "linear_flop"
      case attentionFLOP = "attention_flop"
      case search = "search_flop"
      case traffic = "traffic_bytes"
      case equivalent = "equivalent_flop"
      case share = "attention_share"
      case time = "time_s"
      case isOnFrontier = "on_frontier"
      case isOnArithmeticFrontier = "on_arithmetic_frontier"
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(row.model, forKey: .model)
      try container.encode(row.attention, forKey: .attention)
      if !row.setting.isEmpty { try container.encode(row.setting, forKey: .setting) }
      try container.encode(row.samples, forKey: .samples)
      try container.encode(row.prompt, forKey: .prompt)
      try container.encode(row.tokens, forKey: .tokens)
      try container.encode(row.linear, forKey: .linear)
      try container.encode(row.attentionFLOP, forKey: .attentionFLOP)
      try container.encode(row.search, forKey: .search)
      try container.encode(row.traffic, forKey: .traffic)
      try container.encode(row.equivalent, forKey: .equivalent)
      try container.encode(row.attentionShare, forKey: .share)
      try container.encodeIfPresent(row.time, forKey: .time)
      guard let coverage = row.coverage else { return }
      try container.encode(coverage, forKey: .coverage)
      try container.encode(row.isOnFrontier, forKey: .isOnFrontier)
      try container.encode(row.isOnArithmeticFrontier, forKey: .isOnArithmeticFrontier)
    }
  }

  private struct JSONChoice: Encodable {
    let budget: FLOP
    let byEquivalent, byArithmetic: JSONRow?

    private enum CodingKeys: String, CodingKey {
      case budget = "budget_flop"
      case byEquivalent = "by_equivalent"
      case byArithmetic = "by_arithmetic"
    }
  }

  private struct Document: Encodable {
    let device: String
    let intensity: FLOPPerByte
    let rows: [JSONRow]
    let choice: JSONChoice?
    let assumptions: [String]

    private enum CodingKeys: String, CodingKey {
      case device, rows, choice, assumptions
      case intensity = "intensity_flop_per_byte"
    }
  }

  public func json() throws -> String {
    try JSONReport.text(
      Document(
        device: device, intensity: intensity, rows: rows.map(JSONRow.init),
        choice: choice.map {
          JSONChoice(
            budget: $0.budget, byEquivalent: $0.byEquivalent.map(JSONRow.init),
            byArithmetic: $0.byArithmetic.map(JSONRow.init))
        }, assumptions: assumptions))
  }

  public var csv: String {
    CSVReport.text(
      header: [
        "model", "attention", "setting", "samples", "prompt_tokens", "generated_tokens",
        "linear_flop", "attention_flop", "search_flop", "traffic_bytes", "equivalent_flop",
        "attention_share", "time_s", "coverage", "on_frontier", "on_arithmetic_frontier",
      ],
      rows: rows.map { row in
        [
          row.model, row.attention, row.setting, "\(row.samples)", "\(row.prompt)",
          "\(row.tokens)", "\(row.linear.value)", "\(row.attentionFLOP.value)",
          "\(row.search.value)", "\(row.traffic.value)", "\(row.equivalent.value)",
          "\(row.attentionShare)", row.time.map { "\($0.value)" } ?? "",
          row.coverage.map { "\($0)" } ?? "", row.coverage == nil ? "" : "\(row.isOnFrontier)",
          row.coverage == nil ? "" : "\(row.isOnArithmeticFrontier)",
        ]
      })
  }

  // MARK: - Picture

  /// Coverage over cost; the front is what no other point beats.
  public var chart: ParetoChart {
    ParetoChart(
      title: "Coverage against the cost of samples, \(device)",
      subtitle: "arithmetic and traffic of keys and values at \(intensity), "
        + (rows.first?.attention ?? "") + " attention; a point is a model × samples",
      x: .quantity("cost: FLOP + bytes × intensity", FLOP.self, .logarithmic),
      y: .number("coverage"),
      points: rows.compactMap { row in
        row.coverage.map {
          .init(row.name, x: ChartValue(row.equivalent.value), y: ChartValue($0))
        }
      }, limit: choice?.budget.value)
  }
}
