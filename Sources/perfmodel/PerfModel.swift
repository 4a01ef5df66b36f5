import ArgumentParser

@main
struct PerfModel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perfmodel", abstract: "How long, on a device that nobody has measured.")
}
