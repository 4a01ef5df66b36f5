import Analytic
import Devices
import Foundation
import Mathematics
import Predictions
import Quantities

extension PowerReplay {
  /// Errors of one method on one board, or on all of them.
  public struct Score: Sendable, Encodable {
    public let device: String
    /// `all`; `power-bound`, slowed by more than 5 % by the lowest limit; or `resnet50`.
    public let jobs: String
    public let method: String
    /// Points that were scored: those that the method was not given.
    public let points: Int
    /// |predicted ÷ measured − 1|.
    public let timeMedian, timeMean: Double
    public let powerMedian, powerMean: Double
    /// The share of points inside the 90 % interval, where the method has one.
    public let timeCoverage, powerCoverage: Double?
    /// E(chosen limit)/E(best limit) − 1 on the measured limits, mean and largest over jobs.
    public let regretMean, regretMax: Double

    private enum CodingKeys: String, CodingKey {
      case device, jobs, method, points
      case timeMedian = "time_median_ape"
      case timeMean = "time_mean_ape"
      case powerMedian = "power_median_ape"
      case powerMean = "power_mean_ape"
      case timeCoverage = "time_coverage_90"
      case powerCoverage = "power_coverage_90"
      case regretMean = "regret_mean"
      case regretMax = "regret_max"
    }
  }

  /// What came of one job.
  struct Outcome {
    let device: String
    let isPowerBound: Bool
    let isResNet: Bool
    var timeErrors: [Double] = []
    var powerErrors: [Double] = []
    var timeInside: [Bool] = []
    var powerInside: [Bool] = []
    var regret = 0.0
  }

  /// Every method on every board and on all of them, for several sets of jobs.
  public func scores(
    _ methods: [Method] = Method.allCases, progress: (Double) -> Void = { _ in }
  ) throws -> [Score] {
    var scores: [Score] = []
    for (place, method) in methods.enumerated() {
      var outcomes: [Outcome] = []
      for session in sessions {
        progress(Double(place) / Double(methods.count))
        let model = method == .otherBoards ? try refitted(without: session) : session.model
        for job in session.jobs where method.takes(job) {
          outcomes.append(try Self.outcome(method, job, model, session.device))
        }
      }
      for device in sessions.map(\.device.name) + ["all"] {
        let own = outcomes.filter { device == "all" || $0.device == device }
        if method != .roofline {
          scores.append(Score(device, "all", method, own))
          scores.append(Score(device, "power-bound", method, own.filter(\.isPowerBound)))
        }
        scores.append(Score(device, "resnet50", method, own.filter(\.isResNet)))
      }
    }
    return scores
  }

  static func outcome(
    _ method: Method, _ job: PowerTrace.Job, _ model: PowerLimitModel, _ device: Device
  ) throws -> Outcome {
    var outcome = Outcome(
      device: device.name, isPowerBound: job.isPowerBound, isResNet: job.isResNet)
    let forecasts = try forecasts(method, job, model, device)
    let calibration = method.calibration(job.points.count)
    for (place, (point, forecast)) in zip(job.points, forecasts).enumerated() {
      let isGiven = calibration.contains(place)
      // The roofline is given a time and no power.
      if isGiven && method != .roofline { continue }
      if !isGiven { outcome.timeErrors.append(abs(forecast.time.value / point.time - 1)) }
      outcome.powerErrors.append(abs(forecast.power.value / point.power - 1))
      if let interval = forecast.time.interval {
        outcome.timeInside.append(interval.contains(point.time))
      }
      if let interval = forecast.power.interval {
        outcome.powerInside.append(interval.contains(point.power))
      }
    }
    let chosen = forecasts.indices.min {
      (forecasts[$0].power.value * forecasts[$0].time.value)
        < (forecasts[$1].power.value * forecasts[$1].time.value)
    }
    if let chosen, let best = job.points.map(\.energy).min() {
      outcome.regret = job.points[chosen].energy / best - 1
    }
    return outcome
  }
}

extension PowerReplay.Score {
  init(
    _ device: String, _ jobs: String, _ method: PowerReplay.Method,
    _ outcomes: [PowerReplay.Outcome]
  ) {
    func statistic(_ values: [Double], _ statistic: ([Double]) -> Double) -> Double {
      values.isEmpty ? 0 : statistic(values)
    }
    func share(_ inside: [Bool]) -> Double? {
      inside.isEmpty ? nil : Double(inside.count { $0 }) / Double(inside.count)
    }
    let times = outcomes.flatMap(\.timeErrors)
    let powers = outcomes.flatMap(\.powerErrors)
    let regrets = outcomes.map(\.regret)
    self.device = device
    self.jobs = jobs
    self.method = method.rawValue
    points = times.count
    timeMedian = statistic(times) { median($0) }
    timeMean = statistic(times) { mean($0) }
    powerMedian = statistic(powers) { median($0) }
    powerMean = statistic(powers) { mean($0) }
    timeCoverage = share(outcomes.flatMap(\.timeInside))
    powerCoverage = share(outcomes.flatMap(\.powerInside))
    regretMean = statistic(regrets) { mean($0) }
    regretMax = regrets.max() ?? 0
  }
}
