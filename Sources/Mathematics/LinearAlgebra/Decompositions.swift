import CLAPACKE

/// `A = V diag(λ) Vᵀ` of a symmetric matrix (LAPACK `dsyevd`).
public struct SymmetricEigen: Sendable {
  /// λ, ascending.
  public let values: [Double]
  /// Column j belongs to `values[j]`; columns are orthonormal.
  public let vectors: Matrix

  /// - Throws: `LinearAlgebraError.notConverged` or `.notFinite`.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    precondition(matrix.rows == matrix.columns, "\(matrix.rows) × \(matrix.columns) is not square")
    guard matrix.elements.allSatisfy(\.isFinite) else { throw .notFinite(routine: "dsyevd") }
    var vectors = matrix
    var values = [Double](repeating: 0, count: matrix.rows)
    if matrix.rows > 0 {
      BLAS.prepare()
      let n = perfmodel_lapack_int(matrix.rows)
      let info = LAPACKE_dsyevd(
        LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "L")), n,
        &vectors.elements, n, &values)
      guard info == 0 else { throw .notConverged(routine: "dsyevd") }
    }
    self.values = values
    self.vectors = vectors
  }
}

/// The thin decomposition `A = U diag(σ) Vᵀ` (LAPACK `dgesdd`).
public struct SingularValues: Sendable {
  /// M × K with K = min(M, N), orthonormal columns.
  public let left: Matrix
  /// σ, descending, K of them.
  public let values: [Double]
  /// Vᵀ, K × N, orthonormal rows.
  public let rightTransposed: Matrix

  /// - Throws: `LinearAlgebraError.notConverged` or `.notFinite`.
  public init(_ matrix: Matrix) throws(LinearAlgebraError) {
    guard matrix.elements.allSatisfy(\.isFinite) else { throw .notFinite(routine: "dgesdd") }
    let rank = min(matrix.rows, matrix.columns)
    var work = matrix
    var values = [Double](repeating: 0, count: rank)
    var left = Matrix(rows: matrix.rows, columns: rank)
    var right = Matrix(rows: rank, columns: matrix.columns)
    if rank > 0 {
      BLAS.prepare()
      let m = perfmodel_lapack_int(matrix.rows)
      let n = perfmodel_lapack_int(matrix.columns)
      let info = LAPACKE_dgesdd(
        LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "S")), m, n, &work.elements, n, &values,
        &left.elements, perfmodel_lapack_int(rank), &right.elements, n)
      guard info == 0 else { throw .notConverged(routine: "dgesdd") }
    }
    self.left = left
    self.values = values
    self.rightTransposed = right
  }
}
