import Foundation

/// The minimiser of `‖A x − b‖₂` over `x ≥ 0`, by the active-set method.
///
/// Lines are labelled with the steps of algorithm NNLS.
///
/// - Parameters:
///   - a: M × N.
///   - b: M.
/// - Returns: N coefficients, none negative. Columns of zeros get 0.
/// - Complexity: one solve of the passive set's normal equations for each change of the set.
/// - Source: C. L. Lawson, R. J. Hanson, *Solving Least Squares Problems*, 1974, ch. 23, alg. NNLS.
public func nonNegativeLeastSquares(_ a: Matrix, _ b: [Double]) -> [Double] {
  precondition(a.rows == b.count, "\(a.rows) equations and \(b.count) right-hand sides")
  return nonNegativeLeastSquares(
    gram: a.multiplied(by: a, transposingSelf: true), moment: a.transposedMultiplied(by: b))
}

/// The minimiser of `½ xᵀ G x − cᵀ x` over `x ≥ 0`, with `G = AᵀA` and `c = Aᵀb`.
///
/// The form for many right-hand sides, weights or priors over one design: a Gaussian prior adds its
/// precision to `G` and its pull to `c`.
///
/// - Parameters:
///   - gram: N × N, symmetric and positive semidefinite.
///   - moment: N.
public func nonNegativeLeastSquares(gram: Matrix, moment: [Double]) -> [Double] {
  let n = moment.count
  precondition(gram.rows == n && gram.columns == n, "\(gram.rows) × \(gram.columns) and \(n)")
  // Unit diagonal: coefficients of very different size get one tolerance.
  let scale = (0..<n).map { gram[$0, $0] > 0 ? 1 / gram[$0, $0].squareRoot() : 0 }
  var x = [Double](repeating: 0, count: n)
  var passive = [Bool](repeating: false, count: n)  // step 1: P empty
  let size = zip(moment, scale).map { abs($0 * $1) }.max() ?? 0
  let tolerance = 1e-12 * max(size, .leastNormalMagnitude)

  for _ in 0..<(3 * n + 10) {
    // step 2: w = Aᵀ(b − A x), in units of unit-norm columns
    var best = -1
    var bestGradient = tolerance
    for j in 0..<n where !passive[j] && scale[j] > 0 {
      var gradient = moment[j]
      for i in 0..<n where passive[i] { gradient -= gram[j, i] * x[i] }
      if gradient * scale[j] > bestGradient {
        bestGradient = gradient * scale[j]
        best = j
      }
    }
    guard best >= 0 else { break }  // step 3
    passive[best] = true  // steps 4, 5

    while true {
      let set = (0..<n).filter { passive[$0] }
      guard let z = solvePassive(gram, moment, set, scale) else {  // step 6
        passive[best] = false  // the newcomer depends on the set: it brings nothing
        break
      }
      guard let blocking = zip(set, z).filter({ $1 <= 0 }).map({ x[$0] / (x[$0] - $1) }).min()
      else {
        for (j, value) in zip(set, z) { x[j] = value }  // step 7
        break
      }
      // steps 8–11: go to the first wall and drop who stands at it
      for (j, value) in zip(set, z) { x[j] += blocking * (value - x[j]) }
      var dropped = false
      for (j, value) in zip(set, z) where value <= 0 && x[j] * gramRoot(gram, j) <= tolerance {
        x[j] = 0
        passive[j] = false
        dropped = true
      }
      if !dropped {
        // Rounding kept the wall's variable positive: drop the smallest of those that shrink.
        if let j = zip(set, z).filter({ $1 <= 0 }).min(by: { x[$0.0] < x[$1.0] })?.0 {
          x[j] = 0
          passive[j] = false
        }
      }
    }
  }
  return x
}

private func gramRoot(_ gram: Matrix, _ j: Int) -> Double { gram[j, j].squareRoot() }

/// Solves the normal equations of `set`, scaled to unit diagonal; `nil` where they are singular.
private func solvePassive(
  _ gram: Matrix, _ moment: [Double], _ set: [Int], _ scale: [Double]
) -> [Double]? {
  var sub = Matrix(rows: set.count, columns: set.count)
  for (r, i) in set.enumerated() {
    for (c, j) in set.enumerated() { sub[r, c] = gram[i, j] * scale[i] * scale[j] }
    sub[r, r] += 1e-13
  }
  guard let cholesky = try? Cholesky(sub) else { return nil }
  let solution = cholesky.solve(set.map { moment[$0] * scale[$0] })
  return zip(set, solution).map { $1 * scale[$0] }
}
