import Analytic
import Foundation
import Quantities
import Testing
import Workloads

@Suite("Reuse of data") struct ReuseTests {
  @Test("intensities of one layer, by hand") func layer() throws {
    let net = WorkloadBuilder("one")
    net.result(net.convolution(net.input("x", [2, 4, 8, 8]), to: 6, kernel: 3))
    let workload = try net.finish()
    let reuse = workload.reuse(workload.counts())
    // 2·6·64 outputs of 36 products; 216 weights; 512 read, 768 written.
    #expect(reuse.total == DataReuse(macs: 27_648, weights: 216, activations: 1280))
    #expect(reuse.total.arithmeticIntensity == 27_648.0 / 1496)
    #expect(
      abs(reuse.total.weightedIntensity(activationWeight: 0.8) - 27_648 / (0.8 * 1280 + 0.2 * 216))
        < 1e-9)
    // Every weight meets each pixel of each picture.
    #expect(reuse.total.weightReuse == 128)
    #expect(reuse.total.activationReuse == 21.6)
    #expect(reuse.meanArithmeticIntensity == reuse.total.arithmeticIntensity)
  }

  @Test("the weight of activations is found that efficiencies were made with") func weight() {
    let networks = (1...40).map { (index: Int) -> DataReuse in
      let (weights, activations) = (index * 7 % 13 + 1, index * 5 % 11 + 1)
      return DataReuse(
        macs: Double(index * index), weights: Double(weights), activations: Double(activations))
    }
    let correlation = ReuseCorrelation(
      networks, efficiency: networks.map { 3 * $0.weightedIntensity(activationWeight: 0.7) })
    #expect(correlation.bestActivationWeight == 0.7)
    #expect(abs((correlation.ofWeightedIntensity(activationWeight: 0.7) ?? 0) - 1) < 1e-12)
    #expect((correlation.ofArithmeticIntensity ?? 1) < 1)
    // α = 1/2 counts both alike.
    let even = correlation.ofWeightedIntensity(activationWeight: 0.5) ?? 0
    #expect(abs(even - (correlation.ofArithmeticIntensity ?? 1)) < 1e-12)
  }
}

@Suite("Working sets") struct WorkingSetTests {
  /// A fully associative cache, line by line.
  private func misses(_ trace: [Int], lines: Int) -> Int {
    var stack: [Int] = []
    var count = 0
    for line in trace {
      if let place = stack.firstIndex(of: line) {
        stack.remove(at: place)
      } else {
        count += 1
        if stack.count == lines { stack.removeLast() }
      }
      stack.insert(line, at: 0)
    }
    return count
  }

  @Test("distances of a short trace, by hand") func trace() {
    let profile = ReuseProfile(lines: [1, 2, 3, 1, 1, 2], lineSize: Bytes(64))
    #expect(profile.cold == Bytes(192))
    // The first 1 comes back after 2 and 3, the second at once, 2 after 3 and 1.
    #expect(
      profile.reuses
        == ReuseProfile(
          reuses: [(Bytes(64), Bytes(64)), (Bytes(192), Bytes(128))]
        ).reuses)
    #expect(profile.total == Bytes(6 * 64))
    #expect(profile.misses(capacity: Bytes(128)) == Bytes(192 + 128))
    #expect(profile.misses(capacity: Bytes(192)) == Bytes(192))
  }

  @Test("a miss curve is what caches of all sizes do", arguments: [1, 2, 3, 5, 8, 13, 40])
  func curve(lines: Int) {
    var state: UInt64 = 7
    let trace = (0..<600).map { step in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return step % 3 == 0 ? step % 12 : Int(state >> 60)
    }
    let profile = ReuseProfile(lines: trace, lineSize: Bytes(1))
    #expect(
      profile.misses(capacity: Bytes(Double(lines)))
        == Bytes(Double(misses(trace, lines: lines))))
  }

  private let small = CacheRoofline(
    "small", cores: 2, clock: .gigahertz(1), flopPerCycle: 4, cacheCapacity: Bytes(1000),
    cacheBandwidth: BytesPerSecond(4e9), memoryBandwidth: BytesPerSecond(1e9))

  @Test("the largest of four terms is the time") func terms() {
    func nest(_ flop: Double, _ distance: Double, _ amount: Double) -> LoopNest {
      LoopNest("n", flop: FLOP(flop), efficiency: 0.5) { _ in
        ReuseProfile(reuses: [(Bytes(distance), Bytes(amount))])
      }
    }
    // 8 GFLOP/s, half of it reached.
    #expect(small.time(of: nest(4e9, 10, 1)) == Seconds(1))
    #expect(small.time(of: nest(4, 1000, 8e9)) == Seconds(2))
    #expect(small.time(of: nest(4, 1001, 8e9)) == Seconds(8))
    var slow = small
    slow.memoryLatency = Seconds(1e-6)
    // 8e9 bytes are 31.25 million lines, 32 at once.
    #expect(slow.time(of: nest(4, 1001, 8e9)) == Seconds(8))
    slow.outstanding = 1
    #expect(abs(slow.time(of: nest(4, 1001, 8e9)).value - 31.25 / 2) < 1e-9)
    #expect(small.leastTime(of: nest(4e9, 1001, 8e9)) == Seconds(1))
  }

  @Test("a larger cache is never slower, and none beats free data") func monotone() {
    for size in [100.0, 3000, 1e5, 1e7] {
      for nest in [
        LoopNest.triad(footprint: Bytes(size)), .stencil(footprint: Bytes(size)),
        .sparseMatrixVector(footprint: Bytes(size)), .fourierTransform(footprint: Bytes(size)),
        .matrixProduct(footprint: Bytes(size)),
      ] {
        var last = Double.infinity
        for capacity in [10.0, 1e3, 1e5, 1e8] {
          var chip = small
          chip.cacheCapacity = Bytes(capacity)
          let time = chip.time(of: nest).value
          #expect(time <= last * (1 + 1e-12), "\(nest.name) of \(size) with \(capacity)")
          #expect(time >= chip.leastTime(of: nest).value)
          last = time
        }
      }
    }
  }

  @Test("triad passes 32 bytes for each 24 that it holds") func triad() {
    let nest = LoopNest.triad(footprint: Bytes(2400))
    #expect(nest.flop == FLOP(200))
    #expect(nest.profile(Bytes(1)).total == Bytes(3200))
    #expect(nest.profile(Bytes(1)).misses(capacity: Bytes(2399)) == Bytes(3200))
    #expect(nest.profile(Bytes(1)).misses(capacity: Bytes(2400)) == .zero)
  }
}
