import Analytic
import Foundation
import Mathematics
import Quantities

/// A processor with large stacked caches against A64FX, on loops whose data fit between the two.
enum LARCStudy {
  static let study = Study(
    78,
    setting:
      "one core memory group of A64FX (12 cores at 2.2 GHz, 8 MiB at 800 GB/s, 256 GB/s) and "
      + "of LARC (32 cores; C: 256 MiB at 800 GB/s, A: 512 MiB at 1600 GB/s; both 256 GB/s); 4 and "
      + "16 groups on a chip",
    model:
      "Analytic/WorkingSets/CacheRoofline over miss curves of five loops, their data 12 to 384 "
      + "MiB in six octaves",
    notes: [
      "The chips' figures are from memory; the loops and their sizes are ours, in place of the "
        + "simulated applications.",
      "Four times a group's gain is the chip's, as the authors assume.",
    ]
  ) { _ in
    gains() + steps() + large()
  }

  // MARK: - Setting

  private static func group(
    _ name: String, cores: Double, cache: Double, bandwidth: Double
  ) -> CacheRoofline {
    CacheRoofline(
      name, cores: cores, clock: .gigahertz(2.2), flopPerCycle: 32,
      cacheCapacity: .mebibytes(cache), cacheBandwidth: .gigabytesPerSecond(bandwidth),
      memoryBandwidth: .gigabytesPerSecond(256), memoryLatency: Seconds(150e-9))
  }

  private static let base = group("A64FX", cores: 12, cache: 8, bandwidth: 800)
  private static let stacked = [
    group("LARC-C", cores: 32, cache: 256, bandwidth: 800),
    group("LARC-A", cores: 32, cache: 512, bandwidth: 1600),
  ]
  private static let groups = 16.0 / 4

  private static let loops: [@Sendable (Bytes) -> LoopNest] = [
    { .triad(footprint: $0) }, { .stencil(footprint: $0) },
    { .sparseMatrixVector(footprint: $0) }, { .fourierTransform(footprint: $0) },
    { .matrixProduct(footprint: $0) },
  ]

  // MARK: - Checks

  private static func gains() -> [StudyCheck] {
    stacked.flatMap { chip in
      let logarithms = (0..<6).flatMap { octave in
        loops.map { loop in
          let nest = loop(.mebibytes(Double(12 << octave)))
          return log(base.time(of: nest) / chip.time(of: nest))
        }
      }
      let gain = exp(mean(logarithms))
      let limit = max(chip.cores / base.cores, chip.cacheBandwidth / base.memoryBandwidth)
      let isWide = chip.name == "LARC-A"
      return [
        StudyCheck(
          "\(chip.name), gain of a chip", reported: 9.77, predicted: groups * gain, unit: "×",
          tolerance: .between(6.5, 14), source: "abstract", recorded: isWide ? .outside : .within,
          explanation: isWide
            ? "the loops are bound by bandwidth alone and take all of the doubled one; simulated "
              + "applications also wait for their own instructions. The abstract's mean does not "
              + "say of which of the two chips it is." : ""),
        StudyCheck(
          "\(chip.name), gain of a group", reported: 2.44, predicted: gain, unit: "×",
          tolerance: .between(1, limit), source: "abstract, over 4", confidence: .derived),
      ]
    }
  }

  /// Where the triad's bandwidth falls through the middle between cache and memory.
  private static func steps() -> [StudyCheck] {
    ([base] + stacked).map { chip in
      func rate(_ size: Double) -> Double {
        chip.bandwidth(of: .triad(footprint: .mebibytes(size))).value
      }
      let middle = (rate(1) + rate(65536)) / 2
      var (low, high) = (1.0, 65536.0)
      while high / low > 1.001 {
        let size = (low * high).squareRoot()
        if rate(size) > middle { low = size } else { high = size }
      }
      return StudyCheck(
        "\(chip.name), data at which the triad slows down",
        reported: chip.cacheCapacity / .mebibytes(1), predicted: low, unit: "MiB",
        tolerance: .factor(1.5), source: "a figure of the paper", confidence: .fromMemory)
    }
  }

  /// A product of large matrices waits for arithmetic alone.
  private static func large() -> [StudyCheck] {
    stacked.map { chip in
      let nest = LoopNest.matrixProduct(footprint: .gibibytes(8))
      return StudyCheck(
        "\(chip.name), gain of a group in large products", reported: 32.0 / 12,
        predicted: base.time(of: nest) / chip.time(of: nest), unit: "×",
        tolerance: .relative(0.1), source: "32 cores over 12", confidence: .property)
    }
  }
}
