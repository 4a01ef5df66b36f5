import Devices
import Quantities

extension PowerLimitModel {
  /// The model of a device of the catalogue or of a file.
  ///
  /// F is the device's idle figure, or a share of its design power where it states none.
  ///
  /// - Parameter floor: F, where it is known better: the least that any job on the board draws.
  /// - Throws: `PowerLimitError.noDesignPower` where the device states no design power.
  public init(
    _ device: Device, floor: Watts? = nil, constants: PowerLimitConstants = .published
  ) throws(PowerLimitError) {
    guard let design = device.power.thermalDesign?.value, design > .zero else {
      throw .noDesignPower(device: device.name)
    }
    var assumptions: [String] = []
    let own: Watts
    if let floor {
      own = floor
    } else if let idle = device.power.idle?.value, idle > .zero {
      own = idle
    } else {
      own = PowerLimitConstants.floorShare * design
      assumptions.append(
        "\(device.name) states no idle power; \(Int(100 * PowerLimitConstants.floorShare)) % of its "
          + "design power, \(own), is taken for the floor under a job")
    }
    guard .zero < own, own < design else {
      throw .floorTooHigh(device: device.name, floor: own, design: design)
    }
    let highest = device.power.highestLimit?.value ?? design
    let lowest = max(device.power.lowestLimit?.value ?? own, device.power.idle?.value ?? .zero)
    self.init(
      name: device.name, thermalDesign: design, floor: own,
      fullClock: device.clock?.boost?.value ?? device.clock?.base?.value,
      limits: min(lowest, highest)...highest, constants: constants, assumptions: assumptions)
  }

  /// - Throws: `PowerLimitError` for a limit that cannot be set on the device.
  public func check(limit: Watts) throws(PowerLimitError) {
    guard limit.isFinite, limit >= limits.lowerBound else {
      throw .limitTooLow(device: name, limit: limit, lowest: limits.lowerBound)
    }
    guard limit <= limits.upperBound else {
      throw .limitTooHigh(device: name, limit: limit, highest: limits.upperBound)
    }
  }

  /// The share of the full clock that `clock` is.
  ///
  /// - Throws: `PowerLimitError` for a clock that the device does not have, and where it states none.
  public func share(of clock: Hertz) throws(PowerLimitError) -> Double {
    guard let fullClock, fullClock > .zero else { throw .noClock(device: name) }
    let lowest = constants.lowestClock * fullClock
    guard clock.isFinite, clock >= lowest, clock <= fullClock else {
      throw .clockOutOfRange(device: name, clock: clock, lowest: lowest, highest: fullClock)
    }
    return clock / fullClock
  }
}

/// Why a job cannot be put under a limit, or fitted.
public enum PowerLimitError: Error, Equatable, Sendable, CustomStringConvertible {
  case noDesignPower(device: String)
  case floorTooHigh(device: String, floor: Watts, design: Watts)
  /// Below the lowest limit, or the idle power where the device states no lowest limit.
  case limitTooLow(device: String, limit: Watts, lowest: Watts)
  case limitTooHigh(device: String, limit: Watts, highest: Watts)
  case noClock(device: String)
  case clockOutOfRange(device: String, clock: Hertz, lowest: Hertz, highest: Hertz)
  /// A point whose limit, time or power is not positive.
  case invalidPoint(limit: Watts, time: Seconds, power: Watts)
  case notSolvable

  public var description: String {
    switch self {
    case .noDesignPower(let device):
      "\(device) states no design power (tdp_w), and limits are shares of it; add it to a JSON of the "
        + "device ('perfmodel device show')."
    case .floorTooHigh(let device, let floor, let design):
      "\(device) would draw \(floor) with nothing to do, and its design power is \(design); a floor "
        + "lies between."
    case .limitTooLow(let device, let limit, let lowest):
      "a limit of \(limit) cannot be set on \(device): the lowest is \(lowest)."
    case .limitTooHigh(let device, let limit, let highest):
      "a limit of \(limit) cannot be set on \(device): the highest is \(highest)."
    case .noClock(let device):
      "\(device) states no clock; add 'clock_hz' to a JSON of the device, or set a power limit."
    case .clockOutOfRange(let device, let clock, let lowest, let highest):
      "\(device) does not run at \(clock.compactDescription); a clock lies between "
        + "\(lowest.text(significantDigits: 4)) and \(highest.text(significantDigits: 4))."
    case .invalidPoint(let limit, let time, let power):
      "a measurement of \(time) and \(power) under \(limit); limit, time and power are positive."
    case .notSolvable: "the fit has no solution; are the measurements of one job on this device?"
    }
  }
}
