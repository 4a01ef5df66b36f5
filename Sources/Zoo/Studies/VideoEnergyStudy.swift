import Analytic
import Foundation
import Quantities

/// Video Killed the Energy Budget: Characterizing the Latency and Power Regimes of Open
/// Text-to-Video Models.
enum VideoEnergyStudy {
  static let study = Study(
    97,
    setting:
      "one H100 SXM (989 TFLOP/s, 700 W) with the diffusers library; Wan 2.1 at 720×1280 and 81 "
      + "frames in 50 steps, CogVideoX at 480×720 and 49 frames in 50 steps, all with guidance",
    model: "Analytic/Roofline, Analytic/Diffusion",
    calibrated: ["the share of the peak rate, by Wan-1.3B at 720×1280 (410 s)"],
    notes: ["The tables are second-hand: a transcription of the paper, not the paper."]
  ) { _ in
    let peak = FLOPPerSecond.teraFLOPPerSecond(989)
    let sizes = ["height": 720, "width": 1280]
    let calibration = try film("wan2.1-t2v-1.3b", sizes)
    let model = UtilizationModel(
      peak: peak, work: calibration, took: Seconds(410), power: Watts(700))
    func checks(
      _ title: String, _ name: String, _ settings: [String: Int], seconds: Double,
      wattHours: Double, tolerance: Double
    ) throws -> [StudyCheck] {
      let time = model.latency(try film(name, settings))
      let energy = (model.power ?? .zero) * time
      return [
        StudyCheck(
          "\(title): latency", reported: seconds, predicted: time.value, unit: "s",
          tolerance: .relative(tolerance), source: "table 4, second-hand"),
        StudyCheck(
          "\(title): energy of the GPU", reported: wattHours, predicted: energy.value / 3600,
          unit: "Wh", tolerance: .relative(tolerance), source: "table 4, second-hand"),
      ]
    }
    let own = published
    let theirs = UtilizationModel(peak: peak, utilization: 0.456)
    let work = 100 * own.flop(tokens: tokens(720, 1280))
    return try checks(
      "Wan-14B at 720×1280", "wan2.1-t2v-14b", sizes, seconds: 1875, wattHours: 359.7,
      tolerance: 0.2)
      + checks(
        "CogVideoX-2B", "cogvideox-2b", [:], seconds: 50.6, wattHours: 8.3, tolerance: 0.3)
      + checks(
        "CogVideoX-5B", "cogvideox-5b", [:], seconds: 124, wattHours: 21.6, tolerance: 0.3) + [
        StudyCheck(
          "Wan-1.3B by the paper's own constants (d 2048, 32 blocks, share 0.456)", reported: 410,
          predicted: theirs.latency(work).value, unit: "s", tolerance: .relative(0.1),
          source: "tables 4 and 5, second-hand"),
        StudyCheck(
          "exponent of the work in the steps", reported: 1,
          predicted: try stepExponent(), unit: "", tolerance: .absolute(0.02),
          source: "abstract: linear"),
        StudyCheck(
          "exponent of the work in height times width, above 720×1280", reported: 2,
          predicted: try planeExponent(720, 1280), unit: "",
          tolerance: .between(1.6, 2), source: "abstract: quadratic"),
        StudyCheck(
          "the same below 256×256", predicted: try planeExponent(128, 128),
          unit: "", tolerance: .atMost(1.5), source: "products with weights decide there",
          confidence: .property),
      ]
  }

  /// The constants of the paper's model of Wan-1.3B: defaults of its code, not the published network.
  static let published = DiffusionTransformer(
    blocks: 32, width: 2048, feedForwardWidth: 8192, textTokens: 512)

  static func tokens(_ height: Int, _ width: Int) -> Double {
    21 * Double(height / 16) * Double(width / 16)
  }

  /// 50 steps with guidance of a network that is built in.
  static func film(_ name: String, _ settings: [String: Int], steps: Int = 50) throws -> FLOP {
    var request = WorkloadRequest()
    request.settings = settings
    request.settings["guidance"] = 2
    let counts = try NetworkReference(name).workload(request).counts()
    return Double(steps) * FLOP.multiplyAccumulates(counts.total.matrixMACs)
  }

  static func stepExponent() throws -> Double {
    let (few, many) = (
      try film("wan2.1-t2v-1.3b", [:], steps: 10), try film("wan2.1-t2v-1.3b", [:], steps: 80)
    )
    return log(many / few) / log(8)
  }

  /// Between a film and one of twice its sides.
  static func planeExponent(_ height: Int, _ width: Int) throws -> Double {
    let less = try film("wan2.1-t2v-1.3b", ["height": height, "width": width])
    let more = try film("wan2.1-t2v-1.3b", ["height": 2 * height, "width": 2 * width])
    return log(more / less) / log(4)
  }
}
