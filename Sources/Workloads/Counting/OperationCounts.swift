import Quantities

/// What one run of an operation costs.
public struct OperationCounts: Sendable, Equatable {
  /// Products of a matrix, convolution, attention or recurrence.
  public var matrixMACs = 0.0
  /// What fvcore adds to them for a normalisation.
  public var normalizationMACs = 0.0
  /// Arithmetic that is no product of matrices: normalisation, activations, sums, softmax.
  public var vectorFLOP = 0.0
  /// Elements that convolutions and matrix products write, fvcore's "activations".
  public var activations = 0.0
  /// Learned elements that this operation is the first to use.
  public var parameters = 0.0

  public var weightBytesRead = 0.0
  /// By an optimiser: weights and its own state.
  public var weightBytesWritten = 0.0
  public var activationBytesRead = 0.0
  public var activationBytesWritten = 0.0
  public var cacheBytesRead = 0.0
  public var cacheBytesWritten = 0.0

  public init() {}

  /// ```
  /// 2 · MACs + other arithmetic
  /// ```
  public var flop: FLOP { FLOP.multiplyAccumulates(matrixMACs) + FLOP(vectorFLOP) }

  public var bytesRead: Bytes { Bytes(weightBytesRead + activationBytesRead + cacheBytesRead) }
  public var bytesWritten: Bytes {
    Bytes(weightBytesWritten + activationBytesWritten + cacheBytesWritten)
  }
  public var bytes: Bytes { bytesRead + bytesWritten }

  public func macs(_ convention: CountingConvention) -> Double {
    convention == .fvcore ? matrixMACs + normalizationMACs : matrixMACs
  }

  /// Adds `count` times another cost.
  public mutating func add(_ other: OperationCounts, times count: Double, weights: Double) {
    matrixMACs += count * other.matrixMACs
    normalizationMACs += count * other.normalizationMACs
    vectorFLOP += count * other.vectorFLOP
    activations += count * other.activations
    parameters += weights * other.parameters
    weightBytesRead += count * other.weightBytesRead
    weightBytesWritten += count * other.weightBytesWritten
    activationBytesRead += count * other.activationBytesRead
    activationBytesWritten += count * other.activationBytesWritten
    cacheBytesRead += count * other.cacheBytesRead
    cacheBytesWritten += count * other.cacheBytesWritten
  }
}
