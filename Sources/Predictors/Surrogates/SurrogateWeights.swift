import Features
import Foundation
import Mathematics

/// Linear surrogates of the source devices on [analytic features | operations | pairs].
///
/// A surrogate fitted on a pool says more of a device than the pool's own noisy numbers, and says
/// it for architectures that were never measured there.
public struct SurrogateWeights: Sendable {
  public let intercepts: [Double]
  /// D × S, of the raw analytic features.
  public let analytic: Matrix
  /// Operation features × S.
  public let operations: Matrix

  public init(intercepts: [Double], analytic: Matrix, operations: Matrix) {
    self.intercepts = intercepts
    self.analytic = analytic
    self.operations = operations
  }

  /// Every source's latency in units of its pool mean, N × S.
  func predict(_ table: FeatureTable, basis: OperationBasis) -> Matrix {
    var result = basis.multiplied(table, by: operations)
    let fromAnalytic = table.analytic * analytic
    let width = intercepts.count
    for row in 0..<table.count {
      for column in 0..<width {
        result[row, column] += intercepts[column] + fromAnalytic[row, column]
      }
    }
    return result
  }

  // MARK: - Fitting

  /// Relative scales of the blocks that generalised cross-validation chooses from.
  private static let analyticScales = [1.0, 5.0]
  private static let pairScales = [0, 0.1, 0.5]
  private static let penalties = [1e-3, 1e-2, 0.1, 1, 10, 100]
  /// Above this share of degrees of freedom a fit only repeats its data.
  private static let largestFreedom = 0.8
  /// Residuals beyond this many robust standard deviations are pulled in once.
  private static let clip = 5.0

  static func fit(
    pool: FeatureTable, basis: OperationBasis, devices: [String], latencies: Matrix
  ) throws -> (SurrogateWeights, scales: [Double]) {
    var weights = SurrogateWeights(
      intercepts: Array(repeating: 1, count: devices.count),
      analytic: Matrix(rows: pool.analytic.columns, columns: devices.count),
      operations: Matrix(rows: basis.count, columns: devices.count))
    var scales = [Double](repeating: 1, count: devices.count)
    // Devices measured on the same rows share their algebra.
    var designs: [[Int]: RidgeDesign] = [:]
    for (column, device) in devices.enumerated() {
      let rows = (0..<pool.count).filter { latencies[$0, column].isFinite }
      guard rows.count >= 2 else {
        throw PredictorError.sourceWithoutMeasurements(device: device, count: rows.count)
      }
      let seconds = rows.map { latencies[$0, column] }
      let scale = mean(seconds)
      guard scale > 0 else { throw PredictorError.sourceWithoutTime(device: device) }
      let design = try designs[rows] ?? RidgeDesign(pool.selecting(rows: rows), basis: basis)
      designs[rows] = design
      let solution = design.solve(seconds.map { $0 / scale })
      scales[column] = scale
      weights = weights.setting(column, to: solution)
    }
    return (weights, scales)
  }

  private func setting(_ column: Int, to solution: RidgeDesign.Solution) -> SurrogateWeights {
    var intercepts = intercepts
    var analytic = analytic
    var operations = operations
    intercepts[column] = solution.intercept
    for row in 0..<analytic.rows { analytic[row, column] = solution.analytic[row] }
    for row in 0..<operations.rows { operations[row, column] = solution.operations[row] }
    return SurrogateWeights(intercepts: intercepts, analytic: analytic, operations: operations)
  }

  /// The centred design of one set of rows under each scaling of its blocks, diagonalised once.
  private final class RidgeDesign {
    struct Solution {
      var intercept: Double
      var analytic: [Double]
      var operations: [Double]
    }

    private struct Scaling {
      /// Factor of each column of the centred design; 0 leaves it out.
      let factors: [Double]
      let used: [Int]
      let eigen: SymmetricEigen
    }

    private let features: Int
    private let means: [Double]
    /// Rows × (features + basis), centred.
    private let design: Matrix
    private let scalings: [Scaling]

    init(_ pool: FeatureTable, basis: OperationBasis) throws {
      var design = pool.analytic.appending(columns: basis.dense(pool))
      let features = pool.analytic.columns
      self.features = features
      let width = design.columns
      var means = [Double](repeating: 0, count: width)
      for row in 0..<design.rows {
        for column in 0..<width { means[column] += design[row, column] / Double(design.rows) }
      }
      var squares = [Double](repeating: 0, count: width)
      for row in 0..<design.rows {
        for column in 0..<width {
          design[row, column] -= means[column]
          squares[column] += design[row, column] * design[row, column]
        }
      }
      self.means = means
      self.design = design
      let gram = design.multiplied(by: design, transposingSelf: true)

      let positions = Double(basis.radices.count)
      let pairCount = positions * (positions - 1) / 2
      var scalings: [Scaling] = []
      for pairScale in basis.withPairs && pairCount > 0 ? pairScales : [0] {
        for analyticScale in features > 0 ? analyticScales : [1] {
          let factors = (0..<width).map { column -> Double in
            if column < features {
              let deviation = (squares[column] / Double(design.rows)).squareRoot()
              guard deviation > 1e-12 * max(1, abs(means[column])) else { return 0 }
              return analyticScale / (deviation * Double(features).squareRoot())
            }
            if column < features + basis.singleCount { return 1 / positions.squareRoot() }
            return pairScale == 0 ? 0 : pairScale / pairCount.squareRoot()
          }
          let used = factors.indices.filter { factors[$0] != 0 }
          var scaled = Matrix(rows: used.count, columns: used.count)
          for (r, i) in used.enumerated() {
            for (c, j) in used.enumerated() { scaled[r, c] = gram[i, j] * factors[i] * factors[j] }
          }
          scalings.append(
            Scaling(factors: factors, used: used, eigen: try SymmetricEigen(scaled)))
        }
      }
      self.scalings = scalings
    }

    /// Ridge regression with scaling and penalty by generalised cross-validation, then one refit
    /// with far residuals pulled in.
    ///
    /// ```
    /// GCV = RSS / (1 − dof / n)²,   dof = 1 + Σ λᵢ / (λᵢ + penalty)
    /// ```
    /// - Source: G. H. Golub, M. Heath, G. Wahba, *Generalized Cross-Validation as a Method for
    ///   Choosing a Good Ridge Parameter*, Technometrics 21 (1979).
    func solve(_ target: [Double]) -> Solution {
      let n = Double(target.count)
      let center = mean(target)
      let residual = target.map { $0 - center }
      let total = dot(residual, residual)
      let moment = design.transposedMultiplied(by: residual)
      var best: (score: Double, scaling: Scaling, penalty: Double)?
      for scaling in scalings {
        let projected = project(moment, scaling)
        for penalty in penalties {
          var freedom = 1.0
          var explained = 0.0
          for (value, b) in zip(scaling.eigen.values, projected) {
            let value = max(0, value)
            freedom += value / (value + penalty)
            explained += b * b * (value + 2 * penalty) / ((value + penalty) * (value + penalty))
          }
          guard freedom <= largestFreedom * n else { continue }
          let slack = 1 - freedom / n
          let score = (total - explained) / (slack * slack)
          if best.map({ score < $0.score }) ?? true { best = (score, scaling, penalty) }
        }
      }
      guard let best else { return solution(Array(repeating: 0, count: means.count), center) }
      let first = coefficients(moment, best.scaling, best.penalty)
      let error = zip(residual, design.multiplied(by: first)).map { $0 - $1 }
      let limit = clip * 1.4826 * median(error.map { abs($0) })
      guard limit > 0, error.contains(where: { abs($0) > limit }) else {
        return solution(first, center)
      }
      let clipped = zip(residual, error).map { $0 - $1 + min(max($1, -limit), limit) }
      let shift = mean(clipped)
      let second = coefficients(
        design.transposedMultiplied(by: clipped.map { $0 - shift }), best.scaling, best.penalty)
      return solution(second, center + shift)
    }

    private func project(_ moment: [Double], _ scaling: Scaling) -> [Double] {
      scaling.eigen.vectors.transposedMultiplied(
        by: scaling.used.map { moment[$0] * scaling.factors[$0] })
    }

    private func coefficients(
      _ moment: [Double], _ scaling: Scaling, _ penalty: Double
    ) -> [Double] {
      let shrunk = zip(project(moment, scaling), scaling.eigen.values).map {
        $0 / (max(0, $1) + penalty)
      }
      let scaled = scaling.eigen.vectors.multiplied(by: shrunk)
      var result = [Double](repeating: 0, count: means.count)
      for (place, column) in scaling.used.enumerated() {
        result[column] = scaled[place] * scaling.factors[column]
      }
      return result
    }

    private func solution(_ coefficients: [Double], _ center: Double) -> Solution {
      Solution(
        intercept: center - dot(coefficients, means), analytic: Array(coefficients[..<features]),
        operations: Array(coefficients[features...]))
    }
  }
}
