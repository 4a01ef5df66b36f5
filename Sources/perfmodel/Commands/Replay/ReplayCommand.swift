import ArgumentParser

/// Public measurements against the models, one command for each collection.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replays public measurements: how near are the models to what others have timed?",
    discussion: """
        perfmodel replay timm T/benchmark-infer-amp-nhwc-pt240-cu124-rtx3090.csv.gz --device RTX-3090
        perfmodel replay kernels ../shared/data/neusight/train

      Nothing of what is scored was used to choose a constant, unless the output says so.
      """,
    subcommands: [Timm.self, NCNN.self, Kernels.self])
}
