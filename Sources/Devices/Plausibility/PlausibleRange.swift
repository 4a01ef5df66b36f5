import Documents
import Foundation
import Quantities

/// Which amounts a figure of a kind of device can have, so that a wrong unit is noticed, and the unit
/// that was probably meant.
struct PlausibleRange<Amount: Quantity>: Sendable {
  /// What it is, for `a bandwidth is positive`.
  let noun: String
  /// Whose it is, for `not plausible for the main memory of a gpu`.
  let subject: String
  /// What lies outside is refused.
  let allowed: ClosedRange<Double>
  /// Where most lie: a unit is offered that leads here.
  let usual: ClosedRange<Double>
  /// The units in which people write it, likeliest first.
  let units: [String]

  /// What is wrong with `value`, in the unit of its key; nil where nothing is.
  func problem(with value: Double) -> String? {
    guard value > 0 else {
      return "\(noun) is positive. Leave the key out where it is unknown."
    }
    guard !allowed.contains(value) else { return nil }
    return "\(Amount(value).compactDescription) is not plausible for \(subject) "
      + "(\(Amount(allowed.lowerBound).compactDescription) to "
      + "\(Amount(allowed.upperBound).compactDescription)).\(offer(value))"
  }

  /// ` For 936 GB/s write 9.36e11.`
  private func offer(_ value: Double) -> String {
    let candidates = units.compactMap { symbol in
      Amount.prefixes.first { $0.symbol == symbol && $0.factor != 1 }
    }
    let fits = { (unit: UnitPrefix) in usual.contains(Self.scaled(value, by: unit.factor)) }
    guard let unit = candidates.first(where: fits) else { return "" }
    let meant = JSONTree.numeral(Self.scaled(value, by: unit.factor))
    return " For \(JSONTree.numeral(value)) \(unit.symbol) write \(meant)."
  }

  /// The product without the last digit's error: 35.58 · 10¹² is 3.558e13.
  private static func scaled(_ value: Double, by factor: Double) -> Double {
    let product = value * factor
    return Double(String(format: "%.14g", product)) ?? product
  }
}
