/// Cholesky factorisation of small matrices in place, for loops that solve thousands of them: no
/// allocation, no call into LAPACK. Above about 64 rows `Cholesky` is faster.
public enum SmallSymmetric {
  /// Replaces the lower triangle of the row-major n × n matrix by L with `A = L Lᵀ`.
  ///
  /// - Returns: whether the matrix is positive definite.
  @inlinable public static func factor(_ a: UnsafeMutablePointer<Double>, _ n: Int) -> Bool {
    for i in 0..<n {
      let row = a + i * n
      for j in 0...i {
        let other = a + j * n
        var sum = row[j]
        for k in 0..<j { sum -= row[k] * other[k] }
        if i == j {
          guard sum > 0 else { return false }
          row[i] = sum.squareRoot()
        } else {
          row[j] = sum / other[j]
        }
      }
    }
    return true
  }

  /// Solves `L x = b` in place.
  @inlinable public static func solveLower(
    _ l: UnsafePointer<Double>, _ n: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    for i in 0..<n {
      var sum = b[i]
      for k in 0..<i { sum -= l[i * n + k] * b[k] }
      b[i] = sum / l[i * n + i]
    }
  }

  /// Solves `Lᵀ x = b` in place.
  @inlinable public static func solveUpper(
    _ l: UnsafePointer<Double>, _ n: Int, _ b: UnsafeMutablePointer<Double>
  ) {
    for i in stride(from: n - 1, through: 0, by: -1) {
      let value = b[i] / l[i * n + i]
      b[i] = value
      for k in 0..<i { b[k] -= l[i * n + k] * value }
    }
  }
}
