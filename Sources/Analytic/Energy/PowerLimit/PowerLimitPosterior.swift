import Foundation
import Mathematics
import Predictions
import Quantities

/// The sum of squares that a job's fit minimises.
struct PowerLimitPosterior {
  /// How far one step may move a coordinate: the sum has bends where a limit begins to hold, and a long
  /// step ends in a wrong minimum.
  static let largestStep = 1.5

  private let model: PowerLimitModel
  private let limits: [Double]
  private let logTimes: [Double]
  private let logPowers: [Double]

  init(_ model: PowerLimitModel, _ measurements: [PowerMeasurement]) {
    self.model = model
    limits = measurements.map { $0.limit / model.thermalDesign }
    logTimes = measurements.map { log($0.time.value) }
    logPowers = measurements.map { log($0.power / model.thermalDesign) }
  }

  /// In units of their standard deviations.
  func residuals(_ x: [Double]) -> [Double] {
    let constants = model.constants
    let job = PowerLimitJob(coordinates: x)
    var residuals: [Double] = []
    residuals.reserveCapacity(2 * limits.count + 3)
    for index in limits.indices {
      let clock = model.clock(job, limitShare: limits[index])
      let relative = model.relative(job, atClock: clock, limitShare: limits[index])
      residuals.append((x[0] + log(relative.time) - logTimes[index]) / constants.timeNoise)
      residuals.append((log(relative.power) - logPowers[index]) / constants.powerNoise)
    }
    let (power, clock, busy) = (constants.dynamicPower, constants.clockShare, constants.busyShare)
    residuals.append((x[1] - power.intercept) / power.deviation)
    residuals.append((x[2] - clock.mean(x[1])) / clock.deviation)
    residuals.append((x[3] - busy.mean(x[1])) / busy.deviation)
    return residuals
  }

  /// One start for each of three κ: the best of four d and three a, with T₀ in closed form. A single
  /// start ends in a wrong minimum for some jobs.
  func starts() -> [[Double]] {
    let constants = model.constants
    let dynamic = max(
      exp(logPowers.max() ?? 0) - constants.busyStatic * model.floorShare, 0.02)
    return [-4.0, -1, 2].map { clockShare in
      var best: (x: [Double], cost: Double) = ([], .infinity)
      for factor in [0.7, 1, 1.4, 2] {
        let range = PowerLimitJob.logDynamicPowerRange
        let power = min(range.upperBound, max(range.lowerBound, log(dynamic * factor)))
        for side in [-1.0, 0, 1] {
          let bound = PowerLimitJob.logitBound
          let busy = constants.busyShare.mean(power) + side * constants.busyShare.deviation
          var x = [0, power, clockShare, min(bound, max(-bound, busy))]
          let job = PowerLimitJob(coordinates: x)
          x[0] =
            mean(
              zip(limits, logTimes).map { limit, time in
                let clock = model.clock(job, limitShare: limit)
                return time - log(model.relative(job, atClock: clock, limitShare: limit).time)
              })
          let cost = residuals(x).reduce(0) { $0 + $1 * $1 }
          if cost < best.cost { best = (x, cost) }
        }
      }
      return best.x
    }
  }
}
