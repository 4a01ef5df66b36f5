import Foundation
import Mathematics

/// How the best learning rate and batch go with parameters and tokens.
///
/// For each (N, D) the loss near its least is a bowl over (ln η, ln B); where its bottom lies is the best
/// setting. Over all (N, D) these are
///
/// ```
/// ln η* = ln c + a ln N + b ln D             ln B* = ln d + e ln D
/// ```
/// - Source: the laws, H. Li et al., *Predictable Scale: Step Law* (2025); bowls in the place of the one
///   best run, because neighbouring settings differ by less than runs do.
public struct HyperparameterLaw: Sendable {
  /// One training with its settings.
  public struct Run: Sendable {
    public let parameters: Double
    public let tokens: Double
    public let learningRate: Double
    public let batch: Double
    public let loss: Double

    public init(
      parameters: Double, tokens: Double, learningRate: Double, batch: Double, loss: Double
    ) {
      self.parameters = parameters
      self.tokens = tokens
      self.learningRate = learningRate
      self.batch = batch
      self.loss = loss
    }
  }

  /// The best setting of one (N, D).
  public struct Optimum: Sendable {
    public let parameters: Double
    public let tokens: Double
    public let learningRate: Double
    public let batch: Double
    /// Of the best run.
    public let loss: Double
    public let runs: Int
    /// Whether a bowl was found, and not the best run taken.
    public let isBowl: Bool
  }

  /// An exponent or coefficient with the interval that 90 % of resamples give: of pairs (N, D), and of
  /// the runs of each.
  public struct Coefficient: Sendable {
    public let value: Double
    public let interval: ClosedRange<Double>?
  }

  public let optima: [Optimum]
  /// ln c, a, b
  public let learningRate: [Coefficient]
  /// ln d, e
  public let batch: [Coefficient]
  /// For each (N, D), how much more the run nearest to the law of all others loses than the best run:
  /// L/L* − 1.
  public let givenAway: [Double]

  /// Runs within this share of the least loss make the bowl, and ten of them at least.
  public static let window = 0.005
  static let leastRuns = 10

  /// - Throws: `ScalingError` with fewer than five (N, D) of ten settings each.
  public init(_ runs: [Run], resamples: Int = 1000, seed: UInt64 = 0) throws(ScalingError) {
    for (row, run) in runs.enumerated() {
      for (name, value) in [
        ("parameters", run.parameters), ("tokens", run.tokens),
        ("the learning rate", run.learningRate), ("the batch", run.batch), ("the loss", run.loss),
      ] where !(value > 0 && value.isFinite) {
        throw .notPositive(column: name, row: row + 1, found: value)
      }
    }
    let groups = Dictionary(grouping: runs) { [$0.parameters, $0.tokens] }
      .filter { $0.value.count >= Self.leastRuns }
      .sorted { ($0.key[0], $0.key[1]) < ($1.key[0], $1.key[1]) }
    guard groups.count >= 5, Set(groups.map { $0.key[0] }).count > 1 else {
      throw .unreachable(
        "\(groups.count) pairs of parameters and tokens have \(Self.leastRuns) settings or more; the law "
          + "needs five, of several sizes")
    }
    let optima = groups.map { Self.optimum($0.value) }
    guard let law = Self.laws(optima) else { throw .noFit(form: "hyperparameter") }
    var random = RandomStream(seed: seed, label: "pairs of parameters and tokens")
    // Pairs are drawn again, and in each its runs.
    let drawn = (0..<resamples).compactMap { _ in
      Self.laws(
        groups.indices.map { _ in
          let runs = groups[random.integer(below: groups.count)].value
          return Self.optimum(runs.map { _ in runs[random.integer(below: runs.count)] })
        })
    }
    func coefficient(_ value: Double, _ part: ((rate: [Double], batch: [Double])) -> Double)
      -> Coefficient
    {
      Coefficient(
        value: value, interval: ScalingBootstrap.interval(drawn.map(part), coverage: 0.9))
    }
    learningRate = law.rate.indices.map { place in
      coefficient(law.rate[place]) { $0.rate[place] }
    }
    batch = law.batch.indices.map { place in coefficient(law.batch[place]) { $0.batch[place] } }
    self.optima = optima
    givenAway = groups.indices.compactMap { place in
      var others = optima
      others.remove(at: place)
      guard let law = Self.laws(others) else { return nil }
      let (rate, size) = Self.setting(law, groups[place].key[0], groups[place].key[1])
      let nearest = groups[place].value.min {
        Self.distance($0, rate, size) < Self.distance($1, rate, size)
      }
      return nearest.map { $0.loss / optima[place].loss - 1 }
    }
  }

  /// The best setting of a model and its tokens.
  public func setting(parameters: Double, tokens: Double) -> (learningRate: Double, batch: Double) {
    Self.setting((learningRate.map(\.value), batch.map(\.value)), parameters, tokens)
  }

  // MARK: - Fit

  private static func setting(
    _ law: (rate: [Double], batch: [Double]), _ n: Double, _ d: Double
  ) -> (Double, Double) {
    (
      exp(law.rate[0] + law.rate[1] * log(n) + law.rate[2] * log(d)),
      exp(law.batch[0] + law.batch[1] * log(d))
    )
  }

  private static func distance(_ run: Run, _ rate: Double, _ batch: Double) -> Double {
    let (u, v) = (log(run.learningRate / rate), log(run.batch / batch))
    return u * u + v * v
  }

  /// nil where the pairs do not determine it.
  private static func laws(_ optima: [Optimum]) -> (rate: [Double], batch: [Double])? {
    let n = optima.map { log($0.parameters) }
    let d = optima.map { log($0.tokens) }
    guard let rate = linearRegression([n, d], optima.map { log($0.learningRate) }),
      let batch = linearRegression([d], optima.map { log($0.batch) })
    else { return nil }
    return (rate, batch)
  }

  /// The bottom of the bowl of the better runs, within these; the best run where there is none.
  private static func optimum(_ runs: [Run]) -> Optimum {
    let sorted = runs.sorted { $0.loss < $1.loss }
    let best = sorted[0]
    let near = sorted.prefix { $0.loss <= best.loss * (1 + window) }
    let chosen = near.count >= leastRuns ? Array(near) : Array(sorted.prefix(leastRuns))
    let u = chosen.map { log($0.learningRate / best.learningRate) }
    let v = chosen.map { log($0.batch / best.batch) }
    func optimum(_ x: Double, _ y: Double, _ isBowl: Bool) -> Optimum {
      Optimum(
        parameters: best.parameters, tokens: best.tokens, learningRate: best.learningRate * exp(x),
        batch: best.batch * exp(y), loss: best.loss, runs: runs.count, isBowl: isBowl)
    }
    // y = c₀ + c₁u + c₂v + c₃u² + c₄v² + c₅uv
    guard
      let c = linearRegression(
        [u, v, zip(u, u).map(*), zip(v, v).map(*), zip(u, v).map(*)], chosen.map { log($0.loss) })
    else { return optimum(0, 0, false) }
    let determinant = 4 * c[3] * c[4] - c[5] * c[5]
    guard determinant > 0, c[3] > 0 else { return optimum(0, 0, false) }
    let x = (c[5] * c[2] - 2 * c[4] * c[1]) / determinant
    let y = (c[5] * c[1] - 2 * c[3] * c[2]) / determinant
    func within(_ value: Double, _ range: [Double]) -> Double {
      min(max(value, range.min() ?? 0), range.max() ?? 0)
    }
    return optimum(within(x, u), within(y, v), true)
  }
}
