import Foundation
import Predictions
import Quantities

/// What a roofline says of a job under power limits: no measurement, so that every parameter is derived
/// and the intervals are wide.
///
/// ```
/// a = Σ busy ÷ T(1)              busy: kernels without their launches, on a board without a limit
/// κ = (T(u)/T(1) − 1) / (a·(1/u − 1))               at u = u₀, where the voltage's floor begins
/// d = (P/TDP − (1 − a)·F − a·s·F) / ((1 − a)·λ + a) with P the mean power without a limit
/// T₀: such that the time under the design power is the plain prediction's
/// ```
/// Rates of arithmetic and of the last cache go with the core clock, the main memory does not: κ is the
/// share of the busy time that arithmetic and cache bind, a kernel that is between counting in part.
struct RooflinePowerJob {
  /// Of each step, over all of its instances, at full clock.
  struct Step {
    var busy = 0.0
    var light = 0.0
    var clockShare = 0.0
    /// Joules beside idle power.
    var energy = 0.0
  }

  let steps: [Step]
  /// Seconds at full clock in which the device waits for the host.
  let waiting: Double
  let job: PowerLimitJob

  init(
    _ program: KernelProgram, _ machine: Machine, _ model: PowerLimitModel, plainTime: Double
  ) {
    let full = Machine(machine, unlimitedAtClock: 1)
    let knee = model.constants.voltageKnee
    let slow = Machine(machine, unlimitedAtClock: knee)
    let weightsStay = full.weightsStay(program.footprint)
    var launches = 0.0
    var slowBusy = 0.0
    var steps: [Step] = []
    for step in program.steps {
      var own = Step()
      var slower = 0.0
      for index in step.kernels {
        let kernel = program.kernels[index]
        let starts = kernel.sequentialSteps + kernel.extraLaunches
        let launch = full.launchTime * starts
        let time = full.time(kernel, weightsStay: weightsStay)
        launches += step.instances * starts
        own.light += step.instances * launch
        own.busy += step.instances * (time.total - launch)
        slower += step.instances * (slow.time(kernel, weightsStay: weightsStay).total - launch)
        own.energy +=
          step.instances
          * (time.dynamicEnergy * full.power.dynamicFactor + full.power.active * time.total)
      }
      own.clockShare =
        own.busy > 0 ? min(1, max(0, (slower / own.busy - 1) / (1 / knee - 1))) : 0
      slowBusy += slower
      steps.append(own)
    }
    let busy = steps.reduce(0) { $0 + $1.busy }
    let running = busy + steps.reduce(0) { $0 + $1.light }
    let dispatched = full.dispatchTime(launches)
    let total = max(running, dispatched)
    waiting = total - running
    // What hides behind the host does not slow the run.
    let slowTotal = max(running - busy + slowBusy, dispatched)
    let busyShare = total > 0 ? busy / total : 0
    let clockShare =
      busy > 0 ? min(1, max(0, (slowTotal - total) / (busy * (1 / knee - 1)))) : 0
    let unhidden =
      steps.reduce(0) { $0 + $1.busy * $1.clockShare } / max(busy, .leastNormalMagnitude)
    if unhidden > 0 {
      for index in steps.indices { steps[index].clockShare *= clockShare / unhidden }
    }
    self.steps = steps
    let energy = steps.reduce(0) { $0 + $1.energy } + full.power.idle * total
    let power = total > 0 ? energy / total / model.thermalDesign.value : 0
    let (light, constants, floor) = (1 - busyShare, model.constants, model.floorShare)
    let dynamic =
      (power - light * floor - busyShare * constants.busyStatic * floor)
      / (light * constants.lightDynamic + busyShare)
    var job = PowerLimitJob(
      fullClockTime: Seconds(1), dynamicPower: max(dynamic, 1e-3), clockShare: clockShare,
      busyShare: busyShare)
    let relative = model.state(of: job, limit: model.thermalDesign).time
    job.fullClockTime = Seconds(plainTime / relative.value)
    self.job = job
  }
}
