import Foundation
import Mathematics

/// Evidence and left-out errors of Gaussian linear models that share a covariance.
///
/// With Σ the covariance of r + ε, G = Σ + B D Bᵀ, Λ = Bᵀ Σ⁻¹ B + D⁻¹ and r₀ = y − B b,
/// ```
/// log p(y)   = −½ r₀ᵀ G⁻¹ r₀ − ½ log det G
/// y − ŷ₋ᵢ    = (G⁻¹ r₀)ᵢ / (G⁻¹)ᵢᵢ,   its variance 1 / (G⁻¹)ᵢᵢ
/// G⁻¹        = Σ⁻¹ − Σ⁻¹ B Λ⁻¹ Bᵀ Σ⁻¹
/// ```
/// so that after one factorisation of Σ each hypothesis costs O(n k² + k³) for k columns.
///
/// - Source: C. E. Rasmussen, C. K. I. Williams, *Gaussian Processes for Machine Learning*, 2006,
///   eqs. 2.42, 5.10–5.12, A.9.
struct HypothesisScorer {
  struct Outcome {
    let active: [Int]
    let weights: [Double]
    let logWeight: Double
  }

  private let design: Matrix
  private let y: [Double]
  private let signedLogPrior: Double
  private let solver: NonNegativeSolver
  /// Errors and variances of left-out samples, n for each outcome so far.
  private(set) var leftOutErrors: [Double] = []
  private(set) var leftOutVariances: [Double] = []

  // Of the covariance in force:
  private var logDeterminant = 0.0
  /// Σ⁻¹ [B y], n × (columns + 1).
  private var whitened = Matrix(rows: 0, columns: 0)
  /// [B y]ᵀ Σ⁻¹ [B y].
  private var gram = Matrix(rows: 0, columns: 0)
  /// Diagonal of Σ⁻¹.
  private var precision: [Double] = []

  init(design: Matrix, y: [Double], signedLogPrior: Double) {
    self.design = design.appending(columns: Matrix(rows: y.count, columns: 1, elements: y))
    self.y = y
    self.signedLogPrior = signedLogPrior
    solver = NonNegativeSolver(capacity: design.columns)
  }

  /// Takes the covariance Σ.
  ///
  /// - Returns: whether it is positive definite.
  mutating func prepare(_ covariance: Matrix) -> Bool {
    guard let cholesky = try? Cholesky(covariance) else { return false }
    logDeterminant = cholesky.logDeterminant
    let inverse = cholesky.inverse
    precision = y.indices.map { inverse[$0, $0] }
    whitened = inverse * design
    gram = design.multiplied(by: whitened, transposingSelf: true)
    return true
  }

  /// The family with free coefficients and, where that changes anything, with non-negative ones.
  mutating func score(_ family: HybridFit.Family) -> [Outcome] {
    let k = family.columns.count
    let moment = gram.columns - 1
    var precision = [Double](repeating: 0, count: k * k)
    var pull = [Double](repeating: 0, count: k)
    for r in 0..<k {
      let row = family.columns[r]
      for c in 0..<k { precision[r * k + c] = gram[row, family.columns[c]] }
      precision[r * k + r] += 1 / family.variances[r]
      pull[r] = gram[row, moment] + family.means[r] / family.variances[r]
    }
    let all = Array(0..<k)
    guard let free = outcome(family, all) else { return [] }
    if free.weights.allSatisfy({ $0 >= 0 }) {
      // Free and non-negative are the same model: it stands for both.
      return [
        Outcome(
          active: all, weights: free.weights,
          logWeight: free.logWeight + log(1 + exp(signedLogPrior)))
      ]
    }
    var constrained = [Double](repeating: 0, count: k)
    solver.solve(gram: precision, moment: pull, count: k, solution: &constrained)
    let active = all.filter { constrained[$0] > 0 }
    guard !active.isEmpty, let bound = outcome(family, active) else { return [free] }
    return [
      Outcome(
        active: free.active, weights: free.weights, logWeight: free.logWeight + signedLogPrior),
      bound,
    ]
  }

  private mutating func outcome(_ family: HybridFit.Family, _ active: [Int]) -> Outcome? {
    let n = y.count
    let k = active.count
    let columns = active.map { family.columns[$0] }
    let means = active.map { family.means[$0] }
    let width = gram.columns
    let last = width - 1

    // Λ, and Bᵀ Σ⁻¹ r₀; quadratic = r₀ᵀ Σ⁻¹ r₀.
    var factor = [Double](repeating: 0, count: k * k)
    var projected = [Double](repeating: 0, count: k)
    var determinant = logDeterminant
    var quadratic = gram[last, last]
    for r in 0..<k {
      var pulled = 0.0
      for c in 0..<k {
        let value = gram.elements[columns[r] * width + columns[c]]
        factor[r * k + c] = value
        pulled += value * means[c]
      }
      let moment = gram.elements[columns[r] * width + last]
      projected[r] = moment - pulled
      quadratic += means[r] * (pulled - 2 * moment)
      let variance = family.variances[active[r]]
      factor[r * k + r] += 1 / variance
      determinant += log(variance)
    }
    guard SmallSymmetric.factor(&factor, k) else { return nil }
    for r in 0..<k { determinant += 2 * log(factor[r * k + r]) }
    var shift = projected
    SmallSymmetric.solveLower(factor, k, &shift)
    quadratic -= dot(shift, shift)
    SmallSymmetric.solveUpper(factor, k, &shift)  // Λ⁻¹ Bᵀ Σ⁻¹ r₀ = w − b

    var row = [Double](repeating: 0, count: k)
    for i in 0..<n {
      var residual = whitened.elements[i * width + last]
      for r in 0..<k {
        let value = whitened.elements[i * width + columns[r]]
        row[r] = value
        residual -= value * (means[r] + shift[r])
      }
      SmallSymmetric.solveLower(factor, k, &row)
      let inverse = max(precision[i] - dot(row, row), 1e-12 * precision[i])  // (G⁻¹)ᵢᵢ
      leftOutErrors.append(residual / inverse)
      leftOutVariances.append(1 / inverse)
    }
    return Outcome(
      active: active, weights: zip(means, shift).map { $0 + $1 },
      logWeight: -0.5 * quadratic - 0.5 * determinant)
  }
}
