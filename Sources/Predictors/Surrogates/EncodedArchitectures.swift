import Features
import Mathematics

/// Architectures as a set of sources sees them.
public struct EncodedArchitectures: Sendable {
  public let features: FeatureTable
  /// A constant and the informative analytic features in units of their pool mean, N × (1 + used).
  public let physics: Matrix
  /// Each source's surrogate, in units of its pool mean, N × S.
  public let surrogates: Matrix

  public var count: Int { features.count }

  public func selecting(rows: [Int]) -> EncodedArchitectures {
    EncodedArchitectures(
      features: features.selecting(rows: rows), physics: physics.selecting(rows: rows),
      surrogates: surrogates.selecting(rows: rows))
  }

  /// As the sources `devices`, some of this set's, see them.
  public func selecting(devices: [Int]) -> EncodedArchitectures {
    EncodedArchitectures(
      features: features, physics: physics, surrogates: surrogates.selecting(columns: devices))
  }
}
