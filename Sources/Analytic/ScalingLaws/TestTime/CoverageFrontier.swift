import Foundation
import Quantities

/// The probability that at least one of several samples is right.
public enum Coverage {
  /// Without bias, from `correct` right answers among `generated`:
  ///
  /// ```
  /// 1 − C(n − k, N)/C(n, N) = 1 − Π (1 − N/i),   i = n − k + 1 … n
  /// ```
  ///
  /// - Returns: nil where there are fewer answers than samples, or more right ones than answers.
  /// - Source: M. Chen et al., *Evaluating Large Language Models Trained on Code*, arXiv:2107.03374,
  ///   equation 1.
  public static func estimate(correct: Int, of generated: Int, samples: Int) -> Double? {
    guard samples > 0, generated >= samples, (0...generated).contains(correct) else { return nil }
    guard generated - correct >= samples else { return 1 }
    guard correct > 0 else { return 0 }
    let missed = ((generated - correct + 1)...generated).reduce(1) {
      $0 * (1 - Double(samples) / Double($1))
    }
    return 1 - missed
  }
}

/// A way to answer: a model with a number of samples of a length, what it costs, and what it is worth.
public struct TestTimePoint: Sendable, Hashable {
  public var model: String
  public var samples: Int
  /// Tokens that all samples share, and generated ones of a sample, in the mean.
  public var prompt: Double
  public var tokens: Double
  /// Anything else that tells points apart, such as a cap on the tokens; may be empty.
  public var setting: String
  public var cost: TestTimeCost
  /// 0 … 1
  public var coverage: Double

  public init(
    model: String, samples: Int, prompt: Double, tokens: Double, setting: String = "",
    cost: TestTimeCost, coverage: Double
  ) {
    self.model = model
    self.samples = samples
    self.prompt = prompt
    self.tokens = tokens
    self.setting = setting
    self.cost = cost
    self.coverage = coverage
  }
}

/// The most coverage for each cost.
public struct CoverageFrontier: Sendable {
  /// By what a point is priced.
  public enum Price: String, Sendable, CaseIterable {
    /// Arithmetic and traffic, C_comp + I·C_mem.
    case equivalent
    /// Arithmetic alone, C_comp.
    case arithmetic

    public func of(_ cost: TestTimeCost) -> FLOP {
      self == .equivalent ? cost.equivalent : cost.arithmetic
    }
  }

  public let price: Price
  /// By their price, each with more coverage than all before it.
  public let points: [TestTimePoint]

  public init(_ points: [TestTimePoint], price: Price = .equivalent) {
    self.price = price
    var best = -Double.infinity
    self.points =
      points.sorted {
        (price.of($0.cost), -$0.coverage) < (price.of($1.cost), -$1.coverage)
      }.filter { point in
        guard point.coverage > best else { return false }
        best = point.coverage
        return true
      }
  }

  /// The point of most coverage that costs at most `budget`; nil where none does.
  public func best(within budget: FLOP) -> TestTimePoint? {
    points.last { price.of($0.cost) <= budget }
  }
}
