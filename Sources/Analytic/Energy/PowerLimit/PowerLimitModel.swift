import Devices
import Foundation
import Quantities

/// Time, power and energy of a job on a board whose power is limited, or whose core clock is locked.
///
/// Powers are shares of the design power (TDP), `q = limit/TDP`, `u = core clock/full clock`. A job is
/// busy for a share `a` of its time at full clock, and light for the rest:
/// ```
/// V(u)/V_max = v₀ + (1 − v₀)·max(0, u − u₀)/(1 − u₀)          (1) voltage: a floor, then affine
/// e(u)      = (V(u)/V_max)²                                   (2) dynamic energy of a unit of work
/// τ(u)      = 1 − κ + κ/u                                     (3) busy time of a unit of work
/// P_busy(u) = s·F + d·e(u)/τ(u)                               (4) strictly rising in u for κ > 0
/// P_light   = min(F + λ·d, q)                                 (5) host, loader, small kernels
/// u(q)      = max { u in [u_min, 1] : P_busy(u) ≤ q }         (6) the governor
/// T         = T₀·((1 − a) + a·τ)                              (7)
/// P         = ((1 − a)·P_light + a·τ·P_busy)/((1 − a) + a·τ)  (8)
/// E         = P·T                                             (9)
/// ```
/// With κ = 1 and no floor, (4) is the usual `u·V²`. A limit below `P_busy(u_min)` cannot be met: the
/// clock stays at its lowest, and the power is above the limit.
///
/// - Source: the form is this project's, fitted to the public traces of Zeus (J. You, J.-W. Chung,
///   M. Chowdhury, *Zeus: Understanding and Optimizing GPU Energy Consumption of DNN Training*, NSDI
///   2023); the traces' boards are named in `PowerLimitConstants`.
public struct PowerLimitModel: Sendable, Hashable {
  /// The board, for messages.
  public let name: String
  /// TDP.
  public let thermalDesign: Watts
  /// F: what the board draws whenever a job is on it.
  public let floor: Watts
  /// The clock of u = 1, where the device states it.
  public let fullClock: Hertz?
  /// The limits that can be set.
  public let limits: ClosedRange<Watts>
  public let constants: PowerLimitConstants
  /// What was taken to be so.
  public let assumptions: [String]

  /// - Precondition: all powers are positive, and the floor is below the design power.
  public init(
    name: String, thermalDesign: Watts, floor: Watts, fullClock: Hertz? = nil,
    limits: ClosedRange<Watts>? = nil, constants: PowerLimitConstants = .published,
    assumptions: [String] = []
  ) {
    precondition(
      .zero < floor && floor < thermalDesign, "a floor of \(floor) under \(thermalDesign)")
    self.name = name
    self.thermalDesign = thermalDesign
    self.floor = floor
    self.fullClock = fullClock
    self.limits = limits ?? floor...thermalDesign
    self.constants = constants
    self.assumptions = assumptions
  }

  // MARK: - Equations in shares of the design power

  var floorShare: Double { floor / thermalDesign }

  /// (4)
  func busyPower(_ job: PowerLimitJob, atClock clock: Double) -> Double {
    constants.busyStatic * floorShare
      + job.dynamicPower * constants.energyFactor(atClock: clock) / job.slowdown(atClock: clock)
  }

  /// (5) without the limit.
  func lightPower(_ job: PowerLimitJob) -> Double {
    floorShare + constants.lightDynamic * job.dynamicPower
  }

  /// (6) by bisection: 24 halvings, then a secant between the ends, so that it is smooth in the job.
  func clock(_ job: PowerLimitJob, limitShare limit: Double) -> Double {
    guard busyPower(job, atClock: 1) > limit else { return 1 }
    var low = constants.lowestClock
    var high = 1.0
    for _ in 0..<24 {
      let middle = 0.5 * (low + high)
      if busyPower(job, atClock: middle) <= limit { low = middle } else { high = middle }
    }
    let below = busyPower(job, atClock: low) - limit
    let above = busyPower(job, atClock: high) - limit
    guard above - below > 1e-14 else { return low }
    return min(1, max(constants.lowestClock, low - below * (high - low) / (above - below)))
  }

  /// (7) over T₀, and (8).
  func relative(
    _ job: PowerLimitJob, atClock clock: Double, limitShare limit: Double = .infinity
  ) -> (time: Double, power: Double) {
    let slowdown = job.slowdown(atClock: clock)
    let light = 1 - job.busyShare
    let time = light + job.busyShare * slowdown
    let energy =
      light * min(lightPower(job), limit)
      + job.busyShare * slowdown * busyPower(job, atClock: clock)
    return (time, energy / time)
  }

  // MARK: - Quantities

  /// The core clock, over the full one, at which the board meets `limit` while busy.
  public func clock(of job: PowerLimitJob, limit: Watts) -> Double {
    clock(job, limitShare: limit / thermalDesign)
  }

  /// The job under a limit of the board's power.
  public func state(of job: PowerLimitJob, limit: Watts) -> PowerLimitState {
    let share = limit / thermalDesign
    return state(job, clock(job, limitShare: share), share)
  }

  /// The job with the core clock locked at a share of the full one.
  public func state(of job: PowerLimitJob, clock: Double) -> PowerLimitState {
    state(job, clock, .infinity)
  }

  private func state(
    _ job: PowerLimitJob, _ clock: Double, _ limit: Double
  ) -> PowerLimitState {
    let relative = relative(job, atClock: clock, limitShare: limit)
    return PowerLimitState(
      clock: clock, time: relative.time * job.fullClockTime,
      power: relative.power * thermalDesign)
  }

  /// What the board draws while busy at full clock: a limit above it changes nothing.
  public func neededPower(of job: PowerLimitJob) -> Watts {
    busyPower(job, atClock: 1) * thermalDesign
  }

  /// What it draws while busy at the lowest clock: no limit brings it further down.
  public func lowestPower(of job: PowerLimitJob) -> Watts {
    busyPower(job, atClock: constants.lowestClock) * thermalDesign
  }
}
