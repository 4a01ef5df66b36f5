import Features
import Foundation
import Mathematics
import Predictions
import Quantities

/// The rates of one device after some of its latencies were seen.
///
/// The minimum of
/// ```
/// Σ_i (ν+1)/2 · ln(1 + (ln T_i(θ) + o_i − ln t_i)²/(ν σ²)) + ½ vᵀ S⁻¹ v
/// ```
/// by Gauss–Newton steps, ∂ ln T/∂θ_c being the share of class c in T; the covariance is that of
/// Laplace's approximation.
public struct AdaptedRates: Sendable {
  public let prior: RatePrior
  public let threads: Int?
  /// ln ms for one unit of each class of work.
  public let logRates: [Double]
  public let covariance: Matrix
  /// ln ms of each anchor, for known networks; nil without anchors.
  private let levels: [Double]?

  /// A run that was measured.
  public struct Sample: Sendable {
    public let network: String
    /// By class.
    public let work: [Double]
    public let latency: Seconds

    public init(network: String, work: [Double], latency: Seconds) {
      self.network = network
      self.work = work
      self.latency = latency
    }
  }

  /// - Throws: `LinearAlgebraError` where the prior's covariance is singular.
  public init(
    _ prior: RatePrior, samples: [Sample], threads: Int? = nil
  ) throws(LinearAlgebraError) {
    self.prior = prior
    self.threads = threads
    let precision = try Cholesky(Matrix(prior.covariance)).inverse
    let offsets = samples.map { sample in
      prior.anchors.flatMap { anchors in
        anchors.names.firstIndex(of: sample.network).map { anchors.offsets[$0] }
      } ?? 0
    }
    (logRates, covariance) = try Self.adapt(
      center: prior.center(threads: threads), precision: precision, deviation: prior.deviation,
      work: samples.map(\.work),
      targets: zip(samples, offsets).map {
        log($0.latency.milliseconds) - $1
      })
    let rates = logRates
    levels = prior.anchors.map { anchors in
      anchors.names.indices.map { place in
        let measured = samples.first { $0.network == anchors.names[place] }
        return measured.map { log($0.latency.milliseconds) }
          ?? Self.logTime(anchors.work[place], rates) + anchors.offsets[place]
      }
    }
  }

  /// ln Σ W e^θ.
  static func logTime(_ work: [Double], _ logRates: [Double]) -> Double {
    var sum = 0.0
    for (amount, rate) in zip(work, logRates) where amount > 0 { sum += amount * exp(rate) }
    return log(max(sum, 1e-300))
  }

  static func adapt(
    center: [Double], precision: Matrix, deviation: Double, work: [[Double]], targets: [Double],
    iterations: Int = 12
  ) throws(LinearAlgebraError) -> ([Double], Matrix) {
    let count = center.count
    var v = [Double](repeating: 0, count: count)
    if !targets.isEmpty {
      let start = mean(zip(work, targets).map { $1 - logTime($0, center) })
      v = [Double](repeating: start, count: count)
    }
    var hessian = precision
    for _ in 0..<(targets.isEmpty ? 1 : iterations) {
      hessian = precision
      var gradient = precision.multiplied(by: v).map { -$0 }
      let rates = zip(center, v).map(+)
      for (row, target) in zip(work, targets) {
        let parts = zip(row, rates).map { $0 * exp($1) }
        let total = parts.reduce(0, +)
        guard total > 0 else { continue }
        let error = target - log(total)
        let scaled = error / deviation
        let weight =
          (RatePrior.freedom + 1) / (RatePrior.freedom + scaled * scaled)
          / (deviation * deviation)
        for i in 0..<count where parts[i] > 0 {
          let share = parts[i] / total
          gradient[i] += share * weight * error
          for j in 0..<count { hessian[i, j] += share * weight * parts[j] / total }
        }
      }
      var step = try Cholesky(hessian).solve(gradient)
      let longest = step.map(abs).max() ?? 0
      if longest > 1.5 { step = step.map { $0 * 1.5 / longest } }
      v = zip(v, step).map(+)
    }
    return (zip(center, v).map(+), try Cholesky(hessian).inverse)
  }

  // MARK: - Prediction

  /// The latency of a network from its work; by its name also from what others have shown of it.
  public func latency(network: String, work: [Double]) -> Estimate<Seconds> {
    let parts = zip(work, logRates).map { $0 * exp($1) }
    let total = parts.reduce(0, +)
    guard total > 0 else { return Estimate(.zero) }
    let shares = parts.map { $0 / total }
    let variance = dot(shares, covariance.multiplied(by: shares))
    var center = log(total)
    var (floor, quantile) = (prior.floor, prior.quantile)
    if let anchors = prior.anchors, let levels,
      let own = anchors.correction(network, levels: levels, threads: threads)
    {
      center += own
      (floor, quantile) = (anchors.floor, anchors.quantile)
    }
    let width = quantile * (variance + floor * floor).squareRoot()
    let point = center - RatePrior.shrinkage * min(variance, 1)
    func seconds(_ logarithm: Double) -> Seconds { .milliseconds(exp(logarithm)) }
    return Estimate(
      seconds(point), low: min(seconds(center - width), seconds(point)),
      high: max(seconds(center + width), seconds(point)), coverage: 0.9)
  }
}
