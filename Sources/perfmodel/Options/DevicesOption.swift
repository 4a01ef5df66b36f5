import ArgumentParser

/// One or several devices.
struct DevicesOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Devices: names or JSON files, with commas between, 'class:gpu' or 'all'.",
      discussion: "May be given several times."))
  var device: [String] = []
}
