import Foundation
import Predictions
import Quantities

/// The totals of one run with how far each may stray: what comparing runs needs of a prediction.
public struct RunForecast: Sendable {
  public let latency: Seconds
  /// nil where nothing is known of the device's power.
  public let energy: Joules?
  public let memory: Bytes
  public let latencyDeviation: LatencyDeviation
  /// Of ln(measured ÷ predicted) energy.
  public let energyDeviation: Double

  public init(
    latency: Seconds, energy: Joules?, memory: Bytes, latencyDeviation: LatencyDeviation,
    energyDeviation: Double
  ) {
    self.latency = latency
    self.energy = energy
    self.memory = memory
    self.latencyDeviation = latencyDeviation
    self.energyDeviation = energyDeviation
  }

  public var edp: JouleSeconds? { energy.map { $0 * latency } }

  /// In the SI unit of the metric; NaN where it is not known.
  public func value(of metric: Metric) -> Double {
    switch metric {
    case .latency: latency.value
    case .energy: energy?.value ?? .nan
    case .memory: memory.value
    case .edp: edp?.value ?? .nan
    }
  }

  /// How far ln(true ÷ predicted) of a metric strays.
  ///
  /// An error of the time t is one of the energy, too; what is left of the energy's own deviation is
  /// of powers p, which all runs on a device share.
  /// ```
  /// ln E = c·t + p      c = min(1, σ_E/σ_T),  σ_p² = max(0, σ_E² − σ_T²)
  /// ln E·T = (1 + c)·t + p
  /// ```
  public func deviation(of metric: Metric) -> LatencyDeviation {
    let time = latencyDeviation
    let share = time.total > 0 ? min(1, energyDeviation / time.total) : 0
    let powers = max(0, energyDeviation * energyDeviation - time.total * time.total)
    func scaled(_ factor: Double) -> LatencyDeviation {
      LatencyDeviation(
        shared: (factor * factor * time.shared * time.shared + powers).squareRoot(),
        own: factor * time.own)
    }
    switch metric {
    case .latency: return time
    case .energy: return scaled(share)
    case .edp: return scaled(1 + share)
    case .memory: return LatencyDeviation(shared: 0, own: 0)
    }
  }

  /// The probability that a limit holds.
  public func probability(within limit: Limit) -> Double {
    let predicted = value(of: limit.metric)
    let deviation = deviation(of: limit.metric).total
    guard deviation > 0, predicted > 0 else { return predicted <= limit.value ? 1 : 0 }
    let z = log(limit.value / predicted) / deviation
    return 0.5 * erfc(-z / 2.0.squareRoot())
  }

  public func isWithin(_ limits: [Limit]) -> Bool {
    limits.allSatisfy { value(of: $0.metric) <= $0.value }
  }

  /// A metric with its interval; nil where it is not known.
  public func estimate<Amount: Quantity>(
    _ metric: Metric, as kind: Amount.Type
  ) -> Estimate<Amount>? {
    precondition(metric.kind == kind, "\(metric.rawValue) is no \(kind)")
    let value = Amount(value(of: metric))
    guard value.isFinite else { return nil }
    let deviation = deviation(of: metric).total
    guard value > .zero, deviation > 0 else { return Estimate(value) }
    let width = exp(RooflineModel.normalQuantile * deviation)
    return Estimate(
      value, low: value / width, high: value * width, coverage: RooflineModel.coverage)
  }
}

extension RooflineModel {
  /// The totals of `predict` without the breakdown.
  ///
  /// - Throws: `MachineError` where the device has no rate for the precision.
  public func forecast(_ tally: KernelTally) throws(MachineError) -> RunForecast {
    let machine = try machine(tally.precision)
    let totals = machine.totals(tally)
    let deviation = deviation(tally, machine)
    return RunForecast(
      latency: Seconds(totals.seconds), energy: Joules(totals.joules),
      memory: tally.footprint.total, latencyDeviation: deviation,
      energyDeviation: energyDeviation(deviation))
  }
}
