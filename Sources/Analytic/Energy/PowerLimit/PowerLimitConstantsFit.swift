import Foundation
import Mathematics
import Predictions
import Quantities

/// Fits the shared constants of the power-limit model to jobs that were measured under many limits.
///
/// ```
/// minimise  Σ_jobs Σ_unseen ρ(ln T̂ − ln T) + ρ(ln P̂ − ln P)      ρ: pseudo-Huber, δ = 0.01
/// ```
/// A job's own fit sees its lowest and highest limit (weight 1) or its highest alone (weight ¼), and the
/// constants answer for the other limits: they are chosen for what they make of few points.
public enum PowerLimitConstantsFit {
  /// A board and the jobs that were measured on it, each at three limits or more, ascending.
  public struct Board: Sendable {
    public let model: PowerLimitModel
    public let jobs: [[PowerMeasurement]]

    public init(_ model: PowerLimitModel, jobs: [[PowerMeasurement]]) {
      self.model = model
      self.jobs = jobs.filter { $0.count >= 3 }
    }
  }

  private static let huberWidth = 0.01
  /// Of the prior at the starting constants.
  private static let pull = 0.02

  /// s, λ, and the priors of κ and a; the voltage curve, the noise and the prior of d stay.
  public static func fit(
    _ boards: [Board], start: PowerLimitConstants = .published, iterations: Int = 12
  ) throws -> PowerLimitConstants {
    let tasks = try boards.flatMap { board in
      try board.jobs.flatMap { points in
        try [
          Task(board.model, points, calibration: [0, points.count - 1], weight: 1),
          Task(board.model, points, calibration: [points.count - 1], weight: 0.25),
        ]
      }
    }
    let origin = Self.coordinates(start)
    let fit = try levenbergMarquardt(
      start: origin, steps: origin.map { _ in 5e-3 }, iterations: iterations, tolerance: 1e-4
    ) { x in
      let constants = Self.constants(x, from: start)
      return tasks.flatMap { $0.residuals(constants) }
        + zip(x, origin).map { pull * ($0 - $1) }
    }
    return constants(fit.parameters, from: start)
  }

  // MARK: - One job, seen at some of its limits

  private struct Task {
    let model: PowerLimitModel
    let seen: [PowerMeasurement]
    let unseen: [PowerMeasurement]
    let weight: Double
    /// The job's parameters under the starting constants.
    let start: [Double]

    init(
      _ model: PowerLimitModel, _ points: [PowerMeasurement], calibration: Set<Int>, weight: Double
    ) throws {
      self.model = model
      self.weight = weight
      seen = points.indices.filter(calibration.contains).map { points[$0] }
      unseen = points.indices.filter { !calibration.contains($0) }.map { points[$0] }
      start = try PowerLimitFit(model, seen).coordinates
    }

    func residuals(_ constants: PowerLimitConstants) -> [Double] {
      let model = model.with(constants)
      let posterior = PowerLimitPosterior(model, seen)
      let fit = try? levenbergMarquardt(
        start: start, largestStep: PowerLimitPosterior.largestStep, iterations: 12,
        tolerance: 1e-7, residuals: posterior.residuals)
      let x = fit?.parameters ?? start
      let job = PowerLimitJob(coordinates: x)
      return unseen.flatMap { point in
        let state = model.state(of: job, limit: point.limit)
        return [
          huber(log(state.time / point.time)), huber(log(state.power / point.power)),
        ].map { weight.squareRoot() * $0 }
      }
    }

    /// A residual whose square is the pseudo-Huber loss.
    private func huber(_ error: Double) -> Double {
      let width = PowerLimitConstantsFit.huberWidth
      return ((error * error + width * width).squareRoot() - width).squareRoot()
    }
  }

  // MARK: - Coordinates

  private static func coordinates(_ constants: PowerLimitConstants) -> [Double] {
    [
      log(constants.busyStatic), log(constants.lightDynamic), constants.clockShare.intercept,
      constants.clockShare.slope, log(constants.clockShare.deviation),
      constants.busyShare.intercept, constants.busyShare.slope,
      log(constants.busyShare.deviation),
    ]
  }

  private static func constants(
    _ x: [Double], from start: PowerLimitConstants
  ) -> PowerLimitConstants {
    func bounded(_ logarithm: Double, _ range: ClosedRange<Double>) -> Double {
      min(range.upperBound, max(range.lowerBound, exp(logarithm)))
    }
    var constants = start
    constants.busyStatic = bounded(x[0], 0.3...2)
    constants.lightDynamic = bounded(x[1], 0.003...0.6)
    constants.clockShare = .init(
      intercept: x[2], slope: x[3], deviation: bounded(x[4], 0.1...4))
    constants.busyShare = .init(
      intercept: x[5], slope: x[6], deviation: bounded(x[7], 0.1...2))
    return constants
  }
}

extension PowerLimitModel {
  /// The same board under other constants.
  public func with(_ constants: PowerLimitConstants) -> PowerLimitModel {
    PowerLimitModel(
      name: name, thermalDesign: thermalDesign, floor: floor, fullClock: fullClock,
      limits: limits, constants: constants, assumptions: assumptions)
  }
}
