import Quantities

/// One run under each of several power limits, and the limits that are best by several measures.
public struct PowerCurve: Sendable {
  /// A network, or a job of a file of measurements.
  public let run: String
  public let device: String
  /// By limit, ascending.
  public let points: [PowerPoint]
  /// Under the highest limit that can be set: what the others are compared with.
  public let reference: PowerPoint
  public let optima: [PowerOptimum]
  public let traits: PowerTraits
  /// What the curve was fitted to.
  public let measurements: [PowerMeasurement]
  public let method: String
  public let assumptions: [String]

  public init(
    run: String, device: String, points: [PowerPoint], reference: PowerPoint,
    optima: [PowerOptimum], traits: PowerTraits, measurements: [PowerMeasurement], method: String,
    assumptions: [String]
  ) {
    self.run = run
    self.device = device
    self.points = points
    self.reference = reference
    self.optima = optima
    self.traits = traits
    self.measurements = measurements
    self.method = method
    self.assumptions = assumptions
  }
}

/// A run under one power limit, or at one clock.
public struct PowerPoint: Sendable {
  /// nil where the clock is locked and the power is not limited.
  public let limit: Watts?
  /// The core's clock while busy, over the full one.
  public let clockShare: Double
  /// The clock itself, where the device states its full one.
  public let clock: Hertz?
  public let time: Estimate<Seconds>
  /// In the mean.
  public let power: Estimate<Watts>
  public let energy: Estimate<Joules>
  /// Whether the board meets the limit while busy; below that even its lowest clock draws more.
  public let isMet: Bool

  public init(
    limit: Watts?, clockShare: Double, clock: Hertz?, time: Estimate<Seconds>,
    power: Estimate<Watts>, energy: Estimate<Joules>, isMet: Bool = true
  ) {
    self.limit = limit
    self.isMet = isMet
    self.clockShare = clockShare
    self.clock = clock
    self.time = time
    self.power = power
    self.energy = energy
  }
}

/// The limit that is best by one measure.
public struct PowerOptimum: Sendable {
  /// `energy`, `energy × time`, `cost at η = 0.5`.
  public let objective: String
  public let point: PowerPoint
  /// The locked clock that is best by the same measure.
  public let lockedClock: PowerPoint

  public init(objective: String, point: PowerPoint, lockedClock: PowerPoint) {
    self.objective = objective
    self.point = point
    self.lockedClock = lockedClock
  }
}

/// What makes a run slow down under a limit.
public struct PowerTraits: Sendable {
  public let fullClockTime: Seconds
  /// What the board draws while busy at full clock: a limit above it changes nothing.
  public let neededPower: Watts
  /// The share of busy time that goes with the core clock.
  public let clockShare: Double
  /// The share of the time in which the board is busy.
  public let busyShare: Double

  public init(
    fullClockTime: Seconds, neededPower: Watts, clockShare: Double, busyShare: Double
  ) {
    self.fullClockTime = fullClockTime
    self.neededPower = neededPower
    self.clockShare = clockShare
    self.busyShare = busyShare
  }
}

/// A run that somebody has measured under a power limit.
public struct PowerMeasurement: Sendable, Hashable {
  public let limit: Watts
  public let time: Seconds
  /// In the mean.
  public let power: Watts

  public init(limit: Watts, time: Seconds, power: Watts) {
    self.limit = limit
    self.time = time
    self.power = power
  }

  public var energy: Joules { power * time }
}
