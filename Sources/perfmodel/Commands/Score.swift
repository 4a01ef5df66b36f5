import ArgumentParser
import Evaluation
import Foundation
import Predictions
import Quantities
import Reports
import Zoo

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Holds predictions against measurements that the predictor has not seen.",
    discussion: """
        perfmodel score --predictor host.h5 --measurements others.csv
      """)

  @OptionGroup var adapted: AdaptedPredictorOptions

  @Option(help: "CSV with measured architectures, as 'perfmodel measure' writes it.")
  var measurements: String

  @OptionGroup var format: FormatOption

  private struct Report: Encodable {
    let architectures: Int
    let spearman: Double
    let kendall: Double
    let medianError: Double
    let withinTenPercent: Double
    let coverage: Double
    let rows: [Row]

    private enum CodingKeys: String, CodingKey {
      case architectures, spearman, kendall, rows
      case medianError = "median_ape"
      case withinTenPercent = "within_10_percent"
      case coverage = "coverage_90"
    }
  }

  private struct Row: Encodable {
    let architecture: String
    let predicted: EstimateReport
    let measured: Double

    private enum CodingKeys: String, CodingKey {
      case architecture
      case predicted = "predicted_s"
      case measured = "measured_s"
    }
  }

  func run() throws {
    let predictor = try adapted.load()
    let measured = try MeasuredArchitectures(csv: measurements, space: predictor.space)
    if let target = predictor.target {
      let samples = Set(target.architectures)
      if let seen = measured.architectures.first(where: { samples.contains($0) }) {
        throw ValidationError(
          "\(measurements): '\(predictor.space.notation(of: seen))' is one of the predictor's own "
            + "samples; score with others")
      }
    }
    guard measured.latencies.count >= 2 else {
      throw ValidationError(
        "\(measurements): \(measured.latencies.count) measured architectures; 2 can be ranked")
    }
    let predicted = try predictor.model().predict(
      predictor.encode(
        measured.architectures,
        userFeatures: try adapted.userFeatures(for: measured.ids, of: predictor)))
    let scores = Scores(
      predicted: predicted, measured: measured.latencies,
      isConnected: measured.architectures.map { predictor.space.isConnected($0) })
    switch format.format {
    case .json:
      print(
        try JSONReport.text(
          Report(
            architectures: predicted.count, spearman: scores.spearman, kendall: scores.kendall,
            medianError: scores.medianRelativeError,
            withinTenPercent: scores.shareWithinTenPercent, coverage: scores.coverage,
            rows: zip(measured.ids, zip(predicted, measured.latencies)).map {
              Row(architecture: $0, predicted: EstimateReport($1.0), measured: $1.1.value)
            })))
    case .csv:
      print(
        CSVReport.text(
          header: ["architecture", "predicted_s", "low_s", "high_s", "measured_s"],
          rows: zip(measured.ids, zip(predicted, measured.latencies)).map {
            [
              $0, "\($1.0.value.value)", "\($1.0.interval?.low.value ?? .nan)",
              "\($1.0.interval?.high.value ?? .nan)", "\($1.1.value)",
            ]
          }))
    case .table:
      var table = TextTable([
        .init("predicted"), .init("90 % interval"), .init("measured"), .init("error"),
        .init("architecture", .left),
      ])
      let order = predicted.indices.sorted { measured.latencies[$0] < measured.latencies[$1] }
      for row in order {
        let estimate = predicted[row]
        let error = estimate.value / measured.latencies[row] - 1
        table.append([
          estimate.value.description,
          estimate.interval.map { "\($0.low) – \($0.high)" } ?? "",
          measured.latencies[row].description, String(format: "%+.1f %%", error * 100),
          measured.ids[row],
        ])
      }
      print(table.text)
      print(
        """

        Spearman                 \(String(format: "%.3f", scores.spearman))
        Kendall's tau            \(String(format: "%.3f", scores.kendall))
        median error             \(String(format: "%.1f %%", scores.medianRelativeError * 100))
        within ±10 %             \(String(format: "%.0f %%", scores.shareWithinTenPercent * 100))
        inside the 90 % interval \(String(format: "%.0f %%", scores.coverage * 100))
        """)
    }
  }
}
