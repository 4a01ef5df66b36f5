import Analytic
import ArgumentParser
import Devices
import Quantities
import Reports
import Workloads
import Zoo

struct TestTimeScaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test-time",
    abstract: "What several samples of an answer cost, with the traffic of keys and values.",
    discussion: """
      eFLOP = FLOP + bytes of keys and values × the device's intensity (peak rate ÷ bandwidth), summed \
      over every decoded token (Kinetics, arXiv:2506.05333).

        perfmodel scaling test-time qwen3-8b --device B200-SXM --samples 1,8,32 --tokens 16384
        perfmodel scaling test-time qwen3-8b --device H100-SXM --tokens 8192,32768 \\
                          --attention dense,block-topk,local --kv-budget 1024 --block 16
        perfmodel scaling test-time --coverage coverage.csv --device B200-SXM --budget 20PFLOP \\
                          --svg frontier.svg

      A table of coverage has the columns model, trials, tokens and coverage, and may have prompt, \
      question (rows are averaged over them) and setting. It gives the frontier of coverage against \
      cost, and the best choice within --budget, by eFLOP and by arithmetic alone.
      """)

  enum Attention: String, ExpressibleByArgument, CaseIterable {
    case dense
    case topK = "topk"
    case blockTopK = "block-topk"
    case local
  }

  @Argument(help: "Name or config.json of a language model; or none, with --coverage.")
  var model: String?
  @OptionGroup(title: "Device") var intensity: IntensityOptions
  @Option(help: "Samples of each answer: 1,8,32. Default: 1.")
  var samples: [String] = []
  @Option(help: "Generated tokens of one sample: 4096,16384. Default: 8192.")
  var tokens: [String] = []
  @Option(help: "Tokens of the prompt, which all samples share.")
  var prompt = 256
  @Option(
    help: ArgumentHelp(
      "Which positions are attended to: dense, topk, block-topk, local. Default: dense.",
      discussion: "topk finds the best positions at no cost; block-topk scores a mean key of each "
        + "block; local keeps the last ones."))
  var attention: [String] = []
  @Option(help: "Positions that a token attends to, of sparse attention.")
  var kvBudget = 1024
  @Option(help: "Positions of a block.")
  var block = 16
  @Option(help: "Of the budget of block-topk, the last positions that are always kept.")
  var localWindow = 64
  @Option(help: "CSV of what samples are worth: model, trials, tokens, coverage.")
  var coverage: String?
  @Option(
    help: "The most that an answer may cost, as 20PFLOP.", transform: { try FLOP(parsing: $0) })
  var budget: FLOP?
  @Option(help: "Also draw the frontier: an SVG file to write.")
  var svg: String?
  @OptionGroup var format: FormatOption

  func validate() throws {
    guard (model == nil) != (coverage == nil) else {
      throw ValidationError(
        "name what generates: either a language model ('perfmodel model list') or --coverage")
    }
    if coverage != nil, !samples.isEmpty || !tokens.isEmpty {
      throw ValidationError("--coverage says how many samples and tokens; leave the options out")
    }
    if coverage == nil, budget != nil || svg != nil {
      throw ValidationError("--budget and --svg are of a frontier; bring a table with --coverage")
    }
    if let budget, budget <= .zero { throw ValidationError("--budget is \(budget); it is above 0") }
    for (name, value, least) in [
      ("--prompt", prompt, 0), ("--kv-budget", kvBudget, 1), ("--block", block, 1),
      ("--local-window", localWindow, 0),
    ] where !(least...Self.most).contains(value) {
      throw ValidationError("\(name) is \(value); it lies between \(least) and \(Self.most)")
    }
    _ = try (counts(samples, "--samples"), counts(tokens, "--tokens"), policies())
    if coverage != nil, try policies().count > 1 {
      throw ValidationError(
        "--coverage is measured with one kind of attention; name one of --attention")
    }
  }

  private static let most = 1_000_000_000

  private func counts(_ texts: [String], _ name: String) throws -> [Int] {
    let values: [Int] = try ListOption.values(texts, name)
    if let wrong = values.first(where: { !(1...Self.most).contains($0) }) {
      throw ValidationError("\(name) has \(wrong); it lies between 1 and \(Self.most)")
    }
    return values
  }

  /// The kinds of attention, with their budgets.
  private func policies() throws -> [(Attention, AttentionPolicy)] {
    let kinds: [Attention] = try ListOption.values(attention, "--attention")
    return try (kinds.isEmpty ? [.dense] : kinds).map { kind in
      switch kind {
      case .dense: return (kind, .dense)
      case .topK: return (kind, .topK(budget: kvBudget))
      case .local: return (kind, .local(window: kvBudget))
      case .blockTopK:
        let blocks = (kvBudget - localWindow) / block
        guard blocks >= 1, (kvBudget - localWindow).isMultiple(of: block) else {
          throw ValidationError(
            "--kv-budget \(kvBudget) less --local-window \(localWindow) is no whole number of "
              + "blocks of \(block), at least one; choose --kv-budget or --block so that it is")
        }
        return (kind, .blockTopK(blocks: blocks, blockSize: block, local: localWindow))
      }
    }
  }

  func run() throws {
    let setting = try intensity.setting()
    let report: TestTimeReport
    if let coverage {
      report = try frontier(CoverageTable(coverage), setting)
    } else {
      report = try costs(setting)
    }
    switch format.format {
    case .json: print(try report.json())
    case .csv: print(report.csv)
    case .table: print(report.text)
    }
    if let svg { try Picture.write(report.chart.svg, to: svg) }
  }

  private func costs(_ setting: IntensityOptions.Setting) throws -> TestTimeReport {
    let (name, decoder) = try Self.decoder(model ?? "")
    let (samples, tokens) = (try counts(samples, "--samples"), try counts(tokens, "--tokens"))
    let rows = try policies().flatMap { kind, policy in
      (tokens.isEmpty ? [8192] : tokens).flatMap { length in
        (samples.isEmpty ? [1] : samples).map { count in
          let positions = AttendedPositions(prompt: Double(prompt), generated: Double(length))
          let cost = TestTimeCost(
            decoder, samples: count, positions: positions, attention: policy,
            intensity: setting.intensity)
          return TestTimeReport.Row(
            cost, model: name, attention: kind.rawValue, samples: count, prompt: Double(prompt),
            tokens: Double(length), peak: setting.peak)
        }
      }
    }
    return TestTimeReport(
      device: setting.name, intensity: setting.intensity, rows: rows,
      assumptions: setting.assumptions + Self.assumptions)
  }

  private func frontier(
    _ table: CoverageTable, _ setting: IntensityOptions.Setting
  ) throws -> TestTimeReport {
    let (kind, policy) = try policies()[0]
    let points = try table.points(
      prompt: prompt, attention: policy, intensity: setting.intensity,
      decoder: { try Self.decoder($0).decoder })
    let full = CoverageFrontier(points)
    let arithmetic = CoverageFrontier(points, price: .arithmetic)
    func row(_ point: TestTimePoint) -> TestTimeReport.Row {
      .init(
        point.cost, model: point.model, attention: kind.rawValue, setting: point.setting,
        samples: point.samples, prompt: point.prompt, tokens: point.tokens, peak: setting.peak,
        coverage: point.coverage, isOnFrontier: full.points.contains(point),
        isOnArithmeticFrontier: arithmetic.points.contains(point))
    }
    return TestTimeReport(
      device: setting.name, intensity: setting.intensity,
      rows: points.sorted { $0.cost.equivalent < $1.cost.equivalent }.map(row),
      choice: budget.map {
        .init(
          budget: $0, byEquivalent: full.best(within: $0).map(row),
          byArithmetic: arithmetic.best(within: $0).map(row))
      },
      assumptions: setting.assumptions + Self.assumptions)
  }

  private static let assumptions = [
    "weights are read for so many sequences at once that their traffic does not count; nor does the "
      + "pass over the prompt"
  ]

  private static func decoder(_ text: String) throws -> (name: String, decoder: DecoderCost) {
    guard case .language(let model) = try NetworkReference(text) else {
      throw ValidationError(
        "'\(text)' is no language model; 'perfmodel model list --family language' names them")
    }
    return (model.name, try DecoderCost(model))
  }
}

extension TestTimeReport.Row {
  init(
    _ cost: TestTimeCost, model: String, attention: String, setting: String = "", samples: Int,
    prompt: Double, tokens: Double, peak: FLOPPerSecond?, coverage: Double? = nil,
    isOnFrontier: Bool = false, isOnArithmeticFrontier: Bool = false
  ) {
    self.init(
      model: model, attention: attention, setting: setting, samples: samples, prompt: prompt,
      tokens: tokens, linear: cost.linear, attentionFLOP: cost.attention, search: cost.search,
      traffic: cost.traffic, equivalent: cost.equivalent, attentionShare: cost.attentionShare,
      time: peak.map { cost.equivalent / $0 }, coverage: coverage, isOnFrontier: isOnFrontier,
      isOnArithmeticFrontier: isOnArithmeticFrontier)
  }
}
