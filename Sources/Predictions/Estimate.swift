import Quantities

/// A predicted amount, with the interval that should hold the true one.
public struct Estimate<Amount: Quantity>: Sendable, Hashable {
  public let value: Amount
  public let interval: Interval?

  /// `low ... high` holds the true amount with probability `coverage`.
  public struct Interval: Sendable, Hashable {
    public let low: Amount
    public let high: Amount
    /// Nominal probability, in 0 ... 1.
    public let coverage: Double

    public func contains(_ amount: Amount) -> Bool { low <= amount && amount <= high }
  }

  /// - Precondition: `low <= value <= high`.
  public init(_ value: Amount, low: Amount, high: Amount, coverage: Double) {
    precondition(
      low <= value && value <= high, "an interval \(low) … \(high) that misses its value \(value)")
    self.value = value
    self.interval = Interval(low: low, high: high, coverage: coverage)
  }

  public init(_ value: Amount) {
    self.value = value
    self.interval = nil
  }
}

extension Estimate {
  /// The probability that the true amount is at most `limit`, for a normal error whose quantiles are
  /// the interval's ends; 0 or 1 without an interval.
  public func probability(atMost limit: Amount) -> Double {
    guard let interval, interval.high > interval.low else { return value <= limit ? 1 : 0 }
    let side = limit < value ? value - interval.low : interval.high - value
    guard side > .zero else { return value <= limit ? 1 : 0 }
    let z = normalQuantile(0.5 + interval.coverage / 2)
    return normalProbability(below: ((limit - value) / side) * z)
  }
}
