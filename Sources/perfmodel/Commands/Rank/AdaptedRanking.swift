import ArgumentParser
import Evaluation
import Foundation
import Predictions
import Predictors
import Quantities
import Reports
import Workloads
import Zoo

/// Architectures of a space in the order that an adapted predictor gives them.
struct AdaptedRanking {
  let predictor: String
  /// CSV of the user's own features.
  let features: String?
  let architectures: String?
  let top: Int?
  let limit: Seconds?
  let slowest: Bool
  let format: OutputFormat

  private struct Row: Encodable {
    let rank: Int
    let architecture: String
    let latency: EstimateReport
    let connected: Bool
    let withinLimit: Double?

    private enum CodingKeys: String, CodingKey {
      case rank, architecture, connected
      case latency = "latency_s"
      case withinLimit = "within_limit_probability"
    }
  }

  func run() throws {
    let predictor = try ShippedPredictors.load(predictor)
    let list: ArchitectureList
    if let architectures {
      list = try ArchitectureList(csv: architectures, space: predictor.space)
    } else if predictor.userFeatureNames.isEmpty, predictor.space.name != "generic",
      let all = predictor.space.allArchitectures
    {
      list = ArchitectureList(space: predictor.space, architectures: all)
    } else {
      throw ValidationError(
        "the space '\(predictor.space.name)' cannot be listed; name candidates with --architectures"
      )
    }
    let ranking = Ranking(
      estimates: try predictor.model().predict(
        predictor.encode(
          list.architectures,
          userFeatures: try loadUserFeatures(features, for: list.ids, of: predictor))
      ),
      isConnected: list.architectures.map { predictor.space.isConnected($0) },
      limit: limit, slowestFirst: slowest)
    let shown = ranking.places.prefix(top ?? ranking.places.count)
    let rows = shown.enumerated().map { rank, place in
      Row(
        rank: rank + 1, architecture: list.notation(place),
        latency: EstimateReport(ranking.estimates[place]),
        connected: ranking.isConnected[place],
        withinLimit: limit.map { ranking.estimates[place].probability(atMost: $0) })
    }
    switch format {
    case .json: print(try JSONReport.text(rows))
    case .csv:
      print(
        CSVReport.text(
          header: ["rank", "architecture", "latency_s", "low_s", "high_s", "connected"],
          rows: zip(rows, shown).map { row, place in
            let estimate = ranking.estimates[place]
            return [
              "\(row.rank)", row.architecture, "\(estimate.value.value)",
              "\(estimate.interval?.low.value ?? .nan)", "\(estimate.interval?.high.value ?? .nan)",
              "\(row.connected)",
            ]
          }))
    case .table:
      var columns: [TextTable.Column] = [.init("rank"), .init("latency"), .init("90 % interval")]
      if limit != nil { columns.append(.init("P(within)")) }
      var table = TextTable(columns + [.init("architecture", .left)])
      for (row, place) in zip(rows, shown) {
        let estimate = ranking.estimates[place]
        var cells = [
          "\(row.rank)", estimate.value.description,
          estimate.interval.map { "\($0.low) – \($0.high)" } ?? "",
        ]
        if let probability = row.withinLimit {
          cells.append(String(format: "%.2f", probability))
        }
        table.append(cells + [row.architecture])
      }
      print(table.text)
      let left = ranking.places.count
      Console.remark(
        "\(rows.count) of \(left) ranked" + (limit.map { " within latency=\($0)" } ?? "")
          + ", out of \(list.count), on \(predictor.target?.device ?? "?").")
    }
  }
}
