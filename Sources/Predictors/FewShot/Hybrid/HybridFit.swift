import Foundation
import Mathematics
import Quantities

/// The grid of hypotheses of `HybridPredictor`, weighed by the samples.
struct HybridFit {
  /// Some columns of the design with a Gaussian prior on their coefficients.
  struct Family {
    let columns: [Int]
    let means: [Double]
    let variances: [Double]
    let residualScales: [Double]
    let logPrior: Double
  }

  /// Family, covariance and active columns of one hypothesis, with its coefficients.
  struct Hypothesis {
    let family: Int
    let residualScale: Double
    let operationScale: Double
    let noise: Double
    /// Places in the family's `columns` that are active.
    let active: [Int]
    /// Coefficients of the active columns.
    let weights: [Double]
    let logWeight: Double
  }

  let prior: HybridPrior
  let settings: HybridSettings
  let samples: Samples
  /// Seconds for 1 in y.
  let scale: Double
  let y: [Double]
  /// n × columns.
  let design: Matrix
  let residuals: Matrix
  let operations: Matrix
  /// R Rᵀ and O diag(v) Oᵀ over the samples.
  let residualKernel: Matrix
  let operationKernel: Matrix
  /// τ² / 12 in units of y².
  let roundingVariance: Double
  let families: [Family]
  /// λ: noise multipliers of the samples.
  private(set) var noiseFactors: [Double]
  private(set) var hypotheses: [Hypothesis] = []
  private(set) var shares: [Double] = []
  /// At least 1: how much wider left-out errors are than the mixture says.
  private(set) var spread = 1.0

  init(_ prior: HybridPrior, _ samples: Samples, _ settings: HybridSettings) throws {
    self.prior = prior
    self.settings = settings
    self.samples = samples
    scale = samples.scale
    let scale = scale
    y = samples.latencies.map { $0.value / scale }
    design = prior.design(samples.architectures)
    residuals = prior.residuals(samples.architectures)
    operations = prior.operations(samples.architectures.features)
    residualKernel = residuals.multiplied(by: residuals, transposingOther: true)
    var weighted = operations
    for row in 0..<weighted.rows {
      for column in 0..<weighted.columns {
        weighted[row, column] *= prior.operationVariances[column]
      }
    }
    operationKernel = weighted.multiplied(by: operations, transposingOther: true)
    let tick = clockTick(samples.latencies.map(\.value)) / scale
    roundingVariance = tick * tick / 12
    families = Self.families(prior, settings, design, y)
    noiseFactors = Array(repeating: 1, count: y.count)

    let first = weigh()
    let freedom = settings.tailFreedom
    noiseFactors = first.map { (freedom + $0) / (freedom + 1) }
    let second = weigh()
    guard !hypotheses.isEmpty else { throw PredictorError.inconsistentState }
    let excess = second.reduce(0) { $0 + min($1, 9) }
    spread = max(
      1,
      ((excess + settings.spreadPrior) / (Double(y.count) + settings.spreadPrior)).squareRoot())
  }

  private static func families(
    _ prior: HybridPrior, _ settings: HybridSettings, _ design: Matrix, _ y: [Double]
  ) -> [Family] {
    var families: [Family] = []
    let hasSources = prior.sourceCount > 0
    if hasSources {
      // Physics as the sources priced it, brought to the samples' scale.
      let columns = Array(0..<prior.physicsCount)
      let predicted = (0..<design.rows).map { row in
        columns.reduce(0) { $0 + design[row, $1] * prior.coefficientMeans[$1] }
      }
      let center = mean(predicted)
      let means = prior.coefficientMeans.map { center > 0 ? $0 / center : $0 }
      for factor in settings.sourcePriorScales {
        families.append(
          Family(
            columns: columns, means: means,
            variances: prior.coefficientVariances.map { $0 * factor },
            residualScales: settings.residualScales, logPrior: 0))
      }
      // One source itself, the ones that agree best with the samples.
      let agreement = (0..<prior.sourceCount).map { source in
        pearson(design.column(prior.physicsCount + source), y) ?? -1
      }
      let nearest = agreement.indices.sorted { (-agreement[$0], $0) < (-agreement[$1], $1) }
      let variance = settings.freeDeviation * settings.freeDeviation
      for source in nearest.prefix(settings.nearestCount) {
        families.append(
          Family(
            columns: [0, prior.physicsCount + source], means: [0, 1],
            variances: [variance, variance], residualScales: settings.nearestResidualScales,
            logPrior: settings.nearestLogPrior))
      }
    }
    // Physics unpriced: each group of features with equal shares.
    for view in prior.knowledge.space.physicsViews {
      for factor in settings.freePriorScales {
        let deviation = settings.freeDeviation
        families.append(
          Family(
            columns: view, means: Array(repeating: 1 / Double(view.count), count: view.count),
            variances: Array(repeating: factor * deviation * deviation, count: view.count),
            residualScales: hasSources ? settings.freeResidualScales : [0],
            logPrior: hasSources ? settings.freeLogPrior : 0))
      }
    }
    return families
  }

  /// z R Rᵀ + o O diag(v) Oᵀ + noise over the samples.
  func covariance(
    residualScale: Double, operationScale: Double, noise: Double
  ) -> Matrix {
    var result = Matrix(rows: y.count, columns: y.count)
    for place in result.elements.indices {
      result.elements[place] =
        residualScale * residualKernel.elements[place]
        + operationScale * operationKernel.elements[place]
    }
    for i in y.indices { result[i, i] += noise * noiseFactors[i] + roundingVariance }
    return result
  }

  /// Scores every hypothesis.
  ///
  /// - Returns: for each sample the squared left-out error over its variance, of the mixture.
  private mutating func weigh() -> [Double] {
    hypotheses.removeAll(keepingCapacity: true)
    var scorer = HypothesisScorer(
      design: design, y: y, signedLogPrior: settings.signedLogPrior)
    let residualScales = Set(families.flatMap(\.residualScales)).sorted()
    for noise in settings.noiseVariances {
      for residualScale in residualScales {
        for operationScale in settings.operationScales {
          guard
            scorer.prepare(
              covariance(
                residualScale: residualScale, operationScale: operationScale, noise: noise))
          else { continue }
          for (index, family) in families.enumerated()
          where family.residualScales.contains(residualScale) {
            for outcome in scorer.score(family) {
              hypotheses.append(
                Hypothesis(
                  family: index, residualScale: residualScale, operationScale: operationScale,
                  noise: noise, active: outcome.active, weights: outcome.weights,
                  logWeight: outcome.logWeight + family.logPrior))
            }
          }
        }
      }
    }
    let best = hypotheses.map(\.logWeight).max() ?? 0
    shares = hypotheses.map { exp($0.logWeight - best) }
    let total = shares.reduce(0, +)
    shares = shares.map { $0 / total }

    let n = y.count
    var errors = [Double](repeating: 0, count: n)
    var variances = errors
    for (index, share) in shares.enumerated() {
      for i in 0..<n {
        errors[i] += share * scorer.leftOutErrors[index * n + i]
        variances[i] += share * scorer.leftOutVariances[index * n + i]
      }
    }
    return zip(errors, variances).map { $0 * $0 / $1 }
  }
}

/// The tick of the clock that took the latencies: the largest power of ten seconds, up to 10 ms, of
/// which all are multiples; 0 where there is none above 10 µs.
func clockTick(_ latencies: [Double]) -> Double {
  for tick in [1e-2, 1e-3, 1e-4, 1e-5] {
    let isMultiple = latencies.allSatisfy { latency in
      let ticks = latency / tick
      return abs(ticks - ticks.rounded()) < 1e-6 * max(1, ticks)
    }
    if isMultiple { return tick }
  }
  return 0
}
