import Analytic
import ArgumentParser
import Datasets
import Devices
import Predictions
import Reports
import Workloads
import Zoo

/// Workloads on one or several devices, in the order of a metric.
struct WorkloadRanking {
  let requests: [RunRequest]
  let models: [DeviceModel]
  let metric: Metric
  let limits: [Limit]
  let ignoreMemory: Bool
  let worstFirst: Bool
  let accuracy: AccuracyTable?
  let top: Int?
  let svg: String?
  let format: OutputFormat

  func run() throws {
    let progress = Progress("predicting")
    let runs = RunCandidates(
      requests, models: models, metrics: Set([metric] + limits.map(\.metric)),
      ignoreMemory: ignoreMemory
    ) {
      progress.update($0)
    }
    progress.finish()
    let ranking = RunRanking(
      runs.candidates, by: metric, limits: limits, worstFirst: worstFirst)
    let unranked = ranking.unranked(limits: limits) + runs.unranked
    let ranked = ranking.places.indices.map { place in
      let name = ranking.candidates[ranking.places[place]].run.workload
      return ranking.run(at: place, limits: limits, accuracy: accuracy?.accuracy(of: name))
    }
    if let accuracy, !ranked.isEmpty, ranked.allSatisfy({ $0.accuracy == nil }) {
      throw ValidationError(
        "--accuracy has a column '\(accuracy.column)' and names none of the ranked workloads")
    }
    let report = RankingReport(
      by: metric, ranked, unranked: unranked, limits: limits, accuracyName: accuracy?.column)
    if let svg, !ranked.isEmpty { try Picture.write(report.chart.svg, to: svg) }
    guard !ranked.isEmpty else {
      throw ValidationError(
        "nothing is left to rank: "
          + unranked.prefix(3).map { "\($0.run.text) on \($0.device): \($0.reason)" }
          .joined(separator: " ")
          + (unranked.count > 3 ? " … and \(unranked.count - 3) more" : ""))
    }
    switch format {
    case .json: print(try report.json(top: top))
    case .csv: print(report.csv(top: top))
    case .table: print(report.text(top: top))
    }
  }
}
