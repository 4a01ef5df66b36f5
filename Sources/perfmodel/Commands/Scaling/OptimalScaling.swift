import Analytic
import ArgumentParser
import Foundation
import Predictions
import Quantities
import Reports
import Workloads
import Zoo

struct OptimalScaling: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "optimal",
    abstract: "The best division of a budget between parameters and tokens, with its intervals.",
    discussion: """
      The budget is FLOP; or with --device a time, an energy or an amount of money, at the rate and power \
      that the device's model gives a training step (or --mfu). Tokens that the model will process in its \
      life move the optimum to a smaller model. A table shows what a model of another size loses.

        perfmodel scaling optimal fit.json --flop 5.76e23
        perfmodel scaling optimal fit.json --flop 5.76e23 --device H100-SXM --devices 1024 --mfu 0.4
        perfmodel scaling optimal fit.json --time 30d --device H100-SXM --devices 256 --price 2.5
        perfmodel scaling optimal fit.json --flop 1e23 --lifetime-tokens 5e12
      """)

  @Argument(help: "What 'perfmodel scaling fit' has written, for a law of parameters and tokens.")
  var law: String
  @Option(help: "Which of several laws.")
  var group: String?
  @Option(help: "Budget of training, or with --lifetime-tokens of training and use, in FLOP.")
  var flop: Double?
  @Option(help: "Budget of time, as 30d or 720h; with --device.")
  var time: String?
  @Option(help: "Budget of energy, as 1GWh; with --device.")
  var energy: String?
  @Option(help: "Budget of money, in the currency of --price; with --device.")
  var money: Double?
  @Option(help: "Name or JSON file of the device that trains.")
  var device: String?
  @Option(help: "How many of them.")
  var devices = 1
  @Option(help: "Share of the peak rate that is used; default: what the device's model predicts.")
  var mfu: Double?
  @Option(help: "Types of the training.")
  var precision = Precision.bf16
  @Option(
    help: ArgumentHelp(
      "The network whose step stands for the training where --mfu does not say.",
      discussion: "One sequence of 2,048 tokens on one device, memory and communication left aside."
    ))
  var network = "llama-2-7b"
  @Option(help: "Price of one device for an hour.")
  var price: Double?
  @Option(help: "Tokens that the model will read and write in its life.")
  var lifetimeTokens = 0.0
  @OptionGroup var format: FormatOption

  func validate() throws {
    let budgets = [flop != nil, time != nil, energy != nil, money != nil].count { $0 }
    guard budgets == 1 else {
      throw ValidationError(
        "name one budget: --flop 1e24, or with --device --time 30d, --energy 1GWh or --money 1e6")
    }
    for (name, value) in [("flop", flop), ("money", money), ("price", price)] {
      if let value, !(value > 0 && value.isFinite) {
        throw ValidationError("--\(name) is \(value); it is above 0")
      }
    }
    if let mfu, !(mfu > 0 && mfu <= 1) {
      throw ValidationError("--mfu is \(mfu); it is a share of the peak, between 0 and 1")
    }
    guard devices > 0 else { throw ValidationError("--devices is \(devices); at least 1 trains") }
    guard lifetimeTokens >= 0, lifetimeTokens.isFinite else {
      throw ValidationError("--lifetime-tokens is \(lifetimeTokens); it is not below 0")
    }
    if device == nil, flop == nil || mfu != nil || price != nil {
      throw ValidationError("--time, --energy, --money, --mfu and --price belong to --device")
    }
    if money != nil, price == nil {
      throw ValidationError("--money needs --price, that of one device for an hour")
    }
  }

  private struct Report: Encodable {
    var flop: Double
    var parameters: EstimatedNumber
    var tokens: EstimatedNumber
    var tokensPerParameter: EstimatedNumber
    var loss: EstimatedNumber
    var trainingFLOP: Double
    var inferenceFLOP: Double
    var time: Double?
    var energy: Double?
    var money: Double?
    var utilization: Double?
    var otherSizes: [OtherSize]
    var assumptions: [String]
    var warning: String?

    enum CodingKeys: String, CodingKey {
      case flop, parameters, tokens, loss, money, assumptions, warning
      case tokensPerParameter = "tokens_per_parameter"
      case trainingFLOP = "training_flop"
      case inferenceFLOP = "inference_flop"
      case time = "time_s"
      case energy = "energy_j"
      case utilization = "mfu"
      case otherSizes = "other_sizes"
    }
  }

  private struct EstimatedNumber: Encodable {
    var value: Double
    var low: Double?
    var high: Double?
    var coverage = 0.9

    init(_ value: Double, _ interval: ClosedRange<Double>?) {
      self.value = value
      low = interval?.lowerBound
      high = interval?.upperBound
    }
  }

  private struct OtherSize: Encodable {
    var parameters: Double
    var tokens: Double
    var loss: Double
    /// The budget that reaches this loss at its best, over the budget.
    var bestBudgetShare: Double?

    enum CodingKeys: String, CodingKey {
      case parameters, tokens, loss
      case bestBudgetShare = "best_budget_share"
    }
  }

  func run() throws {
    let (_, forecast) = try ScalingFitFile.read(law, group: group)
    var assumptions: [String] = []
    let fleet = try device.map { try self.fleet($0, &assumptions) }
    let budget = try budget(fleet)
    guard forecast.law.hasOptimum else {
      throw ValidationError(
        "\(law): the form '\(forecast.law.form.name)' does not divide a budget; fit one of parameters "
          + "and tokens, as chinchilla")
    }
    guard let best = forecast.law.optimum(flop: budget, lifetimeTokens: lifetimeTokens) else {
      throw ValidationError(
        "\(law): the law has no optimum at \(FLOP(budget)): it only ever wants more of one of the two"
      )
    }
    func interval(_ part: @escaping (ComputeOptimum) -> Double) -> ClosedRange<Double>? {
      forecast.bootstrap.interval {
        $0.optimum(flop: budget, lifetimeTokens: lifetimeTokens).map(part)
      }
    }
    let loss = try forecast.loss(["N": best.parameters, "D": best.tokens, "C": best.trainingFLOP])
    let report = Report(
      flop: budget, parameters: EstimatedNumber(best.parameters, interval(\.parameters)),
      tokens: EstimatedNumber(best.tokens, interval(\.tokens)),
      tokensPerParameter: EstimatedNumber(
        best.tokensPerParameter, interval(\.tokensPerParameter)),
      loss: EstimatedNumber(loss.value, loss.interval), trainingFLOP: best.trainingFLOP,
      inferenceFLOP: best.inferenceFLOP, time: fleet?.time(best.trainingFLOP).value,
      energy: fleet?.energy(best.trainingFLOP)?.value, money: fleet?.money(best.trainingFLOP),
      utilization: fleet?.utilization,
      otherSizes: forecast.law.otherSizes(flop: budget, lifetimeTokens: lifetimeTokens, best).map {
        OtherSize(
          parameters: $0.optimum.parameters, tokens: $0.optimum.tokens, loss: $0.optimum.loss,
          bestBudgetShare: $0.bestBudget.map { $0 / budget })
      },
      assumptions: assumptions, warning: forecast.warning(size: best.trainingFLOP))
    switch format.format {
    case .json: print(try JSONReport.text(report))
    case .csv: print(csv(report))
    case .table: print(text(report, fleet))
    }
  }

  private func fleet(_ name: String, _ assumptions: inout [String]) throws -> TrainingFleet {
    let device = try DeviceReference(name).device
    var request = WorkloadRequest()
    request.phase = .training
    request.batch = 1
    request.context = 2048
    let model = RooflineModel(device, Execution(precision: precision))
    let program = try NetworkReference(network).workload(request).kernels(model.execution)
    let own = try model.fleet(training: program, count: devices, hourlyPrice: price)
    guard let mfu else {
      assumptions.append(
        "each device uses \(Int((100 * own.utilization).rounded())) % of its \(own.peak), as its model "
          + "says of a training step of \(network), 2,048 tokens; communication left aside")
      return own
    }
    assumptions.append(
      "each device uses \(Int((100 * mfu).rounded())) % of its \(own.peak), as given")
    return TrainingFleet(
      device: own.device, count: devices, peak: own.peak, utilization: mfu, power: own.power,
      hourlyPrice: price)
  }

  private func budget(_ fleet: TrainingFleet?) throws -> Double {
    if let flop { return flop }
    guard let fleet else { return 0 }
    if let time {
      let amount = try Seconds(parsing: time)
      guard amount > .zero else { throw ValidationError("--time is \(time); it is above 0") }
      return fleet.flop(in: amount)
    }
    if let energy {
      let amount = try Joules(parsing: energy)
      guard amount > .zero else { throw ValidationError("--energy is \(energy); it is above 0") }
      guard let flop = fleet.flop(for: amount) else {
        throw ValidationError("nothing is known of the power of \(fleet.device)")
      }
      return flop
    }
    return money.flatMap { fleet.flop(forMoney: $0) } ?? 0
  }

  private func text(_ report: Report, _ fleet: TrainingFleet?) -> String {
    func row(_ name: String, _ number: EstimatedNumber, _ digits: Int = 3) -> [String] {
      [
        name, ScalingFitText.number(number.value, digits),
        ScalingFitText.range(number.low, number.high),
      ]
    }
    var table = TextTable([
      .init("best for \(FLOP(report.flop))", .left), .init("value"), .init("90 % interval"),
    ])
    table.append(row("parameters", report.parameters))
    table.append(row("tokens", report.tokens))
    table.append(row("tokens for each parameter", report.tokensPerParameter))
    table.append(row("loss", report.loss, 4))
    if report.inferenceFLOP > 0 {
      table.append(["training", "\(FLOP(report.trainingFLOP))", ""])
      table.append(["use", "\(FLOP(report.inferenceFLOP))", ""])
    }
    if let fleet, let time = report.time {
      table.append([
        "time on \(fleet.count) × \(fleet.device)", String(format: "%.3g days", time / 86400), "",
      ])
      if let energy = report.energy {
        table.append(["energy", String(format: "%.3g MWh", energy / 3.6e9), ""])
      }
      if let money = report.money { table.append(["money", String(format: "%.4g", money), ""]) }
    }
    var sizes = TextTable([
      .init("parameters"), .init("tokens"), .init("tokens/parameter"), .init("loss"),
      .init("the best reaches it with"),
    ])
    for size in report.otherSizes {
      sizes.append([
        ScalingFitText.number(size.parameters, 3), ScalingFitText.number(size.tokens, 3),
        ScalingFitText.number(size.tokens / size.parameters, 3),
        ScalingFitText.number(size.loss, 4),
        size.bestBudgetShare.map { String(format: "%.0f %% of the budget", 100 * $0) } ?? "",
      ])
    }
    return
      ([table.text, "", "other sizes for the same budget:", "", sizes.text]
      + report.assumptions.map { "\nassumed: \($0)" }
      + [report.warning.map { "\nbeware: \($0)" } ?? ""].filter { !$0.isEmpty })
      .joined(separator: "\n")
  }

  private func csv(_ report: Report) -> String {
    let rows = [
      ("parameters", report.parameters), ("tokens", report.tokens),
      ("tokens_per_parameter", report.tokensPerParameter), ("loss", report.loss),
    ]
    return CSVReport.text(
      header: ["quantity", "value", "low", "high"],
      rows: rows.map { name, number in
        [
          name, "\(number.value)", number.low.map { "\($0)" } ?? "",
          number.high.map { "\($0)" } ?? "",
        ]
      })
  }
}
