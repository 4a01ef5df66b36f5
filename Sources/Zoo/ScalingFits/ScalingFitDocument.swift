import Analytic
import Foundation

/// A fitted law as JSON: what people read of it, and what is needed to ask it again.
public struct ScalingFitDocument: Codable, Sendable {
  public struct Interval: Codable, Sendable {
    public var value: Double
    /// By the bootstrap.
    public var low: Double?
    public var high: Double?
    /// By the profile of the likelihood.
    public var profileLow: Double?
    public var profileHigh: Double?

    enum CodingKeys: String, CodingKey {
      case value, low, high
      case profileLow = "profile_low"
      case profileHigh = "profile_high"
    }
  }

  public struct Outlier: Codable, Sendable {
    /// From 1 on, the header not counted.
    public var row: Int
    public var observed: Double
    public var predicted: Double
    public var deviations: Double
    public var dropped: Bool
  }

  /// The best division of a budget.
  public struct Optimum: Codable, Sendable {
    public var flop: Double
    public var parameters: Interval
    public var tokens: Interval
    public var loss: Interval
  }

  /// A parameter of a formula, as it was fitted.
  public struct Parameter: Codable, Sendable {
    public var name: String
    public var isAmount: Bool

    enum CodingKeys: String, CodingKey {
      case name
      case isAmount = "is_amount"
    }
  }

  public struct Bootstrap: Codable, Sendable {
    public var unit: ScalingBootstrap.Unit
    public var seed: UInt64
    /// A row for each resample, parameters in the order of `parameter_order`.
    public var samples: [[Double]]
  }

  public var form: String
  public var formula: String
  public var isRelative: Bool
  public var flopPerParameterToken: Double
  public var parameterOrder: [Parameter]
  public var parameters: [String: Interval]
  /// `N ∝ C^a` and `D ∝ C^b` of the best division of a budget, at `exponent_flop`.
  public var computeOptimalExponents: [String: Interval]?
  public var exponentFLOP: Double?
  public var optima: [Optimum]?
  public var coverage: Double
  public var lossOfFit: Double
  public var residualDeviation: Double
  public var starts: Int
  public var startsFollowed: Int
  public var startsAgreeing: Int
  public var runs: Int
  /// Of them, those whose loss is below the fitted floor E.
  public var runsBelowFloor: Int
  public var outliers: [Outlier]
  public var smallestSize: Double
  public var largestSize: Double
  public var extrapolationGrowth: Double
  public var extrapolationTrials: Int
  public var extrapolationMedianError: Double?
  public var dataHash: String
  public var bootstrap: Bootstrap

  enum CodingKeys: String, CodingKey {
    case form, formula, parameters, optima, coverage, starts, runs, outliers, bootstrap
    case isRelative = "is_relative"
    case flopPerParameterToken = "flop_per_parameter_token"
    case parameterOrder = "parameter_order"
    case computeOptimalExponents = "compute_optimal_exponents"
    case exponentFLOP = "exponent_flop"
    case lossOfFit = "loss_of_fit"
    case residualDeviation = "residual_deviation"
    case runsBelowFloor = "runs_below_floor"
    case startsFollowed = "starts_followed"
    case startsAgreeing = "starts_agreeing"
    case smallestSize = "smallest_size"
    case largestSize = "largest_size"
    case extrapolationGrowth = "extrapolation_growth"
    case extrapolationTrials = "extrapolation_trials"
    case extrapolationMedianError = "extrapolation_median_error"
    case dataHash = "data_hash"
  }

  /// - Parameters:
  ///   - named: the runs that are far from the law, whether they were dropped or not.
  ///   - isDropped: whether they were.
  ///   - budgets: FLOP whose best division is wanted.
  public init(
    _ fit: ScalingFit, _ bootstrap: ScalingBootstrap, _ backtest: ScalingBacktest,
    outliers named: [ScalingOutliers.Outlier], isDropped: Bool, dataHash: String,
    budgets: [Double] = [], coverage: Double = 0.9
  ) {
    let forecast = ScalingForecast(fit, bootstrap, backtest)
    let profile = ScalingProfile(fit)
    form = fit.form.name
    formula = fit.form.formula.text
    isRelative = fit.form.isRelative
    flopPerParameterToken = fit.runs.convention.perParameterToken
    parameterOrder = fit.form.parameters.map {
      Parameter(name: $0.name, isAmount: $0.isLogarithmic)
    }
    self.coverage = coverage
    func interval(
      _ value: Double, _ drawn: ClosedRange<Double>?, _ profiled: ClosedRange<Double>?
    ) -> Interval {
      func finite(_ end: Double?) -> Double? { end.flatMap { $0.isFinite ? $0 : nil } }
      return Interval(
        value: value, low: finite(drawn?.lowerBound), high: finite(drawn?.upperBound),
        profileLow: finite(profiled?.lowerBound), profileHigh: finite(profiled?.upperBound))
    }
    parameters = [:]
    for (place, parameter) in fit.form.parameters.enumerated() {
      parameters[parameter.name] = interval(
        fit.values[place], bootstrap.interval(ofParameter: place, coverage: coverage),
        profile?.interval(ofParameter: place, coverage: coverage))
    }
    let flop = (forecast.smallestSize * forecast.largestSize).squareRoot()
    if let a = fit.law.optimalExponent(flop: flop) {
      func exponent(_ values: [Double]) -> Double? {
        ScalingLaw(form: fit.form, values: values, convention: fit.runs.convention)
          .optimalExponent(flop: flop)
      }
      let own = interval(
        a, bootstrap.interval(coverage: coverage) { $0.optimalExponent(flop: flop) },
        profile?.interval(coverage: coverage, isLogarithmic: false, of: exponent))
      computeOptimalExponents = [
        "parameters": own,
        "tokens": Interval(
          value: 1 - own.value, low: own.high.map { 1 - $0 }, high: own.low.map { 1 - $0 },
          profileLow: own.profileHigh.map { 1 - $0 }, profileHigh: own.profileLow.map { 1 - $0 }),
      ]
      exponentFLOP = flop
    }
    let laws = bootstrap.laws
    let divided = budgets.compactMap { flop -> Optimum? in
      guard let best = fit.law.optimum(flop: flop) else { return nil }
      let drawn = laws.compactMap { $0.optimum(flop: flop) }
      func part(_ of: @escaping (ComputeOptimum) -> Double) -> Interval {
        interval(
          of(best), ScalingBootstrap.interval(drawn.map(of), coverage: coverage),
          profile?.interval(coverage: coverage, isLogarithmic: true) { values in
            ScalingLaw(form: fit.form, values: values, convention: fit.runs.convention)
              .optimum(flop: flop).map(of)
          })
      }
      return Optimum(
        flop: flop, parameters: part(\.parameters), tokens: part(\.tokens), loss: part(\.loss))
    }
    optima = divided.isEmpty ? nil : divided
    lossOfFit = fit.cost
    residualDeviation = forecast.deviation
    starts = fit.search.starts
    startsFollowed = fit.search.followed
    startsAgreeing = fit.search.agreeing
    runs = fit.runs.count
    runsBelowFloor = fit["E"].map { floor in fit.runs.target.count { $0 <= floor } } ?? 0
    outliers = named.map {
      Outlier(
        row: $0.row, observed: $0.observed, predicted: $0.predicted, deviations: $0.deviations,
        dropped: isDropped)
    }
    smallestSize = forecast.smallestSize
    largestSize = forecast.largestSize
    extrapolationGrowth = forecast.growth
    extrapolationTrials = backtest.trials.count
    extrapolationMedianError = backtest.medianError
    self.dataHash = dataHash
    self.bootstrap = Bootstrap(
      unit: bootstrap.unit, seed: bootstrap.seed,
      samples: bootstrap.samples.map { $0.map { $0.rounded(digits: 9) } })
  }

  /// The law with what is unsure of it.
  ///
  /// - Throws: `ScalingFitError.malformed` where the document contradicts itself.
  func forecast(path: String) throws(ScalingFitError) -> ScalingForecast {
    let form: ScalingForm
    do {
      form = try ScalingForm(
        formula: formula,
        parameters: parameterOrder.map {
          ScalingForm.Parameter(
            $0.name, starts: $0.isAmount ? 1e-2...1e3 : -1...1, isLogarithmic: $0.isAmount)
        }, isRelative: isRelative, named: self.form)
    } catch {
      throw .malformed(path: path, problem: "\(error)")
    }
    let values = parameterOrder.compactMap { parameters[$0.name]?.value }
    guard values.count == parameterOrder.count, !values.isEmpty,
      form.parameters.map(\.name) == parameterOrder.map(\.name)
    else {
      throw .malformed(path: path, problem: "'parameters' and 'parameter_order' differ")
    }
    guard bootstrap.samples.allSatisfy({ $0.count == values.count }) else {
      throw .malformed(path: path, problem: "a resample has not \(values.count) parameters")
    }
    guard flopPerParameterToken > 0, residualDeviation >= 0, extrapolationGrowth >= 0,
      smallestSize > 0, largestSize >= smallestSize,
      (values + bootstrap.samples.joined()).allSatisfy(\.isFinite)
    else { throw .malformed(path: path, problem: "its numbers are out of every range") }
    let convention = FLOPConvention(perParameterToken: flopPerParameterToken)
    return ScalingForecast(
      law: ScalingLaw(form: form, values: values, convention: convention),
      bootstrap: ScalingBootstrap(
        form: form, convention: convention, unit: bootstrap.unit, seed: bootstrap.seed,
        samples: bootstrap.samples),
      deviation: residualDeviation, growth: extrapolationGrowth, smallestSize: smallestSize,
      largestSize: largestSize)
  }
}

extension Double {
  /// So many significant digits.
  fileprivate func rounded(digits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    let scale = pow(10, Double(digits - 1) - log10(abs(self)).rounded(.down))
    return scale.isFinite && scale > 0 ? (self * scale).rounded() / scale : self
  }
}
