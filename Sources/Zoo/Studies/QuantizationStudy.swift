import Analytic
import Foundation
import Mathematics
import Workloads

/// Optimizing Large Language Models through Quantization: A Comparative Analysis of PTQ and QAT
/// Techniques.
enum QuantizationStudy {
  static let study = Study(
    1,
    setting:
      "language models of 10 M to 1 B parameters on edge devices; the baseline's precision is "
      + "not stated. A gain of 2.4 at 8 bits is more than 16 bits could give, so that it must be fp32",
    model: "Analytic/Quantization",
    calibrated: ["the share of a step that scales with the bits, by the speed-up at 8 bits"],
    notes: [
      "The model of 1 B is TinyLlama's, its table of tokens left in fp16.",
      "What the paper says of accuracy is not modelled.",
    ]
  ) { _ in
    let throughput = QuantizedThroughput(speedup: 2.4, at: 8, baselineBits: 32)
    let size = try tinyLlama()
    let allocations = allocations()
    return [
      StudyCheck(
        "speed-up at 4 bits over full precision", reported: 3,
        predicted: throughput.speedup(bits: 4), unit: "×", tolerance: .relative(0.1),
        source: "abstract; the speed-up at 8 bits is the calibration"),
      StudyCheck(
        "smaller weights of 1.1 B parameters at 4 bits in groups of 128", reported: 68,
        predicted: 100 * size, unit: "%", tolerance: .absolute(5),
        source: "abstract: up to 68 %"),
      StudyCheck(
        "distortion above the optimum of six layers, mean of 100 allocations",
        predicted: 100 * allocations.gap, unit: "%", tolerance: .atMost(2),
        source: "exhaustive search over five widths", confidence: .property),
      StudyCheck(
        "allocations that are worse than one width for all layers", reported: 0,
        predicted: allocations.worse, unit: "of 100", tolerance: .absolute(0),
        source: "the same layers", confidence: .property),
    ]
  }

  /// How much smaller the weights are than in fp16.
  static func tinyLlama() throws -> Double {
    let request = WorkloadRequest()
    let workload = try NetworkReference("tinyllama-1.1b").workload(request)
    let plain = workload.storedSize(StorageScheme(keptBits: 16))
    let narrow = workload.storedSize(StorageScheme(.int4Groups, keptBits: 16))
    return narrow.reduction(from: plain)
  }

  /// Layers drawn at random: their sizes within a factor of eight, what a unit of error costs over
  /// three decades, budgets of 2.5 to 8 bits.
  static func allocations() -> (gap: Double, worse: Double) {
    var random = RandomStream(seed: 1, label: "bit allocation")
    var gaps: [Double] = []
    var worse = 0.0
    while gaps.count < 100 {
      let layers = (0..<6).map { _ in
        QuantizedLayer(
          parameters: exp2(3 * random.uniform()), sensitivity: pow(10, random.normal()),
          variance: pow(10, 0.3 * random.normal()))
      }
      let total = layers.reduce(0) { $0 + $1.parameters }
      let budget = (2.5 + 5.5 * random.uniform()) * total
      guard let found = BitAllocation(layers, budget: budget),
        let best = BitAllocation.exhaustive(layers, budget: budget)
      else { continue }
      gaps.append(found.distortion / best - 1)
      let width = BitAllocation.usualWidths.last { Double($0) * total <= budget } ?? 2
      let uniform = layers.reduce(0) { sum, layer in
        sum + layer.sensitivity * layer.variance * exp2(-2 * Double(width))
      }
      if found.distortion > uniform * (1 + 1e-12) { worse += 1 }
    }
    return (mean(gaps), worse)
  }
}
