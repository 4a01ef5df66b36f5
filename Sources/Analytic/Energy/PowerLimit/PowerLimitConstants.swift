import Foundation

/// The constants of the power-limit model: one set for all boards.
///
/// - Source: fitted to 164 training jobs of the public Zeus traces (V100, P100, Quadro RTX 6000; 826
///   points under limits that no job's fit had seen), then rounded; `perfmodel replay power` scores
///   them. Voltage curve and lowest clock were chosen with all three boards in view; the traces hold no
///   reading of the clock, so that time and power are validated and clocks are inferred.
public struct PowerLimitConstants: Sendable, Hashable {
  /// v₀: the voltage that a core never goes below, over that at full clock.
  public var voltageFloor = 0.65
  /// u₀: the share of the full clock below which the voltage stays at its floor.
  public var voltageKnee = 0.60
  /// The lowest clock that a limit brings about, over the full one.
  public var lowestClock = 0.10
  /// s: static power while busy over the board's floor power. Fitted.
  public var busyStatic = 1.20
  /// λ: dynamic power of light phases (host, loader, small kernels) over that while busy. Fitted.
  public var lightDynamic = 0.175
  /// Standard deviations of the logarithms of a measured time and power, as a job's fit weighs them.
  public var timeNoise = 0.01
  public var powerNoise = 0.02
  /// Standard deviations of ln(measured ÷ curve) under a limit that the fit has not seen, beside what
  /// the job's parameters are unsure of: the noise of measurements and what the form does not hold.
  /// - Source: chosen on the same traces so that 90 % intervals hold about 90 % of the points.
  public var timeDeviation = 0.037
  public var powerDeviation = 0.024
  /// ln d of a job of which nothing is known, and its standard deviation: weak.
  public var dynamicPower = Prior(intercept: -0.42, slope: 0, deviation: 3)
  /// logit κ given ln d: jobs that draw little do not scale with the clock. Fitted.
  public var clockShare = Prior(intercept: 0.65, slope: 2.5, deviation: 1.4)
  /// logit a given ln d: jobs that draw little are busy less. Fitted.
  public var busyShare = Prior(intercept: 1.9, slope: 2.75, deviation: 0.9)

  /// A normal distribution whose mean is `intercept + slope · ln d`.
  public struct Prior: Sendable, Hashable {
    public var intercept: Double
    public var slope: Double
    public var deviation: Double

    public func mean(_ logDynamicPower: Double) -> Double { intercept + slope * logDynamicPower }
  }

  public init() {}

  /// The rounded optimum.
  public static let published = PowerLimitConstants()

  /// Floor power over the design power where a device states no idle power.
  /// - Source: the three boards' own are 0.13, 0.14 and 0.21.
  public static let floorShare = 0.15

  /// e(u): the dynamic energy of a unit of work at clock share `clock` over that at full clock.
  ///
  /// ```
  /// V(u)/V_max = v₀ + (1 − v₀)·max(0, u − u₀)/(1 − u₀)          (1) a floor, then affine
  /// e(u) = (V(u)/V_max)²                                        (2)
  /// ```
  @inlinable public func energyFactor(atClock clock: Double) -> Double {
    let rise = max(0, clock - voltageKnee) / (1 - voltageKnee)
    let voltage = voltageFloor + (1 - voltageFloor) * rise
    return voltage * voltage
  }
}
