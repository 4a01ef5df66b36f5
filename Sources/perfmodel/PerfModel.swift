import ArgumentParser
import Foundation

@main
struct PerfModel: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "perfmodel",
    abstract: "Predicts how long a network takes on a device that nobody has measured.",
    discussion: """
      From ten measurements to a ranking of a whole search space:

        perfmodel sample  --space nasbench201 --count 10 --output to-measure.csv
        perfmodel measure --space nasbench201 --architectures to-measure.csv --output host.csv
        perfmodel adapt   --predictor nasbench201 --samples host.csv --output host.h5
        perfmodel rank    --predictor host.h5 --top 10 --limit latency=5ms

      From data sheets alone, of any network on any device:

        perfmodel predict  resnet50 --device RTX-3090 --batch 8 --precision fp16
        perfmodel roofline resnet50 --device RTX-3090 --svg roofline.svg
        perfmodel rank     family:resnet --device RTX-3090,T4 --by energy --limit latency=5ms
        perfmodel sweep    all --device class:gpu --batch 1,8 --output sweep.csv
        perfmodel what-if  resnet50 --device T4 --limit latency=5ms
        perfmodel power    resnet50 --device V100-PCIe-32GB --batch 64 --phase training
        perfmodel scaling  trend devices --y bandwidth --where class=gpu --at 2030

      Every figure comes with its 90 % interval. 'perfmodel help COMMAND' has examples of each.
      """,
    version: version,
    subcommands: [
      Sample.self, Measure.self, Adapt.self, Predict.self, Roofline.self, Rank.self, Sweep.self,
      WhatIf.self, Score.self, Train.self,
      Evaluate.self, DatasetCommand.self, ModelCommand.self, ReplayCommand.self, DeviceCommand.self,
      ScalingCommand.self, ZooCommand.self, TimingCommand.self, PowerCommand.self,
    ])

  /// Parses and runs; whatever is wrong with the input is one line and exit code 2.
  static func main() {
    do {
      if let name = RepeatedOptions.first(in: Array(CommandLine.arguments.dropFirst()), of: self) {
        throw ValidationError("\(name) is given twice; give it once")
      }
      var command = try parseAsRoot()
      try command.run()
    } catch let error as ExitCode {
      Foundation.exit(error.rawValue)
    } catch {
      guard exitCode(for: error) != .success else { exit(withError: error) }
      let text = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
      Console.remark("perfmodel: \(text)")
      Foundation.exit(2)
    }
  }
}
