import Foundation
import Mathematics
import Predictions
import Quantities

/// A job's parameters as measurements tell them, with what remains unsure.
///
/// The maximum a posteriori of `x = (ln T₀, ln d, logit κ, logit a)`:
/// ```
/// minimise  Σ_points ((ln T̂ − ln T)/σ_T)² + ((ln P̂ − ln P)/σ_P)²
///         + ((ln d − m_D)/s_D)² + ((logit κ − c₀ − c₁·ln d)/s_K)² + ((logit a − a₀ − a₁·ln d)/s_A)²
/// ```
/// by Levenberg–Marquardt from three starts. The covariance is that of Laplace's approximation there.
/// One point gives the whole curve; two, the lowest and the highest limit, give it better.
public struct PowerLimitFit: Sendable {
  public let model: PowerLimitModel
  public let job: PowerLimitJob
  public let measurements: [PowerMeasurement]
  /// The minimum of the sum above.
  public let cost: Double
  /// `x`, and the columns of a factor L of its covariance L·Lᵀ.
  let coordinates: [Double]
  let spread: [[Double]]

  /// - Parameter measurements: none for what is believed of a job from elsewhere.
  init(
    model: PowerLimitModel, coordinates: [Double], spread: [[Double]],
    measurements: [PowerMeasurement] = [], cost: Double = 0
  ) {
    self.model = model
    self.coordinates = coordinates
    self.spread = spread
    self.measurements = measurements
    self.cost = cost
    job = PowerLimitJob(coordinates: coordinates)
  }

  /// - Parameters:
  ///   - measurements: of one job, any number. Without one the priors alone speak, and times are
  ///     multiples of that at full clock, which is taken for 1 s.
  /// - Throws: `PowerLimitError.invalidPoint` for what is not positive; `.notSolvable`.
  public init(
    _ model: PowerLimitModel, _ measurements: [PowerMeasurement]
  ) throws(PowerLimitError) {
    for point in measurements {
      guard point.limit > .zero, point.time > .zero, point.power > .zero, point.limit.isFinite,
        point.time.isFinite, point.power.isFinite
      else { throw .invalidPoint(limit: point.limit, time: point.time, power: point.power) }
    }
    guard !measurements.isEmpty else {
      self.init(prior: model)
      return
    }
    let posterior = PowerLimitPosterior(model, measurements)
    var best: NonlinearFit?
    for start in posterior.starts() {
      guard
        let fit = try? levenbergMarquardt(
          start: start, largestStep: PowerLimitPosterior.largestStep, iterations: 60,
          tolerance: 1e-10, residuals: posterior.residuals)
      else { continue }
      if best.map({ fit.cost < $0.cost }) ?? true { best = fit }
    }
    guard let best, let factor = try? Cholesky(best.covariance).factor else { throw .notSolvable }
    self.init(
      model: model, coordinates: best.parameters,
      spread: (0..<4).map { column in (0..<4).map { factor[$0, column] } },
      measurements: measurements, cost: 2 * best.cost)
  }

  /// The priors' mean and covariance, with T₀ = 1 s.
  private init(prior model: PowerLimitModel) {
    let constants = model.constants
    let mean = constants.dynamicPower.intercept
    self.init(
      model: model,
      coordinates: [
        0, mean, constants.clockShare.mean(mean), constants.busyShare.mean(mean),
      ],
      spread: [
        [
          0, constants.dynamicPower.deviation,
          constants.clockShare.slope * constants.dynamicPower.deviation,
          constants.busyShare.slope * constants.dynamicPower.deviation,
        ],
        [0, 0, constants.clockShare.deviation, 0], [0, 0, 0, constants.busyShare.deviation],
      ])
  }
}
