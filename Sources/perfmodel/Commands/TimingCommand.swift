import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Mathematics
import Predictors
import Quantities
import Reports
import Workloads
import Zoo

struct TimingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "timing", abstract: "Times the program's own steps on this machine.",
    discussion: """
      Medians of several runs, in this process: reading a dataset, adapting, ranking a whole space; \
      with --protocol an evaluation, too; and starting the program.

        perfmodel timing --predictor host.h5
        perfmodel timing --predictor host.h5 --dataset nb201.h5 --protocol valid-10.json
      """)

  @Option(help: "A predictor that 'perfmodel adapt' has written, of a space that can be listed.")
  var predictor: String
  @Option(help: "An HDF5 dataset to read.")
  var dataset: String?
  @Option(name: .customLong("protocol"), help: "A protocol to evaluate 'hybrid' by on the dataset.")
  var protocolFile: String?
  @Option(help: "Runs of each step.")
  var repeats = 9

  func validate() throws {
    if repeats < 1 { throw ValidationError("--repeats is \(repeats); at least 1 is needed") }
    if protocolFile != nil, dataset == nil {
      throw ValidationError("--protocol needs --dataset")
    }
  }

  func run() throws {
    var table = TextTable([.init("step", .left), .init("median"), .init("fastest")])
    func time(_ step: String, repeats: Int, _ body: () throws -> Void) throws {
      let clock = ContinuousClock()
      let times = try (0..<repeats).map { _ in try clock.measure(body) / .seconds(1) }
      table.append([
        step, "\(Seconds(median(times)))", "\(Seconds(times.min() ?? 0))",
      ])
    }
    let trained = try ShippedPredictors.load(predictor)
    let architectures = trained.space.allArchitectures ?? []
    guard !architectures.isEmpty else {
      throw ValidationError("the space '\(trained.space.name)' cannot be listed")
    }
    let model = try trained.model()
    try time("read predictor", repeats: repeats) { _ = try TrainedPredictor(path: predictor) }
    try time("adapt (\(trained.target?.latencies.count ?? 0) samples)", repeats: repeats) {
      _ = try trained.model()
    }
    try time("rank \(architectures.count) architectures", repeats: repeats) {
      _ = Ranking(
        estimates: model.predict(trained.encode(architectures)),
        isConnected: architectures.map { trained.space.isConnected($0) })
    }
    if let dataset {
      let matrix = try MeasurementMatrix(hdf5: dataset)
      try time(
        "read \(matrix.latency.rows) × \(matrix.latency.columns) latencies", repeats: repeats
      ) {
        _ = try MeasurementMatrix.latencies(hdf5: dataset, devices: matrix.devices)
      }
      try time("read the whole dataset", repeats: repeats) {
        _ = try MeasurementMatrix(hdf5: dataset)
      }
      if let protocolFile {
        let evaluation = try EvaluationProtocol(path: protocolFile)
        let measured = try MeasuredSpace(matrix, spaceName: evaluation.space)
        try time("evaluate \(evaluation.name)", repeats: 1) {
          _ = try Evaluator(evaluation, measured).run([HybridPredictor()])
        }
      }
    }
    try time("perfmodel --help", repeats: repeats) {
      let process = Process()
      process.executableURL = Bundle.main.executableURL
      process.arguments = ["--help"]
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
    }
    print(table.text)
  }
}
