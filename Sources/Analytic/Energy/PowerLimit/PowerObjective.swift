import Quantities

/// By what one limit, or one setting of a job, is better than another: less is better.
public enum PowerObjective: Sendable, Hashable {
  case energy
  /// The energy–delay product.
  case energyDelay
  /// `η·E + (1 − η)·P_max·T`, in joules: η = 1 is the energy alone, η = 0 the time alone.
  /// - Source: Zeus, NSDI 2023, equation 2.
  case cost(eta: Double, maximumPower: Watts)

  public func value(time: Seconds, power: Watts) -> Double {
    let energy = power * time
    return switch self {
    case .energy: energy.value
    case .energyDelay: energy.value * time.value
    case .cost(let eta, let maximumPower):
      eta * energy.value + (1 - eta) * (maximumPower * time).value
    }
  }

  public var title: String {
    switch self {
    case .energy: "energy"
    case .energyDelay: "energy × time"
    case .cost(let eta, _): "cost at η = \(eta)"
    }
  }
}

extension PowerLimitModel {
  /// The limit that is best for a job; of equally good ones the highest, which restricts nothing.
  ///
  /// - Parameter range: the limits that can be set; the model's own without.
  /// - Complexity: about 300 states.
  public func bestLimit(
    for job: PowerLimitJob, by objective: PowerObjective, within range: ClosedRange<Watts>? = nil
  ) -> Watts {
    let range = range ?? limits
    return Watts(
      Self.minimum(in: range.lowerBound.value...range.upperBound.value) { limit in
        let state = state(of: job, limit: Watts(limit))
        return objective.value(time: state.time, power: state.power)
      })
  }

  /// The locked clock that is best for a job, over the full one.
  public func bestClock(for job: PowerLimitJob, by objective: PowerObjective) -> Double {
    Self.minimum(in: constants.lowestClock...1) { clock in
      let state = state(of: job, clock: clock)
      return objective.value(time: state.time, power: state.power)
    }
  }

  /// The highest place of the least value: the best of a grid, then golden sections beside it, since
  /// the curve has bends where the voltage's floor ends and where the limit stops holding.
  private static func minimum(
    in range: ClosedRange<Double>, of value: (Double) -> Double
  ) -> Double {
    let count = 240
    let width = range.upperBound - range.lowerBound
    guard width > 0 else { return range.lowerBound }
    let grid = (0...count).map { range.lowerBound + width * Double($0) / Double(count) }
    let values = grid.map(value)
    guard let least = values.min(),
      let place = values.lastIndex(where: { $0 <= least * (1 + 1e-12) })
    else { return range.upperBound }
    if place == count || values[place + 1] <= least * (1 + 1e-9) { return grid[place] }
    var low = grid[max(0, place - 1)]
    var high = grid[place + 1]
    let golden = (5.0.squareRoot() - 1) / 2
    while high - low > 1e-7 * width {
      let left = high - golden * (high - low)
      let right = low + golden * (high - low)
      if value(left) < value(right) { high = right } else { low = left }
    }
    let found = (low + high) / 2
    return value(found) < values[place] ? found : grid[place]
  }
}
