import Foundation
import Predictions
import Quantities

/// What a device reaches after a fit, in its own units.
public struct AchievedFigures: Sendable {
  /// Of the products of large matrices.
  public let peakRate: Estimate<FLOPPerSecond>
  /// Of the main memory, read and written in long runs.
  public let bandwidth: Estimate<BytesPerSecond>?
  /// From one kernel to the next.
  public let launchOverhead: Estimate<Seconds>

  /// - Parameter machine: the device as the fitted precision uses it, under the calibration.
  public init(_ machine: Machine, _ calibration: DeviceCalibration) {
    func estimate<Amount: Quantity>(
      _ nominal: Double, _ term: CalibratedTerm, ceiling: Double = .infinity
    ) -> Estimate<Amount> {
      let index = term.rawValue
      let value = nominal * exp(calibration.logFactors[index])
      let spread = exp(
        RooflineModel.normalQuantile
          * max(calibration.covariance[index][index], 0).squareRoot())
      let kept = min(value, ceiling)
      return Estimate(
        Amount(kept), low: Amount(min(kept, value / spread)),
        high: Amount(max(kept, min(value * spread, ceiling))), coverage: RooflineModel.coverage)
    }
    let table = machine.efficiency
    peakRate = estimate(
      machine.matrixRate * table[.linear].compute, .matrixRate, ceiling: machine.matrixRate)
    bandwidth =
      machine.bandwidth.isFinite
      ? estimate(
        machine.bandwidth * table[.elementwise].bandwidth, .bandwidth, ceiling: machine.bandwidth)
      : nil
    launchOverhead = estimate(machine.launchOverhead, .overhead)
  }
}
