import Foundation
import Mathematics

/// A form with its parameters: what it predicts, and what is best under it.
public struct ScalingLaw: Sendable {
  public let form: ScalingForm
  public let values: [Double]
  public let convention: FLOPConvention

  public init(form: ScalingForm, values: [Double], convention: FLOPConvention = .standard) {
    precondition(values.count == form.parameters.count, "a value for each parameter")
    self.form = form
    self.values = values
    self.convention = convention
  }

  /// What it predicts at each of several points.
  ///
  /// - Parameter columns: quantities by name; C and M are completed from N and D.
  /// - Throws: `ScalingError.missingColumns`.
  public func predict(_ columns: [String: [Double]]) throws(ScalingError) -> [Double] {
    var columns = columns
    if let n = columns["N"], let d = columns["D"] {
      columns["C"] = columns["C"] ?? zip(n, d).map { convention.flop($0, $1) }
      columns["M"] = zip(d, n).map { $0 / $1 }
    }
    let missing = form.columns.filter { columns[$0] == nil }
    guard missing.isEmpty else { throw .missingColumns(form: form.name, columns: missing) }
    let needed = columns.filter { form.columns.contains($0.key) }
    guard
      let evaluator = try? FormulaEvaluator(
        form.formula, columns: needed, parameters: form.parameters.map(\.name))
    else { throw .missingColumns(form: form.name, columns: form.columns) }
    let result = evaluator.evaluate(values)
    return (0..<evaluator.rowCount).map { result[$0] }
  }

  public func predict(_ point: [String: Double]) throws(ScalingError) -> Double {
    try predict(point.mapValues { [$0] }).first ?? .nan
  }
}
