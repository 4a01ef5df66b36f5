import Analytic
import Foundation
import Quantities
import Testing

@Suite("Search and gate arrays") struct SearchTests {
  private let table = BlockLatencyTable(
    fixed: Seconds(1), blocks: [[Seconds(2), Seconds(4)], [Seconds(1), Seconds(3), Seconds(5)]])

  @Test("a chain takes the sum of its blocks") func sum() {
    #expect(table.latency(of: [1, 2]) == Seconds(10))
    #expect(table.latency(of: [0, 0]) == Seconds(4))
  }

  @Test("with even odds the mean latency is that of the mean blocks") func even() {
    let (mean, gradient) = table.expectedLatency(logits: [[0, 0], [7, 7, 7]])
    #expect(mean == Seconds(1 + 3 + 3))
    // p (t − mean): ½·(2 − 3), …
    #expect(gradient[0] == [-0.5, 0.5])
    #expect(zip(gradient[1], [-2.0 / 3, 0, 2.0 / 3]).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("the derivatives are those of differences, and sum to nothing in a layer")
  func derivatives() {
    let logits = [[0.3, -1.0], [2.0, 0.1, -0.4]]
    let (_, gradient) = table.expectedLatency(logits: logits, temperature: 0.7)
    for layer in logits.indices {
      #expect(abs(gradient[layer].reduce(0, +)) < 1e-12)
      for block in logits[layer].indices {
        func mean(_ shift: Double) -> Double {
          var moved = logits
          moved[layer][block] += shift
          return table.expectedLatency(logits: moved, temperature: 0.7).mean.value
        }
        let slope = (mean(1e-5) - mean(-1e-5)) / 2e-5
        #expect(abs(slope - gradient[layer][block]) < 1e-8)
      }
    }
  }

  @Test("a cold softmax picks the likeliest network") func cold() {
    let (mean, _) = table.expectedLatency(logits: [[0, 1], [0, 3, 1]], temperature: 1e-3)
    #expect(mean == table.latency(of: [1, 1]))
  }

  @Test("work of two searches, by hand") func work() {
    let one = SearchWork.candidates(100, epochs: 5, pictures: 1000)
    #expect(one.pictures == 500_000)
    #expect(one / SearchWork.superNetwork(epochs: 10, pictures: 500, blocks: 4) == 25)
  }

  @Test("a gate array is as fast as its multipliers or its memory") func array() {
    var chip = FPGARoofline(
      clock: .megahertz(100), signalProcessors: 50, productsEach: 2, lookupTables: 4000,
      lookupTablesPerProduct: 40, bandwidth: BytesPerSecond(1e9))
    // 100 products of signal processors and 100 of tables in a cycle.
    #expect(chip.productsPerCycle == 200)
    #expect(chip.peakRate == FLOPPerSecond(4e10))
    #expect(chip.time(macs: 2e9, bytes: Bytes(1e6)) == Seconds(0.1))
    #expect(chip.time(macs: 2e9, bytes: Bytes(5e8)) == Seconds(0.5))
    chip.clock = .megahertz(200)
    #expect(chip.time(macs: 2e9, bytes: .zero) == Seconds(0.05))
  }
}
