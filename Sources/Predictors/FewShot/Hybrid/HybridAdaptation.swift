import Features
import Foundation
import Mathematics
import Predictions
import Quantities

extension HybridFit {
  /// The grid, averaged.
  func adaptation() throws -> HybridAdaptation {
    var kept = hypotheses.indices.filter { shares[$0] >= settings.smallestWeight }
    let order = hypotheses.indices.sorted { (-shares[$0], $0) < (-shares[$1], $1) }
    let leading = Array(order.prefix(settings.leadingHypotheses))
    if kept.isEmpty { kept = leading }
    let total = kept.reduce(0) { $0 + shares[$1] }

    var average = LinearModel(
      columns: design.columns, residuals: residuals.columns, operations: operations.columns)
    for index in kept {
      average.add(try linearModel(of: hypotheses[index]), share: shares[index] / total)
    }
    return HybridAdaptation(
      prior: prior, scale: scale, average: average,
      components: try leading.map { try component(of: hypotheses[$0], share: shares[$0]) },
      roundingVariance: roundingVariance, halfWidth: settings.intervalFactor * spread)
  }

  /// Posterior mean: w on the design, z Rᵀ Σ⁻¹ (y − B w) on R, o diag(v) Oᵀ Σ⁻¹ (y − B w) on O.
  private func linearModel(of hypothesis: Hypothesis) throws -> LinearModel {
    let family = families[hypothesis.family]
    var model = LinearModel(
      columns: design.columns, residuals: residuals.columns, operations: operations.columns)
    for (place, weight) in zip(hypothesis.active, hypothesis.weights) {
      model.design[family.columns[place]] = weight
    }
    let unexplained = zip(y, design.multiplied(by: model.design)).map { $0 - $1 }
    let dual = try Cholesky(covariance(of: hypothesis)).solve(unexplained)
    model.residuals = residuals.transposedMultiplied(by: dual).map {
      $0 * hypothesis.residualScale
    }
    model.operations = zip(
      operations.transposedMultiplied(by: dual), prior.operationVariances
    ).map { $0 * $1 * hypothesis.operationScale }
    return model
  }

  private func covariance(of hypothesis: Hypothesis) -> Matrix {
    covariance(
      residualScale: hypothesis.residualScale, operationScale: hypothesis.operationScale,
      noise: hypothesis.noise)
  }

  private func component(
    of hypothesis: Hypothesis, share: Double
  ) throws -> HybridAdaptation.Component {
    let family = families[hypothesis.family]
    var designVariances = [Double](repeating: 0, count: design.columns)
    for place in hypothesis.active {
      designVariances[family.columns[place]] = family.variances[place]
    }
    let residualVariances = [Double](
      repeating: hypothesis.residualScale, count: residuals.columns)
    let operationVariances = prior.operationVariances.map { $0 * hypothesis.operationScale }

    var total = covariance(of: hypothesis)
    let fromDesign = scaled(design, designVariances)
    let products = fromDesign.multiplied(by: design, transposingOther: true)
    for place in total.elements.indices { total.elements[place] += products.elements[place] }
    // ‖T k‖² with T = L⁻¹ is kᵀ G⁻¹ k; T enters the cross-covariance, so that a query costs one
    // product with each of the three blocks.
    let inverseFactor = try Cholesky(total).inverseFactor
    func block(_ columns: Matrix, _ variances: [Double]) -> Matrix {
      scaled(columns, variances).multiplied(
        by: inverseFactor, transposingSelf: true, transposingOther: true)
    }
    return HybridAdaptation.Component(
      share: share, model: try linearModel(of: hypothesis), noise: hypothesis.noise,
      designVariances: designVariances, residualVariances: residualVariances,
      operationVariances: operationVariances, designBlock: block(design, designVariances),
      residualBlock: block(residuals, residualVariances),
      operationBlock: hypothesis.operationScale > 0
        ? block(operations, operationVariances) : nil)
  }

  private func scaled(_ matrix: Matrix, _ factors: [Double]) -> Matrix {
    var result = matrix
    for row in 0..<matrix.rows {
      for column in 0..<matrix.columns { result[row, column] *= factors[column] }
    }
    return result
  }
}

/// Weights on [physics | surrogates], on the sources' residuals and on the operations.
struct LinearModel: Sendable {
  var design: [Double]
  var residuals: [Double]
  var operations: [Double]

  init(columns: Int, residuals: Int, operations: Int) {
    design = Array(repeating: 0, count: columns)
    self.residuals = Array(repeating: 0, count: residuals)
    self.operations = Array(repeating: 0, count: operations)
  }

  mutating func add(_ other: LinearModel, share: Double) {
    for i in design.indices { design[i] += share * other.design[i] }
    for i in residuals.indices { residuals[i] += share * other.residuals[i] }
    for i in operations.indices { operations[i] += share * other.operations[i] }
  }

}

/// A device as `hybrid` has learned it.
struct HybridAdaptation: AdaptedPredictor {
  /// One leading hypothesis, with what its variance needs.
  struct Component: Sendable {
    let share: Double
    let model: LinearModel
    let noise: Double
    let designVariances: [Double]
    let residualVariances: [Double]
    let operationVariances: [Double]
    /// columns × n: [B R O] D [B R O]ᵀ L⁻ᵀ of the samples, by block.
    let designBlock: Matrix
    let residualBlock: Matrix
    let operationBlock: Matrix?
  }

  let prior: HybridPrior
  /// Seconds for 1 in y.
  let scale: Double
  let average: LinearModel
  let components: [Component]
  let roundingVariance: Double
  /// Half width of the interval in standard deviations.
  let halfWidth: Double

  /// No prediction falls below this share of the samples' mean latency.
  private static let floor = 1e-3

  func predict(_ architectures: EncodedArchitectures) -> [Estimate<Seconds>] {
    let design = prior.design(architectures)
    let residuals = prior.residuals(architectures)
    let table = architectures.features
    func evaluate(_ model: LinearModel) -> [Double] {
      var values = design.multiplied(by: model.design)
      let fromResiduals = residuals.multiplied(by: model.residuals)
      let basis = prior.knowledge.basis
      let constant = -dot(model.operations, prior.shares)
      for row in values.indices {
        var sum = values[row] + fromResiduals[row] + constant
        basis.forEachSingle(table.operations(of: row)) { sum += model.operations[$0] }
        values[row] = sum
      }
      return values
    }
    let means = evaluate(average)
    var variances = [Double](repeating: 0, count: architectures.count)
    let total = components.reduce(0) { $0 + $1.share }
    for component in components {
      let share = component.share / total
      let own = evaluate(component.model)
      let variance = variance(of: component, design, residuals, table)
      for row in variances.indices {
        let apart = own[row] - means[row]
        variances[row] +=
          share * (max(0, variance[row]) + component.noise + roundingVariance + apart * apart)
      }
    }
    return zip(means, variances).map { mean, variance in
      let value = max(mean, Self.floor)
      let reach = variance.squareRoot() * halfWidth
      return Estimate(
        Seconds(value * scale), low: Seconds(max(value - reach, 0) * scale),
        high: Seconds((value + reach) * scale), coverage: 0.9)
    }
  }

  /// Prior variance less what the samples explain.
  private func variance(
    of component: Component, _ design: Matrix, _ residuals: Matrix, _ table: FeatureTable
  ) -> [Double] {
    var explained = design * component.designBlock
    if component.residualVariances.contains(where: { $0 > 0 }) {
      let part = residuals * component.residualBlock
      for place in explained.elements.indices { explained.elements[place] += part.elements[place] }
    }
    var variances = (0..<design.rows).map { row in
      var sum = 0.0
      for column in 0..<design.columns {
        let value = design.elements[row * design.columns + column]
        sum += value * value * component.designVariances[column]
      }
      for column in 0..<residuals.columns {
        let value = residuals.elements[row * residuals.columns + column]
        sum += value * value * component.residualVariances[column]
      }
      return sum
    }
    if let block = component.operationBlock {
      let basis = prior.knowledge.basis
      let shares = prior.shares
      let width = block.columns
      // Centred operations: a constant, and for each active one the difference that it makes.
      let constant = block.transposedMultiplied(by: shares).map { -$0 }
      var spread = 0.0
      for (share, variance) in zip(shares, component.operationVariances) {
        spread += share * share * variance
      }
      for row in variances.indices {
        for column in 0..<width { explained.elements[row * width + column] += constant[column] }
        variances[row] += spread
        basis.forEachSingle(table.operations(of: row)) { feature in
          variances[row] += component.operationVariances[feature] * (1 - 2 * shares[feature])
          for column in 0..<width {
            explained.elements[row * width + column] += block.elements[feature * width + column]
          }
        }
      }
    }
    let width = explained.columns
    for row in variances.indices {
      var sum = 0.0
      for column in 0..<width {
        let value = explained.elements[row * width + column]
        sum += value * value
      }
      variances[row] -= sum
    }
    return variances
  }
}
