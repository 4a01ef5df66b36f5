import Foundation
import Mathematics

/// The best division of a budget between parameters and tokens.
public struct ComputeOptimum: Sendable, Hashable {
  public var parameters: Double
  public var tokens: Double
  /// FLOP of training, and of the use after it.
  public var trainingFLOP: Double
  public var inferenceFLOP: Double
  public var loss: Double

  public var tokensPerParameter: Double { tokens / parameters }
}

/// A law at single points of N and D, for loops: no vectors, no names.
final class LawPoint {
  private let evaluator: FormulaEvaluator
  private let convention: FLOPConvention
  private let columns: [String]
  private var values: [Double]
  private let parameterCount: Int

  /// nil where the form needs more than N, D, C and M.
  init?(_ form: ScalingForm, _ convention: FLOPConvention) {
    let columns = form.columns
    guard columns.allSatisfy({ ["N", "D", "C", "M"].contains($0) }),
      let evaluator = try? FormulaEvaluator(
        form.formula, columns: [:], parameters: form.parameters.map(\.name) + columns)
    else { return nil }
    self.evaluator = evaluator
    self.convention = convention
    self.columns = columns
    parameterCount = form.parameters.count
    values = [Double](repeating: 0, count: parameterCount + columns.count)
  }

  func loss(_ parameters: [Double], _ n: Double, _ d: Double) -> Double {
    for (place, value) in parameters.enumerated() { values[place] = value }
    for (place, column) in columns.enumerated() {
      values[parameterCount + place] =
        switch column {
        case "N": n
        case "D": d
        case "C": convention.flop(n, d)
        default: d / n
        }
    }
    return evaluator.evaluate(values)[0]
  }

  /// How the loss goes with ln N where the budget is held: exact, by the formula's own derivatives.
  ///
  /// ```
  /// dD/d ln N = −(D + T/3)      dC/d ln N = −k N T/3      dM/d ln N = (dD/d ln N)/N − M
  /// ```
  private func slope(_ parameters: [Double], _ n: Double, _ d: Double, _ lifetimeTokens: Double)
    -> Double
  {
    _ = loss(parameters, n, d)
    evaluator.differentiate()
    let tokens = -(d + lifetimeTokens / 3)
    return columns.enumerated().reduce(0) { sum, column in
      let change =
        switch column.element {
        case "N": n
        case "D": tokens
        case "C": -convention.flop(n, lifetimeTokens) / 3
        default: tokens / n - d / n
        }
      return sum + change * evaluator.derivative(by: parameterCount + column.offset)[0]
    }
  }

  /// The N of least loss where training, and the use of `lifetimeTokens` after it, take `flop` together.
  ///
  /// ```
  /// min over N of L(N, D)      with k N D + k/3 N T = C         use is the third of a step that goes forwards
  /// ```
  func optimum(_ parameters: [Double], flop: Double, lifetimeTokens: Double) -> ComputeOptimum? {
    let perToken = convention.perParameterToken
    func tokens(_ n: Double) -> Double { flop / (perToken * n) - lifetimeTokens / 3 }
    // One parameter; and such that at least one token is left.
    let high = log(flop / (perToken * (1 + lifetimeTokens / 3)))
    guard high > 0, high.isFinite else { return nil }
    let found = goldenSection(in: 0...high, tolerance: 1e-2) { logarithm in
      let n = exp(logarithm)
      let value = loss(parameters, n, max(tokens(n), .leastNormalMagnitude))
      return value.isFinite ? value : .greatestFiniteMagnitude
    }
    // A law that only ever wants one of them has no optimum.
    guard found.place > 0.02, found.place < high - 0.02, found.value.isFinite else { return nil }
    // A valley's value is flat near its bottom, its slope is not.
    func slope(_ logarithm: Double) -> Double {
      let n = exp(logarithm)
      return self.slope(
        parameters, n, max(tokens(n), .leastNormalMagnitude), lifetimeTokens)
    }
    var (left, right) = (max(0, found.place - 0.02), min(high, found.place + 0.02))
    var place = found.place
    if slope(left) < 0, slope(right) > 0 {
      for _ in 0..<48 {
        place = (left + right) / 2
        if slope(place) < 0 { left = place } else { right = place }
      }
    }
    let n = exp(place)
    let d = tokens(n)
    return ComputeOptimum(
      parameters: n, tokens: d, trainingFLOP: convention.flop(n, d),
      inferenceFLOP: perToken / 3 * n * lifetimeTokens, loss: loss(parameters, n, d))
  }
}

extension ScalingLaw {
  /// Whether it speaks of parameters and tokens, so that a budget can be divided between them.
  public var hasOptimum: Bool {
    let columns = Set(form.columns)
    return columns.isSuperset(of: ["N", "D"]) || columns.isSuperset(of: ["M", "C"])
  }

  /// The best parameters and tokens for a budget of FLOP.
  ///
  /// - Parameter lifetimeTokens: tokens that the model will read and write when it is trained.
  /// - Returns: nil where the law has no optimum at that budget.
  public func optimum(flop: Double, lifetimeTokens: Double = 0) -> ComputeOptimum? {
    guard hasOptimum else { return nil }
    return LawPoint(form, convention)?.optimum(
      values, flop: flop, lifetimeTokens: lifetimeTokens)
  }

  /// How the best parameters grow with the budget, near it: `a` of `N ∝ C^a`.
  public func optimalExponent(flop: Double) -> Double? {
    guard hasOptimum, let point = LawPoint(form, convention) else { return nil }
    return Self.exponent(point, values, flop)
  }

  static func exponent(_ point: LawPoint, _ values: [Double], _ flop: Double) -> Double? {
    let step = 3.0.squareRoot()
    guard let low = point.optimum(values, flop: flop / step, lifetimeTokens: 0),
      let high = point.optimum(values, flop: flop * step, lifetimeTokens: 0)
    else { return nil }
    return log(high.parameters / low.parameters) / log(3)
  }
}

extension ScalingLaw {
  /// What models of other sizes come to with the same budget: the cost of training one too little or too
  /// long.
  ///
  /// - Returns: for an eighth to eight times the best size, the loss and the budget with which the best
  ///   model reaches it; nil where none does.
  public func otherSizes(
    flop: Double, lifetimeTokens: Double, _ best: ComputeOptimum
  ) -> [(optimum: ComputeOptimum, bestBudget: Double?)] {
    guard let point = LawPoint(form, convention) else { return [] }
    let perToken = convention.perParameterToken
    return [0.125, 0.25, 0.5, 1, 2, 4, 8].compactMap { factor in
      let n = factor * best.parameters
      let d = flop / (perToken * n) - lifetimeTokens / 3
      guard d > 0 else { return nil }
      let loss = point.loss(values, n, d)
      guard loss.isFinite else { return nil }
      let own = ComputeOptimum(
        parameters: n, tokens: d, trainingFLOP: convention.flop(n, d),
        inferenceFLOP: perToken / 3 * n * lifetimeTokens, loss: loss)
      // Bisection of the budget: the best loss falls with it.
      var (low, high) = (log(flop) - log(1e6), log(flop))
      func excess(_ budget: Double) -> Double? {
        point.optimum(values, flop: exp(budget), lifetimeTokens: lifetimeTokens).map {
          $0.loss - loss
        }
      }
      guard factor != 1 else { return (own, flop) }
      guard let first = excess(low), first > 0 else { return (own, nil) }
      for _ in 0..<40 {
        let middle = (low + high) / 2
        if excess(middle) ?? 1 > 0 { low = middle } else { high = middle }
      }
      return (own, exp((low + high) / 2))
    }
  }
}
