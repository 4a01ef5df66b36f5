import CLAPACKE

/// The minimiser of `‖A x − b‖₂` by QR with column pivoting (LAPACK `dgelsy`).
///
/// Where columns of A depend on each other the solution of least norm is taken.
///
/// - Parameters:
///   - a: M × N, any M and N.
///   - b: M.
///   - tolerance: columns whose share in R falls below it count as dependent.
/// - Throws: `LinearAlgebraError.notFinite`.
public func leastSquares(
  _ a: Matrix, _ b: [Double], tolerance: Double = 1e-12
) throws(LinearAlgebraError) -> [Double] {
  precondition(a.rows == b.count, "\(a.rows) equations and \(b.count) right-hand sides")
  guard a.rows > 0, a.columns > 0 else { return Array(repeating: 0, count: a.columns) }
  guard a.elements.allSatisfy(\.isFinite), b.allSatisfy(\.isFinite) else {
    throw .notFinite(routine: "leastSquares")
  }
  BLAS.prepare()
  var matrix = a
  var solution = b + Array(repeating: 0, count: max(0, a.columns - a.rows))
  var pivots = [perfmodel_lapack_int](repeating: 0, count: a.columns)
  var rank: perfmodel_lapack_int = 0
  let info = LAPACKE_dgelsy(
    LAPACK_ROW_MAJOR, perfmodel_lapack_int(a.rows), perfmodel_lapack_int(a.columns), 1,
    &matrix.elements, perfmodel_lapack_int(a.columns), &solution, 1, &pivots, tolerance, &rank)
  guard info == 0 else { throw .notConverged(routine: "dgelsy") }
  return Array(solution.prefix(a.columns))
}
