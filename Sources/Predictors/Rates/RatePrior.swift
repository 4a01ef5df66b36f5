import Features
import Foundation
import Mathematics

/// What is known of the rates of a class of devices before one of them is measured.
///
/// ```
/// ln T(n, d) = ln Σ_c W[n, c]·exp θ[d, c] + ε        ε ~ σ · Student-t(ν)
/// θ[d] = Bᵀ x_d + v_d                                v_d ~ N(0, S)
/// ```
/// with W the work of a network by class, exp θ in milliseconds for one unit of it, and x one, and the
/// binary logarithm of a processor's threads.
public struct RatePrior: Sendable, Codable {
  public var shape: WorkShape
  /// B: one row for each element of x, a column for each class of work.
  public var mean: [[Double]]
  /// S.
  public var covariance: [[Double]]
  /// σ.
  public var deviation: Double
  /// What is left of a network that no device has run, beside the posterior's own.
  public var floor: Double
  /// Quantile of |error| over its deviation that holds 90 %.
  public var quantile: Double
  /// The networks that are measured on a new device, and corrections for those that many have run.
  public var anchors: AnchorKnowledge?

  /// ν.
  static let freedom = 5.0
  /// The point lies below the posterior's median, where the mean relative error is least.
  static let shrinkage = 0.5

  private enum CodingKeys: String, CodingKey {
    case shape, mean, covariance, deviation, floor, quantile, anchors
  }

  public init(
    shape: WorkShape, mean: [[Double]], covariance: [[Double]], deviation: Double, floor: Double,
    quantile: Double, anchors: AnchorKnowledge?
  ) {
    self.shape = shape
    self.mean = mean
    self.covariance = covariance
    self.deviation = deviation
    self.floor = floor
    self.quantile = quantile
    self.anchors = anchors
  }

  /// x: 1, and of a processor log₂ threads about its centre; unknown threads count as the centre.
  public func context(threads: Int?) -> [Double] {
    guard mean.count > 1 else { return [1] }
    guard let threads else { return [1, 0] }
    return [1, log2(Double(min(max(threads, 1), 16))) - 1.5]
  }

  /// Bᵀ x.
  func center(threads: Int?) -> [Double] {
    var center = [Double](repeating: 0, count: WorkClass.count)
    for (row, x) in zip(mean, context(threads: threads)) {
      for (index, value) in row.enumerated() { center[index] += x * value }
    }
    return center
  }
}

/// Three networks that every new device is measured with, and what their latencies say of others that
/// have run on many devices.
public struct AnchorKnowledge: Sendable, Codable {
  /// The anchors' names, in order.
  public var names: [String]
  /// Their work, and how far each is off under the prior, as ln(measured ÷ predicted).
  public var work: [[Double]]
  public var offsets: [Double]
  /// Of the features that loadings multiply.
  public var featureMean: [Double]
  public var featureDeviation: [Double]
  /// For each known network an offset and a loading for each feature.
  public var loadings: [String: [Double]]
  /// As `RatePrior.floor` and `quantile`, for known networks.
  public var floor: Double
  public var quantile: Double

  private enum CodingKeys: String, CodingKey {
    case names, work, offsets, loadings, floor, quantile
    case featureMean = "feature_mean"
    case featureDeviation = "feature_deviation"
  }

  public init(
    names: [String], work: [[Double]], offsets: [Double], featureMean: [Double],
    featureDeviation: [Double], loadings: [String: [Double]], floor: Double, quantile: Double
  ) {
    self.names = names
    self.work = work
    self.offsets = offsets
    self.featureMean = featureMean
    self.featureDeviation = featureDeviation
    self.loadings = loadings
    self.floor = floor
    self.quantile = quantile
  }

  /// Standardised features are cut here.
  static let clip = 3.0

  /// ln(measured ÷ predicted) of a known network; nil of others.
  ///
  /// - Parameter levels: ln ms of each anchor, measured or as predicted.
  func correction(_ network: String, levels: [Double], threads: Int?) -> Double? {
    guard let own = loadings[network] else { return nil }
    let features = Self.features(levels, threads: threads, count: featureMean.count)
    var sum = own.first ?? 0
    for (index, feature) in features.enumerated() where index + 1 < own.count {
      let z = (feature - featureMean[index]) / featureDeviation[index]
      sum += own[index + 1] * min(max(z, -Self.clip), Self.clip)
    }
    return sum
  }

  /// The mean level, the contrasts to the first, and log₂ threads where the class has them.
  static func features(_ levels: [Double], threads: Int?, count: Int) -> [Double] {
    var features = [Mathematics.mean(levels)] + levels.dropFirst().map { $0 - levels[0] }
    if count > features.count {
      features.append(threads.map { log2(Double(min(max($0, 1), 64))) } ?? 1.5)
    }
    return features
  }
}
