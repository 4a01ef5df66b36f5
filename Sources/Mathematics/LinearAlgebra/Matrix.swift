import CLAPACKE

/// A dense matrix of `Double`, stored row by row.
///
/// Element (i, j) of an R × C matrix is `elements[i * C + j]`.
public struct Matrix: Sendable, Hashable {
  public let rows: Int
  public let columns: Int
  public var elements: [Double]

  /// - Precondition: `elements.count == rows * columns`.
  @inlinable public init(rows: Int, columns: Int, elements: [Double]) {
    precondition(
      elements.count == rows * columns,
      "a \(rows) × \(columns) matrix takes \(rows * columns) elements, not \(elements.count)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  @inlinable public init(rows: Int, columns: Int, repeating value: Double = 0) {
    self.init(
      rows: rows, columns: columns, elements: Array(repeating: value, count: rows * columns))
  }

  /// One row for each inner array.
  public init(_ rows: [[Double]]) {
    self.init(rows: rows.count, columns: rows.first?.count ?? 0, elements: rows.flatMap(\.self))
  }

  public static func identity(_ size: Int) -> Matrix {
    var result = Matrix(rows: size, columns: size)
    for i in 0..<size { result[i, i] = 1 }
    return result
  }

  @inlinable public subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  /// Row `index` without a copy.
  @inlinable public func row(_ index: Int) -> ArraySlice<Double> {
    elements[index * columns..<(index + 1) * columns]
  }

  public func column(_ index: Int) -> [Double] {
    (0..<rows).map { self[$0, index] }
  }

  /// The given rows, in that order.
  public func selecting(rows indices: [Int]) -> Matrix {
    var selected: [Double] = []
    selected.reserveCapacity(indices.count * columns)
    for index in indices { selected.append(contentsOf: row(index)) }
    return Matrix(rows: indices.count, columns: columns, elements: selected)
  }

  /// The given columns, in that order.
  public func selecting(columns indices: [Int]) -> Matrix {
    var result = Matrix(rows: rows, columns: indices.count)
    for i in 0..<rows {
      for (j, index) in indices.enumerated() { result[i, j] = self[i, index] }
    }
    return result
  }

  /// `self` and `other` side by side.
  public func appending(columns other: Matrix) -> Matrix {
    precondition(rows == other.rows, "\(rows) and \(other.rows) rows do not stand side by side")
    var joined: [Double] = []
    joined.reserveCapacity(rows * (columns + other.columns))
    for i in 0..<rows {
      joined.append(contentsOf: row(i))
      joined.append(contentsOf: other.row(i))
    }
    return Matrix(rows: rows, columns: columns + other.columns, elements: joined)
  }

  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result[j, i] = self[i, j] }
    }
    return result
  }

  // MARK: - Products

  /// `op(self) · op(other)` by BLAS `dgemm`; `op` transposes where asked.
  public func multiplied(
    by other: Matrix, transposingSelf: Bool = false, transposingOther: Bool = false
  ) -> Matrix {
    let m = transposingSelf ? columns : rows
    let k = transposingSelf ? rows : columns
    let n = transposingOther ? other.rows : other.columns
    precondition(
      k == (transposingOther ? other.columns : other.rows),
      "inner sizes differ: \(rows) × \(columns) by \(other.rows) × \(other.columns)")
    var result = Matrix(rows: m, columns: n)
    guard m > 0, n > 0, k > 0 else { return result }
    BLAS.prepare()
    cblas_dgemm(
      CblasRowMajor, transposingSelf ? CblasTrans : CblasNoTrans,
      transposingOther ? CblasTrans : CblasNoTrans, blasint(m), blasint(n), blasint(k), 1,
      elements, blasint(columns), other.elements, blasint(other.columns), 0, &result.elements,
      blasint(n))
    return result
  }

  @inlinable public static func * (left: Matrix, right: Matrix) -> Matrix {
    left.multiplied(by: right)
  }

  /// `self · vector`, of length `rows`.
  public func multiplied(by vector: [Double]) -> [Double] {
    precondition(
      columns == vector.count, "\(rows) × \(columns) by a vector of \(vector.count)")
    return elements.withUnsafeBufferPointer { matrix in
      vector.withUnsafeBufferPointer { vector in
        (0..<rows).map { i in
          var sum = 0.0
          for j in 0..<columns { sum += matrix[i * columns + j] * vector[j] }
          return sum
        }
      }
    }
  }

  /// `selfᵀ · vector`, of length `columns`.
  public func transposedMultiplied(by vector: [Double]) -> [Double] {
    precondition(
      rows == vector.count, "the transpose of \(rows) × \(columns) by a vector of \(vector.count)")
    var result = [Double](repeating: 0, count: columns)
    for i in 0..<rows {
      let weight = vector[i]
      for j in 0..<columns { result[j] += elements[i * columns + j] * weight }
    }
    return result
  }
}

/// The inner product of two vectors of one length.
@inlinable public func dot(_ a: some Collection<Double>, _ b: some Collection<Double>) -> Double {
  precondition(a.count == b.count, "an inner product of \(a.count) and \(b.count) elements")
  var sum = 0.0
  for (x, y) in zip(a, b) { sum += x * y }
  return sum
}
