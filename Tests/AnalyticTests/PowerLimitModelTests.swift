import Analytic
import Devices
import Foundation
import Predictions
import Quantities
import Testing

/// A board of 100 W, so that watts are shares of its design power in percent.
func board(floor: Double = 15) -> PowerLimitModel {
  PowerLimitModel(
    name: "board", thermalDesign: Watts(100), floor: Watts(floor), fullClock: .gigahertz(1.5))
}

func job(
  _ dynamic: Double, _ clockShare: Double, _ busyShare: Double, time: Double = 1
) -> PowerLimitJob {
  PowerLimitJob(
    fullClockTime: Seconds(time), dynamicPower: dynamic, clockShare: clockShare,
    busyShare: busyShare)
}

/// Jobs from idle to hungry, from bound by memory to bound by the clock.
private let jobs: [PowerLimitJob] = [0.05, 0.3, 0.8, 1.5, 3].flatMap { dynamic in
  [0.02, 0.3, 0.7, 1].flatMap { clock in
    [0.05, 0.5, 0.95, 1].map { job(dynamic, clock, $0, time: 10) }
  }
}

@Suite("The power-limit model") struct PowerLimitModelTests {
  @Test("the voltage has a floor, then rises to the full one") func voltage() {
    let constants = PowerLimitConstants.published
    // (0.65)² below the knee; at 0.8 halfway from 0.65 to 1: 0.825² = 0.680625.
    for clock in [0.1, 0.4, 0.6] {
      #expect(abs(constants.energyFactor(atClock: clock) - 0.4225) < 1e-12)
    }
    #expect(abs(constants.energyFactor(atClock: 0.8) - 0.680625) < 1e-12)
    #expect(constants.energyFactor(atClock: 1) == 1)
  }

  @Test("a job that is all clock slows by hand") func byHand() {
    // F = 15, s = 1.2: static 18 W; at 0.8 of the clock 18 + 50·0.680625/1.25 = 45.225 W.
    let model = board()
    let job = job(0.5, 1, 1, time: 4)
    #expect(abs(model.neededPower(of: job).value - 68) < 1e-9)
    let state = model.state(of: job, limit: Watts(45.225))
    #expect(abs(state.clock - 0.8) < 1e-7)
    #expect(abs(state.time.value - 5) < 1e-6)
    #expect(abs(state.power.value - 45.225) < 1e-6)
    #expect(abs(state.energy.value - 5 * 45.225) < 1e-5)
    let locked = model.state(of: job, clock: 0.8)
    #expect(abs(locked.time.value - 5) < 1e-12)
    #expect(abs(locked.power.value - 45.225) < 1e-9)
    // Half of it light, at 15 + 0.175·50 = 23.75 W: 2 s of that and 2.5 s of the other.
    let half = model.state(of: self.half, limit: Watts(45.225))
    #expect(abs(half.time.value - 4.5) < 1e-6)
    #expect(abs(half.power.value - (2 * 23.75 + 2.5 * 45.225) / 4.5) < 1e-6)
  }

  private let half = job(0.5, 1, 0.5, time: 4)

  /// The same equations in NumPy, written for the fit of the constants: F, d, κ, a, limit; u, T, P.
  static let independent: [[Double]] = [
    [0.15, 0.8, 0.6, 0.8, 0.6, 0.760_193_83, 1.151_417_91, 0.546_153_35],
    [0.2, 1.2, 0.3, 0.9, 0.5, 0.24, 1.855, 0.495_148_25],
    [0.1, 0.3, 0.9, 0.5, 0.9, 1, 1, 0.286_25],
    [0.15, 0.7, 0.1, 0.95, 0.4, 0.225_063_94, 1.327_102_27, 0.395_196_30],
  ]

  @Test("clock, time and power are those of an independent implementation", arguments: independent)
  func independentImplementation(row: [Double]) {
    let state = board(floor: 100 * row[0]).state(
      of: job(row[1], row[2], row[3]), limit: Watts(100 * row[4]))
    #expect(abs(state.clock - row[5]) < 1e-6)
    #expect(abs(state.time.value - row[6]) < 1e-6)
    #expect(abs(state.power.value - 100 * row[7]) < 1e-4)
  }

  @Test("a higher limit is never slower, and its clock never lower") func monotone() {
    for floor in [10.0, 15, 25] {
      let model = board(floor: floor)
      for job in jobs {
        let states = stride(from: floor, through: 110, by: 2.5).map {
          model.state(of: job, limit: Watts($0))
        }
        for (below, above) in zip(states, states.dropFirst()) {
          #expect(above.clock >= below.clock - 1e-9)
          #expect(above.time <= below.time + Seconds(1e-9))
        }
        #expect(states.last?.clock == 1 || model.neededPower(of: job) > Watts(110))
      }
    }
  }

  @Test("power stays below a limit that can be met, and energy above that of the floor")
  func bounds() {
    for floor in [10.0, 15, 25] {
      let model = board(floor: floor)
      for job in jobs {
        for limit in stride(from: floor, through: 110, by: 2.5) {
          let state = model.state(of: job, limit: Watts(limit))
          #expect(state.power <= max(Watts(limit), model.lowestPower(of: job)) + Watts(1e-6))
          #expect(state.energy >= (1 - 1e-12) * (Watts(floor) * state.time))
          #expect(state.power <= model.neededPower(of: job) + Watts(1e-9))
        }
      }
    }
  }

  @Test("a higher locked clock is never slower, and draws no less while busy") func locked() {
    for job in jobs {
      let states = stride(from: 0.1, through: 1, by: 0.05).map {
        board().state(of: job, clock: $0)
      }
      for (below, above) in zip(states, states.dropFirst()) {
        #expect(above.time <= below.time + Seconds(1e-9))
        // In the mean a light job may draw less: it is busy for less of its time.
        #expect(above.power >= below.power - Watts(1e-9) || job.busyShare < 1)
      }
    }
  }

  @Test("a limit that the lowest clock exceeds leaves the clock there") func unmet() {
    let model = board()
    let hungry = job(2, 0.2, 1)
    // 18 + 200·0.4225/(0.8 + 0.2/0.1) = 48.18 W.
    #expect(abs(model.lowestPower(of: hungry).value - (18 + 84.5 / 2.8)) < 1e-9)
    let state = model.state(of: hungry, limit: Watts(40))
    #expect(state.clock == 0.1)
    #expect(abs(state.power.value - (18 + 84.5 / 2.8)) < 1e-6)
  }

  // MARK: - Best limits

  @Test("no limit and no clock of a fine grid is better than the best") func best() {
    let model = board()
    for job in jobs {
      for objective in [
        PowerObjective.energy, .energyDelay, .cost(eta: 0.5, maximumPower: Watts(100)),
      ] {
        func value(_ state: PowerLimitState) -> Double {
          objective.value(time: state.time, power: state.power)
        }
        let limit = model.bestLimit(for: job, by: objective)
        let clock = model.bestClock(for: job, by: objective)
        #expect(model.limits.contains(limit))
        let best = value(model.state(of: job, limit: limit))
        let locked = value(model.state(of: job, clock: clock))
        for step in 0...1000 {
          let share = Double(step) / 1000
          let other = model.state(of: job, limit: Watts(15 + 85 * share))
          #expect(best <= value(other) * (1 + 1e-6))
          let free = model.state(of: job, clock: 0.1 + 0.9 * share)
          #expect(locked <= value(free) * (1 + 1e-6))
        }
      }
    }
  }

  @Test("time alone asks for the highest limit, energy alone for a lower one") func weights() {
    let model = board()
    let job = job(0.8, 0.8, 0.9)
    func limit(_ eta: Double) -> Watts {
      model.bestLimit(for: job, by: .cost(eta: eta, maximumPower: Watts(100)))
    }
    #expect(limit(0) == Watts(100))
    #expect(abs(limit(1).value - model.bestLimit(for: job, by: .energy).value) < 1e-3)
    let limits = [0, 0.25, 0.5, 0.75, 1].map(limit)
    #expect(limits == limits.sorted(by: >))
    // The energy of busy work at a clock is 18·τ + 80·e: least where the voltage's floor begins.
    #expect(abs(model.bestClock(for: job, by: .energy) - 0.6) < 1e-3)
  }

  // MARK: - Devices

  @Test("a device gives its design power, floor, limits and clock") func device() throws {
    var device = Device(name: "mine", deviceClass: .gpu)
    device.power.thermalDesign = Figure(Watts(200))
    device.power.lowestLimit = Figure(Watts(80))
    device.clock = Device.Clock(boost: Figure(.gigahertz(1.5)))
    let guessed = try PowerLimitModel(device)
    #expect(guessed.floor == Watts(30))
    #expect(guessed.assumptions.count == 1 && guessed.assumptions[0].contains("15 %"))
    device.power.idle = Figure(Watts(20))
    let model = try PowerLimitModel(device)
    #expect(model.floor == Watts(20) && model.assumptions.isEmpty)
    #expect(model.limits == Watts(80)...Watts(200))
    #expect(try PowerLimitModel(device, floor: Watts(25)).floor == Watts(25))
    #expect(abs(try model.share(of: .gigahertz(1.2)) - 0.8) < 1e-12)
    try model.check(limit: Watts(80))
    try model.check(limit: Watts(200))
  }

  @Test("limits and clocks that a device does not have are refused") func refusals() throws {
    var device = Device(name: "mine", deviceClass: .gpu)
    #expect(throws: PowerLimitError.noDesignPower(device: "mine")) {
      try PowerLimitModel(device)
    }
    device.power.thermalDesign = Figure(Watts(200))
    device.power.idle = Figure(Watts(20))
    let model = try PowerLimitModel(device)
    #expect(
      throws: PowerLimitError.limitTooLow(
        device: "mine", limit: Watts(10), lowest: Watts(20))
    ) { try model.check(limit: Watts(10)) }
    #expect(
      throws: PowerLimitError.limitTooHigh(
        device: "mine", limit: Watts(210), highest: Watts(200))
    ) { try model.check(limit: Watts(210)) }
    #expect(throws: PowerLimitError.noClock(device: "mine")) {
      try model.share(of: .gigahertz(1))
    }
    #expect(
      throws: PowerLimitError.floorTooHigh(
        device: "mine", floor: Watts(300), design: Watts(200))
    ) { try PowerLimitModel(device, floor: Watts(300)) }
    #expect(
      PowerLimitError.limitTooLow(device: "mine", limit: Watts(10), lowest: Watts(20)).description
        == "a limit of 10.0 W cannot be set on mine: the lowest is 20.0 W.")
  }
}
