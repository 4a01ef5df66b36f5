import Foundation
import Predictions
import Quantities

extension PowerLimitFit {
  /// The nominal coverage of the intervals.
  public static let coverage = RooflineModel.coverage

  /// The job under a limit of the board's power.
  public func point(limit: Watts) -> PowerPoint {
    let share = limit / model.thermalDesign
    return point(limit: limit, clock: model.clock(of: job, limit: limit)) { job in
      model.relative(
        job, atClock: model.clock(job, limitShare: share), limitShare: share)
    }
  }

  /// The job with the core clock locked at a share of the full one.
  public func point(clock: Double) -> PowerPoint {
    point(limit: nil, clock: clock) { job in model.relative(job, atClock: clock) }
  }

  /// A log-normal interval around each amount.
  ///
  /// ```
  /// σ² = Σ_j ((f(x + L_j) − f(x − L_j))/2)² + σ_model²          f: ln T, ln P, ln T + ln P
  /// ```
  /// with L_j the columns of the covariance's factor: a derivative over the width that the parameters
  /// really have, so that the bend where a limit begins to hold is seen from both sides.
  private func point(
    limit: Watts?, clock: Double,
    relative: (PowerLimitJob) -> (time: Double, power: Double)
  ) -> PowerPoint {
    // Of the time over T₀: a run of no work has a T₀ of 0, whose logarithm would spoil the rest.
    func logs(_ column: [Double], _ side: Double) -> (time: Double, power: Double) {
      let value = relative(
        PowerLimitJob(coordinates: zip(coordinates, column).map { $0 + side * $1 }))
      return (side * column[0] + log(value.time), log(value.power))
    }
    let constants = model.constants
    var time = constants.timeDeviation * constants.timeDeviation
    var power = constants.powerDeviation * constants.powerDeviation
    var energy = time + power
    for column in spread {
      let (above, below) = (logs(column, 1), logs(column, -1))
      let (slower, hungrier) = ((above.time - below.time) / 2, (above.power - below.power) / 2)
      time += slower * slower
      power += hungrier * hungrier
      energy += (slower + hungrier) * (slower + hungrier)
    }
    let value = relative(job)
    let duration = value.time * job.fullClockTime
    let draw = value.power * model.thermalDesign
    return PowerPoint(
      limit: limit, clockShare: clock, clock: model.fullClock.map { clock * $0 },
      time: estimate(duration, variance: time), power: estimate(draw, variance: power),
      energy: estimate(draw * duration, variance: energy),
      isMet: limit.map { $0 >= model.lowestPower(of: job) } ?? true)
  }

  private func estimate<Amount: Quantity>(_ value: Amount, variance: Double) -> Estimate<Amount> {
    let width = exp(RooflineModel.normalQuantile * variance.squareRoot())
    return Estimate(value, low: value / width, high: value * width, coverage: Self.coverage)
  }
}
