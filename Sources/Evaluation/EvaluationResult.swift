import Foundation
import Mathematics

/// The outcome of a protocol, in the form that `--format json` prints.
public struct EvaluationResult: Sendable, Encodable {
  public let `protocol`: String
  public let space: String
  public let samples: Int
  public let seeds: Int
  public let results: [PredictorResult]

  public struct PredictorResult: Sendable, Encodable {
    public let predictor: String
    public let devices: [DeviceResult]
    public let mean: Summary
    public let adaptMilliseconds: Double
    public let predictMicrosecondsPerArchitecture: Double

    private enum CodingKeys: String, CodingKey {
      case predictor, devices, mean
      case adaptMilliseconds = "adapt_ms"
      case predictMicrosecondsPerArchitecture = "predict_us_per_architecture"
    }
  }

  public struct DeviceResult: Sendable, Encodable {
    public let device: String
    public let scores: Summary

    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      try values.encode(device, forKey: .device)
      try scores.encode(to: encoder)
    }

    private enum CodingKeys: String, CodingKey { case device }
  }

  /// Means over seeds, or over devices.
  public struct Summary: Sendable, Encodable {
    public let spearman: Double
    /// Standard deviation over seeds; its mean in a mean over devices.
    public let spearmanDeviation: Double
    public let kendall: Double
    public let medianRelativeError: Double
    public let shareWithinTenPercent: Double
    public let coverage: Double

    private enum CodingKeys: String, CodingKey {
      case spearman, kendall
      case spearmanDeviation = "spearman_sd"
      case medianRelativeError = "median_ape"
      case shareWithinTenPercent = "within_10_percent"
      case coverage = "coverage_90"
    }

    /// A figure that does not exist, such as a relative error without a connected architecture, is
    /// `null`.
    public func encode(to encoder: any Encoder) throws {
      var values = encoder.container(keyedBy: CodingKeys.self)
      for (key, value) in [
        (CodingKeys.spearman, spearman), (.spearmanDeviation, spearmanDeviation),
        (.kendall, kendall), (.medianRelativeError, medianRelativeError),
        (.shareWithinTenPercent, shareWithinTenPercent), (.coverage, coverage),
      ] {
        if value.isFinite {
          try values.encode(value, forKey: key)
        } else {
          try values.encodeNil(forKey: key)
        }
      }
    }

    init(seeds: [Scores]) {
      spearman = mean(seeds.map(\.spearman))
      spearmanDeviation = standardDeviation(seeds.map(\.spearman))
      kendall = mean(seeds.map(\.kendall))
      medianRelativeError = mean(seeds.map(\.medianRelativeError))
      shareWithinTenPercent = mean(seeds.map(\.shareWithinTenPercent))
      coverage = mean(seeds.map(\.coverage))
    }

    init(devices: [Summary]) {
      spearman = mean(devices.map(\.spearman))
      spearmanDeviation = mean(devices.map(\.spearmanDeviation))
      kendall = mean(devices.map(\.kendall))
      medianRelativeError = mean(devices.map(\.medianRelativeError))
      shareWithinTenPercent = mean(devices.map(\.shareWithinTenPercent))
      coverage = mean(devices.map(\.coverage))
    }
  }
}
