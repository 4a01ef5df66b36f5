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
  static let normalQuantile = 1.6448536269514722

  /// The standard deviation of ln(measured ÷ predicted) latency.
  ///
  /// ```
  /// σ² = σ_network² + gᵀ C g          g: ∂ ln T / ∂ ln factor, C: covariance of a fit
  /// σ² = σ_network² + σ_device²       without one
  /// ```
  func deviation(_ program: KernelProgram, _ machine: Machine) -> Double {
    let tally = KernelTally(program)
    guard let calibration else {
      return hypot(efficiency.networkDeviation, efficiency.deviceDeviation)
    }
    let slopes = machine.sensitivities(tally)
    var variance = calibration.networkDeviation * calibration.networkDeviation
    for (i, row) in calibration.covariance.enumerated() {
      for (j, value) in row.enumerated() { variance += slopes[i] * slopes[j] * value }
    }
    return max(variance, 1e-6).squareRoot()
  }

  /// Energy is known less well than time: powers come from tables.
  func energyDeviation(_ program: KernelProgram, _ machine: Machine) -> Double {
    if let energy = calibration?.energy { return energy.deviation }
    return hypot(deviation(program, machine), 0.25)
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
