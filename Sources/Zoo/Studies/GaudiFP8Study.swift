import Analytic
import Quantities
import Workloads

/// Faster Inference of LLMs using FP8 on the Intel Gaudi.
enum GaudiFP8Study {
  static let study = Study(
    106,
    setting:
      "products in fp8 on a Gaudi 2 (865 TFLOP/s, in bf16 432), results in bf16; scales that are "
      + "powers of two, or one for each channel, which the vector units apply (11 TFLOP/s)",
    model: "Analytic/Accelerators, Analytic/Roofline",
    notes: [
      "Tables of the paper have not been read: only its abstract's claim is tested.",
      "Scaling after the product sends the result through the vector units: as long as its bytes need "
        + "to the main memory. By its multiplications alone a reduction of 512 would still gain 1.86.",
      "The array takes two elements of the reduction in a cycle in fp8.",
    ]
  ) { _ in
    func product(fp8: Bool, _ scaling: ScaledProduct.Scaling) -> ScaledProduct {
      ScaledProduct(
        GaudiStudy.array(depthPerCycle: fp8 ? 2 : 1), vectorRate: .teraFLOPPerSecond(11),
        bandwidth: .gigabytesPerSecond(2450), operandBytes: fp8 ? 1 : 2, scaling: scaling)
    }
    let free = product(fp8: true, .free)
    let bf16 = product(fp8: false, .free)
    func gain(_ k: Double, _ scaling: ScaledProduct.Scaling) -> Double {
      bf16.time(m: 8192, n: 8192, k: k)
        / product(fp8: true, scaling).time(m: 8192, n: 8192, k: k)
    }
    let decoding = try decodingGain()
    return [
      StudyCheck(
        "share of the peak at 4096³", reported: 90,
        predicted: 100 * free.utilization(m: 4096, n: 4096, k: 4096), unit: "%",
        tolerance: .atLeast(90), source: "abstract: frequently above 90 %"),
      StudyCheck(
        "share of the peak at 256³", predicted: 100 * free.utilization(m: 256, n: 256, k: 256),
        unit: "%", tolerance: .atMost(75), source: "the array is not filled",
        confidence: .property),
      StudyCheck(
        "fp8 over bf16 at 8192³, scales after the product", reported: 2,
        predicted: gain(8192, .exposed), unit: "×", tolerance: .between(1.85, 2),
        source: "introduction: up to about 2"),
      StudyCheck(
        "the same with a reduction of 512, where scaling counts", predicted: gain(512, .exposed),
        unit: "×", tolerance: .between(1, 1.3),
        source: "the result leaves the chip in bf16 either way",
        confidence: .property),
      StudyCheck(
        "fp8 over bf16 in decoding, Llama 3.1 70B, batch 16, 512 tokens", predicted: decoding,
        unit: "×", tolerance: .between(1.7, 2), source: "no figure at hand; weights are most of it",
        confidence: .property),
    ]
  }

  /// Keys and values stay in bf16. In bf16 the weights need two devices; the ratio is that of one
  /// device's share, whose sums are left out on both sides.
  static func decodingGain() throws -> Double {
    guard case .language(let model) = try NetworkReference("meta-llama/Meta-Llama-3.1-70B") else {
      return .nan
    }
    let device = try DeviceCatalogue.device(named: "Gaudi2")
    let step = try model.shard(of: 2).workload(.decode(context: 512), batch: 16)
    func time(_ precision: Precision) throws -> Seconds {
      try RooflineModel(device, Execution(precision: precision, fusion: .epilogue))
        .predict(step).latency.value
    }
    return try time(.bf16) / time(.fp8)
  }
}
