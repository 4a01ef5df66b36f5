import Features
import Foundation
import Mathematics

/// Latencies of networks on many devices of one class, from which a prior is learned.
public struct RateMeasurements: Sendable {
  /// The operations of each network.
  public let networks: [(name: String, operations: [WorkOperation])]
  /// ln ms, a row for each device and a column for each network; NaN where not measured.
  public let logLatency: Matrix
  /// nil where unknown.
  public let threads: [Int?]
  /// How much a device counts: settings of one board share its weight.
  public let weights: [Double]

  public init(
    networks: [(name: String, operations: [WorkOperation])], logLatency: Matrix,
    threads: [Int?], weights: [Double]
  ) {
    precondition(
      logLatency.columns == networks.count && logLatency.rows == threads.count
        && threads.count == weights.count, "a row for each device, a column for each network")
    self.networks = networks
    self.logLatency = logLatency
    self.threads = threads
    self.weights = weights
  }

  public var deviceCount: Int { logLatency.rows }

  /// The given devices alone.
  public func selecting(_ rows: [Int]) -> RateMeasurements {
    RateMeasurements(
      networks: networks, logLatency: logLatency.selecting(rows: rows),
      threads: rows.map { threads[$0] }, weights: rows.map { weights[$0] })
  }

  /// The same without one network's latencies.
  public func hiding(network: Int) -> RateMeasurements {
    var matrix = logLatency
    for row in 0..<matrix.rows { matrix[row, network] = .nan }
    return RateMeasurements(
      networks: networks, logLatency: matrix, threads: threads, weights: weights)
  }

  func works(_ shape: WorkShape) -> Matrix {
    Matrix(networks.map { shape.work($0.operations) })
  }

  /// The networks that a device has run.
  func measured(_ device: Int) -> [Int] {
    (0..<logLatency.columns).filter { logLatency[device, $0].isFinite }
  }
}

/// What a prior is learned with; none of it is fitted.
public struct RateHyperparameters: Sendable {
  /// Prior of the shape: its logarithms' centres and deviations.
  public var shape: WorkShape
  public var shapeDeviations: [Double]
  public var usesThreads: Bool
  /// How far a network may be off for all devices while rates are learned.
  public var networkDeviation = 0.01
  /// The covariance's own prior: how many devices it counts for, its deviations and correlation.
  public var covarianceStrength = 6.0
  public var rateDeviation = 0.6
  public var rateCorrelation = 0.6
  /// Precision of the slope over threads.
  public var slopePrecision = 4.0
  public var leastDeviation = 0.03
  public var iterations = 25

  /// Processors: prior centres are what one would guess of a vectorised engine.
  public static let processor = RateHyperparameters(
    shape: WorkShape(
      plane: 8, channels: 4, winogradChannels: 8, winogradPlane: 8, int8Channels: 6,
      depthwiseBytes: 1, depthwisePlane: 5, groupOverhead: 1, elementOverhead: 0.5,
      reductionOverhead: 1, transcendental: 8, selection: 3),
    shapeDeviations: [0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 0.3, 0.5, 1, 0.6, 1], usesThreads: true)

  /// Graphics processors behind Vulkan.
  public static let graphics = RateHyperparameters(
    shape: WorkShape(
      plane: 8, channels: 4, winogradChannels: 8, winogradPlane: 8, int8Channels: 6,
      depthwiseBytes: 1, depthwisePlane: 5, groupOverhead: 0.2, elementOverhead: 0.5,
      reductionOverhead: 15, transcendental: 2, selection: 3),
    shapeDeviations: [0.5, 0.5, 0.5, 0.5, 0.5, 1, 1, 0.6, 0.5, 0.8, 0.4, 1], usesThreads: false)
}
