import ArgumentParser
import Evaluation
import Predictions
import Reports
import Zoo

/// What an adapted predictor says of architectures of its space.
struct AdaptedPrediction {
  let predictor: String
  /// CSV of the user's own features.
  let features: String?
  let architecture: [String]
  let architectures: String?
  let format: OutputFormat

  private struct Row: Encodable {
    let architecture: String
    let latency: EstimateReport
    let connected: Bool

    private enum CodingKeys: String, CodingKey {
      case architecture, connected
      case latency = "latency_s"
    }
  }

  func run() throws {
    let predictor = try ShippedPredictors.load(predictor)
    let list =
      try architectures.map { try ArchitectureList(csv: $0, space: predictor.space) }
      ?? ArchitectureList(notations: architecture, space: predictor.space)
    let estimates = try predictor.model().predict(
      predictor.encode(
        list.architectures,
        userFeatures: try loadUserFeatures(features, for: list.ids, of: predictor)))
    let connected = list.architectures.map { predictor.space.isConnected($0) }
    switch format {
    case .table:
      var table = TextTable([
        .init("latency"), .init("90 % interval"), .init("architecture", .left),
      ])
      for (row, estimate) in estimates.enumerated() {
        let interval = estimate.interval.map { "\($0.low) – \($0.high)" } ?? ""
        table.append([estimate.value.description, interval, list.ids[row]])
      }
      print(table.text)
      if connected.contains(false) {
        Console.remark(
          "\(connected.count { !$0 }) of them have no path from input to output and compute nothing."
        )
      }
      Console.remark("On \(predictor.target?.device ?? "?"), by '\(predictor.method)'.")
    case .json:
      print(
        try JSONReport.text(
          zip(list.ids, zip(estimates, connected)).map {
            Row(architecture: $0, latency: EstimateReport($1.0), connected: $1.1)
          }))
    case .csv:
      print(
        CSVReport.text(
          header: ["architecture", "latency_s", "low_s", "high_s"],
          rows: zip(list.ids, estimates).map {
            [
              $0, "\($1.value.value)", "\($1.interval?.low.value ?? .nan)",
              "\($1.interval?.high.value ?? .nan)",
            ]
          }))
    }
  }
}
