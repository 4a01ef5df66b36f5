import ArgumentParser

struct ScalingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scaling",
    abstract: "Scaling laws: fits them, says how far to trust them, and plans by them.",
    discussion: """
        perfmodel scaling fit runs.csv --n params --d tokens --loss loss --bootstrap 4000 --output fit.json
        perfmodel scaling predict fit.json --n 70e9 --d 1.4e12
        perfmodel scaling optimal fit.json --flop 5.76e23
        perfmodel scaling compare runs.csv --n params --d tokens --form chinchilla,kaplan,overtraining
        perfmodel scaling test-time qwen3-8b --device B200-SXM --samples 1,8,32 --tokens 16384
        perfmodel scaling trend devices --y bandwidth --where class=gpu --at 2030
      """,
    subcommands: [
      FitScaling.self, PredictScaling.self, OptimalScaling.self, CompareScaling.self,
      BudgetsScaling.self, HyperparametersScaling.self, TestTimeScaling.self, Trend.self,
    ])
}
