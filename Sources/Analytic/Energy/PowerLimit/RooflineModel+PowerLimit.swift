import Devices
import Foundation
import Predictions
import Quantities

/// What holds a board's power or clock down.
public enum PowerSetting: Sendable, Hashable {
  /// Of the board's power; the governor lowers the clock to meet it.
  case limit(Watts)
  /// Of the core, locked; the board's design power still limits it.
  case clock(Hertz)
}

extension RooflineModel {
  /// How the board's power limits this program, as far as the roofline knows; see `RooflinePowerJob`.
  ///
  /// The intervals hold the roofline's own deviations of time and energy, and those with which the
  /// power-limit model's κ and a stray from job to job.
  ///
  /// - Parameter floor: of the board, where it is known better than its idle power.
  /// - Throws: `MachineError`; `PowerLimitError` where the device states no design power.
  public func powerLimitFit(
    _ program: KernelProgram, floor: Watts? = nil
  ) throws -> PowerLimitFit {
    try powerJob(program, floor: floor).fit
  }

  /// A run under a power limit, or with the core clock locked.
  ///
  /// - Throws: `MachineError`; `PowerLimitError` for a limit or a clock that the device does not have.
  public func predict(
    _ program: KernelProgram, under setting: PowerSetting
  ) throws -> Prediction {
    let (derived, fit, machine) = try powerJob(program)
    let model = fit.model
    let point: PowerPoint
    switch setting {
    case .limit(let limit):
      try model.check(limit: limit)
      point = fit.point(limit: limit)
    case .clock(let clock):
      let share = try model.share(of: clock)
      let held = fit.point(limit: model.thermalDesign)
      point = share < held.clockShare ? fit.point(clock: share) : held
    }
    return Prediction(
      latency: point.time, energy: point.energy, peakMemory: Estimate(program.footprint.total),
      breakdown: breakdown(program, machine, derived, model, point),
      method: "\(method), \(Self.text(setting))",
      assumptions: assumptions(program, machine)
        + powerAssumptions(setting, fit, point))
  }

  private func powerJob(
    _ program: KernelProgram, floor: Watts? = nil
  ) throws -> (derived: RooflinePowerJob, fit: PowerLimitFit, machine: Machine) {
    let machine = try machine(program.precision)
    let model = try PowerLimitModel(device, floor: floor)
    let tally = KernelTally(program)
    let derived = RooflinePowerJob(
      program, machine, model, plainTime: machine.totals(tally).seconds)
    let constants = model.constants
    let energyDeviation = calibration?.energy?.deviation ?? efficiency.energyDeviation
    let fit = PowerLimitFit(
      model: model, coordinates: derived.job.coordinates,
      spread: [
        [deviation(tally, machine).total, 0, 0, 0], [0, energyDeviation, 0, 0],
        [0, 0, constants.clockShare.deviation, 0], [0, 0, 0, constants.busyShare.deviation],
      ])
    return (derived, fit, machine)
  }

  // MARK: - Report

  /// Each step slows by its own κ; together they take the point's time and energy.
  private func breakdown(
    _ program: KernelProgram, _ machine: Machine, _ derived: RooflinePowerJob,
    _ model: PowerLimitModel, _ point: PowerPoint
  ) -> [OperationCost] {
    let clock = point.clockShare
    let slowed = Machine(machine, unlimitedAtClock: clock)
    let weightsStay = slowed.weightsStay(program.footprint)
    let factor = model.constants.energyFactor(atClock: clock)
    let times = derived.steps.map {
      $0.light + $0.busy * (1 - $0.clockShare + $0.clockShare / clock)
    }
    let energies = zip(derived.steps, times).map { step, time in
      step.energy * factor + model.constants.busyStatic * model.floor.value * time
    }
    let waitingEnergy = model.floor.value * derived.waiting
    let timeScale =
      point.time.value.value / max(times.reduce(derived.waiting, +), .leastNormalMagnitude)
    let energyScale =
      point.energy.value.value / max(energies.reduce(waitingEnergy, +), .leastNormalMagnitude)
    var costs: [OperationCost] = []
    var launches = 0.0
    for (place, step) in program.steps.enumerated() {
      var flop = 0.0
      var bytes = 0.0
      var bound = Bound.launch
      var longest = -1.0
      for index in step.kernels {
        let kernel = program.kernels[index]
        let time = slowed.time(kernel, weightsStay: weightsStay)
        flop += kernel.flop.value
        bytes += time.mainMemoryBytes
        launches += step.instances * (kernel.sequentialSteps + kernel.extraLaunches)
        if time.total > longest { (bound, longest) = (time.bound, time.total) }
      }
      costs.append(
        OperationCost(
          operation: program.label(step),
          kind: program.workload.operations[step.operation].kind.family,
          instances: step.instances, latency: Seconds(times[place] * timeScale),
          energy: Joules(energies[place] * energyScale), bound: bound,
          flop: FLOP(step.instances * flop), bytes: Bytes(step.instances * bytes)))
    }
    if derived.waiting > 0 {
      costs.append(
        OperationCost(
          operation: "(waiting for the host)", kind: "dispatch", instances: launches,
          latency: Seconds(derived.waiting * timeScale),
          energy: Joules(waitingEnergy * energyScale), bound: .launch, flop: .zero, bytes: .zero))
    }
    return costs
  }

  private static func text(_ setting: PowerSetting) -> String {
    switch setting {
    case .limit(let limit): "under \(limit.compactDescription)"
    case .clock(let clock): "at \(clock.text(significantDigits: 4))"
    }
  }

  private func powerAssumptions(
    _ setting: PowerSetting, _ fit: PowerLimitFit, _ point: PowerPoint
  ) -> [String] {
    let (model, job) = (fit.model, fit.job)
    func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
    let clock =
      point.clock.map {
        "\(percent(point.clockShare)) of its clock, \($0.text(significantDigits: 3))"
      }
      ?? "\(percent(point.clockShare)) of its clock"
    var lines = fit.powerAssumptions
    switch setting {
    case .limit(let limit):
      lines.append(
        point.clockShare < 1
          ? "under \(limit.compactDescription) the core runs at \(clock) while busy: inferred"
          : "a limit of \(limit.compactDescription) does not bind")
      if !point.isMet {
        lines.append(
          "\(model.name) draws \(model.lowestPower(of: job)) even at its lowest clock: "
            + "\(limit.compactDescription) is not met while it is busy")
      }
    case .clock(let asked):
      if let limit = point.limit {
        lines.append(
          "its design power of \(limit.compactDescription) keeps the core at \(clock), below the "
            + "\(asked.text(significantDigits: 4)) that were asked for")
      }
    }
    return lines
  }
}

extension PowerLimitFit {
  /// How a roofline's job came about, for people.
  var powerAssumptions: [String] {
    func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
    return model.assumptions + [
      "no measurement under a limit: the job is busy for \(percent(job.busyShare)) of its time, "
        + "\(percent(job.clockShare)) of that goes with the core clock, and it would draw "
        + "\(model.neededPower(of: job)) at full clock, all derived from the roofline",
      "under its design power of \(model.thermalDesign.compactDescription) it takes the plain "
        + "prediction's time; constants of the power-limit model are those of three NVIDIA boards",
    ]
  }
}
