import ArgumentParser

struct ScalingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "Scaling laws: what more samples cost and are worth, and how fast hardware grows.",
    subcommands: [TestTimeScaling.self, Trend.self])
}
