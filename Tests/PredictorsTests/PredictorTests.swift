import Features
import Foundation
import Mathematics
import Predictions
import Predictors
import Quantities
import Testing
import Workloads

/// Devices made by hand: latency is a sum of work with known costs.
struct HandMade {
  let space = NASBench201Space()
  let pool: [Architecture]
  let table: FeatureTable

  init(count: Int = 600) {
    var random = RandomStream(seed: 11)
    let space = space
    pool = random.sample(count, of: 15_625).map { space.architecture(at: $0) }
    table = space.features(of: pool)
  }

  /// 1 ms and then so much for each live 3×3, 1×1 and pooling.
  func latencies(_ three: Double, _ one: Double, _ pooling: Double) -> [Double] {
    pool.map { architecture in
      let live = NASBench201Space.liveEdges(architecture)
      var time = 1.0
      for (edge, operation) in architecture.operations.enumerated() where live[edge] {
        time += operation == 3 ? three : operation == 2 ? one : operation == 4 ? pooling : 0
      }
      return time * 1e-3
    }
  }

  func knowledge() throws -> SourceKnowledge {
    let devices = [latencies(3, 1, 0.5), latencies(4, 0.5, 1), latencies(2, 1, 1)]
    var matrix = Matrix(rows: pool.count, columns: 3)
    for (column, device) in devices.enumerated() {
      for row in device.indices { matrix[row, column] = device[row] }
    }
    return try SourceKnowledge.fit(pool: table, devices: ["a", "b", "c"], latencies: matrix)
  }

  func samples(
    _ knowledge: SourceKnowledge, _ latencies: [Double], _ rows: [Int]
  ) throws -> Samples {
    try Samples(
      knowledge.encode(table).selecting(rows: rows), rows.map { Seconds(latencies[$0]) })
  }
}

@Suite("Every few-shot predictor") struct ConformanceTests {
  static let names = FewShotPredictors.names

  @Test(
    "gives one estimate an architecture, inside its interval, and the same twice", arguments: names)
  func shape(name: String) throws {
    let world = HandMade()
    let knowledge = try world.knowledge()
    let target = world.latencies(2.5, 0.8, 0.7)
    let samples = try world.samples(knowledge, target, Array(0..<10))
    let predictor = try FewShotPredictors.named(name)
    let first = try predictor.adapt(knowledge, to: samples).predict(knowledge.encode(world.table))
    let second = try predictor.adapt(knowledge, to: samples).predict(knowledge.encode(world.table))
    #expect(first.count == world.pool.count)
    #expect(first == second)
    for estimate in first {
      #expect(estimate.value.isFinite && estimate.value >= .zero)
      #expect(estimate.interval?.contains(estimate.value) == true)
      #expect(estimate.interval?.coverage == 0.9)
    }
  }

  @Test("does not mind the samples' order", arguments: names) func order(name: String) throws {
    let world = HandMade()
    let knowledge = try world.knowledge()
    let target = world.latencies(2.5, 0.8, 0.7)
    let predictor = try FewShotPredictors.named(name)
    func predict(_ rows: [Int]) throws -> [Double] {
      try predictor.adapt(knowledge, to: world.samples(knowledge, target, rows))
        .predict(knowledge.encode(world.table)).map(\.value.value)
    }
    let forwards = try predict(Array(0..<10))
    let backwards = try predict((0..<10).reversed())
    #expect(zip(forwards, backwards).allSatisfy { abs($0 - $1) <= 1e-6 * abs($0) })
  }

  @Test("predicts a hundred times the latency for a hundred times the samples", arguments: names)
  func scale(name: String) throws {
    let world = HandMade()
    let knowledge = try world.knowledge()
    // Off any clock's grid, so that no rounding is assumed.
    let target = world.latencies(2.517, 0.8093, 0.7131).map { $0 * 1.000_123_7 }
    let predictor = try FewShotPredictors.named(name)
    func predict(_ factor: Double) throws -> [Double] {
      try predictor.adapt(
        knowledge, to: world.samples(knowledge, target.map { $0 * factor }, Array(0..<12))
      ).predict(knowledge.encode(world.table)).map(\.value.value)
    }
    let small = try predict(1)
    let large = try predict(100)
    #expect(zip(small, large).allSatisfy { abs($0 * 100 - $1) <= 1e-6 * abs($1) })
  }
}

@Suite("hybrid") struct HybridTests {
  @Test("finds the costs of a device that is a sum of work within 2 %") func additive() throws {
    let world = HandMade()
    let knowledge = try world.knowledge()
    let target = world.latencies(6, 0.2, 0.3)
    let predicted = try HybridPredictor().adapt(
      knowledge, to: world.samples(knowledge, target, Array(0..<20))
    ).predict(knowledge.encode(world.table))
    let errors = zip(predicted, target).map { abs($0.value.value / $1 - 1) }
    #expect(median(errors[20...]) < 0.02)
    #expect((spearman(predicted.map(\.value.value), target) ?? 0) > 0.99)
  }

  @Test("works without any source, from physics alone") func noSources() throws {
    let world = HandMade()
    let knowledge = try SourceKnowledge.withoutSources(pool: world.table)
    let target = world.latencies(3, 1, 0.5)
    let predicted = try HybridPredictor().adapt(
      knowledge, to: world.samples(knowledge, target, Array(0..<20))
    ).predict(knowledge.encode(world.table))
    #expect((spearman(predicted.map(\.value.value), target) ?? 0) > 0.95)
  }

  @Test("survives a 1 ms clock, two samples, and repeated architectures") func roughSamples() throws
  {
    let world = HandMade()
    let knowledge = try world.knowledge()
    let clock = world.latencies(3, 1, 0.5).map { max(0.001, ($0 * 1e3).rounded() / 1e3) }
    for rows in [Array(0..<10), [0, 1], [3, 3, 3, 4, 4, 5]] {
      guard Set(rows.map { clock[$0] }).count > 1 else { continue }
      let predicted = try HybridPredictor().adapt(
        knowledge, to: world.samples(knowledge, clock, rows)
      ).predict(knowledge.encode(world.table))
      #expect(predicted.allSatisfy { $0.value.isFinite && $0.value > .zero })
    }
  }

  @Test("intervals of noisy devices hold 80 to 100 % of the latencies") func coverage() throws {
    let world = HandMade()
    let knowledge = try world.knowledge()
    var random = RandomStream(seed: 5)
    let target = world.latencies(3.5, 0.7, 0.6).map { $0 * (1 + 0.05 * random.normal()) }
    var shares: [Double] = []
    for start in stride(from: 0, to: 200, by: 20) {
      let rows = Array(start..<start + 20)
      let predicted = try HybridPredictor().adapt(
        knowledge, to: world.samples(knowledge, target, rows)
      ).predict(knowledge.encode(world.table))
      let inside = zip(predicted, target).count { $0.interval?.contains(Seconds($1)) == true }
      shares.append(Double(inside) / Double(target.count))
    }
    #expect((0.8...1).contains(mean(shares)), "\(shares)")
  }

  @Test("too few or equal samples are refused") func badSamples() throws {
    let world = HandMade()
    let knowledge = try world.knowledge()
    let encoded = knowledge.encode(world.table)
    #expect(throws: PredictorError.tooFewSamples(1)) {
      try Samples(encoded.selecting(rows: [0]), [Seconds(1)])
    }
    #expect(throws: PredictorError.equalSamples(count: 2)) {
      try Samples(encoded.selecting(rows: [0, 1]), [Seconds(1), Seconds(1)])
    }
    #expect(throws: PredictorError.self) {
      try Samples(encoded.selecting(rows: [0, 1]), [Seconds(1), Seconds(.nan)])
    }
  }
}

@Suite("Sources") struct SourceTests {
  @Test("a surrogate of a noiseless device is the device") func surrogate() throws {
    let world = HandMade()
    let knowledge = try world.knowledge()
    let device = world.latencies(3, 1, 0.5)
    let surrogate = knowledge.encode(world.table).surrogates.column(0)
    let scale = mean(device)
    let errors = zip(surrogate, device).map { abs($0 * scale / $1 - 1) }
    #expect(median(errors) < 0.01)
  }

  @Test("leaving a device out is learning without it") func selecting() throws {
    let world = HandMade()
    let all = try world.knowledge()
    var matrix = Matrix(rows: world.pool.count, columns: 2)
    for (column, device) in [world.latencies(3, 1, 0.5), world.latencies(2, 1, 1)].enumerated() {
      for row in device.indices { matrix[row, column] = device[row] }
    }
    let two = try SourceKnowledge.fit(
      pool: world.table, devices: ["a", "c"], latencies: matrix)
    let left = all.selecting(devices: [0, 2])
    #expect(left.devices == two.devices)
    #expect(left.surrogates.operations == two.surrogates.operations)
    #expect(left.physics.coefficients == two.physics.coefficients)
  }

  @Test("a source that was hardly measured is refused by name") func sparse() {
    let world = HandMade(count: 20)
    var matrix = Matrix(rows: 20, columns: 1, repeating: .nan)
    matrix[0, 0] = 1
    #expect(throws: PredictorError.sourceWithoutMeasurements(device: "a", count: 1)) {
      try SourceKnowledge.fit(pool: world.table, devices: ["a"], latencies: matrix)
    }
  }

  @Test("chosen samples are different and spread over every kind of work") func design()
    throws
  {
    let world = HandMade(count: 300)
    let knowledge = try world.knowledge()
    let encoded = knowledge.encode(world.table)
    let chosen = SampleDesign(knowledge).choose(10, from: encoded)
    #expect(Set(chosen).count == 10)
    // They spread over the amounts of work: no feature column is constant over them.
    let picked = encoded.physics.selecting(rows: chosen)
    for column in 1..<picked.columns where Set(encoded.physics.column(column)).count > 3 {
      #expect(Set(picked.column(column)).count > 1)
    }
  }
}

@Suite("Rankings") struct RankingTests {
  @Test("the fastest come first, what is not connected last, limits cut") func order() {
    let estimates = [3.0, 1, 2, 0.1].map { Estimate(Seconds($0)) }
    let connected = [true, true, true, false]
    #expect(Ranking(estimates: estimates, isConnected: connected).places == [1, 2, 0, 3])
    #expect(
      Ranking(estimates: estimates, isConnected: connected, limit: Seconds(2)).places == [1, 2, 3])
    #expect(
      Ranking(estimates: estimates, isConnected: connected, slowestFirst: true).places
        == [0, 2, 1, 3])
  }

  @Test("the probability of a limit follows the interval") func probability() {
    let estimate = Estimate(Seconds(10), low: Seconds(8), high: Seconds(12), coverage: 0.9)
    #expect(abs(estimate.probability(atMost: Seconds(10)) - 0.5) < 1e-12)
    #expect(abs(estimate.probability(atMost: Seconds(12)) - 0.95) < 1e-9)
    #expect(abs(estimate.probability(atMost: Seconds(8)) - 0.05) < 1e-9)
  }
}
