import Foundation
import Mathematics

/// A form over runs, in the parameters of the fit's own scale.
///
/// ```
/// r = ln f(θ; run) − ln loss          or f − target for shares
/// ```
final class ScalingResiduals: ResidualModel {
  let form: ScalingForm
  let rowCount: Int
  let parameterCount: Int
  private let evaluator: FormulaEvaluator
  private var target: [Double]
  private let residual: UnsafeMutablePointer<Double>
  private let slopes: [UnsafeMutablePointer<Double>]
  private var values: [Double]
  private let isLogarithmic: [Bool]

  /// - Throws: `ScalingError.missingColumns`.
  init(_ form: ScalingForm, _ runs: ScalingRuns) throws(ScalingError) {
    let missing = form.columns.filter { runs.columns[$0] == nil }
    guard missing.isEmpty else { throw .missingColumns(form: form.name, columns: missing) }
    var columns: [String: [Double]] = [:]
    for name in form.columns { columns[name] = runs.columns[name] }
    if columns.isEmpty { columns[""] = runs.target }
    do {
      evaluator = try FormulaEvaluator(
        form.isRelative ? form.formula.logarithm : form.formula, columns: columns,
        parameters: form.parameters.map(\.name))
    } catch {
      throw .missingColumns(form: form.name, columns: form.columns)
    }
    self.form = form
    rowCount = runs.count
    parameterCount = form.parameters.count
    let rows = max(1, runs.count)
    target = form.isRelative ? runs.target.map { log($0) } : runs.target
    residual = .allocate(capacity: rows)
    residual.initialize(repeating: 0, count: rows)
    slopes = form.parameters.map { _ in
      let column = UnsafeMutablePointer<Double>.allocate(capacity: rows)
      column.initialize(repeating: 0, count: rows)
      return column
    }
    values = [Double](repeating: 0, count: form.parameters.count)
    isLogarithmic = form.parameters.map(\.isLogarithmic)
  }

  deinit {
    residual.deallocate()
    for column in slopes { column.deallocate() }
  }

  /// Other losses of the same runs, as their logarithms where the form is relative.
  func replace(target: [Double]) { self.target = target }

  func residuals(at parameters: UnsafePointer<Double>) -> UnsafePointer<Double> {
    for j in 0..<parameterCount {
      values[j] = isLogarithmic[j] ? exp(parameters[j]) : parameters[j]
    }
    let result = evaluator.evaluate(values)
    target.withUnsafeBufferPointer { target in
      for row in 0..<rowCount { residual[row] = result[row] - target[row] }
    }
    return UnsafePointer(residual)
  }

  var residuals: UnsafePointer<Double> { UnsafePointer(residual) }

  func differentiate() {
    evaluator.differentiate()
    for j in 0..<parameterCount {
      let own = evaluator.derivative(by: j)
      // dθ/d ln θ = θ
      let factor = isLogarithmic[j] ? values[j] : 1
      let column = slopes[j]
      for row in 0..<rowCount { column[row] = factor * own[row] }
    }
  }

  func derivative(by parameter: Int) -> UnsafePointer<Double> { UnsafePointer(slopes[parameter]) }
}
