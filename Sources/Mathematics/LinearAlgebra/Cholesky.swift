import CLAPACKE
import Foundation

/// The factorisation `A = L Lᵀ` of a symmetric positive definite matrix (LAPACK `dpotrf`).
public struct Cholesky: Sendable {
  /// L: lower triangle, zeros above.
  public let factor: Matrix

  /// - Parameter matrix: symmetric, N × N; only the lower triangle is read.
  /// - Throws: `LinearAlgebraError.notPositiveDefinite`.
  /// - Complexity: N³/3 FLOP.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    precondition(matrix.rows == matrix.columns, "\(matrix.rows) × \(matrix.columns) is not square")
    var factor = matrix
    let n = matrix.rows
    if n > 0 {
      BLAS.prepare()
      let info = LAPACKE_dpotrf_work(
        LAPACK_COL_MAJOR, CChar(UInt8(ascii: "U")), perfmodel_lapack_int(n), &factor.elements,
        perfmodel_lapack_int(n))
      // Upper and column by column is lower and row by row: the same triangle, no transposition.
      guard info == 0 else { throw .notPositiveDefinite(minor: Int(info)) }
    }
    for i in 0..<n {
      for j in (i + 1)..<max(i + 1, n) { factor[i, j] = 0 }
    }
    self.factor = factor
  }

  /// `ln det A = 2 Σ ln Lᵢᵢ`.
  public var logDeterminant: Double {
    var sum = 0.0
    for i in 0..<factor.rows { sum += log(factor[i, i]) }
    return 2 * sum
  }

  /// Solves `L x = b`.
  public func solveLower(_ b: [Double]) -> [Double] {
    let n = factor.rows
    precondition(b.count == n, "\(n) unknowns and \(b.count) right-hand sides")
    var x = b
    for i in 0..<n {
      var sum = x[i]
      for j in 0..<i { sum -= factor.elements[i * n + j] * x[j] }
      x[i] = sum / factor.elements[i * n + i]
    }
    return x
  }

  /// Solves `A x = b`.
  public func solve(_ b: [Double]) -> [Double] {
    let n = factor.rows
    var x = solveLower(b)
    for i in stride(from: n - 1, through: 0, by: -1) {
      let value = x[i] / factor.elements[i * n + i]
      x[i] = value
      for j in 0..<i { x[j] -= factor.elements[i * n + j] * value }
    }
    return x
  }

  /// Solves `A X = B` for every column of B (BLAS `dtrsm`, twice).
  public func solve(_ b: Matrix) -> Matrix {
    precondition(
      b.rows == factor.rows, "\(factor.rows) unknowns and \(b.rows) rows of right-hand sides")
    var x = b
    guard b.rows > 0, b.columns > 0 else { return x }
    BLAS.prepare()
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, blasint(b.rows),
      blasint(b.columns), 1, factor.elements, blasint(factor.rows), &x.elements,
      blasint(b.columns))
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasLower, CblasTrans, CblasNonUnit, blasint(b.rows),
      blasint(b.columns), 1, factor.elements, blasint(factor.rows), &x.elements,
      blasint(b.columns))
    return x
  }

  /// `L⁻¹`, lower triangular.
  public var inverseFactor: Matrix {
    var result = Matrix.identity(factor.rows)
    guard factor.rows > 0 else { return result }
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, blasint(factor.rows),
      blasint(factor.rows), 1, factor.elements, blasint(factor.rows), &result.elements,
      blasint(factor.rows))
    return result
  }

  /// `A⁻¹`.
  public var inverse: Matrix { solve(.identity(factor.rows)) }
}
