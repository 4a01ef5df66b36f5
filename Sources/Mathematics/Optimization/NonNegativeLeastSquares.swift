/// The minimiser of `‖A x − b‖₂` over `x ≥ 0`.
///
/// - Parameters:
///   - a: M × N.
///   - b: M.
/// - Returns: N coefficients, none negative. Columns of zeros get 0.
/// - Source: see `NonNegativeSolver`.
public func nonNegativeLeastSquares(_ a: Matrix, _ b: [Double]) -> [Double] {
  precondition(a.rows == b.count, "\(a.rows) equations and \(b.count) right-hand sides")
  return nonNegativeLeastSquares(
    gram: a.multiplied(by: a, transposingSelf: true), moment: a.transposedMultiplied(by: b))
}

/// The minimiser of `½ xᵀ G x − cᵀ x` over `x ≥ 0`, with `G = AᵀA` and `c = Aᵀ b`.
///
/// The form for many right-hand sides, weights or priors over one design: a Gaussian prior adds its
/// precision to `G` and its pull to `c`.
///
/// - Parameters:
///   - gram: N × N, symmetric and positive semidefinite.
///   - moment: N.
public func nonNegativeLeastSquares(gram: Matrix, moment: [Double]) -> [Double] {
  precondition(
    gram.rows == moment.count && gram.columns == moment.count,
    "a \(gram.rows) × \(gram.columns) matrix and \(moment.count) moments")
  let solver = NonNegativeSolver(capacity: moment.count)
  var solution = [Double](repeating: 0, count: moment.count)
  gram.elements.withUnsafeBufferPointer { gram in
    moment.withUnsafeBufferPointer { moment in
      solution.withUnsafeMutableBufferPointer { solution in
        guard let g = gram.baseAddress, let c = moment.baseAddress, let x = solution.baseAddress
        else { return }
        solver.solve(gram: g, moment: c, count: moment.count, solution: x)
      }
    }
  }
  return solution
}

/// Non-negative least squares by the active-set method, with scratch space that is kept.
///
/// Lines are labelled with the steps of algorithm NNLS.
///
/// - Source: C. L. Lawson, R. J. Hanson, *Solving Least Squares Problems*, 1974, ch. 23, alg. NNLS;
///   on normal equations as in R. Bro, S. de Jong, *A fast non-negativity-constrained least squares
///   algorithm*, J. Chemometrics 11 (1997).
public final class NonNegativeSolver {
  private let capacity: Int
  private let factor: UnsafeMutablePointer<Double>
  private let trial: UnsafeMutablePointer<Double>
  private let scale: UnsafeMutablePointer<Double>
  private let set: UnsafeMutablePointer<Int>
  private let isPassive: UnsafeMutablePointer<Bool>

  /// - Parameter capacity: the most coefficients of any problem.
  public init(capacity: Int) {
    self.capacity = capacity
    let size = max(1, capacity)
    factor = .allocate(capacity: size * size)
    trial = .allocate(capacity: size)
    scale = .allocate(capacity: size)
    set = .allocate(capacity: size)
    isPassive = .allocate(capacity: size)
  }

  deinit {
    factor.deallocate()
    trial.deallocate()
    scale.deallocate()
    set.deallocate()
    isPassive.deallocate()
  }

  /// - Parameters:
  ///   - gram: `count` × `count` row by row.
  ///   - solution: receives `count` coefficients.
  /// - Complexity: one solve of the passive set for each change of the set.
  public func solve(
    gram: UnsafePointer<Double>, moment: UnsafePointer<Double>, count n: Int,
    solution x: UnsafeMutablePointer<Double>
  ) {
    precondition(n <= capacity, "\(n) coefficients and room for \(capacity)")
    var size = Double.leastNormalMagnitude
    for j in 0..<n {
      x[j] = 0
      isPassive[j] = false  // step 1: P empty
      // Unit diagonal: coefficients of very different size get one tolerance.
      scale[j] = gram[j * n + j] > 0 ? 1 / gram[j * n + j].squareRoot() : 0
      size = max(size, abs(moment[j]) * scale[j])
    }
    let tolerance = 1e-12 * size

    for _ in 0..<(3 * n + 10) {
      // step 2: w = Aᵀ(b − A x), in units of unit-norm columns
      var best = -1
      var bestGradient = tolerance
      for j in 0..<n where !isPassive[j] && scale[j] > 0 {
        var gradient = moment[j]
        for i in 0..<n where isPassive[i] { gradient -= gram[j * n + i] * x[i] }
        if gradient * scale[j] > bestGradient {
          bestGradient = gradient * scale[j]
          best = j
        }
      }
      guard best >= 0 else { return }  // step 3
      isPassive[best] = true  // steps 4, 5

      for _ in 0...n {
        let count = solvePassive(gram, moment, n)
        guard count > 0 else {  // the newcomer depends on the set: it brings nothing
          isPassive[best] = false
          scale[best] = 0
          break
        }
        // steps 7–9: how far towards the trial solution before one coefficient meets its wall
        var step = 1.0
        var blocking = -1
        for place in 0..<count where trial[place] <= 0 {
          let j = set[place]
          let share = x[j] / (x[j] - trial[place])
          if blocking < 0 || share < step {
            step = share
            blocking = j
          }
        }
        for place in 0..<count {  // step 10
          let j = set[place]
          x[j] += step * (trial[place] - x[j])
        }
        if blocking < 0 { break }
        x[blocking] = 0  // step 11
        isPassive[blocking] = false
        for place in 0..<count where isPassive[set[place]] && x[set[place]] <= 0 {
          x[set[place]] = 0
          isPassive[set[place]] = false
        }
      }
    }
  }

  /// step 6: the unconstrained solution on the passive set, in `trial` beside `set`; 0 where the set
  /// is singular.
  private func solvePassive(
    _ gram: UnsafePointer<Double>, _ moment: UnsafePointer<Double>, _ n: Int
  ) -> Int {
    var count = 0
    for j in 0..<n where isPassive[j] {
      set[count] = j
      count += 1
    }
    for r in 0..<count {
      let i = set[r]
      for c in 0...r { factor[r * count + c] = gram[i * n + set[c]] * scale[i] * scale[set[c]] }
      factor[r * count + r] += 1e-13
      trial[r] = moment[i] * scale[i]
    }
    guard SmallSymmetric.factor(factor, count) else { return 0 }
    SmallSymmetric.solveLower(factor, count, trial)
    SmallSymmetric.solveUpper(factor, count, trial)
    for r in 0..<count { trial[r] *= scale[set[r]] }
    return count
  }
}
