import ArgumentParser
import Evaluation
import Foundation
import Predictors
import Zoo

struct Adapt: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Teaches a predictor a new device from a few measurements.",
    discussion: """
      The samples are a CSV with the architectures and a column latency_s, latency_ms or \
      latency_us, as 'perfmodel measure' writes it.

        perfmodel adapt --predictor nasbench201 --samples host.csv --output host.h5
      """)

  @Option(
    help: "A shipped predictor (\(ShippedPredictors.names.joined(separator: ", "))) or a file.")
  var predictor: String

  @Option(help: "CSV with measured architectures.")
  var samples: String

  @Option(help: "The device's name; default: the name of the samples' file.")
  var device: String?

  @Option(help: "Features of your own as CSV, for a predictor that was trained with some.")
  var features: String?

  @Option(help: "HDF5 file to write.")
  var output: String

  func run() throws {
    let trained = try ShippedPredictors.load(predictor)
    let list = try MeasuredArchitectures(csv: samples, space: trained.space)
    if !list.withoutLatency.isEmpty {
      Console.remark(
        "\(samples): \(list.withoutLatency.count) architectures have no latency and are left out.")
    }
    let name = device ?? URL(fileURLWithPath: samples).deletingPathExtension().lastPathComponent
    let adapted = try trained.adapted(
      to: .init(
        device: name, architectures: list.architectures,
        userFeatures: try loadUserFeatures(features, for: list.ids, of: trained),
        latencies: list.latencies))
    try adapted.write(to: output)
    Console.remark(
      "Adapted '\(adapted.method)' to \(name) with \(list.latencies.count) samples: \(output)")
  }
}
