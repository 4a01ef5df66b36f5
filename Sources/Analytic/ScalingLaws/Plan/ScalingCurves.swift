import Foundation
import Mathematics

/// What is drawn of a law of parameters and tokens: its frontier, its levels, its valley.
public struct ScalingCurves: Sendable {
  public struct Point: Sendable {
    public let flop: Double
    public let parameters: Double
    public let loss: Double
    /// 90 % of resamples: of the loss, and of the best parameters.
    public let lossInterval: ClosedRange<Double>?
    public let parametersInterval: ClosedRange<Double>?
  }

  private let law: ScalingLaw
  private let laws: [ScalingLaw]

  /// nil for a law that divides no budget.
  public init?(_ law: ScalingLaw, _ bootstrap: ScalingBootstrap) {
    guard law.hasOptimum else { return nil }
    self.law = law
    // As many as a picture shows.
    let step = max(1, bootstrap.samples.count / 400)
    laws = stride(from: 0, to: bootstrap.samples.count, by: step).map {
      ScalingLaw(
        form: bootstrap.form, values: bootstrap.samples[$0], convention: bootstrap.convention)
    }
  }

  /// The best that a budget buys, over budgets.
  public func frontier(_ range: ClosedRange<Double>, count: Int = 25) -> [Point] {
    spaced(range, count).compactMap { flop in
      guard let best = law.optimum(flop: flop) else { return nil }
      let drawn = laws.compactMap { $0.optimum(flop: flop) }
      return Point(
        flop: flop, parameters: best.parameters, loss: best.loss,
        lossInterval: ScalingBootstrap.interval(drawn.map(\.loss), coverage: 0.9),
        parametersInterval: ScalingBootstrap.interval(drawn.map(\.parameters), coverage: 0.9))
    }
  }

  /// The FLOP at which models of several sizes reach a loss: its level line.
  public func isoLoss(
    _ loss: Double, parameters: ClosedRange<Double>, flop: ClosedRange<Double>, count: Int = 80
  ) -> [(parameters: Double, flop: Double)] {
    guard let point = LawPoint(law.form, law.convention) else { return [] }
    return spaced(parameters, count).compactMap { n in
      func excess(_ flop: Double) -> Double {
        point.loss(law.values, n, law.convention.tokens(n, flop: flop)) - loss
      }
      var (low, high) = (log(flop.lowerBound), log(flop.upperBound))
      guard excess(exp(low)) > 0, excess(exp(high)) < 0 else { return nil }
      for _ in 0..<50 {
        let middle = (low + high) / 2
        if excess(exp(middle)) > 0 { low = middle } else { high = middle }
      }
      return (n, exp((low + high) / 2))
    }
  }

  /// The loss of models of several sizes at one budget.
  public func isoFLOP(
    _ flop: Double, parameters: ClosedRange<Double>, count: Int = 60
  ) -> [(parameters: Double, loss: Double)] {
    guard let point = LawPoint(law.form, law.convention) else { return [] }
    return spaced(parameters, count).map { n in
      (n, point.loss(law.values, n, law.convention.tokens(n, flop: flop)))
    }
  }

  /// Losses at even steps between those of two budgets.
  public func levels(_ range: ClosedRange<Double>, count: Int = 8) -> [Double] {
    guard let first = law.optimum(flop: range.lowerBound)?.loss,
      let last = law.optimum(flop: range.upperBound)?.loss, first > last
    else { return [] }
    let rough = (first - last) / Double(count)
    let scale = pow(10, log10(rough).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * scale }.first { $0 >= rough } ?? rough
    return stride(from: (last / step).rounded(.up) * step, through: first, by: step).map { $0 }
  }

  private func spaced(_ range: ClosedRange<Double>, _ count: Int) -> [Double] {
    let (low, high) = (log(range.lowerBound), log(range.upperBound))
    return (0..<count).map { exp(low + (high - low) * Double($0) / Double(max(1, count - 1))) }
  }
}
