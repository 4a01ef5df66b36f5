import Foundation
import Mathematics

/// Intervals from how fast the cost grows where a parameter, or what follows from the parameters, is held
/// away from its best value and all else may follow.
///
/// ```
/// { q : 2 (min_{q(θ)=q} f − f_min)/λ ≤ z² }         z² the χ² quantile with one degree of freedom
/// ```
/// with λ from `HuberRegression.deviance`.
public struct ScalingProfile {
  private let fit: ScalingFit
  private let regression: HuberRegression
  private let best: HuberRegression.Minimum
  private let unit: Double

  /// - Returns: nil where the runs leave no freedom for an error.
  public init?(_ fit: ScalingFit) {
    guard let regression = try? fit.regression() else { return nil }
    self.fit = fit
    self.regression = regression
    best = regression.minimum(from: fit.internalValues, iterations: 300, tolerance: 1e-14)
    guard let unit = regression.deviance(at: best.parameters), unit > 0 else { return nil }
    self.unit = unit
  }

  /// The interval of a parameter, in the form's own units; an end that the runs do not bound is infinite
  /// or the parameter's bound.
  public func interval(ofParameter place: Int, coverage: Double = 0.9) -> ClosedRange<Double> {
    regression.isFixed[place] = true
    defer { regression.isFixed[place] = false }
    let start = best.parameters[place]
    let scale = max(0.05, 0.02 * abs(start))
    let limit = threshold(coverage)
    func excess(_ value: Double, _ warm: inout [Double]) -> Double {
      warm[place] = value
      let held = regression.minimum(from: warm, iterations: 80, tolerance: 1e-10)
      guard held.cost.isFinite else { return .infinity }
      warm = held.parameters
      return held.cost - best.cost - limit
    }
    let bounds = fit.form.internalBounds[place]
    let low = crossing(from: start, step: -scale, end: bounds.lowerBound, excess)
    let high = crossing(from: start, step: scale, end: bounds.upperBound, excess)
    let parameter = fit.form.parameters[place]
    return Self.range(parameter.value(low), parameter.value(high))
  }

  /// The interval of what follows from the parameters.
  ///
  /// - Parameters:
  ///   - isLogarithmic: whether it is an amount that may be of any size.
  ///   - quantity: of parameters in the form's own units.
  public func interval(
    coverage: Double = 0.9, isLogarithmic: Bool, of quantity: @escaping ([Double]) -> Double?
  ) -> ClosedRange<Double>? {
    func q(_ x: [Double]) -> Double {
      let value = quantity(fit.form.values(x)) ?? .nan
      return isLogarithmic ? log(value) : value
    }
    let start = q(best.parameters)
    guard start.isFinite else { return nil }
    func slope(_ x: [Double]) -> (value: Double, gradient: [Double]) {
      let gradient = x.indices.map { place in
        var (low, high) = (x, x)
        let step = 1e-5 * max(1, abs(x[place]))
        low[place] -= step
        high[place] += step
        let difference = (q(high) - q(low)) / (2 * step)
        return difference.isFinite ? difference : 0
      }
      return (q(x), gradient)
    }
    // What every law of the form has alike cannot be held away.
    if slope(best.parameters).gradient.allSatisfy({ abs($0) < 3e-3 * max(1, abs(start)) }) {
      return isLogarithmic ? Self.range(exp(start), exp(start)) : Self.range(start, start)
    }
    let limit = threshold(coverage)
    let scale = max(1e-3, 0.02 * abs(start))
    // Stiff beside the cost: it holds q within a thousandth of the step where the cost grows by `limit`.
    let weight = 1e3 * limit / (scale * scale)
    func excess(_ value: Double, _ warm: inout [Double]) -> Double {
      let pull = Pull(weight: weight, target: value, quantity: slope)
      let held = regression.minimum(from: warm, iterations: 80, tolerance: 1e-10, pull: pull)
      guard held.cost.isFinite else { return .infinity }
      warm = held.parameters
      return regression.cost(at: held.parameters) - best.cost - limit
    }
    let low = crossing(from: start, step: -scale, end: -.infinity, excess)
    let high = crossing(from: start, step: scale, end: .infinity, excess)
    return isLogarithmic ? Self.range(exp(low), exp(high)) : Self.range(low, high)
  }

  /// An end that is no number is open.
  private static func range(_ low: Double, _ high: Double) -> ClosedRange<Double> {
    let low = low.isNaN ? -.infinity : low
    let high = high.isNaN ? .infinity : high
    return min(low, high)...max(low, high)
  }

  private func threshold(_ coverage: Double) -> Double {
    let z = StudentT(degreesOfFreedom: 1e6).quantile(0.5 + coverage / 2)
    return 0.5 * z * z * unit
  }

  /// Where the excess becomes positive: steps that double, then halves.
  private func crossing(
    from start: Double, step: Double, end: Double,
    _ excess: (Double, inout [Double]) -> Double
  ) -> Double {
    var inside = start
    var warm = best.parameters
    var step = step
    for _ in 0..<40 {
      let isLast = step > 0 ? inside + step >= end : inside + step <= end
      let next = isLast ? end : inside + step
      guard next.isFinite else { return next }
      var moved = warm
      if excess(next, &moved) > 0 {
        var outside = next
        for _ in 0..<30 where abs(outside - inside) > 1e-5 * max(1, abs(start)) {
          let middle = (inside + outside) / 2
          var between = warm
          if excess(middle, &between) > 0 {
            outside = middle
          } else {
            inside = middle
            warm = between
          }
        }
        return (inside + outside) / 2
      }
      if isLast { return end }
      inside = next
      warm = moved
      step *= 2
    }
    return end
  }
}
