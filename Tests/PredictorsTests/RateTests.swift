import Features
import Foundation
import Mathematics
import Predictions
import Predictors
import Quantities
import Testing
import Workloads

@Suite("Work of a network, and rates of a device") struct RateTests {
  private static let shape = RateHyperparameters.processor.shape

  /// Convolutions of every kind, a product, a pooling.
  private func network(_ name: String, width: Int, image: Int = 32) throws -> Workload {
    let net = WorkloadBuilder(name)
    var x = net.convolution(net.input("x", [1, 3, image, image]), to: width, kernel: 3, stride: 2)
    x = net.activation(.relu, net.batchNorm(x))
    x = net.convolution(x, to: width, kernel: 3)
    x = net.convolution(net.depthwiseConvolution(x, kernel: 3), to: 2 * width)
    x = net.maxPool(x, kernel: 2, stride: 2)
    net.result(net.linear(net.globalAveragePool(x), to: 100))
    return try net.finish()
  }

  @Test("the work of one convolution is its products, its bytes and one start") func work() throws {
    let net = WorkloadBuilder("one")
    net.result(net.convolution(net.input("x", [1, 10, 20, 20]), to: 30))
    let workload = try net.finish()
    let work = Self.shape.work(workload.workOperations(workload.counts()).compactMap(\.self))
    // 400 pixels · 10 · 30 = 120,000 products, of 10⁸, with (1 + 8/400) for the borders.
    #expect(abs(work[WorkClass.pointwise.rawValue] - 1.2e-3 * 1.02) < 1e-12)
    // 4000 and 12,000 elements of 4 bytes.
    #expect(abs(work[WorkClass.convolutionBytes.rawValue] - 0.064) < 1e-12)
    // A fifth of 300 weights of 4 bytes.
    #expect(abs(work[WorkClass.weights.rawValue] - 0.2 * 0.0012) < 1e-12)
    #expect(work[WorkClass.overhead.rawValue] == 1)
    #expect(work.enumerated().filter { $0.element > 0 }.count == 4)
  }

  @Test("what a converter folds costs nothing, but in a graph that is converted already")
  func folding() throws {
    let workload = try network("net", width: 16)
    let operations = workload.workOperations(workload.counts())
    // Normalisation and rectifier after the first convolution.
    #expect(operations[1] == nil && operations[2] == nil)
    #expect(operations[0] != nil && operations[3] != nil)
  }

  @Test("a 3×3 convolution with step one is Winograd's, others are not, narrow weights are 8-bit")
  func classes() throws {
    let workload = try network("net", width: 16)
    let work = Self.shape.work(workload.workOperations(workload.counts()).compactMap(\.self))
    for kind in [
      WorkClass.winograd, .otherConvolution, .depthwise, .pointwise, .weights, .elementBytes,
    ] {
      #expect(work[kind.rawValue] > 0, "\(kind)")
    }
    #expect(work[WorkClass.otherInt8.rawValue] == 0)
    let narrow = WorkloadBuilder("narrow", activations: .float32, weights: .int8)
    narrow.result(narrow.convolution(narrow.input("x", [1, 16, 8, 8]), to: 16, kernel: 3))
    let int8 = try narrow.finish()
    let other = Self.shape.work(int8.workOperations(int8.counts()).compactMap(\.self))
    #expect(other[WorkClass.otherInt8.rawValue] > 0 && other[WorkClass.winograd.rawValue] == 0)
  }

  // MARK: - Devices

  /// Devices whose rates are one speed and a little of their own, and what they take for networks.
  private struct World {
    let networks: [(name: String, operations: [WorkOperation])]
    let works: [[Double]]
    var logRates: [[Double]] = []
    var latency: Matrix

    init(devices: Int, seed: UInt64, spread: Double) throws {
      let tests = RateTests()
      var list: [(name: String, operations: [WorkOperation])] = []
      for (place, width) in [8, 16, 24, 32, 48, 64, 96, 128].enumerated() {
        for image in [32, 96] {
          let workload = try tests.network("n\(place)-\(image)", width: width, image: image)
          list.append(
            (workload.name, workload.workOperations(workload.counts()).compactMap(\.self)))
        }
      }
      networks = list
      works = list.map { RateTests.shape.work($0.operations) }
      var random = RandomStream(seed: seed)
      latency = Matrix(rows: devices, columns: list.count)
      let base = [1.5, 0.4, 1.9, 2.8, -2.2, -3, 1.1, 0.7, -1.6, -2.1, -1.5, -3, 0.2, -4.8]
      for device in 0..<devices {
        let speed = random.normal()
        let rates = base.map { $0 + speed + spread * random.normal() }
        logRates.append(rates)
        for (place, work) in works.enumerated() {
          let time = zip(work, rates).reduce(0) { $0 + $1.0 * exp($1.1) }
          latency[device, place] = log(time) + 0.02 * random.normal()
        }
      }
    }

    var measurements: RateMeasurements {
      RateMeasurements(
        networks: networks, logLatency: latency,
        threads: [Int?](repeating: nil, count: latency.rows),
        weights: [Double](repeating: 1, count: latency.rows))
    }

    func sample(_ device: Int, _ place: Int) -> AdaptedRates.Sample {
      AdaptedRates.Sample(
        network: networks[place].name, work: works[place],
        latency: .milliseconds(exp(latency[device, place])))
    }
  }

  @Test("three latencies of a new device predict the others") func adapts() throws {
    let world = try World(devices: 60, seed: 3, spread: 0.25)
    let anchors = [0, 7, 14]
    let prior = try RatePrior.learn(
      world.measurements.selecting(Array(0..<40)), .graphics,
      anchors: anchors.map { world.networks[$0].name })
    var errors: [Double] = []
    var covered = 0
    for device in 40..<60 {
      let rates = try AdaptedRates(prior, samples: anchors.map { world.sample(device, $0) })
      for place in world.networks.indices where !anchors.contains(place) {
        let truth = Seconds.milliseconds(exp(world.latency[device, place]))
        let predicted = rates.latency(
          network: world.networks[place].name,
          work: prior.shape.work(world.networks[place].operations))
        errors.append(abs(predicted.value / truth - 1))
        if predicted.interval?.contains(truth) == true { covered += 1 }
      }
    }
    #expect(median(errors) < 0.06)
    #expect(Double(covered) / Double(errors.count) > 0.9)
    // Without any latency the speed of a device is not known.
    let blind = try AdaptedRates(prior, samples: [])
    let wide = blind.latency(network: "other", work: world.works[3])
    let interval = try #require(wide.interval)
    #expect(interval.high / interval.low > 5)
  }

  @Test("each further latency narrows the interval") func narrows() throws {
    let world = try World(devices: 40, seed: 5, spread: 0.3)
    let prior = try RatePrior.learn(world.measurements, .graphics, anchors: [])
    var last = Double.infinity
    for count in [0, 1, 3, 6] {
      let rates = try AdaptedRates(prior, samples: (0..<count).map { world.sample(0, 2 * $0) })
      let interval = try #require(rates.latency(network: "x", work: world.works[15]).interval)
      #expect(interval.high / interval.low < last)
      last = interval.high / interval.low
    }
  }

  @Test("samples in another order give the same rates") func permutation() throws {
    let world = try World(devices: 30, seed: 9, spread: 0.3)
    let prior = try RatePrior.learn(world.measurements, .graphics, anchors: [])
    let samples = [1, 6, 11].map { world.sample(4, $0) }
    let one = try AdaptedRates(prior, samples: samples).logRates
    let other = try AdaptedRates(prior, samples: samples.reversed()).logRates
    for (a, b) in zip(one, other) { #expect(abs(a - b) < 1e-9) }
  }

  @Test("the parts of a prediction add up to it") func breakdown() throws {
    let world = try World(devices: 30, seed: 1, spread: 0.3)
    let prior = try RatePrior.learn(world.measurements, .graphics, anchors: [])
    let rates = try AdaptedRates(prior, samples: [world.sample(0, 3)])
    let prediction = RateModel(rates, samples: 1, kind: "processor")
      .predict(try network("net", width: 40))
    let sum = prediction.breakdown.reduce(Seconds.zero) { $0 + $1.latency }
    #expect(abs(sum / prediction.latency.value - 1) < 1e-9)
    #expect(prediction.method == "rates of its kind and 1 measurements")
  }

  @Test("a prior is the same after a file") func file() throws {
    let world = try World(devices: 20, seed: 2, spread: 0.3)
    let names = [0, 5, 9].map { world.networks[$0].name }
    let prior = try RatePrior.learn(world.measurements, .processor, anchors: names)
    let copy = try JSONDecoder().decode(RatePrior.self, from: JSONEncoder().encode(prior))
    let samples = [0, 5, 9].map { world.sample(1, $0) }
    let one = try AdaptedRates(prior, samples: samples, threads: 4)
    let other = try AdaptedRates(copy, samples: samples, threads: 4)
    #expect(
      one.latency(network: world.networks[2].name, work: world.works[2])
        == other.latency(network: world.networks[2].name, work: world.works[2]))
  }
}
