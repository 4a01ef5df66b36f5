import ArgumentParser

struct ZooCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "zoo",
    abstract: "Published systems and results: what the models say beside what was reported.",
    discussion: """
        perfmodel zoo list --modelled
        perfmodel zoo show tresnet
        perfmodel zoo run
        perfmodel zoo run 49 72 --format json

      A study holds the setting of a publication as data, calls a general model and compares. What was \
      used to calibrate is named and not scored; nothing that was reported goes into a prediction.
      """,
    subcommands: [List.self, Show.self, Run.self])
}
