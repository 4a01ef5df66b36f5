import Foundation

/// The minimum of a sum of squares, with what the curvature there says of the parameters.
public struct NonlinearFit: Sendable {
  public let parameters: [Double]
  /// ½ Σ rᵢ² at the parameters.
  public let cost: Double
  public let residuals: [Double]
  /// `(JᵀJ)⁻¹` at the parameters: the covariance of the parameters where residuals have unit variance.
  public let covariance: Matrix
  public let iterations: Int
  public let hasConverged: Bool
}

/// Minimises `½ Σ rᵢ(x)²` by Gauss–Newton steps that are damped until they descend.
///
/// ```
/// (JᵀJ + λ diag(JᵀJ)) δ = −Jᵀ r
/// ```
/// A Gaussian prior is residuals of its own, `(xⱼ − mⱼ)/sⱼ`; derivatives are central differences.
///
/// - Parameters:
///   - start: N parameters, of the order of one or scaled by `steps`.
///   - steps: half widths of the differences, one for each parameter; 1e-5 without.
///   - largestStep: how far one step may move any parameter.
///   - residuals: M numbers, M ≥ N for a covariance; not finite counts as uphill.
/// - Throws: `LinearAlgebraError.notFinite` where the residuals at `start` are not finite.
/// - Complexity: (2N + 1) evaluations for each of at most `iterations` steps.
/// - Source: D. W. Marquardt, *An algorithm for least-squares estimation of nonlinear parameters*,
///   SIAM J. 11 (1963).
public func levenbergMarquardt(
  start: [Double], steps: [Double]? = nil, largestStep: Double = .infinity,
  iterations limit: Int = 100, tolerance: Double = 1e-9,
  residuals: ([Double]) -> [Double]
) throws(LinearAlgebraError) -> NonlinearFit {
  let count = start.count
  let steps = steps ?? [Double](repeating: 1e-5, count: count)
  precondition(steps.count == count, "\(count) parameters and \(steps.count) steps")
  var x = start
  var r = residuals(x)
  guard r.allSatisfy(\.isFinite) else { throw .notFinite(routine: "levenbergMarquardt") }
  func halfSquare(_ r: [Double]) -> Double { 0.5 * dot(r, r) }
  func jacobian(_ x: [Double]) -> Matrix {
    var result = Matrix(rows: r.count, columns: count)
    for j in 0..<count {
      var shifted = x
      shifted[j] = x[j] + steps[j]
      let above = residuals(shifted)
      shifted[j] = x[j] - steps[j]
      let below = residuals(shifted)
      for i in 0..<r.count {
        let slope = (above[i] - below[i]) / (2 * steps[j])
        result[i, j] = slope.isFinite ? slope : 0
      }
    }
    return result
  }
  var cost = halfSquare(r)
  var damping = 1e-3
  var taken = 0
  var hasConverged = count == 0
  var normal = Matrix(rows: count, columns: count)
  while taken < limit, !hasConverged {
    let slopes = jacobian(x)
    normal = slopes.multiplied(by: slopes, transposingSelf: true)
    let gradient = slopes.transposedMultiplied(by: r)
    var descended = false
    while !descended, damping < 1e12 {
      var damped = normal
      for j in 0..<count { damped[j, j] += damping * max(normal[j, j], 1e-12) }
      guard let factor = try? Cholesky(damped) else {
        damping *= 10
        continue
      }
      let step = factor.solve(gradient)
      let candidate = zip(x, step).map { $0 - min(largestStep, max(-largestStep, $1)) }
      let next = residuals(candidate)
      let nextCost = next.allSatisfy(\.isFinite) ? halfSquare(next) : .infinity
      if nextCost <= cost {
        descended = true
        hasConverged = cost - nextCost <= tolerance * (cost + tolerance)
        (x, r, cost) = (candidate, next, nextCost)
        damping = max(damping / 5, 1e-12)
      } else {
        damping *= 4
      }
    }
    taken += 1
    if !descended { hasConverged = true }
  }
  if count > 0 {
    let slopes = jacobian(x)
    normal = slopes.multiplied(by: slopes, transposingSelf: true)
  }
  // A direction that nothing determines has no covariance; a small ridge keeps the others'.
  for j in 0..<count { normal[j, j] += 1e-12 * max(1, normal[j, j]) }
  let covariance = (try? Cholesky(normal))?.inverse ?? Matrix(rows: count, columns: count)
  return NonlinearFit(
    parameters: x, cost: cost, residuals: r, covariance: covariance, iterations: taken,
    hasConverged: hasConverged)
}
