import Analytic
import Devices
import Foundation
import Mathematics
import Predictions
import Quantities

/// The power-limit model against measured jobs: each is fitted to a few of its limits and scored on the
/// others, beside rules that need no model.
///
/// A board's floor power is the lowest that any of its jobs draws under the highest limit; it is named
/// as calibration. Jobs with fewer than three limits leave nothing to score and are left out.
public struct PowerReplay: Sendable {
  /// One board with its jobs.
  public struct Session: Sendable {
    public let device: Device
    /// With the floor that was read off the trace.
    public let model: PowerLimitModel
    public let jobs: [PowerTrace.Job]
  }

  public let sessions: [Session]
  /// Jobs with fewer than three limits.
  public let leftOut: Int

  /// - Parameter folder: holds `summary_power_v100.csv` and its like.
  /// - Throws: `StudyError.needsData` where none of them is there; `DatasetError`.
  public init(folder: String) throws {
    var sessions: [Session] = []
    var leftOut = 0
    for board in PowerTrace.Board.allCases {
      let path = "\(folder)/\(board.fileName)"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let trace = try PowerTrace(board, path: path)
      let jobs = trace.jobs.filter { $0.points.count >= 3 }
      leftOut += trace.jobs.count - jobs.count
      guard let floor = jobs.compactMap({ $0.points.last?.power }).min() else { continue }
      let device = try DeviceCatalogue.device(named: board.deviceName)
      sessions.append(
        Session(device: device, model: try PowerLimitModel(device, floor: floor), jobs: jobs))
    }
    guard !sessions.isEmpty else { throw StudyError.needsData(path: folder) }
    self.sessions = sessions
    self.leftOut = leftOut
  }
}

extension PowerTrace.Job {
  var isResNet: Bool { dataset == "imagenet" && network == "resnet50" }

  /// Whether the lowest limit makes it slower by more than a twentieth.
  var isPowerBound: Bool {
    guard let lowest = points.first, let highest = points.last else { return false }
    return lowest.time / highest.time > 1.05
  }
}

extension PowerReplay {
  /// By what a job's time and power under a limit are predicted.
  public enum Method: String, CaseIterable, Sendable {
    case twoPoints = "model, lowest and highest limit"
    case otherBoards = "model, two points, constants of the other boards"
    case onePoint = "model, highest limit alone"
    case constant = "constant, power at most the limit"
    case linear = "linear in the limit"
    case powerLaw = "T ∝ max(1, (P/limit)^γ), γ of each job"
    /// ResNet-50 alone, whose every size is known. Times are scored over that under the highest limit,
    /// since an epoch holds more than steps.
    case roofline = "roofline, no measurement; times over the last"

    /// Places of the points that it is given; they are not scored.
    func calibration(_ count: Int) -> Set<Int> {
      self == .onePoint || self == .roofline ? [count - 1] : [0, count - 1]
    }

    func takes(_ job: PowerTrace.Job) -> Bool { self != .roofline || job.isResNet }
  }

  /// What a method says of one limit.
  struct Forecast {
    var time: Estimate<Seconds>
    var power: Estimate<Watts>
  }

  /// A job's forecasts for all of its limits.
  static func forecasts(
    _ method: Method, _ job: PowerTrace.Job, _ model: PowerLimitModel, _ device: Device
  ) throws -> [Forecast] {
    guard let lowest = job.points.first, let highest = job.points.last else { return [] }
    func simple(_ rule: (PowerMeasurement) -> (Seconds, Watts)) -> [Forecast] {
      job.points.map { point in
        let (time, power) = rule(point)
        return Forecast(time: Estimate(time), power: Estimate(power))
      }
    }
    switch method {
    case .twoPoints, .otherBoards, .onePoint:
      let fit = try PowerLimitFit(
        model, method == .onePoint ? [highest] : [lowest, highest])
      return job.points.map { point in
        let predicted = fit.point(limit: point.limit)
        return Forecast(time: predicted.time, power: predicted.power)
      }
    case .roofline: return try rooflineForecasts(job, device)
    case .constant:
      return simple { (highest.time, min(highest.power, $0.limit)) }
    case .linear:
      return simple { point in
        let share = (point.limit - lowest.limit) / (highest.limit - lowest.limit)
        return (
          lowest.time + share * (highest.time - lowest.time),
          lowest.power + share * (highest.power - lowest.power)
        )
      }
    case .powerLaw:
      // P_need is the power under the highest limit, γ and the share of the limit that is drawn are
      // those of the lowest.
      let need = highest.power
      let bends = need / lowest.limit > 1.02
      let exponent =
        bends ? max(0, log(lowest.time / highest.time) / log(need / lowest.limit)) : 0
      let share = need > lowest.limit ? lowest.power / lowest.limit : 1
      return simple { point in
        (
          max(1, pow(need / point.limit, exponent)) * highest.time,
          min(need, max(share * point.limit, min(lowest.power, need)))
        )
      }
    }
  }
}

extension PowerReplay {
  /// From the data sheet: a training step of ResNet-50 in fp32 with momentum. Its times are scaled to the
  /// measured one under the highest limit.
  private static func rooflineForecasts(
    _ job: PowerTrace.Job, _ device: Device
  ) throws -> [Forecast] {
    guard let network = NetworkRegistry.network(named: "resnet50"), let highest = job.points.last
    else { return [] }
    let step = try network.workload(batch: job.batch).trainingStep(optimizer: .momentum)
    let fit = try RooflineModel(device).powerLimitFit(step.kernels(Execution()))
    let base = fit.point(limit: highest.limit).time.value
    return job.points.map { point in
      let predicted = fit.point(limit: point.limit)
      return Forecast(
        time: Estimate((predicted.time.value / base) * highest.time), power: predicted.power)
    }
  }

  /// The model of a board under constants that were fitted to the other boards.
  func refitted(without session: Session) throws -> PowerLimitModel {
    let others = sessions.filter { $0.device.name != session.device.name }
    let constants = try PowerLimitConstantsFit.fit(
      others.map { other in
        PowerLimitConstantsFit.Board(other.model, jobs: other.jobs.map(\.points))
      })
    return session.model.with(constants)
  }
}
