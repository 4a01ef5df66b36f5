import Foundation

/// Residuals with their exact derivatives, at parameters that move.
public protocol ResidualModel: AnyObject {
  var rowCount: Int { get }
  var parameterCount: Int { get }
  /// The residuals at the parameters, one for each row; valid until the next call.
  func residuals(at parameters: UnsafePointer<Double>) -> UnsafePointer<Double>
  /// Those of the last call.
  var residuals: UnsafePointer<Double> { get }
  /// Fills the derivatives at the parameters of the last call of `residuals`.
  func differentiate()
  /// Those of all residuals by one parameter; valid until the next call.
  func derivative(by parameter: Int) -> UnsafePointer<Double>
}

/// A quadratic pull beside the rows: `½ w (q(x) − target)²`, or a prior on one parameter.
public struct Pull {
  public let weight: Double
  public let target: Double
  /// q and its gradient.
  public let quantity: ([Double]) -> (value: Double, gradient: [Double])

  public init(
    weight: Double, target: Double,
    quantity: @escaping ([Double]) -> (value: Double, gradient: [Double])
  ) {
    self.weight = weight
    self.target = target
    self.quantity = quantity
  }
}

/// Minimises a weighted sum of Huber's function of residuals.
///
/// ```
/// f(x) = Σ w_i ρ(r_i(x))       ρ(r) = r²/2 for |r| ≤ δ,  δ(|r| − δ/2) beyond
/// ```
/// Damped Gauss–Newton steps with the weights of iterated least squares,
/// ```
/// (Σ ω_i J_i J_iᵀ + λ diag) s = Σ ω_i r_i J_i          ω_i = w_i min(1, δ/|r_i|)
/// ```
/// which descend from far away, and near the minimum steps with the curvature of the rows within δ alone,
/// which is that of f up to the bend of the residuals. Parameters stay within their bounds. One of them
/// belongs to one thread.
///
/// - Source: P. J. Huber, E. M. Ronchetti, *Robust Statistics*, 2nd ed. (2009), ch. 7.
public final class HuberRegression {
  public struct Minimum: Sendable {
    public var parameters: [Double]
    public var cost: Double
    public var iterations: Int
    public var hasConverged: Bool
  }

  public let model: any ResidualModel
  public var delta: Double
  /// w, one for each row.
  public var weights: [Double]
  /// Parameters that do not move.
  public var isFixed: [Bool]
  public let bounds: [ClosedRange<Double>]

  private let count: Int
  private var omega: [Double]
  private var inner: [Double]
  private var hessian: [Double]
  private var newton: [Double]
  private var gradient: [Double]
  private var factor: [Double]
  private var step: [Double]
  private var candidate: [Double]

  public init(
    _ model: any ResidualModel, delta: Double, weights: [Double]? = nil,
    bounds: [ClosedRange<Double>]? = nil
  ) {
    precondition(delta > 0, "Huber's δ is \(delta)")
    self.model = model
    self.delta = delta
    count = model.parameterCount
    self.weights = weights ?? [Double](repeating: 1, count: model.rowCount)
    self.bounds =
      bounds
      ?? [ClosedRange<Double>](repeating: -.infinity ... .infinity, count: model.parameterCount)
    precondition(self.weights.count == model.rowCount, "a weight for each row")
    precondition(self.bounds.count == count, "bounds for each parameter")
    isFixed = [Bool](repeating: false, count: count)
    omega = [Double](repeating: 0, count: model.rowCount)
    inner = omega
    hessian = [Double](repeating: 0, count: count * count)
    newton = hessian
    factor = hessian
    gradient = [Double](repeating: 0, count: count)
    step = gradient
    candidate = gradient
  }

  /// Σ w ρ(r); infinite where a residual is not finite.
  public func cost(at parameters: [Double], pull: Pull? = nil) -> Double {
    let cost = sum(model.residuals(at: parameters))
    guard let pull else { return cost }
    let away = pull.quantity(parameters).value - pull.target
    let total = cost + 0.5 * pull.weight * away * away
    return total.isFinite ? total : .infinity
  }

  private func sum(_ residuals: UnsafePointer<Double>) -> Double {
    var sum = 0.0
    weights.withUnsafeBufferPointer { weights in
      for row in 0..<weights.count {
        let size = abs(residuals[row])
        let inside = min(size, delta)
        // δ|r| − δ²/2 beyond, r²/2 within.
        sum += weights[row] * inside * (size - 0.5 * inside)
      }
    }
    return sum.isFinite ? sum : .infinity
  }

  /// - Parameters:
  ///   - tolerance: it ends where two steps in a row gain less than this share of the cost.
  ///   - pull: a quadratic term of its own.
  /// - Returns: the start with infinite cost where nothing is finite there.
  public func minimum(
    from start: [Double], iterations limit: Int = 200, tolerance: Double = 1e-12, pull: Pull? = nil
  ) -> Minimum {
    var x = zip(start, bounds).map { min(max($0, $1.lowerBound), $1.upperBound) }
    var cost = cost(at: x, pull: pull)
    guard cost.isFinite else {
      return Minimum(parameters: start, cost: .infinity, iterations: 0, hasConverged: false)
    }
    var damping = 1e-3
    var small = 0
    var taken = 0
    var gained = 1.0
    while taken < limit, small < 2 {
      taken += 1
      // The accepted step was the last that the model was asked for.
      linearize(x, pull)
      let before = cost
      // The curvature of f itself, near the minimum.
      var isDone =
        gained < 0.03 && step(newton, damping: 1e-9, from: x) && improve(&x, &cost, pull)
      while !isDone, damping < 1e14 {
        isDone = step(hessian, damping: damping, from: x) && improve(&x, &cost, pull)
        if !isDone { damping *= 8 }
      }
      guard isDone else { break }
      damping = max(damping / 10, 1e-12)
      gained = (before - cost) / max(before, .leastNormalMagnitude)
      small = gained <= tolerance ? small + 1 : 0
    }
    return Minimum(
      parameters: x, cost: cost, iterations: taken, hasConverged: small >= 2 || taken < limit)
  }

  private func improve(_ x: inout [Double], _ cost: inout Double, _ pull: Pull?) -> Bool {
    let next = self.cost(at: candidate, pull: pull)
    guard next <= cost else { return false }
    x = candidate
    cost = next
    return true
  }

  /// Gradient and both curvatures at `x`, where the model stands.
  private func linearize(_ x: [Double], _ pull: Pull?) {
    let residuals = model.residuals
    for row in 0..<weights.count {
      let size = abs(residuals[row])
      omega[row] = size <= delta ? weights[row] : weights[row] * delta / size
      inner[row] = size <= delta ? weights[row] : 0
    }
    model.differentiate()
    for j in 0..<count {
      let left = model.derivative(by: j)
      gradient[j] = weightedSum(omega, residuals, left)
      for k in 0...j {
        let right = model.derivative(by: k)
        let (outer, inside) = weightedSums(left, right)
        hessian[j * count + k] = outer
        hessian[k * count + j] = outer
        newton[j * count + k] = inside
        newton[k * count + j] = inside
      }
    }
    guard let pull else { return }
    let (value, slope) = pull.quantity(x)
    for j in 0..<count {
      gradient[j] += pull.weight * (value - pull.target) * slope[j]
      for k in 0..<count {
        hessian[j * count + k] += pull.weight * slope[j] * slope[k]
        newton[j * count + k] += pull.weight * slope[j] * slope[k]
      }
    }
  }

  private func weightedSum(
    _ weights: [Double], _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>
  ) -> Double {
    weights.withUnsafeBufferPointer { weights in
      var sums = SIMD4<Double>.zero
      var row = 0
      while row + 4 <= weights.count {
        sums += load(weights.baseAddress, row) * load(a, row) * load(b, row)
        row += 4
      }
      var sum = sums.sum()
      while row < weights.count {
        sum += weights[row] * a[row] * b[row]
        row += 1
      }
      return sum
    }
  }

  private func weightedSums(
    _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>
  ) -> (outer: Double, inside: Double) {
    omega.withUnsafeBufferPointer { omega in
      inner.withUnsafeBufferPointer { inner in
        var outers = SIMD4<Double>.zero
        var insides = SIMD4<Double>.zero
        var row = 0
        while row + 4 <= omega.count {
          let product = load(a, row) * load(b, row)
          outers += load(omega.baseAddress, row) * product
          insides += load(inner.baseAddress, row) * product
          row += 4
        }
        var (outer, inside) = (outers.sum(), insides.sum())
        while row < omega.count {
          outer += omega[row] * a[row] * b[row]
          inside += inner[row] * a[row] * b[row]
          row += 1
        }
        return (outer, inside)
      }
    }
  }

  @inline(__always)
  private func load(_ pointer: UnsafePointer<Double>?, _ row: Int) -> SIMD4<Double> {
    guard let pointer else { return .zero }
    return UnsafeRawPointer(pointer + row).loadUnaligned(as: SIMD4<Double>.self)
  }

  /// Sets `candidate`; false where the damped matrix is not positive definite.
  private func step(_ matrix: [Double], damping: Double, from x: [Double]) -> Bool {
    for j in 0..<count {
      // At a bound only steps back into the range count.
      let isHeld =
        isFixed[j] || (x[j] <= bounds[j].lowerBound && gradient[j] > 0)
        || (x[j] >= bounds[j].upperBound && gradient[j] < 0)
      for k in 0..<count { factor[j * count + k] = matrix[j * count + k] }
      step[j] = isHeld ? 0 : gradient[j]
      if isHeld {
        for k in 0..<count { factor[j * count + k] = 0 }
      } else {
        factor[j * count + j] += damping * max(hessian[j * count + j], 1e-300)
      }
    }
    for j in 0..<count where step[j] == 0 && factor[j * count + j] == 0 {
      for k in 0..<count { factor[k * count + j] = 0 }
      factor[j * count + j] = 1
    }
    let size = count
    let isDefinite = factor.withUnsafeMutableBufferPointer { matrix in
      step.withUnsafeMutableBufferPointer { step in
        guard let matrix = matrix.baseAddress, let step = step.baseAddress,
          SmallSymmetric.factor(matrix, size)
        else { return size == 0 }
        SmallSymmetric.solveLower(matrix, size, step)
        SmallSymmetric.solveUpper(matrix, size, step)
        return true
      }
    }
    guard isDefinite, step.allSatisfy(\.isFinite) else { return false }
    for j in 0..<count {
      candidate[j] = min(max(x[j] - step[j], bounds[j].lowerBound), bounds[j].upperBound)
    }
    return true
  }

  // MARK: - What the curvature says

  /// The covariance of the parameters, as M-estimators have it.
  ///
  /// ```
  /// V = τ² (Σ w J Jᵀ)⁻¹      τ² = (Σ w ψ²/(n − p)) / (Σ w ψ'/n)²
  /// ```
  /// - Returns: row by row; nil where the rows do not determine the parameters, or are no more than these.
  /// - Source: Huber, Ronchetti, eq. 7.6.
  public func covariance(at x: [Double]) -> [[Double]]? {
    guard let scale = scale(at: x) else { return nil }
    model.differentiate()
    var matrix = Matrix(rows: count, columns: count)
    for j in 0..<count {
      for k in 0..<count {
        matrix[j, k] = weightedSum(weights, model.derivative(by: j), model.derivative(by: k))
      }
    }
    guard let inverse = try? Cholesky(matrix).inverse else { return nil }
    let factor = scale.square / (scale.slope * scale.slope)
    return (0..<count).map { j in (0..<count).map { factor * inverse[j, $0] } }
  }

  /// By how much the cost grows where one degree of freedom is a deviation of one away: the unit in which
  /// twice a difference of costs is χ² with one degree of freedom.
  ///
  /// ```
  /// λ = (Σ w ψ²/(n − p)) / (Σ w ψ'/n)
  /// ```
  /// - Source: R. M. Schrader, T. P. Hettmansperger, *Robust analysis of variance based upon a likelihood
  ///   ratio criterion*, Biometrika 67 (1980).
  public func deviance(at x: [Double]) -> Double? {
    scale(at: x).map { $0.square / $0.slope }
  }

  private func scale(at x: [Double]) -> (square: Double, slope: Double)? {
    let residuals = model.residuals(at: x)
    let total = weights.reduce(0, +)
    let free = total - Double(count)
    guard free > 0.5 else { return nil }
    var square = 0.0
    var slope = 0.0
    for row in 0..<weights.count {
      let size = min(abs(residuals[row]), delta)
      square += weights[row] * size * size
      slope += abs(residuals[row]) <= delta ? weights[row] : 0
    }
    guard slope > 0, square.isFinite else { return nil }
    return (square / free, slope / total)
  }
}
