import Foundation
import Predictions
import Quantities

extension PowerLimitFit {
  /// The job under each of several limits, with the best limits between the lowest and the highest.
  ///
  /// - Parameters:
  ///   - limits: to show, at least one; those of `model.grid()` without.
  ///   - eta: of the cost `η·E + (1 − η)·P_max·T`, whose P_max is the highest limit.
  public func curve(
    run: String, limits: [Watts]? = nil, eta: Double, method: String, assumptions: [String]
  ) -> PowerCurve {
    let range = measurements.reduce(model.limits) { range, point in
      min(range.lowerBound, point.limit)...max(range.upperBound, point.limit)
    }
    let shown = (limits ?? PowerLimitModel.grid(range)).sorted()
    let objectives: [PowerObjective] = [
      .energy, .energyDelay, .cost(eta: eta, maximumPower: range.upperBound),
    ]
    return PowerCurve(
      run: run, device: model.name, points: shown.map { point(limit: $0) },
      reference: point(limit: range.upperBound),
      optima: objectives.map { objective in
        PowerOptimum(
          objective: objective.title,
          point: point(limit: model.bestLimit(for: job, by: objective, within: range)),
          lockedClock: point(clock: model.bestClock(for: job, by: objective)))
      },
      traits: PowerTraits(
        fullClockTime: job.fullClockTime, neededPower: model.neededPower(of: job),
        clockShare: job.clockShare, busyShare: job.busyShare),
      measurements: measurements.sorted { $0.limit < $1.limit }, method: method,
      assumptions: assumptions)
  }
}

extension PowerLimitModel {
  /// Round limits between the ends of a range, and the ends: at most a dozen.
  static func grid(_ range: ClosedRange<Watts>) -> [Watts] {
    let (low, high) = (range.lowerBound.value, range.upperBound.value)
    guard high > low else { return [range.upperBound] }
    let decade = pow(10, (log10((high - low) / 10)).rounded(.down))
    let step = [1, 2, 2.5, 5, 10].map { $0 * decade }.first { (high - low) / $0 <= 10 } ?? decade
    let first = (low / step).rounded(.up)
    let last = (high / step).rounded(.down)
    let inner = stride(from: first, through: last, by: 1).map { $0 * step }
    return ([low] + inner.filter { $0 > low + 0.2 * step && $0 < high - 0.2 * step } + [high])
      .map { Watts($0) }
  }
}

extension RooflineModel {
  /// A program's curve over power limits, without any measurement.
  ///
  /// - Throws: `MachineError`; `PowerLimitError` where the device states no design power, or for a
  ///   limit that cannot be set on it.
  public func powerCurve(
    _ program: KernelProgram, limits: [Watts]? = nil, eta: Double, floor: Watts? = nil
  ) throws -> PowerCurve {
    let machine = try machine(program.precision)
    let fit = try powerLimitFit(program, floor: floor)
    for limit in limits ?? [] { try fit.model.check(limit: limit) }
    return fit.curve(
      run: program.workload.name, limits: limits, eta: eta, method: method,
      assumptions: assumptions(program, machine) + fit.powerAssumptions)
  }
}
