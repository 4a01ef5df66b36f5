import Foundation

/// A domain laid along pixels: where a value stands, and which value stands at a place.
struct Scale: Sendable {
  let domain: ScaleDomain
  /// Where the lowest and the highest value stand.
  let start: Double
  let end: Double

  /// - Precondition: the value is one that the domain holds (`ScaleDomain.holds`).
  func position(_ value: Double) -> Double {
    let share =
      domain.isLogarithmic
      ? (log10(value) - log10(domain.low)) / (log10(domain.high) - log10(domain.low))
      : (value - domain.low) / (domain.high - domain.low)
    return start + share * (end - start)
  }

  func value(at position: Double) -> Double {
    let share = (position - start) / (end - start)
    return domain.isLogarithmic
      ? domain.low * pow(10, share * (log10(domain.high) - log10(domain.low)))
      : domain.low + share * (domain.high - domain.low)
  }
}
