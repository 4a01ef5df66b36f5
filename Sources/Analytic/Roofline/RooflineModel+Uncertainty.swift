import Devices
import Foundation
import Predictions
import Quantities

extension RooflineModel {
  /// A log-normal interval around `value`.
  func interval<Amount: Quantity>(_ value: Amount, deviation: Double) -> Estimate<Amount> {
    guard value > .zero, deviation > 0 else { return Estimate(value) }
    let width = exp(Self.normalQuantile * deviation)
    return Estimate(
      value, low: value / width, high: value * width, coverage: Self.coverage)
  }

  /// z with P(|Z| ≤ z) = 0.9.
  public static let normalQuantile = 1.6448536269514722

  /// How far ln(measured ÷ predicted) latency strays.
  ///
  /// ```
  /// σ² = σ_network² + gᵀ C g          g: ∂ ln T / ∂ ln factor, C: covariance of a fit
  /// σ² = σ_network² + σ_device²       without one
  /// ```
  public func deviation(
    _ tally: @autoclosure () -> KernelTally, _ machine: Machine
  ) -> LatencyDeviation {
    guard let calibration else {
      return LatencyDeviation(shared: efficiency.deviceDeviation, own: efficiency.networkDeviation)
    }
    let slopes = machine.sensitivities(tally())
    var variance = 0.0
    for (i, row) in calibration.covariance.enumerated() {
      for (j, value) in row.enumerated() { variance += slopes[i] * slopes[j] * value }
    }
    return LatencyDeviation(
      shared: max(variance, 0).squareRoot(), own: calibration.networkDeviation)
  }

  /// Energy is known less well than time: powers come from tables.
  func energyDeviation(_ latency: LatencyDeviation) -> Double {
    calibration?.energy?.deviation ?? hypot(latency.total, efficiency.energyDeviation)
  }

  /// What was taken to be so, by the workload, the lowering, the device and the model.
  func assumptions(_ program: KernelProgram, _ machine: Machine) -> [String] {
    var lines = program.workload.assumptions + program.assumptions
    lines.append(
      "\(execution.precision == nil ? "the network's own types, " : "")\(program.precision.rawValue), "
        + "\(execution.layout.rawValue), fusion \(execution.fusion.rawValue), constants of the class "
        + "'\(efficiency.name)'")
    lines += machine.assumptions + machine.power.assumptions
    return lines
  }
}

/// Standard deviations of ln(measured ÷ predicted).
public struct LatencyDeviation: Sendable, Hashable {
  /// In common to all workloads on a device: it moves them together and leaves their order.
  public var shared: Double
  /// Of one workload beside another.
  public var own: Double

  public init(shared: Double, own: Double) {
    self.shared = shared
    self.own = own
  }

  public var total: Double { (shared * shared + own * own).squareRoot() }
}

extension Machine {
  /// ∂ ln T / ∂ ln factor for every calibrated term, by central differences.
  func sensitivities(_ tally: KernelTally) -> [Double] {
    let step = 0.02
    return CalibratedTerm.allCases.map { term in
      let above = scaled(term, by: exp(step)).totals(tally).seconds
      let below = scaled(term, by: exp(-step)).totals(tally).seconds
      return (log(above) - log(below)) / (2 * step)
    }
  }

  func scaled(_ term: CalibratedTerm, by factor: Double) -> Machine {
    var factors = factors
    factors[term.rawValue] *= factor
    return Machine(self, factors: factors)
  }
}
