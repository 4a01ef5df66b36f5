import Foundation
import Quantities

/// What the power-limit model knows a job by: a training epoch, a step, one run of a network.
public struct PowerLimitJob: Sendable, Hashable {
  /// T₀: its time at full clock.
  public var fullClockTime: Seconds
  /// d: dynamic power while busy at full clock, over the board's design power. It may exceed 1: then
  /// even the highest limit slows the job.
  public var dynamicPower: Double
  /// κ: the share of busy time that goes with the core clock; the rest is memory and latency.
  public var clockShare: Double
  /// a: the share of the time at full clock in which the board is busy; the rest is light phases.
  public var busyShare: Double

  public init(
    fullClockTime: Seconds, dynamicPower: Double, clockShare: Double, busyShare: Double
  ) {
    self.fullClockTime = fullClockTime
    self.dynamicPower = dynamicPower
    self.clockShare = clockShare
    self.busyShare = busyShare
  }

  /// τ(u) = 1 − κ + κ/u: busy time of a unit of work at clock share `clock` over that at full clock.
  @inlinable public func slowdown(atClock clock: Double) -> Double {
    1 - clockShare + clockShare / clock
  }

  // MARK: - Coordinates of the fit

  /// Bounds of ln d, and of the logits on both sides of 0: beyond them nothing changes.
  static let logDynamicPowerRange = -7.0...1.5
  static let logitBound = 9.0

  /// `(ln T₀, ln d, logit κ, logit a)`, kept inside the bounds.
  init(coordinates x: [Double]) {
    func share(_ logit: Double) -> Double {
      1 / (1 + exp(-min(Self.logitBound, max(-Self.logitBound, logit))))
    }
    let range = Self.logDynamicPowerRange
    self.init(
      fullClockTime: Seconds(exp(x[0])),
      dynamicPower: exp(min(range.upperBound, max(range.lowerBound, x[1]))),
      clockShare: share(x[2]), busyShare: share(x[3]))
  }

  var coordinates: [Double] {
    func logit(_ share: Double) -> Double {
      let inside = min(1 - 1e-4, max(1e-4, share))
      return log(inside / (1 - inside))
    }
    let range = Self.logDynamicPowerRange
    return [
      log(fullClockTime.value),
      min(range.upperBound, max(range.lowerBound, log(max(dynamicPower, 1e-9)))),
      logit(clockShare), logit(busyShare),
    ]
  }
}

/// A job at one clock of the core, over the whole of its time.
public struct PowerLimitState: Sendable, Hashable {
  /// u: the core's clock while busy, over the full one.
  public var clock: Double
  public var time: Seconds
  /// In the mean.
  public var power: Watts

  public var energy: Joules { power * time }
}
