import Devices
import Foundation
import Predictions
import Quantities
import Workloads

/// Latency, energy and memory of a workload on a device from the device's figures and the constants of
/// its class: the sum of a roofline for each kernel.
///
/// ```
/// T = max(Σ T_kernel, Σ dispatch)
/// ```
/// A host that puts kernels into a queue is hidden behind them, or they behind it.
public struct RooflineModel: PerformanceModel {
  public let device: Device
  public let execution: Execution
  public let calibration: DeviceCalibration?
  public let efficiency: EfficiencyTable
  /// The nominal coverage of the intervals.
  public static let coverage = 0.9

  public init(
    _ device: Device, _ execution: Execution = Execution(), efficiency: EfficiencyTable? = nil,
    calibration: DeviceCalibration? = nil
  ) {
    self.device = device
    self.execution = execution
    self.calibration = calibration
    self.efficiency = efficiency ?? .standard(for: device)
  }

  /// The device as a precision uses it.
  public func machine(_ precision: Precision) throws(MachineError) -> Machine {
    try Machine(
      device, precision: precision, efficiency: efficiency, calibration: calibration)
  }

  /// - Throws: `MachineError` where the device has no rate for the precision.
  public func predict(_ workload: Workload) throws -> Prediction {
    try predict(workload.kernels(execution))
  }

  public func predict(_ program: KernelProgram) throws(MachineError) -> Prediction {
    let machine = try machine(program.precision)
    var breakdown: [OperationCost] = []
    breakdown.reserveCapacity(program.steps.count + 1)
    var time = 0.0
    var energy = 0.0
    var launches = 0.0
    let weightsStay = machine.weightsStay(program.footprint)
    let steady = machine.power.idle + machine.power.active
    for step in program.steps {
      var cost = KernelTime()
      var bound = Bound.launch
      var longest = -1.0
      var flop = 0.0
      for index in step.kernels {
        let kernel = program.kernels[index]
        let one = machine.time(kernel, weightsStay: weightsStay)
        cost.total += one.total
        cost.dynamicEnergy += one.dynamicEnergy
        cost.mainMemoryBytes += one.mainMemoryBytes
        flop += kernel.flop.value
        launches += step.instances * (kernel.sequentialSteps + kernel.extraLaunches)
        if one.total > longest { (bound, longest) = (one.bound, one.total) }
      }
      let latency = step.instances * cost.total
      let joules =
        step.instances * cost.dynamicEnergy * machine.power.dynamicFactor + steady * latency
      time += latency
      energy += joules
      let operation = program.workload.operations[step.operation]
      breakdown.append(
        OperationCost(
          operation: program.label(step), kind: operation.kind.family, instances: step.instances,
          latency: Seconds(latency), energy: Joules(joules), bound: bound,
          flop: FLOP(step.instances * flop), bytes: Bytes(step.instances * cost.mainMemoryBytes)))
    }
    let dispatched = machine.dispatchTime(launches)
    if dispatched > time {
      let waiting = dispatched - time
      let joules = machine.power.idle * waiting
      breakdown.append(
        OperationCost(
          operation: "(waiting for the host)", kind: "dispatch", instances: launches,
          latency: Seconds(waiting), energy: Joules(joules), bound: .launch, flop: .zero,
          bytes: .zero))
      time = dispatched
      energy += joules
    }
    let deviation = deviation(KernelTally(program), machine)
    return Prediction(
      latency: interval(Seconds(time), deviation: deviation.total),
      energy: interval(Joules(energy), deviation: energyDeviation(deviation)),
      peakMemory: Estimate(program.footprint.total), breakdown: breakdown, method: method,
      assumptions: assumptions(program, machine))
  }

  private var method: String {
    guard let calibration else { return "roofline from the data sheet" }
    return "roofline fitted to \(calibration.measurements) measurements"
  }
}

extension Machine {
  /// The share of the weights that the last cache has kept from the run before.
  func weightsStay(_ footprint: MemoryFootprint) -> Double {
    let weights = footprint.weights.value
    guard weights > 0 else { return 0 }
    let share = min(1, efficiency.cacheShare * cacheCapacity / weights)
    return share * share
  }

  func dispatchTime(_ launches: Double) -> Double {
    launches * dispatch * factors[CalibratedTerm.overhead.rawValue]
  }

  /// Seconds of one kernel by itself, its launch included, with nothing in the caches.
  public func seconds(of kernel: Kernel) -> Double { time(kernel, weightsStay: 0).total }

  /// The total of a tally, as `RooflineModel.predict` has it: what a sweep needs of a point.
  ///
  /// - Complexity: O(distinct kernels), without allocation.
  public func totals(_ tally: KernelTally) -> (seconds: Double, joules: Double) {
    var busy = 0.0
    var dynamic = 0.0
    var launches = 0.0
    let weightsStay = weightsStay(tally.footprint)
    for index in tally.kernels.indices {
      let runs = tally.runs[index]
      let one = time(tally.kernels[index], weightsStay: weightsStay)
      busy += runs * one.total
      dynamic += runs * one.dynamicEnergy
      launches +=
        runs * (tally.kernels[index].sequentialSteps + tally.kernels[index].extraLaunches)
    }
    let waiting = max(0, dispatchTime(launches) - busy)
    return (
      busy + waiting,
      dynamic * power.dynamicFactor + (power.idle + power.active) * busy + power.idle * waiting
    )
  }
}

extension KernelProgram {
  /// The operation's path, with how many others became part of it.
  func label(_ step: Step) -> String {
    let path = workload.path(of: workload.operations[step.operation])
    return step.joined.isEmpty ? path : "\(path) +\(step.joined.count)"
  }
}
