import Datasets
import Features
import Mathematics
import Predictors
import Quantities
import Workloads

extension TrainedPredictor {
  static let kind = "perfmodel.predictor"

  /// Writes the predictor; the file appears whole or not at all.
  public func write(to path: String) throws {
    var matrices = [
      "sources/scales": Matrix(
        rows: 1, columns: knowledge.scales.count, elements: knowledge.scales),
      "space/analytic_means": Matrix(
        rows: 1, columns: knowledge.space.analyticMeans.count,
        elements: knowledge.space.analyticMeans),
      "space/operation_shares": Matrix(
        rows: 1, columns: knowledge.space.operationShares.count,
        elements: knowledge.space.operationShares),
      "space/informative": Matrix(
        rows: 1, columns: knowledge.space.informative.count,
        elements: knowledge.space.informative.map(Double.init)),
      "surrogates/intercepts": Matrix(
        rows: 1, columns: knowledge.surrogates.intercepts.count,
        elements: knowledge.surrogates.intercepts),
      "surrogates/analytic": knowledge.surrogates.analytic,
      "surrogates/operations": knowledge.surrogates.operations,
      "physics/coefficients": knowledge.physics.coefficients,
      "physics/deviations": knowledge.physics.deviations,
    ]
    var texts = [
      "sources/devices": knowledge.devices, "space/analytic_names": knowledge.space.analyticNames,
      "space/positions": space.positions.map(\.column),
    ]
    for (index, view) in knowledge.space.views.enumerated() {
      matrices["space/views/\(index)"] = Matrix(
        rows: 1, columns: view.count, elements: view.map(Double.init))
    }
    for (place, position) in space.positions.enumerated() {
      texts["space/operations/\(place)"] = position.operations
    }
    var numbers = ["seed": Double(card.seed)]
    if let error = card.leaveOneOut {
      numbers["leave_one_out_samples"] = Double(error.samples)
      numbers["leave_one_out_spearman"] = error.spearman
      numbers["leave_one_out_median_ape"] = error.medianRelativeError
      numbers["leave_one_out_coverage_90"] = error.coverage
    }
    var attributes = [
      "method": method, "space": space.name, "dataset": card.dataset,
      "dataset_licence": card.licence,
      "pool": card.pool, "command": card.command,
    ]
    if let target {
      attributes["target_device"] = target.device
      matrices["target/latency_s"] = Matrix(
        rows: 1, columns: target.latencies.count, elements: target.latencies.map(\.value))
      matrices["target/operations"] = Matrix(
        target.architectures.map { $0.operations.map(Double.init) })
      if let features = target.userFeatures { matrices["target/features"] = features.values }
    }
    try Checkpoint(
      kind: Self.kind, attributes: attributes, numbers: numbers, matrices: matrices,
      texts: texts
    ).write(path)
  }

  /// Reads a predictor.
  ///
  /// - Throws: `DatasetError` where the file is missing, damaged or something else, `ZooError` where
  ///   its parts do not fit together.
  public init(path: String) throws {
    let file = try Checkpoint(path, kind: Self.kind)
    func row(_ name: String) throws -> [Double] { try file.matrix(name).elements }
    func inconsistent(_ key: String) -> ZooError { .inconsistent(path: path, key: key) }

    let spaceName = try file.attribute("space")
    let space: any SearchSpace
    let columns = try file.text("space/positions")
    let positions = try columns.enumerated().map { place, column in
      SpacePosition(column: column, operations: try file.text("space/operations/\(place)"))
    }
    if let known = try SearchSpaces.named(spaceName) {
      guard known.positions == positions else { throw inconsistent("space/positions") }
      space = known
    } else {
      space = try GenericSpace(positions: positions)
    }
    func indices(_ key: String) throws -> [Int] {
      try row(key).map { value in
        guard let index = Int(exactly: value) else { throw inconsistent(key) }
        return index
      }
    }
    let informative = try indices("space/informative")
    var views: [[Int]] = []
    while file.matrices["space/views/\(views.count)"] != nil {
      views.append(try indices("space/views/\(views.count)"))
    }
    let knowledge: SourceKnowledge
    do {
      knowledge = try SourceKnowledge(
        devices: try file.text("sources/devices"), scales: try row("sources/scales"),
        space: SpaceStatistics(
          radices: positions.map(\.operations.count),
          analyticNames: try file.text("space/analytic_names"),
          analyticMeans: try row("space/analytic_means"), informative: informative, views: views,
          operationShares: try row("space/operation_shares")),
        surrogates: SurrogateWeights(
          intercepts: try row("surrogates/intercepts"),
          analytic: try file.matrix("surrogates/analytic"),
          operations: try file.matrix("surrogates/operations")),
        physics: PhysicsFits(
          coefficients: try file.matrix("physics/coefficients"),
          deviations: try file.matrix("physics/deviations")))
    } catch is PredictorError {
      throw inconsistent("surrogates")
    }
    let own = space.features(of: []).analyticNames
    guard knowledge.space.analyticNames.starts(with: own) else {
      throw inconsistent("space/analytic_names")
    }
    let leaveOneOut: TrainingCard.LeaveOneOut? =
      if let samples = file.numbers["leave_one_out_samples"],
        let spearman = file.numbers["leave_one_out_spearman"],
        let error = file.numbers["leave_one_out_median_ape"],
        let coverage = file.numbers["leave_one_out_coverage_90"],
        let count = Int(exactly: samples)
      {
        .init(samples: count, spearman: spearman, medianRelativeError: error, coverage: coverage)
      } else {
        nil
      }
    self.init(
      method: try file.attribute("method"), space: space, knowledge: knowledge,
      card: TrainingCard(
        dataset: try file.attribute("dataset"), licence: try file.attribute("dataset_licence"),
        pool: try file.attribute("pool"),
        seed: file.numbers["seed"].flatMap(Int.init(exactly:)) ?? 0,
        command: try file.attribute("command"), leaveOneOut: leaveOneOut),
      target: try Self.readTarget(file, path: path, space: space, features: knowledge.space))
    _ = try FewShotPredictors.named(method)
  }

  private static func readTarget(
    _ file: Checkpoint, path: String, space: any SearchSpace, features: SpaceStatistics
  ) throws -> Target? {
    guard let device = file.attributes["target_device"] else { return nil }
    let latencies = try file.matrix("target/latency_s").elements
    let operations = try file.matrix("target/operations")
    guard operations.rows == latencies.count, operations.columns == space.positions.count else {
      throw ZooError.inconsistent(path: path, key: "target/operations")
    }
    let architectures = try (0..<operations.rows).map { row in
      Architecture(
        try operations.row(row).enumerated().map { place, value in
          guard let index = UInt8(exactly: value),
            Int(index) < space.positions[place].operations.count
          else { throw ZooError.inconsistent(path: path, key: "target/operations") }
          return index
        })
    }
    let names = Array(features.analyticNames.dropFirst(space.features(of: []).analyticNames.count))
    var userFeatures: UserFeatures?
    if !names.isEmpty {
      let values = try file.matrix("target/features")
      guard values.rows == latencies.count, values.columns == names.count else {
        throw ZooError.inconsistent(path: path, key: "target/features")
      }
      userFeatures = UserFeatures(names: names, values: values)
    }
    return Target(
      device: device, architectures: architectures, userFeatures: userFeatures,
      latencies: latencies.map { Seconds($0) })
  }
}
