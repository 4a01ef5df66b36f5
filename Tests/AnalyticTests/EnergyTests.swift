import Analytic
import Quantities
import Testing
import Workloads

@Suite("Energies of studies") struct StudyEnergyTests {
  @Test("a line through energies and its errors, by hand") func line() throws {
    let energy = try #require(
      AffineEnergy(fitting: [(1e6, Joules(3)), (2e6, Joules(5)), (3e6, Joules(4))]))
    // Means 2 and 4, slope ½; residuals −½, 1, −½.
    #expect(abs(energy.perMAC.value - 0.5e-6) < 1e-15)
    #expect(abs(energy.fixed.value - 3) < 1e-9)
    #expect(abs(energy.energy(macs: 4e6).value - 5) < 1e-9)
    // s² = 1.5, and √(1 + 1/3 + 4/2) at 4.
    #expect(
      abs(energy.standardError(macs: 4e6).value - (1.5 * (1 + 1.0 / 3 + 2)).squareRoot()) < 1e-9)
    #expect(AffineEnergy(fitting: [(1e6, Joules(3))]) == nil)
    #expect(AffineEnergy(fitting: [(1e6, Joules(3)), (1e6, Joules(4))]) == nil)
  }

  @Test("training, uses and the break-even of two models") func fullCycle() throws {
    let training = FullCycleEnergy.training(
      pictures: 1000, epochs: 3, batch: 10, step: Joules(2))
    #expect(training == Joules(600))
    let careful = FullCycleEnergy(search: Joules(50), training: training, use: Joules(1))
    let hasty = FullCycleEnergy(training: Joules(50), use: Joules(3))
    #expect(careful.total(uses: 10) == Joules(660))
    #expect(careful.perUse(uses: 1e12).value - 1 < 1e-8)
    #expect(abs(careful.perUse(uses: 1e-6).value / 650e6 - 1) < 1e-8)
    let uses = try #require(careful.breakEven(against: hasty))
    #expect(uses == 300)
    #expect(careful.total(uses: uses) == hasty.total(uses: uses))
    #expect(hasty.breakEven(against: careful) == 300)
    // Cheaper in both from the first use on.
    let better = FullCycleEnergy(training: Joules(40), use: Joules(1))
    #expect(better.breakEven(against: hasty) == nil)
    #expect(hasty.breakEven(against: better) == nil)
    #expect(better.breakEven(against: better) == nil)
  }

  private let model = GroupConvolutionEnergy(
    peakRate: FLOPPerSecond(1e12), computeShare: 0.5, fullGroup: 32,
    bandwidth: BytesPerSecond(1e11), bandwidthShare: 0.5, launch: Seconds(1e-6),
    staticPower: Watts(100), perFLOP: JoulesPerFLOP(1e-11), perByte: JoulesPerByte(1e-10))

  private func layer(groups: Int) throws -> KernelTally {
    let net = WorkloadBuilder("layer")
    net.result(
      net.convolution(
        net.input("x", [1, 64, 32, 32]), to: 64, kernel: 3, groups: groups))
    return KernelTally(try net.finish().kernels())
  }

  @Test("time and energy of a grouped layer, by hand") func grouped() throws {
    let tally = try layer(groups: 8)
    let kernel = tally.kernels[0]
    #expect(kernel.groupSize == 8)
    #expect(model.utilization(groupSize: 8) == 0.25)
    #expect(model.utilization(groupSize: 64) == 1)
    // 64·1024·72 products at an eighth of the peak; 4·(2·65536 + 4608) bytes are 11 µs.
    let flop = 2.0 * 64 * 1024 * 72
    let bytes = 4.0 * (2 * 65_536 + 4608)
    let time = flop / 0.125e12 + 1e-6
    #expect(abs(model.time(of: kernel).value / time - 1) < 1e-12)
    let energy = 100 * time + 1e-11 * flop + 1e-10 * bytes
    #expect(abs(model.energy(of: tally).value / energy - 1) < 1e-12)
  }

  @Test("a wider group costs less for each product until the units are full") func width() throws {
    let costs = try [16, 8, 4, 2, 1].map { groups in
      let tally = try layer(groups: groups)
      return model.energy(of: tally).value / tally.kernels[0].matrixMACs
    }
    for (narrow, wide) in zip(costs, costs.dropFirst()) { #expect(wide < narrow) }
  }
}
