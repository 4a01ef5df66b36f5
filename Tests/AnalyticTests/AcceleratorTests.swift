import Analytic
import Quantities
import Testing

@Suite("Arrays, rows and links") struct AcceleratorTests {
  /// The cycle in which the last multiplier of a grid has its last pair of operands, which go right and
  /// down by one place a cycle, if a tile may enter as soon as the tile before has left the first place.
  private func lastCycle(_ rows: Int, _ columns: Int, depth: Int, tiles: Int) -> Int {
    var last = 0
    for row in 0..<rows {
      for column in 0..<columns {
        var free = row + column
        for _ in 0..<tiles {
          free += depth
        }
        last = max(last, free)
      }
    }
    return last
  }

  @Test(
    "a grid needs as many cycles as stepping through its operands says, and two to hand over",
    arguments: [(8, 4, 16, 1), (8, 8, 5, 3), (16, 4, 64, 10)])
  func grid(rows: Int, columns: Int, depth: Int, tiles: Int) {
    let array = SystolicArray(
      shapes: [.init(rows, columns)], clock: Hertz(1), overlapsFilling: true)
    let time = array.time(m: Double(rows * tiles), n: Double(columns), k: Double(depth)).value
    #expect(time == Double(lastCycle(rows, columns, depth: depth, tiles: tiles) + 2))
    var alone = array
    alone.overlapsFilling = false
    let each = Double(lastCycle(rows, columns, depth: depth, tiles: 1) + 2)
    #expect(
      alone.time(m: Double(rows * tiles), n: Double(columns), k: Double(depth)).value
        == Double(tiles) * each)
  }

  @Test("two grids share the tiles, and a product takes the shape that fits it") func shapes() {
    // 256·256·2 multipliers in both.
    let array = SystolicArray(
      shapes: [.init(256, 256, count: 2), .init(128, 512, count: 2)], clock: .gigahertz(1))
    #expect(array.fastest(m: 128, n: 1024, k: 1000)?.shape == .init(128, 512, count: 2))
    #expect(array.fastest(m: 512, n: 512, k: 1000)?.shape == .init(256, 256, count: 2))
    // Four tiles on two grids: two rounds.
    #expect(abs(array.time(m: 512, n: 512, k: 100).value - 712e-9) < 1e-15)
    let clock = SystolicArray.clock(
      for: .teraFLOPPerSecond(432), shapes: [.init(256, 256, count: 2)])
    #expect(abs(clock.value / 1.6479e9 - 1) < 1e-4)
    #expect(array.utilization(m: 1024, n: 1024, k: 1e6) > 0.999)
    #expect(array.utilization(m: 512, n: 512, k: 512) < 0.7)
  }

  @Test("a row costs whole pieces") func gather() {
    let memory = GatherGranularity(granule: Bytes(256), efficiency: 0.5)
    #expect(memory.share(Bytes(64)) == 0.125)
    #expect(memory.share(Bytes(256)) == 0.5)
    #expect(memory.share(Bytes(257)) == 0.5 * 257 / 512)
    #expect(memory.share(.zero) == 0)
  }

  @Test("few partners use few of pairwise links, and all of a switch") func links() {
    #expect(Interconnect.pairwise(others: 7).usableShare(2) == 1.0 / 7)
    #expect(Interconnect.pairwise(others: 7).usableShare(8) == 1)
    #expect(Interconnect.switched.usableShare(2) == 1)
    #expect(Interconnect.switched.usableShare(1) == 0)
    let ring = CollectiveModel(
      .switched, bandwidth: .gigabytesPerSecond(300), latency: .microseconds(5))
    // 2·(4 − 1)/4 · 300 MB at 300 GB/s.
    #expect(
      abs(ring.allReduce(.megabytes(300), devices: 4).value - (5e-6 + 1.5e-3)) < 1e-12)
    #expect(ring.allReduce(.megabytes(300), devices: 1) == .zero)
    let pairs = CollectiveModel(.pairwise(others: 7), bandwidth: .gigabytesPerSecond(300))
    #expect(pairs.allReduce(.megabytes(300), devices: 8).value == 1.75e-3)
    #expect(abs(pairs.allReduce(.megabytes(300), devices: 2).value - 7e-3) < 1e-12)
  }

  @Test("all-to-all exchanges send what is not a device's own") func ulysses() {
    let group = UlyssesParallelism(devices: 4, bandwidth: .gigabytesPerSecond(100))
    // 4 tensors of 1000×64 in two bytes: 512,000 bytes in a layer, a quarter of it here, ¾ of that out.
    let sent = group.bytesSent(tokens: 1000, width: 64, layers: 2, bytesPerElement: 2)
    #expect(sent == Bytes(2 * 512_000 / 4 * 3 / 4))
    #expect(
      abs(
        group.exchange(tokens: 1000, width: 64, layers: 2, bytesPerElement: 2).value - 1.92e-6)
        < 1e-15)
    let alone = UlyssesParallelism(devices: 1, bandwidth: .gigabytesPerSecond(100))
    #expect(alone.bytesSent(tokens: 1000, width: 64, layers: 2, bytesPerElement: 2) == .zero)
  }

  @Test("scaling a product back costs what the vector units or the memory need for it")
  func scaledProduct() {
    let array = SystolicArray(
      shapes: [.init(100, 100)], clock: .gigahertz(1), overlapsFilling: true)
    var product = ScaledProduct(
      array, vectorRate: FLOPPerSecond(1e10), bandwidth: BytesPerSecond(1e9), operandBytes: 1,
      outputBytes: 2)
    // 1·10 tiles of 1000 cycles and 200 of filling: 10.2 µs; operands 100·1000 + 1000·1000 bytes.
    let times = [100.0, 1000, 1000]
    func time(_ scaling: ScaledProduct.Scaling) -> Double {
      product.scaling = scaling
      return product.time(m: times[0], n: times[1], k: times[2]).value
    }
    let operands = 1.1e-3
    let output = 2e-4
    #expect(abs(time(.free) - (operands + output)) < 1e-12)
    #expect(abs(time(.overlapped) - (operands + output)) < 1e-12)
    #expect(abs(time(.exposed) - (operands + output)) < 1e-12)
    product.vectorRate = FLOPPerSecond(1e8)
    // 10⁵ outputs at 10⁸ a second: 1 ms.
    #expect(abs(time(.exposed) - (operands + 1e-3)) < 1e-12)
    product.bandwidth = BytesPerSecond(1e15)
    #expect(abs(time(.overlapped) - 1e-3) < 1e-9)
    #expect(abs(time(.free) - 10.2e-6) < 1e-12)
  }
}
