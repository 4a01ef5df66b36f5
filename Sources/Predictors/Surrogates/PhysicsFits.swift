import Features
import Mathematics

/// How each source device's surrogate splits into kinds of work, and which operations stray from it.
public struct PhysicsFits: Sendable {
  /// Non-negative coefficients of [constant | informative features], (1 + used) × S.
  public let coefficients: Matrix
  /// What the physics leaves over, as a deviation of each operation at each position, K × S.
  public let deviations: Matrix

  public init(coefficients: Matrix, deviations: Matrix) {
    self.coefficients = coefficients
    self.deviations = deviations
  }

  /// Prior strength of the deviations' ridge, as a share of the pool.
  private static let ridge = 0.01

  /// ```
  /// c = argmin ‖B c − f‖² over c ≥ 0,      t = (OᵀO + ridge · N / K · I)⁻¹ Oᵀ (f − B c)
  /// ```
  /// with f a surrogate over the pool, B its physics and O its operations, centred.
  static func fit(
    _ pool: EncodedArchitectures, basis: OperationBasis, shares: [Double]
  ) throws -> PhysicsFits {
    let physics = pool.physics
    let gram = physics.multiplied(by: physics, transposingSelf: true)
    let moments = physics.multiplied(by: pool.surrogates, transposingSelf: true)
    var coefficients = Matrix(rows: physics.columns, columns: pool.surrogates.columns)
    for device in 0..<coefficients.columns {
      let fit = nonNegativeLeastSquares(gram: gram, moment: moments.column(device))
      for row in fit.indices { coefficients[row, device] = fit[row] }
    }
    var residuals = pool.surrogates
    let explained = physics * coefficients
    for place in residuals.elements.indices {
      residuals.elements[place] -= explained.elements[place]
    }

    var operations = Matrix(rows: pool.count, columns: basis.singleCount)
    for row in 0..<pool.count {
      for column in 0..<basis.singleCount { operations[row, column] = -shares[column] }
      basis.forEachSingle(pool.features.operations(of: row)) { operations[row, $0] += 1 }
    }
    var normal = operations.multiplied(by: operations, transposingSelf: true)
    let strength = ridge * Double(pool.count) / Double(max(1, basis.radices.max() ?? 1))
    for place in 0..<normal.rows { normal[place, place] += strength }
    let deviations = try Cholesky(normal).solve(
      operations.multiplied(by: residuals, transposingSelf: true))
    return PhysicsFits(coefficients: coefficients, deviations: deviations)
  }
}
