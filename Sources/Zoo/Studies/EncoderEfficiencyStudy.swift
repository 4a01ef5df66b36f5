import Analytic
import Datasets
import Mathematics
import Quantities

/// EffEval: A Comprehensive Evaluation of Efficiency for MT Evaluation Metrics.
enum EncoderEfficiencyStudy {
  static let study = Study(
    108,
    setting:
      "BERTScore with fifteen encoders over the sentences of WMT15 and WMT21, on the processor "
      + "and on the graphics processor of one cluster node; medians of three runs",
    model: "Analytic/Calibration/EncoderTimeLaw",
    calibrated: [
      "three coefficients for each data set and processor, by BERT-tiny, TinyBERT (4 layers) and BERT "
        + "base"
    ],
    notes: [
      "TinyBERT and BERT are two of the three encoders that calibrate: the last check asks whether one "
        + "law holds both on either processor, no more.",
      "What the metrics are worth is data, not predicted.",
    ],
    tables: [EncoderTimes.path]
  ) { data in
    let table = try EncoderTimes(data)
    var checks: [StudyCheck] = []
    for (environment, title) in [("env3-cpu", "processor"), ("env3-gpu", "graphics processor")] {
      for set in ["wmt15", "wmt21"] {
        checks.append(
          StudyCheck(
            "mean error of twelve encoders on the \(title), \(set.uppercased())",
            predicted: 100 * (try table.error(set, environment)), unit: "%",
            tolerance: .atMost(20), source: "the authors' result files"))
      }
    }
    let onProcessor = try table.speedup("wmt15", "env3-cpu")
    let onGraphics = try table.speedup("wmt15", "env3-gpu")
    checks.append(
      StudyCheck(
        "TinyBERT's speed-up over BERT on the processor, over that on the graphics processor",
        reported: onProcessor.measured / onGraphics.measured,
        predicted: onProcessor.predicted / onGraphics.predicted, unit: "×", tolerance: .atLeast(3),
        source: "the authors' result files: 6.8 and 1.4", confidence: .derived))
    return checks
  }
}

/// Seconds of the result files, by encoder.
private struct EncoderTimes {
  static let path = "effeval/effeval_durations.csv.gz"

  private var seconds: [String: Double] = [:]

  /// Layers, width and feed-forward width of the published configurations, by the files' names.
  private static let sizes: [String: EncoderSize] = [
    "bert-tiny": size(2, 128),
    "tinybert": EncoderSize(layers: 4, width: 312, feedForwardWidth: 1200),
    "bert": size(12, 768), "distilbert": size(6, 768), "tinybert6": size(6, 768),
    "albert": size(12, 768), "deebert-mnli": size(12, 768), "roberta-large": size(24, 1024),
    "minilm3": size(3, 384), "minilm6": size(6, 384), "minilm6-384": size(6, 384),
    "minilm6-768": size(6, 768), "minilm12-384": size(12, 384), "mminilm6": size(6, 384),
    "mminilm12": size(12, 384),
  ]

  private static let calibration = ["bert-tiny", "tinybert", "bert"]

  private static func size(_ layers: Int, _ width: Int) -> EncoderSize {
    EncoderSize(layers: layers, width: width, feedForwardWidth: 4 * width)
  }

  init(_ data: StudyData) throws {
    let table = try data.table(Self.path)
    seconds = Dictionary(
      zip(try table.strings("run"), try table.doubles("median_duration_s")),
      uniquingKeysWith: { first, _ in first })
  }

  private func measured(_ encoder: String, _ set: String, _ environment: String) throws -> Seconds {
    guard let value = seconds["bertscore-\(encoder)-\(set)-\(environment)"] else {
      throw StudyError.needsData(path: "effeval: \(encoder) on \(set), \(environment)")
    }
    return Seconds(value)
  }

  private func law(_ set: String, _ environment: String) throws -> EncoderTimeLaw {
    EncoderTimeLaw(
      try Self.sizes.filter { Self.calibration.contains($0.key) }.sorted { $0.key < $1.key }.map {
        (size: $0.value, time: try measured($0.key, set, environment))
      })
  }

  /// The mean relative error of the encoders that did not calibrate.
  func error(_ set: String, _ environment: String) throws -> Double {
    let law = try law(set, environment)
    let errors = try Self.sizes.filter { !Self.calibration.contains($0.key) }.map {
      abs(law.time($0.value) / (try measured($0.key, set, environment)) - 1)
    }
    return mean(errors)
  }

  func speedup(_ set: String, _ environment: String) throws -> (predicted: Double, measured: Double)
  {
    let law = try law(set, environment)
    guard let large = Self.sizes["bert"], let small = Self.sizes["tinybert"] else { return (0, 0) }
    return (
      law.time(large) / law.time(small),
      try measured("bert", set, environment) / measured("tinybert", set, environment)
    )
  }
}
