import Foundation

/// A domain laid along pixels: where a value stands, and which value stands at a place.
package struct Scale: Sendable {
  package let domain: ScaleDomain
  /// Where the lowest and the highest value stand.
  package let start: Double
  package let end: Double

  package init(domain: ScaleDomain, start: Double, end: Double) {
    self.domain = domain
    self.start = start
    self.end = end
  }

  /// - Precondition: the value is one that the domain holds (`ScaleDomain.holds`).
  package func position(_ value: Double) -> Double {
    let share =
      domain.isLogarithmic
      ? (log10(value) - log10(domain.low)) / (log10(domain.high) - log10(domain.low))
      : (value - domain.low) / (domain.high - domain.low)
    return start + share * (end - start)
  }

  package func value(at position: Double) -> Double {
    let share = (position - start) / (end - start)
    return domain.isLogarithmic
      ? domain.low * pow(10, share * (log10(domain.high) - log10(domain.low)))
      : domain.low + share * (domain.high - domain.low)
  }
}
