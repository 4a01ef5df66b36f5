import Quantities

/// How fast a device multiplies and adds in one format.
///
/// A multiply–accumulate is 2 FLOP. Operations on integers count as FLOP, too.
public struct PeakRate: Sendable, Hashable {
  public var type: NumberFormat
  public var unit: ExecutionUnit
  /// nil where it is not stated.
  public var accumulate: Accumulator?
  /// On operands without a pattern of zeros.
  public var dense: Figure<FLOPPerSecond>?
  /// Counted as if the zeros of a 2:4 pattern were multiplied.
  public var sparse: Figure<FLOPPerSecond>?
  /// The best that anybody has reached on dense operands.
  public var achieved: Figure<FLOPPerSecond>?
  public var energyPerFLOP: Figure<JoulesPerFLOP>?

  public init(
    _ type: NumberFormat, _ unit: ExecutionUnit, accumulate: Accumulator? = nil,
    dense: Figure<FLOPPerSecond>? = nil, sparse: Figure<FLOPPerSecond>? = nil,
    achieved: Figure<FLOPPerSecond>? = nil, energyPerFLOP: Figure<JoulesPerFLOP>? = nil
  ) {
    self.type = type
    self.unit = unit
    self.accumulate = accumulate
    self.dense = dense
    self.sparse = sparse
    self.achieved = achieved
    self.energyPerFLOP = energyPerFLOP
  }

  /// `fp16 matrix, fp32 sums`
  public var label: String {
    "\(type.rawValue) \(unit.rawValue)" + (accumulate.map { ", \($0.rawValue) sums" } ?? "")
  }

  /// What is not stated counts as the widest.
  var accumulatorBits: Int { accumulate?.bits ?? Int.max }
}
