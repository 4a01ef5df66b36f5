import Features
import Testing
import Workloads

@Suite("Networks of the search spaces") struct SpaceWorkloadTests {
  let cells = NASBench201Space()
  let layers = FBNetSpace()

  /// The benchmark's figures for six 3×3 convolutions: 1.531546 million parameters, 220.12 million
  /// MACs.
  @Test("six 3×3 convolutions cost what NAS-Bench-201 publishes") func published() throws {
    let counts = try cells.workload(of: Architecture([3, 3, 3, 3, 3, 3])).counts()
    #expect(counts.parameters == 1_531_546)
    // Six edges of 3 · 11,796,480 and the fixed part of 7,783,040.
    #expect(counts.total.macs(.matrix) == 220_119_680)
  }

  /// The benchmark's figures for six 1×1 convolutions: 0.21485 million parameters by
  /// 15 cells · 6 · (C² + 2C) and the fixed 73,306.
  @Test("six 1×1 convolutions cost what a hand calculation says") func pointwise() throws {
    let counts = try cells.workload(of: Architecture([2, 2, 2, 2, 2, 2])).counts()
    let cell = 30 * ((256 + 32) + (1024 + 64) + (4096 + 128))
    #expect(counts.parameters == 73_306 + cell)
    #expect(counts.total.macs(.matrix) == Double(7_783_040 + 6 * 3 * 11_796_480 / 9))
  }

  @Test("an edge that reaches nothing is left out unless asked for") func deadEdges() throws {
    // A 3×3 convolution from 0 to 1, and a skip from 0 to 3.
    let architecture = Architecture([3, 0, 0, 1, 0, 0])
    let live = try cells.workload(of: architecture)
    let all = try cells.workload(of: architecture, runsAllEdges: true)
    #expect(live.counts().total.macs(.matrix) == 7_783_040)
    #expect(all.counts().total.macs(.matrix) == Double(7_783_040 + 3 * 11_796_480))
    #expect(live.assumptions != all.assumptions)
  }

  @Test("a cell's nodes are sums: five operations, three additions") func additions() throws {
    let workload = try cells.workload(of: Architecture([3, 3, 3, 3, 3, 3]))
    let additions = workload.operations.filter { $0.kind == .elementwise(.add) }
    // In each of the three stages 1 at node 2 and 2 at node 3, and one in each of two reductions.
    #expect(additions.count == 3 * 3 + 2)
  }

  @Test("graphs and features count the same MACs", arguments: [0, 1])
  func features(kind: Int) throws {
    if kind == 0 {
      let some = stride(from: 0, to: 15_625, by: 13).map { cells.architecture(at: $0) }
      let flop = try #require(cells.features(of: some).flop)
      for (architecture, flop) in zip(some, flop) {
        let counts = try cells.workload(of: architecture).counts()
        #expect(2 * counts.total.macs(.matrix) == flop, "\(cells.notation(of: architecture))")
      }
    } else {
      let some = (0..<200).map { seed in
        let blocks: [UInt8] = (0..<22).map { place in
          let mixed: Int = seed * (7 + place) + 3 * place * place
          return UInt8(mixed % 9)
        }
        return Architecture(blocks)
      }
      let flop = try #require(layers.features(of: some).flop)
      for (architecture, flop) in zip(some, flop) {
        let counts = try layers.workload(of: architecture).counts()
        #expect(2 * counts.total.macs(.matrix) == flop, "\(layers.notation(of: architecture))")
      }
    }
  }

  @Test("an FBNet block's parameters are those counted by hand") func fbnet() throws {
    let skips = [UInt8](repeating: 8, count: 22)
    var one = skips
    one[0] = 1  // k3_e1_g2 on 16 → 16 channels
    let difference =
      try layers.workload(of: Architecture(one)).counts().parameters
      - layers.workload(of: Architecture(skips)).counts().parameters
    // Two pointwise convolutions in halves, nine weights a channel, three normalisations.
    #expect(difference == 2 * 16 * 8 + 16 * 9 + 3 * 32)
  }

  @Test("what is no architecture is refused") func refused() {
    #expect(throws: WorkloadError.self) { try cells.workload(of: Architecture([1, 2])) }
    #expect(throws: WorkloadError.self) {
      try cells.workload(of: Architecture([9, 0, 0, 0, 0, 0]))
    }
    #expect(throws: WorkloadError.self) {
      try layers.workload(of: Architecture([UInt8](repeating: 0, count: 22)), batch: 0)
    }
  }
}
