import Datasets
import Evaluation
import Foundation
import Mathematics
import Predictors
import Quantities
import Testing
import Workloads
import Zoo

/// A small table of hand-made devices over NAS-Bench-201.
private func table(_ change: (inout Matrix) -> Void = { _ in }) throws -> MeasuredSpace {
  let space = NASBench201Space()
  var random = RandomStream(seed: 21)
  let architectures = random.sample(300, of: 15_625).map { space.architecture(at: $0) }
  let costs = [[3.0, 1, 0.5], [4, 0.5, 1], [2, 1, 1], [1, 1, 2]]
  var latency = Matrix(rows: 300, columns: 4)
  for (row, architecture) in architectures.enumerated() {
    let live = NASBench201Space.liveEdges(architecture)
    for device in 0..<4 {
      var time = 1.0
      for (edge, operation) in architecture.operations.enumerated() where live[edge] {
        time +=
          operation == 3
          ? costs[device][0]
          : operation == 2
            ? costs[device][1]
            : operation == 4 ? costs[device][2] : 0
      }
      latency[row, device] = time * 1e-3 * (1 + 0.02 * random.normal())
    }
  }
  change(&latency)
  return try MeasuredSpace(
    MeasurementMatrix(
      architectures: ArchitectureTable(
        ids: architectures.indices.map { "n\($0)" },
        columns: [
          CategoricalColumn(
            name: "arch_str", values: architectures.map { space.notation(of: $0) })
        ]),
      devices: ["a", "b", "c", "target"], latency: latency, card: DatasetCard(title: "hand-made")),
    spaceName: "nasbench201")
}

private func split(
  trim: ClosedRange<Double>? = nil, sampling: EvaluationProtocol.Sampling = .random,
  targets: [String] = ["target"], sources: [String] = ["a", "b", "c"]
) throws -> EvaluationProtocol {
  try EvaluationProtocol(
    name: "test", space: "nasbench201", sources: .listed(sources), targets: .listed(targets),
    sourceArchitectures: .range(first: 0, count: 150),
    queryArchitectures: .range(first: 150, count: 150), trim: trim,
    referenceArchitectures: [200, 201, 202], samples: 10, sampling: sampling, seeds: 3)
}

/// Every prediction of every predictor, in a fixed order.
private func predictions(
  _ evaluation: EvaluationProtocol, _ table: MeasuredSpace
) throws -> [(row: Evaluator.DumpedPrediction, key: String)] {
  let box = Box()
  _ = try Evaluator(evaluation, table).run(FewShotPredictors.all) { _ in
  } dump: { rows in
    box.rows += rows
  }
  return box.rows.map {
    ($0, "\($0.predictor) \($0.device) \($0.seed) \($0.architecture) \($0.isSample)")
  }.sorted { $0.key < $1.key }
}

private final class Box: @unchecked Sendable {
  var rows: [Evaluator.DumpedPrediction] = []
}

@Suite("Evaluation") struct EvaluatorTests {
  @Test("numbers that may not be read change no prediction") func noLeak() throws {
    let evaluation = try split()
    let honest = try predictions(evaluation, try table())
    let sampled = Set(honest.filter(\.row.isSample).map(\.row.architecture))
    // Source latencies of query architectures, and target latencies of what was not sampled.
    let permuted = try predictions(
      evaluation,
      try table { latency in
        var random = RandomStream(seed: 9)
        for device in 0..<3 {
          let order = random.sample(150, of: 150)
          let values = latency.column(device)
          for row in 0..<150 { latency[150 + row, device] = values[150 + order[row]] }
        }
        let free = (0..<300).filter { !sampled.contains("n\($0)") }
        let order = random.sample(free.count, of: free.count)
        let values = latency.column(3)
        for (place, row) in free.enumerated() { latency[row, 3] = values[free[order[place]]] }
      })
    #expect(honest.map(\.key) == permuted.map(\.key))
    #expect(honest.map(\.row.predicted) == permuted.map(\.row.predicted))
    #expect(honest.map(\.row.measured) != permuted.map(\.row.measured))
  }

  @Test("a number that may be read changes predictions") func canFail() throws {
    let evaluation = try split()
    let honest = try predictions(evaluation, try table())
    let changed = try predictions(evaluation, try table { $0[3, 0] *= 5 })
    #expect(honest.map(\.row.predicted) != changed.map(\.row.predicted))
  }

  @Test("samples are never scored, and are exactly as many as stated") func samples() throws {
    for sampling in EvaluationProtocol.Sampling.allCases {
      let rows = try predictions(split(sampling: sampling), try table()).map(\.row)
        .filter { $0.predictor == "hybrid" && $0.seed == 1 }
      let samples = Set(rows.filter(\.isSample).map(\.architecture))
      let queries = Set(rows.filter { !$0.isSample }.map(\.architecture))
      #expect(samples.count == 10)
      #expect(samples.isDisjoint(with: queries))
      if sampling == .reference {
        #expect(samples.isSuperset(of: ["n200", "n201", "n202"]))
        #expect(queries.count == 147)
      }
    }
  }

  @Test("trimming keeps the middle of the target's own ranking") func trim() throws {
    let world = try table()
    let rows = try predictions(split(trim: 0.1...0.9), world).map(\.row)
      .filter { $0.predictor == "flops" && $0.seed == 0 && !$0.isSample }
    #expect(rows.count == 120)
    let sorted = (150..<300).map { world.latencies[$0, 3] }.sorted()
    #expect(rows.allSatisfy { $0.measured.value >= sorted[15] && $0.measured.value <= sorted[134] })
  }

  @Test("a target that is among the sources does not teach itself") func excluded() throws {
    let with = try predictions(split(sources: ["a", "b", "c", "target"]), try table())
    let without = try predictions(split(), try table())
    #expect(with.map(\.key) == without.map(\.key))
    // Products of other widths round differently in the last digits.
    for (a, b) in zip(with, without) {
      let (a, b) = (a.row.predicted.value.value, b.row.predicted.value.value)
      #expect(abs(a - b) <= 1e-9 * abs(b))
    }
  }

  @Test("what the protocol asks and the table lacks is refused") func bad() throws {
    let world = try table()
    #expect {
      try Evaluator(split(targets: ["targt"]), world)
    } throws: {
      "\($0)"
        == "test: the table has no device 'targt'. Did you mean 'target'? It has a, b, c, target."
    }
    #expect(throws: EvaluationError.self) {
      try Evaluator(split(targets: ["a"], sources: ["a"]), world)
    }
    #expect(throws: EvaluationError.self) { try split().with(samples: 1) }
    #expect(throws: EvaluationError.self) {
      try Evaluator(try split().with(samples: 151), world).run([HybridPredictor()])
    }
  }

  @Test("scores are those counted by hand") func scores() {
    let scores = Scores(
      predicted: [
        .init(Seconds(1.05), low: Seconds(0.9), high: Seconds(1.2), coverage: 0.9),
        .init(Seconds(2.5), low: Seconds(2.4), high: Seconds(2.6), coverage: 0.9),
        .init(Seconds(3), low: Seconds(2), high: Seconds(4), coverage: 0.9),
      ], measured: [Seconds(1), Seconds(2), Seconds(3)], isConnected: [true, true, false])
    #expect(scores.spearman == 1 && scores.kendall == 1)
    #expect(abs(scores.medianRelativeError - 0.15) < 1e-12)
    #expect(scores.shareWithinTenPercent == 0.5)
    #expect(abs(scores.coverage - 2.0 / 3) < 1e-12)
  }
}

@Suite("Protocols") struct ProtocolTests {
  @Test(
    "each bad key is named with what is allowed there",
    arguments: [
      ("{", "it is not JSON"), ("{}", "'name' is missing"),
      ("{\"name\":\"p\",\"space\":\"fbnet\",\"source_devices\":\"all\"}", "neither \"others\" nor"),
    ])
  func bad(text: String, part: String) throws {
    let path = NSTemporaryDirectory() + "/protocol-\(UUID().uuidString).json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect {
      try EvaluationProtocol(path: path)
    } throws: {
      "\($0)".hasPrefix(path) && "\($0)".contains(part)
    }
  }
}

@Suite("The project's own measurements") struct OwnDatasetTests {
  static let path = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("datasets/host-nasbench201.h5").path

  @Test("leaving one setting out, ten samples rank the rest") func leaveOneOut() throws {
    let matrix = try MeasurementMatrix(hdf5: Self.path)
    #expect(matrix.architectures.ids.count >= 300)
    let world = try MeasuredSpace(matrix, spaceName: "nasbench201")
    let result = try Evaluator(
      EvaluationProtocol(
        name: "own", space: "nasbench201", sources: .others, targets: .each,
        sourceArchitectures: .all, queryArchitectures: .all, samples: 10, seeds: 3), world
    ).run([HybridPredictor()])
    // The bar that the demo sets itself on an unseen machine.
    #expect(result.results[0].mean.spearman >= 0.9)
    #expect((0.8...1).contains(result.results[0].mean.coverage))
  }
}

@Suite("Trained predictors") struct TrainedPredictorTests {
  @Test("a predictor reads back as it was written, adapted or not") func roundTrip() throws {
    let world = try table()
    let trained = try TrainedPredictor.train(
      method: HybridPredictor(), table: world, sources: nil, pool: .all, leaveOneOutSamples: 10,
      leaveOneOutSeeds: 1,
      provenance: .init(dataset: "hand-made", licence: "none", command: "test"))
    let adapted = try trained.adapted(
      to: .init(
        device: "x", architectures: Array(world.architectures[..<10]), userFeatures: nil,
        latencies: (0..<10).map { Seconds(world.latencies[$0, 3]) }))
    let path = NSTemporaryDirectory() + "/predictor-\(UUID().uuidString).h5"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try adapted.write(to: path)
    let read = try TrainedPredictor(path: path)
    #expect(read.card == trained.card)
    #expect(read.target?.device == "x")
    #expect(
      try read.model().predict(read.encode(world.architectures))
        == adapted.model().predict(adapted.encode(world.architectures)))
    #expect(throws: ZooError.self) { try trained.model() }
  }

  @Test(
    "the shipped predictors are there, small, and say how they were made",
    arguments: ShippedPredictors.names)
  func shipped(name: String) throws {
    let predictor = try ShippedPredictors.load(name)
    #expect(predictor.space.name == name)
    #expect(predictor.card.command.contains("train --space \(name)"))
    #expect((predictor.card.leaveOneOut?.spearman ?? 0) > 0.9)
    let path = try #require(ShippedPredictors.path(of: name))
    let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
    #expect((size ?? .max) < 1_000_000)
  }

  @Test("an unknown name is refused with the nearest shipped one") func unknown() {
    #expect {
      try ShippedPredictors.load("nasbench21")
    } throws: {
      "\($0)".contains("Did you mean 'nasbench201'?")
    }
  }
}
