import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Measurement
import Quantities
import Workloads

struct Measure: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures architectures on this machine.",
    discussion: """
      The built-in runner builds NAS-Bench-201 networks and times their forward pass. Any other \
      space, or device, is measured by a program of your own that prints seconds.

      The output is rewritten after every visit, whole; a measurement that was broken off goes on \
      where it stopped.

        perfmodel measure --space nasbench201 --architectures to-measure.csv --output host.csv
        perfmodel measure --space nasbench201 --architectures to-measure.csv --output two.csv \\
                          --threads 2 --batch 8
        perfmodel measure --space fbnet --architectures to-measure.csv --output phone.csv \\
                          --command 'run-on-phone --net {architecture}' --time-limit 120
      """)

  @Option(help: "The search space: \(SearchSpaces.names.joined(separator: ", ")).")
  var space: String

  @Option(help: "CSV of architectures.")
  var architectures: String

  @Option(help: "CSV to write; what it already holds is not measured again.")
  var output: String

  @Option(help: "Threads of the built-in runner.")
  var threads = 1

  @Option(help: "Images in one run of the built-in runner.")
  var batch = 1

  @Option(help: "BLAS kernels of the built-in runner, such as Haswell; default: the best.")
  var core: String?

  @Option(help: "Visits to each architecture, each time in another order.")
  var passes = RunnerSettings().passes

  @Option(help: "Fewest runs that count at a visit.")
  var repeats = RunnerSettings().repeats

  @Option(help: "A visit goes on for this long.")
  var visitTime = "150ms"

  @Option(help: "Seed of weights, inputs and orders.")
  var seed: UInt64 = 0

  @Option(help: "Your own program; {architecture} is replaced by the notation. No shell is used.")
  var command: String?

  @Option(help: "How long your program may take.")
  var timeLimit = "60s"

  func run() throws {
    let list = try ArchitectureList(csv: architectures, spaceName: space)
    let settings = RunnerSettings(
      threads: threads, batch: batch, core: core, repeats: repeats,
      visitTime: try Seconds(parsing: visitTime), passes: passes, seed: seed)
    let plan = try MeasurementPlan(list.architectures, passes: passes, seed: seed)
    let progress = Progress("measure")
    let rows: [TimedArchitecture]
    if let command {
      let runner = try CommandRunner(
        command: command, space: list.space, timeLimit: try Seconds(parsing: timeLimit))
      rows = try measure(plan, runner, list, progress)
    } else {
      rows = try measure(
        plan, BuiltInRunner(space: list.space, settings: settings), list, progress)
    }
    progress.finish()
    let failed = rows.filter { $0.latency == nil }
    for row in failed {
      Console.remark("\(list.space.notation(of: row.architecture)): \(row.failure ?? "no run")")
    }
    let spreads = rows.compactMap { $0.statistics?.spread }.sorted()
    let typical = spreads.isEmpty ? 0 : spreads[spreads.count / 2]
    Console.remark(
      "\(rows.count - failed.count) of \(rows.count) architectures measured"
        + String(format: ", runs within %.1f %% of their median (half of them)", typical * 100)
        + ": \(output)")
    if failed.count == rows.count { throw ExitCode(1) }
  }

  /// What two runs must share for one to go on with the other's work.
  private var setting: String {
    command.map { "command \($0)" }
      ?? "threads \(threads), batch \(batch), kernels \(core ?? "default"), seed \(seed)"
  }

  private func measure(
    _ plan: MeasurementPlan, _ runner: some ArchitectureRunner, _ list: ArchitectureList,
    _ progress: Progress
  ) throws -> [TimedArchitecture] {
    var journal = try MeasurementFile(output, list: list, setting: setting)
    // An output that cannot be written is found now, not after the first minutes.
    try journal.save()
    return try plan.measure(
      with: runner, resuming: journal.visits,
      progress: {
        progress.update(
          Double($0.done) / Double($0.total), detail: list.space.notation(of: $0.architecture))
      },
      finished: {
        journal.visits.append($0)
        try journal.save()
      })
  }
}
