import Mathematics
import Testing

@Suite("Linear algebra") struct LinearAlgebraTests {
  /// Entries of a fixed stream: any matrix will do.
  static func matrix(_ rows: Int, _ columns: Int, seed: UInt64 = 1) -> Matrix {
    var random = RandomStream(seed: seed)
    return Matrix(
      rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in random.normal() })
  }

  static func distance(_ a: Matrix, _ b: Matrix) -> Double {
    zip(a.elements, b.elements).map { abs($0 - $1) }.max() ?? 0
  }

  @Test("a product of 2 × 3 by 3 × 2 is the one done by hand") func product() {
    let a = Matrix([[1, 2, 3], [4, 5, 6]])
    let b = Matrix([[7, 8], [9, 10], [11, 12]])
    #expect(a * b == Matrix([[58, 64], [139, 154]]))
    #expect(a.multiplied(by: a, transposingOther: true) == Matrix([[14, 32], [32, 77]]))
    #expect(a.multiplied(by: [1, 1, 1]) == [6, 15])
    #expect(a.transposedMultiplied(by: [1, 1]) == [5, 7, 9])
  }

  @Test("Cholesky's factor times its transpose is the matrix, and solves") func cholesky() throws {
    let half = Self.matrix(12, 7)
    let a = half.multiplied(by: half, transposingSelf: true)
    let factor = try Cholesky(a)
    #expect(
      Self.distance(factor.factor.multiplied(by: factor.factor, transposingOther: true), a) < 1e-12)
    let x = (0..<7).map(Double.init)
    #expect(zip(factor.solve(a.multiplied(by: x)), x).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(Self.distance(a * factor.inverse, .identity(7)) < 1e-9)
    #expect(Self.distance(factor.inverseFactor * factor.factor, .identity(7)) < 1e-10)
  }

  @Test("an indefinite matrix has no Cholesky factor") func indefinite() {
    #expect(throws: LinearAlgebraError.notPositiveDefinite(minor: 2)) {
      try Cholesky(Matrix([[1, 2], [2, 1]]))
    }
  }

  @Test("least squares through (0,1), (1,3), (2,5) is 1 + 2x") func line() throws {
    let x = try leastSquares(Matrix([[1, 0], [1, 1], [1, 2]]), [1, 3, 5])
    #expect(abs(x[0] - 1) < 1e-12 && abs(x[1] - 2) < 1e-12)
  }

  @Test("dependent columns get the solution of least norm") func dependent() throws {
    let x = try leastSquares(Matrix([[1, 1], [2, 2]]), [2, 4])
    #expect(abs(x[0] - 1) < 1e-12 && abs(x[1] - 1) < 1e-12)
  }

  @Test("eigenvectors rebuild a symmetric matrix") func eigen() throws {
    let half = Self.matrix(6, 6)
    let a = half.multiplied(by: half, transposingSelf: true)
    let eigen = try SymmetricEigen(a)
    #expect(eigen.values == eigen.values.sorted())
    var scaled = eigen.vectors
    for i in 0..<6 { for j in 0..<6 { scaled[i, j] *= eigen.values[j] } }
    #expect(Self.distance(scaled.multiplied(by: eigen.vectors, transposingOther: true), a) < 1e-11)
  }

  @Test("singular vectors rebuild a matrix", arguments: [(5, 3), (3, 5)])
  func singular(shape: (Int, Int)) throws {
    let a = Self.matrix(shape.0, shape.1)
    let svd = try SingularValues(a)
    var left = svd.left
    for i in 0..<left.rows { for j in 0..<left.columns { left[i, j] *= svd.values[j] } }
    #expect(Self.distance(left * svd.rightTransposed, a) < 1e-12)
  }

  @Test("numbers that are not finite are refused") func notFinite() {
    #expect(throws: LinearAlgebraError.self) { try SymmetricEigen(Matrix([[.nan]])) }
    #expect(throws: LinearAlgebraError.self) { try leastSquares(Matrix([[1]]), [.infinity]) }
  }

  @Test("BLAS runs kernels of this processor's vector unit, not an old fallback") func core() {
    BLAS.prepare()
    #expect(!BLAS.core.isEmpty)
    if BLAS.availableCores.contains("Haswell") {
      #expect(
        !["prescott", "nehalem", "core2", "sandybridge"].contains(BLAS.core.lowercased()),
        "the kernels are \(BLAS.core)")
    }
    #expect(throws: LinearAlgebraError.self) { try BLAS.select(core: "Abacus") }
  }
}

@Suite("Non-negative least squares") struct NonNegativeTests {
  /// The best over all subsets of columns whose unconstrained solution is positive.
  static func bruteForce(_ a: Matrix, _ b: [Double]) throws -> Double {
    var best = dot(b, b)
    for mask in 1..<(1 << a.columns) {
      let columns = (0..<a.columns).filter { mask >> $0 & 1 == 1 }
      let sub = a.selecting(columns: columns)
      let x = try leastSquares(sub, b)
      guard x.allSatisfy({ $0 >= 0 }) else { continue }
      let error = zip(sub.multiplied(by: x), b).map { $0 - $1 }
      best = min(best, dot(error, error))
    }
    return best
  }

  @Test("the solution is as good as the best subset", arguments: 0..<40)
  func optimal(seed: Int) throws {
    let a = LinearAlgebraTests.matrix(9, 6, seed: UInt64(seed))
    let b = LinearAlgebraTests.matrix(9, 1, seed: UInt64(seed) + 1000).elements
    let x = nonNegativeLeastSquares(a, b)
    #expect(x.allSatisfy { $0 >= 0 })
    let error = zip(a.multiplied(by: x), b).map { $0 - $1 }
    #expect(abs(dot(error, error) - (try Self.bruteForce(a, b))) < 1e-9)
  }

  @Test("a negative slope becomes zero") func wall() {
    #expect(nonNegativeLeastSquares(Matrix([[1], [2]]), [-1, -2]) == [0])
  }

  @Test("columns of zeros get nothing, repeated columns share") func degenerate() {
    let x = nonNegativeLeastSquares(Matrix([[0, 1, 1], [0, 2, 2]]), [2, 4])
    #expect(x[0] == 0)
    #expect(abs(x[1] + x[2] - 2) < 1e-6)
  }
}
