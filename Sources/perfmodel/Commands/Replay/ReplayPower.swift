import ArgumentParser
import Foundation
import Reports
import Zoo

extension ReplayCommand {
  struct Power: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Training jobs under every power limit of three boards, from two of them.",
      discussion: """
        Reads Zeus's traces (summary_power_v100.csv, …). The power-limit model is fitted to each job's \
        lowest and highest limit, or to the highest alone, and scored on its other limits, beside \
        rules that need no model. A board's floor power is the lowest that any of its jobs draws. The \
        constants of all jobs were fitted on these same traces, so that each board is scored a second \
        time with constants that were fitted to the other two. ResNet-50 is also predicted from data \
        sheets, without any measurement.

          perfmodel replay power ../shared/data/zeus
          perfmodel replay power ../shared/data/zeus --quick --format json
        """)

    @Argument(help: "Folder of the tables.")
    var folder: String
    @Flag(help: "Leave out the fits of constants to the other boards, which take most of the time.")
    var quick = false
    @OptionGroup var format: FormatOption

    func run() throws {
      let replay = try PowerReplay(folder: folder)
      let methods = PowerReplay.Method.allCases.filter { $0 != .otherBoards || !quick }
      let progress = Progress("fitting")
      let scores = try replay.scores(methods) { progress.update($0) }
      progress.finish()
      switch format.format {
      case .json: print(try JSONReport.text(scores))
      case .csv:
        print(
          CSVReport.text(
            header: [
              "device", "jobs", "method", "points", "time_median_ape", "time_mean_ape",
              "power_median_ape", "power_mean_ape", "time_coverage_90", "power_coverage_90",
              "regret_mean", "regret_max",
            ],
            rows: scores.map { score in
              [score.device, score.jobs, score.method, "\(score.points)"]
                + [score.timeMedian, score.timeMean, score.powerMedian, score.powerMean].map {
                  "\($0)"
                }
                + [score.timeCoverage, score.powerCoverage].map { $0.map { "\($0)" } ?? "" }
                + [score.regretMean, score.regretMax].map { "\($0)" }
            }))
      case .table: print(text(scores))
      }
      remark(replay)
    }

    private func text(_ scores: [PowerReplay.Score]) -> String {
      var table = TextTable([
        .init("device", .left), .init("jobs", .left), .init("method", .left), .init("points"),
        .init("time"), .init("power"), .init("in 90 %: time"), .init("power"), .init("regret"),
        .init("worst"),
      ])
      func percent(_ share: Double, _ digits: Int = 1) -> String {
        String(format: "%.\(digits)f", 100 * share)
      }
      let overall = ["all", "power-bound", "resnet50"].flatMap { jobs in
        scores.filter { $0.device == "all" && $0.jobs == jobs }
      }
      let single = scores.filter { $0.device != "all" && $0.jobs == "all" }
      for score in overall + single {
        table.append([
          score.device, score.jobs, score.method, "\(score.points)",
          "\(percent(score.timeMedian, 2)) / \(percent(score.timeMean, 2))",
          "\(percent(score.powerMedian, 2)) / \(percent(score.powerMean, 2))",
          score.timeCoverage.map { percent($0, 0) } ?? "",
          score.powerCoverage.map { percent($0, 0) } ?? "", percent(score.regretMean, 2),
          percent(score.regretMax),
        ])
      }
      return table.text
    }

    private func remark(_ replay: PowerReplay) {
      Console.remark(
        "Errors of time and power are median / mean, %, over limits that the method was not given; "
          + "regret is the energy under the limit that it calls best over the least measured, %, "
          + "mean and worst over jobs. Power-bound: slowed by more than 5 % by the lowest limit. JSON "
          + "and CSV have these sets of jobs for each device.")
      let floors = replay.sessions.map { "\($0.device.name) \($0.model.floor)" }
      Console.remark(
        "Calibration, not scored: the points that a method is given, and the floors "
          + floors.joined(separator: ", ")
          + ". The constants of the model were fitted on these traces"
          + (quick ? "." : ", and on the other boards' alone where the method says so.")
          + " The form, the voltage curve and the deviations of the intervals were chosen with all "
          + "boards in view.")
      if replay.leftOut > 0 {
        Console.remark("Left out with fewer than three limits: \(replay.leftOut).")
      }
    }
  }
}
