import ArgumentParser
import Foundation
import Tensors

@main struct TensorTimings: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Times training steps of small models.",
    discussion: "Models: \(Contestant.all.map(\.name).joined(separator: ", ")).",
    subcommands: [Step.self, Profile.self, Products.self], defaultSubcommand: Step.self)

  /// Whatever is wrong with the input is one line and exit code 2.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      guard exitCode(for: error) != .success else { exit(withError: error) }
      let text = message(for: error).split(whereSeparator: \.isNewline).joined(separator: " ")
      FileHandle.standardError.write(Data("tensor-timings: \(text)\n".utf8))
      Foundation.exit(2)
    }
  }
}

extension Contestant: ExpressibleByArgument {
  init?(argument: String) {
    guard let own = Self.all.first(where: { $0.name == argument }) else { return nil }
    self = own
  }

  static var allValueStrings: [String] { all.map(\.name) }
}

struct Step: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The median processor time of a training step, as a line of JSON.")

  @Argument(help: "One of the models.") var model: Contestant
  @Argument(help: "How long to measure.") var seconds = 2.0

  func validate() throws {
    guard seconds > 0, seconds <= 3600 else {
      throw ValidationError("\(seconds) is no time; give seconds up to an hour")
    }
  }

  /// Whole epochs of 64 batches at once.
  func run() throws {
    let data = model.data()
    let trainer = Trainer(try Model(seed: 1, model.definition), shards: 1)
    try trainer.fit(data, epochs: 2, batch: model.batch)
    var samples: [Double] = []
    let end = ThreadClock.seconds + seconds
    while ThreadClock.seconds < end || samples.count < 11 {
      let start = ThreadClock.seconds
      let before = trainer.steps
      try trainer.fit(data, epochs: 4, batch: model.batch)
      samples.append((ThreadClock.seconds - start) / Double(trainer.steps - before))
    }
    let median = String(format: "%.2f", samples.sorted()[samples.count / 2] * 1e6)
    print("{\"contestant\": \"perfmodel\", \"model\": \"\(model.name)\", \"step_us\": \(median)}")
  }
}

struct Profile: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The instructions of a training step with their times.")

  @Argument(help: "One of the models.") var model: Contestant

  func run() throws {
    let listing = try Model(seed: 1, model.definition)
      .profileStep(model.data(), batch: model.batch)
    var sum = 0.0
    for (place, instruction) in listing.enumerated() {
      let seconds = instruction.secondsPerRun ?? 0
      sum += seconds
      print(
        String(
          format: "%4d %9.2f µs %7.1f GFLOP/s  ", place, seconds * 1e6,
          instruction.flop / seconds * 1e-9),
        instruction.name, instruction.shape)
    }
    print(String(format: "     %9.2f µs in all", sum * 1e6))
  }
}

struct Products: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Products of matrices of the models' shapes, beside the peak of multiplications.")

  func run() throws { try printProducts() }
}
