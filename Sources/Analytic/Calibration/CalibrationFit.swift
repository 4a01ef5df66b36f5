import Devices
import Foundation
import Mathematics
import Quantities

/// Brings a device's calibrated terms to measurements.
///
/// ```
/// minimise   Σ w_i (ln T_i(θ) − ln t_i)²/σ² + Σ θ_j²/s_j²
/// ```
/// with θ the logarithms of the factors, s their deviations from device to device, and weights of
/// Student's t with four degrees of freedom, so that one wrong measurement does not move the rest. The
/// covariance is that of Laplace's approximation at the minimum.
public struct CalibrationFit: Sendable {
  public let calibration: DeviceCalibration
  /// ln(measured ÷ predicted) of each run, after the fit.
  public let residuals: [Double]

  /// Degrees of freedom of the noise.
  static let freedom = 4.0
  /// How many measurements the class's own deviation counts for.
  static let deviationStrength = 6.0
  /// A normal deviation with the same 90 % interval over the scale of that noise.
  static let normalDeviation = 2.1318 / 1.6449

  /// - Throws: `MachineError` for a precision that the device lacks, `FitError`.
  public init(_ device: Device, efficiency: EfficiencyTable? = nil, runs: [MeasuredRun]) throws {
    guard !runs.isEmpty else { throw FitError.noMeasurement }
    let table = efficiency ?? .standard(for: device)
    var machines: [Precision: Machine] = [:]
    for run in runs where machines[run.tally.precision] == nil {
      machines[run.tally.precision] = try Machine(
        device, precision: run.tally.precision, efficiency: table)
    }
    let bases = runs.compactMap { machines[$0.tally.precision] }
    for (run, machine) in zip(runs, bases) {
      let least = machine.leastTime(run.tally)
      // A board may run a little above its rated clock.
      if run.latency.value < 0.9 * least {
        throw FitError.impossible(
          label: run.label, measured: run.latency, least: Seconds(least), device: device.name)
      }
    }
    func errors(_ theta: [Double]) -> [Double] {
      let factors = theta.map { exp($0) }
      return zip(runs, bases).map { run, machine in
        log(Machine(machine, factors: factors).totals(run.tally).seconds)
          - log(run.latency.value)
      }
    }
    let deviations = table.termDeviations
    let usual = table.networkDeviation / Self.normalDeviation
    var sigma = usual
    var theta = [Double](repeating: 0, count: deviations.count)
    var fit: NonlinearFit?
    for _ in 0..<6 {
      let weights = errors(theta).map { error in
        let scaled = error / sigma
        return (Self.freedom + 1) / (Self.freedom + scaled * scaled)
      }
      let solved: NonlinearFit
      do {
        solved = try levenbergMarquardt(
          start: theta, steps: deviations.map { _ in 1e-3 }, iterations: 30, tolerance: 1e-7
        ) { theta in
          zip(errors(theta), weights).map { $0 * $1.squareRoot() / sigma }
            + zip(theta, deviations).map { $0 / $1 }
        }
      } catch {
        throw FitError.notSolvable
      }
      theta = solved.parameters
      fit = solved
      // What the fit leaves, less what its own freedom took, with the class's deviation as if seen
      // before.
      let left = zip(errors(theta), weights).reduce(0) { $0 + $1.1 * $1.0 * $1.0 }
      let taken = deviations.indices.reduce(0) {
        $0 + 1 - min(1, solved.covariance[$1, $1] / (deviations[$1] * deviations[$1]))
      }
      sigma =
        ((left + Self.deviationStrength * usual * usual)
        / (max(0, Double(runs.count) - taken) + Self.deviationStrength)).squareRoot()
    }
    guard let fit else { throw FitError.notSolvable }
    var calibration = DeviceCalibration(device: device.name, table: table)
    calibration.logFactors = theta
    calibration.covariance = (0..<theta.count).map { Array(fit.covariance.row($0)) }
    calibration.networkDeviation = sigma * Self.normalDeviation
    calibration.measurements = runs.count
    calibration.energy = Self.energy(runs, bases.map { Machine($0, factors: calibration.factors) })
    self.calibration = calibration
    residuals = errors(theta).map { -$0 }
  }

  // MARK: - Energy

  /// Power while it runs and a factor on the energies of events, from runs with joules.
  ///
  /// ```
  /// E = (P_idle + P_active·e^a)·T + E_dynamic·e^d        a, d ~ N(0, 0.5²)
  /// ```
  private static func energy(_ runs: [MeasuredRun], _ machines: [Machine]) -> EnergyCalibration? {
    let measured = zip(runs, machines).compactMap { run, machine in
      run.energy.map { (run: run, machine: machine, joules: $0.value) }
    }
    guard let power = measured.first?.machine.power else { return nil }
    let prior = 0.5
    let base = 0.15
    func errors(_ x: [Double]) -> [Double] {
      measured.map { item in
        let dynamic = item.machine.dynamicEnergy(item.run.tally)
        let steady = power.idle + max(power.active, 0.02 * power.idle) * exp(x[0])
        return log(steady * item.run.latency.value + dynamic * exp(x[1])) - log(item.joules)
      }
    }
    guard
      let fit = try? levenbergMarquardt(
        start: [0, 0], steps: [1e-3, 1e-3],
        residuals: { x in errors(x).map { $0 / base } + x.map { $0 / prior } })
    else { return nil }
    let left = errors(fit.parameters).reduce(0) { $0 + $1 * $1 }
    return EnergyCalibration(
      idleWatts: power.idle,
      activeWatts: max(power.active, 0.02 * power.idle) * exp(fit.parameters[0]),
      dynamicFactor: exp(fit.parameters[1]),
      deviation: ((left + 6 * base * base) / Double(measured.count + 6)).squareRoot())
  }
}

extension Machine {
  /// The least time that the data sheet allows: every product at the peak, every operand that no cache
  /// could hold read once.
  public func leastTime(_ tally: KernelTally) -> Double {
    var least = 0.0
    for (kernel, runs) in zip(tally.kernels, tally.runs) {
      let arithmetic =
        kernel.kind == .depthwiseConvolution
        ? 0 : 2 * kernel.matrixMACs / matrixRate
      let traffic =
        max(0, kernel.weightBytes + kernel.readBytes + kernel.writtenBytes - cacheCapacity)
        / bandwidth
      least += runs * max(arithmetic, traffic)
    }
    return least
  }

  /// Joules of arithmetic and traffic.
  func dynamicEnergy(_ tally: KernelTally) -> Double {
    let weightsStay = weightsStay(tally.footprint)
    var energy = 0.0
    for (kernel, runs) in zip(tally.kernels, tally.runs) {
      energy += runs * time(kernel, weightsStay: weightsStay).dynamicEnergy
    }
    return energy
  }
}
