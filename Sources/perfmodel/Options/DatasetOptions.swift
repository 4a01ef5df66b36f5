import ArgumentParser
import Datasets
import Evaluation
import Workloads

/// A table of measurements: one HDF5 file, or a pair of CSV files.
struct DatasetOptions: ParsableArguments {
  @Option(help: "Measurements as an HDF5 file ('perfmodel dataset import' makes one).")
  var dataset: String?

  @Option(help: "Architectures as CSV or CSV.GZ: an id, then notation or operation columns.")
  var architectures: String?

  @Option(help: "Latencies as CSV or CSV.GZ: the architecture's id, then a column per device.")
  var latency: String?

  @Option(help: "Unit of the latency file, where its name does not say it: ns, us, ms or s.")
  var unit: String?

  @Option(help: "Features of your own as CSV: the architecture's id, then numbers.")
  var features: String?

  func validate() throws {
    switch (dataset, architectures, latency) {
    case (.some, nil, nil), (nil, .some, .some): break
    case (nil, nil, nil):
      throw ValidationError("name the measurements: --dataset, or --architectures with --latency")
    case (.some, _, _):
      throw ValidationError("--dataset already holds what --architectures and --latency name")
    default:
      throw ValidationError("--architectures and --latency belong together")
    }
  }

  func load() throws -> MeasurementMatrix {
    if let dataset { return try MeasurementMatrix(hdf5: dataset) }
    return try MeasurementMatrix(
      architecturesCSV: architectures ?? "", latencyCSV: latency ?? "",
      unit: try unit.map { try LatencyUnit(named: $0) })
  }

  func load(space: String) throws -> MeasuredSpace {
    try MeasuredSpace(
      load(), spaceName: space, userFeatures: try features.map { try UserFeatureTable(csv: $0) })
  }
}
