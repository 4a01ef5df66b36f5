import Foundation

/// How far a step goes, by its number.
public struct LearningRate: Sendable, ExpressibleByFloatLiteral {
  private enum Form: Sendable {
    case constant
    case cosine(steps: Int, floor: Double)
    case halving(every: Int)
    case inverseSquareRoot
  }

  public let peak: Double
  /// Steps in which it rises to its peak.
  public let warmup: Int
  private let form: Form

  private init(_ peak: Double, warmup: Int, _ form: Form) {
    self.peak = peak
    self.warmup = max(0, warmup)
    self.form = form
  }

  public init(floatLiteral value: Double) { self = .constant(value) }

  public static func constant(_ rate: Double, warmup: Int = 0) -> LearningRate {
    LearningRate(rate, warmup: warmup, .constant)
  }

  /// Half a wave of a cosine from its peak to its floor at the last of `steps` steps.
  ///
  /// - Source: I. Loshchilov, F. Hutter, *SGDR* (2017), eq. 5, one period.
  public static func cosine(
    _ peak: Double, steps: Int, warmup: Int = 0, floor: Double = 0
  ) -> LearningRate {
    LearningRate(peak, warmup: warmup, .cosine(steps: max(1, steps), floor: floor))
  }

  /// Half as far after each `every` steps.
  public static func halving(_ peak: Double, every: Int, warmup: Int = 0) -> LearningRate {
    LearningRate(peak, warmup: warmup, .halving(every: max(1, every)))
  }

  /// With the inverse root of the step after the warm-up.
  ///
  /// - Source: A. Vaswani et al., *Attention is all you need* (2017), eq. 3.
  public static func inverseSquareRoot(_ peak: Double, warmup: Int) -> LearningRate {
    LearningRate(peak, warmup: max(1, warmup), .inverseSquareRoot)
  }

  /// The rate of a step, counted from 1.
  public func callAsFunction(_ step: Int) -> Double {
    if step <= warmup { return peak * Double(step) / Double(warmup) }
    let after = step - warmup
    switch form {
    case .constant: return peak
    case .cosine(let steps, let floor):
      let part = min(1, Double(after) / Double(max(1, steps - warmup)))
      return floor + (peak - floor) * (1 + cos(.pi * part)) / 2
    case .halving(let every): return peak * exp2(-Double((after - 1) / every))
    case .inverseSquareRoot: return peak * (Double(warmup) / Double(step)).squareRoot()
    }
  }
}
