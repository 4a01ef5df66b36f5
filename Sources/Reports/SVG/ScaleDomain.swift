import Foundation

/// The values that an axis spans, and those at which it is marked.
package struct ScaleDomain: Sendable, Hashable {
  package let isLogarithmic: Bool
  package let low: Double
  package let high: Double

  /// Whether an axis can show a value; what is far beyond every physical amount is left out, so
  /// that differences of two stay finite.
  package static func holds(_ value: Double, isLogarithmic: Bool) -> Bool {
    value.isFinite && abs(value) <= 1e300 && (!isLogarithmic || value >= 1e-300)
  }

  /// The smallest domain of all values that the axis can show, longer at both ends by a share of
  /// its length. One value gets room on both sides; no value gives 0 … 1 or 1 … 10.
  package static func covering(
    _ values: [Double], isLogarithmic: Bool, padding: Double = 0
  ) -> ScaleDomain {
    let shown = values.filter { holds($0, isLogarithmic: isLogarithmic) }
    guard let least = shown.min(), let most = shown.max() else {
      return isLogarithmic
        ? ScaleDomain(isLogarithmic: true, low: 1, high: 10)
        : ScaleDomain(isLogarithmic: false, low: 0, high: 1)
    }
    if isLogarithmic {
      let (low, high) = (log10(least), log10(most))
      let room = max(padding * (high - low), high - low < 0.3 ? 0.15 : 0)
      return ScaleDomain(
        isLogarithmic: true, low: pow(10, max(low - room, -303)),
        high: pow(10, min(high + room, 303)))
    }
    let size = max(abs(least), abs(most))
    let length = most - least
    let room =
      length > max(1e-6 * size, 1e-300) ? padding * length : size > 1e-300 ? 0.1 * size : 0.5
    return ScaleDomain(isLogarithmic: false, low: least - room, high: most + room)
  }

  // MARK: - Marks

  /// Round values inside the domain: 1, 2 or 5 times a power of ten apart, or the powers of ten
  /// themselves (and twice and five times those, where there is room).
  package func ticks(atMost count: Int) -> [Double] {
    let count = max(2, count)
    guard isLogarithmic else { return linearTicks(atMost: count) }
    let dense = powerTicks([1, 2, 5], every: 1)
    if dense.count <= count { return dense.count >= 3 ? dense : linearTicks(atMost: count) }
    var stride = 1
    while true {
      let powers = powerTicks([1], every: stride)
      if powers.count <= count { return powers.count >= 2 ? powers : [low, high].map(rounded) }
      stride += 1
    }
  }

  /// The marks without a number between those with one: 2 … 9 times each power of ten.
  package func minorTicks(between ticks: [Double]) -> [Double] {
    guard isLogarithmic, log10(high / low) < 9 else { return [] }
    return powerTicks((1...9).map(Double.init), every: 1).filter { !ticks.contains($0) }
  }

  private func linearTicks(atMost count: Int) -> [Double] {
    let step = Self.step(for: high - low, marks: count)
    let first = (low / step - 1e-9).rounded(.up)
    let last = (high / step + 1e-9).rounded(.down)
    guard last - first >= 0, last - first < 1000 else { return [] }
    return (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  private func powerTicks(_ multiples: [Double], every stride: Int) -> [Double] {
    let first = Int(log10(low).rounded(.down))
    let last = Int(log10(high).rounded(.up))
    var ticks: [Double] = []
    for power in first...last where power % stride == 0 {
      let unit = pow(10, Double(power))
      ticks += multiples.map { $0 * unit }
    }
    return ticks.filter { low * (1 - 1e-9) <= $0 && $0 <= high * (1 + 1e-9) && 0 < $0 }
  }

  /// A value to one digit, for the ends of a domain without a round value inside.
  private func rounded(_ value: Double) -> Double {
    let unit = pow(10, log10(value).rounded(.down))
    return (value / unit).rounded() * unit
  }

  private static func step(for length: Double, marks count: Int) -> Double {
    let least = length / Double(max(1, count - 1))
    let unit = pow(10, log10(least).rounded(.down))
    let multiple = [1.0, 2, 5].first { $0 * unit >= least * (1 - 1e-9) } ?? 10
    return multiple * unit
  }
}
