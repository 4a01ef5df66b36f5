import Features
import Mathematics
import Predictions
import Quantities

/// A method that learns a target device from a few of its latencies.
public protocol FewShotPredictor: Sendable {
  /// The name on the command line.
  var name: String { get }

  /// Fits the target.
  ///
  /// - Throws: `PredictorError` where the method cannot work with these sources or this space.
  func adapt(_ knowledge: SourceKnowledge, to samples: Samples) throws -> any AdaptedPredictor
}

/// A target device, learned.
public protocol AdaptedPredictor: Sendable {
  /// One estimate for each architecture, each with its 90 % interval.
  func predict(_ architectures: EncodedArchitectures) -> [Estimate<Seconds>]
}

/// The measured architectures of a target device.
public struct Samples: Sendable {
  public let architectures: EncodedArchitectures
  public let latencies: [Seconds]

  public var count: Int { latencies.count }

  /// - Throws: `PredictorError` for fewer than two samples, samples that are all equal, or a latency
  ///   that is negative or not finite.
  public init(_ architectures: EncodedArchitectures, _ latencies: [Seconds]) throws(PredictorError)
  {
    precondition(architectures.count == latencies.count)
    guard latencies.count >= 2 else { throw .tooFewSamples(latencies.count) }
    if let invalid = latencies.first(where: { !($0.value >= 0 && $0.isFinite) }) {
      throw .invalidSample(invalid.value)
    }
    guard latencies.contains(where: { $0 != latencies[0] }) else {
      throw .equalSamples(count: latencies.count)
    }
    self.architectures = architectures
    self.latencies = latencies
  }

  /// Mean latency in seconds: the unit in which methods work.
  var scale: Double { mean(latencies.map(\.value)) }
}

/// The methods by name, one line each.
public enum FewShotPredictors {
  public static let all: [any FewShotPredictor] = [
    HybridPredictor(), FLOPPredictor(), NearestDevicePredictor(), SourceRidgePredictor(),
    NonNegativePredictor(),
  ]

  public static var names: [String] { all.map(\.name) }

  /// - Throws: `PredictorError.unknownPredictor`.
  public static func named(_ name: String) throws(PredictorError) -> any FewShotPredictor {
    guard let predictor = all.first(where: { $0.name == name }) else {
      throw .unknownPredictor(name, allowed: names)
    }
    return predictor
  }
}
