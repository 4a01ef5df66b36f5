/// Intercept and slopes of `y = c₀ + Σ c_j x_j` by least squares.
///
/// - Parameter columns: each x_j over the rows.
/// - Returns: c₀, c₁, …; nil where the rows do not determine them.
public func linearRegression(_ columns: [[Double]], _ y: [Double]) -> [Double]? {
  let count = columns.count + 1
  guard y.count >= count else { return nil }
  var normal = Matrix(rows: count, columns: count)
  var moment = [Double](repeating: 0, count: count)
  for row in y.indices {
    let line = [1] + columns.map { $0[row] }
    for i in 0..<count {
      moment[i] += line[i] * y[row]
      for j in 0..<count { normal[i, j] += line[i] * line[j] }
    }
  }
  guard let solution = (try? Cholesky(normal))?.solve(moment), solution.allSatisfy(\.isFinite)
  else { return nil }
  return solution
}
