import Foundation
import Mathematics

/// A constant of an efficiency table that may be fitted.
public struct EfficiencyConstant: Sendable {
  public let name: String
  let get: @Sendable (EfficiencyTable) -> Double
  let set: @Sendable (inout EfficiencyTable, Double) -> Void
  let range: ClosedRange<Double>

  public init(
    _ name: String, in range: ClosedRange<Double>,
    get: @escaping @Sendable (EfficiencyTable) -> Double,
    set: @escaping @Sendable (inout EfficiencyTable, Double) -> Void
  ) {
    self.name = name
    self.range = range
    self.get = get
    self.set = set
  }
}

/// Fits constants of a class to measurements on several of its devices.
///
/// Least squares of ln(predicted ÷ measured) with Huber's weights, constants kept inside their ranges by
/// a logistic transform, and a weak prior at the table's own values.
public enum EfficiencyFit {
  /// - Parameters:
  ///   - errors: ln(predicted ÷ measured) under a table, one for each measurement.
  /// - Returns: the fitted table.
  public static func fit(
    _ constants: [EfficiencyConstant], start: EfficiencyTable, priorDeviation: Double = 2,
    errors: (EfficiencyTable) -> [Double]
  ) throws -> EfficiencyTable {
    func table(_ x: [Double]) -> EfficiencyTable {
      var table = start
      for (constant, value) in zip(constants, x) {
        let share = 1 / (1 + exp(-value))
        let (low, high) = (log(constant.range.lowerBound), log(constant.range.upperBound))
        constant.set(&table, exp(low + share * (high - low)))
      }
      return table
    }
    let origin = constants.map { constant in
      let (low, high) = (log(constant.range.lowerBound), log(constant.range.upperBound))
      let share = min(0.98, max(0.02, (log(constant.get(start)) - low) / (high - low)))
      return log(share / (1 - share))
    }
    var x = origin
    for _ in 0..<3 {
      let weights = errors(table(x)).map { min(1, 0.15 / max(abs($0), 1e-9)).squareRoot() }
      x =
        try levenbergMarquardt(
          start: x, steps: x.map { _ in 0.02 }, iterations: 12, tolerance: 1e-5
        ) { x in
          zip(errors(table(x)), weights).map { 10 * $0 * $1 }
            + zip(x, origin).map { ($0 - $1) / priorDeviation }
        }.parameters
    }
    return table(x)
  }
}
