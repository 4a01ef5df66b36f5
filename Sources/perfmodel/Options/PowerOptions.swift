import Analytic
import ArgumentParser
import Quantities

/// What holds a device's power or clock down.
struct PowerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Limit of the board's power, as 200W.",
      discussion: "The clock falls until the board meets it; default: its design power."),
    transform: { try Watts(parsing: $0) })
  var powerLimit: Watts?

  @Option(
    help: "Lock the core clock, as 1.2GHz; the design power still limits it.",
    transform: { try Hertz(parsing: $0) })
  var clock: Hertz?

  var setting: PowerSetting? {
    powerLimit.map { .limit($0) } ?? clock.map { .clock($0) }
  }

  func validate() throws {
    if powerLimit != nil, clock != nil {
      throw ValidationError("--power-limit and --clock exclude each other: a limit sets the clock")
    }
  }
}
