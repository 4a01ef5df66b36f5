import Foundation
import Mathematics

/// A form brought to runs: parameters, how many starts agree, and which runs are far from it.
///
/// ```
/// minimise   Σ_i w_i Huber_δ(ln f(θ; run_i) − ln L_i)         δ = 10⁻³, a sum and no mean
/// ```
/// - Source: Hoffmann et al. 2022, eq. 3; that a mean lets the optimiser stop early: T. Besiroglu et al.,
///   *Chinchilla Scaling: A replication attempt* (2024).
public struct ScalingFit: Sendable {
  public struct Options: Sendable {
    /// δ of Huber's function.
    public var delta: Double
    /// How many starts; all of the form's own grid, or 1,000, without.
    public var starts: Int?
    /// How many starts are followed to their end.
    public var finalists: Int

    public init(delta: Double = 1e-3, starts: Int? = nil, finalists: Int = 24) {
      self.delta = delta
      self.starts = starts
      self.finalists = finalists
    }
  }

  /// How the starts came out.
  public struct Search: Sendable, Codable, Hashable {
    public var starts: Int
    /// Those that were followed to their end, the best after a few steps.
    public var followed: Int
    /// Those of them that end at the same cost within one part in ten thousand.
    public var agreeing: Int
  }

  public let form: ScalingForm
  public let runs: ScalingRuns
  public let options: Options
  /// In the form's own units.
  public let values: [Double]
  /// Σ w Huber_δ.
  public let cost: Double
  public let search: Search
  /// ln(observed ÷ predicted) of each run, or their difference where the form is of shares.
  public let residuals: [Double]
  /// The residuals' robust deviation: 1.4826 times the median distance from their median.
  public let deviation: Double
  /// Other minima that starts ended in, on the fit's own scale, the best first.
  let others: [[Double]]

  /// - Throws: `ScalingError` where the runs cannot determine the form.
  public init(
    _ form: ScalingForm, _ runs: ScalingRuns, options: Options = Options()
  ) throws(ScalingError) {
    try self.init(form, runs, options: options, starts: form.starts(options.starts))
  }

  /// The same form at other runs, from where this fit and its rivals ended.
  func refitted(to runs: ScalingRuns) throws(ScalingError) -> ScalingFit {
    try ScalingFit(form, runs, options: options, starts: [internalValues] + others)
  }

  /// The same form at some of the runs, as if nothing were known of the others.
  func anew(_ runs: ScalingRuns) throws(ScalingError) -> ScalingFit {
    var options = options
    options.starts = min(200, options.starts ?? 200)
    return try ScalingFit(form, runs, options: options)
  }

  private init(
    _ form: ScalingForm, _ runs: ScalingRuns, options: Options, starts: [[Double]]
  ) throws(ScalingError) {
    try Self.check(form, runs)
    let regression = HuberRegression(
      try ScalingResiduals(form, runs), delta: options.delta, weights: runs.weights,
      bounds: form.internalBounds)
    let ends = Self.search(regression, starts, finalists: options.finalists)
    guard let best = ends.first, best.cost.isFinite else { throw .noFit(form: form.name) }
    self.form = form
    self.runs = runs
    self.options = options
    values = form.values(best.parameters)
    cost = best.cost
    search = Search(
      starts: starts.count, followed: ends.count,
      agreeing: ends.count { $0.cost <= best.cost * (1 + 1e-4) + 1e-300 })
    others = ends.dropFirst().filter { $0.cost > best.cost * (1 + 1e-4) }.prefix(2).map(
      \.parameters)
    let residual = regression.model.residuals(at: best.parameters)
    residuals = (0..<runs.count).map { -residual[$0] }
    deviation = Self.robustDeviation(residuals)
  }

  /// The best minima: all starts take a few steps, the better ones more, and the best go to their end.
  private static func search(
    _ regression: HuberRegression, _ starts: [[Double]], finalists: Int
  ) -> [HuberRegression.Minimum] {
    func race(_ points: [[Double]], steps: Int, keep: Int) -> [[Double]] {
      let reached = points.map {
        regression.minimum(from: $0, iterations: steps, tolerance: 1e-6)
      }
      return reached.filter { $0.cost.isFinite }.sorted { $0.cost < $1.cost }.prefix(keep)
        .map(\.parameters)
    }
    let first = race(starts, steps: 4, keep: max(finalists, starts.count / 10))
    let second = race(first, steps: 12, keep: finalists)
    return second.map { regression.minimum(from: $0, iterations: 300, tolerance: 1e-13) }
      .sorted { $0.cost < $1.cost }
  }

  private static func check(_ form: ScalingForm, _ runs: ScalingRuns) throws(ScalingError) {
    let missing = form.columns.filter { runs.columns[$0] == nil }
    guard missing.isEmpty else { throw .missingColumns(form: form.name, columns: missing) }
    if form.isRelative, let place = runs.target.firstIndex(where: { $0 <= 0 }) {
      throw .notPositive(column: "the loss", row: runs.rows[place], found: runs.target[place])
    }
    if let floor = form.parameters.first(where: { $0.name == "E" })?.bounds.lowerBound,
      let place = runs.target.firstIndex(where: { $0 <= floor })
    {
      throw .belowFloor(
        form: form.name, row: runs.rows[place], loss: runs.target[place], floor: floor)
    }
    // Repeated rows say nothing new.
    let points = Set(
      (0..<runs.count).map { row in
        form.columns.map { runs.columns[$0]?[row] ?? 0 } + [runs.target[row]]
      })
    guard points.count > form.parameters.count else {
      throw .tooFew(form: form.name, runs: points.count, parameters: form.parameters.count)
    }
    for column in form.columns {
      let values = runs.columns[column] ?? []
      guard let first = values.first, values.contains(where: { abs($0 / first - 1) > 1e-9 }) else {
        throw .constant(form: form.name, column: column, value: values.first ?? 0)
      }
    }
  }

  static func robustDeviation(_ residuals: [Double]) -> Double {
    let center = median(residuals)
    return 1.4826 * median(residuals.map { abs($0 - center) })
  }

  /// A parameter by its name.
  public subscript(name: String) -> Double? {
    form.parameters.firstIndex { $0.name == name }.map { values[$0] }
  }

  public var law: ScalingLaw { ScalingLaw(form: form, values: values, convention: runs.convention) }

  var internalValues: [Double] { form.internalValues(values) }

  /// The optimiser at these runs, for what else is asked of them.
  func regression() throws(ScalingError) -> HuberRegression {
    HuberRegression(
      try ScalingResiduals(form, runs), delta: options.delta, weights: runs.weights,
      bounds: form.internalBounds)
  }
}
