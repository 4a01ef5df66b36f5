import Workloads

/// How weights are stored in a few bits: groups of them share a scale.
///
/// ```
/// b_eff = b + s/g
/// ```
/// bits of a weight, with `s` bits beside each group of `g`.
public struct WeightQuantization: Sendable, Hashable {
  /// Which weights share a scale.
  public enum Grouping: Sendable, Hashable {
    /// So many neighbours of one row.
    case weights(Int)
    /// All that belong to one output channel.
    case outputChannel
    case tensor
  }

  /// Of one weight.
  public var bits: Double
  public var grouping: Grouping
  /// Bits that a group stores beside its weights: its scale, and a zero point where there is one.
  public var groupBits: Double

  public init(bits: Double, grouping: Grouping, groupBits: Double) {
    self.bits = bits
    self.grouping = grouping
    self.groupBits = groupBits
  }

  /// Four bits with one fp16 scale for 128 weights, as GPTQ and AWQ store them.
  public static let int4Groups = WeightQuantization(
    bits: 4, grouping: .weights(128), groupBits: 16)
  /// Eight bits with one fp32 scale for each output channel.
  public static let int8Channels = WeightQuantization(
    bits: 8, grouping: .outputChannel, groupBits: 32)

  /// Groups of a tensor `[out, …]`; a row that does not divide ends in a shorter group.
  public func groups(of shape: Shape) -> Double {
    let elements = shape.elements
    guard elements > 0 else { return 0 }
    switch grouping {
    case .tensor: return 1
    case .outputChannel:
      // Experts are stacked in front of their outputs.
      return shape.rank == 3 ? Double(shape[0] * shape[1]) : Double(shape.first ?? 1)
    case .weights(let size):
      let row = Double(shape.innermost)
      return elements / row * (row / Double(max(1, size))).rounded(.up)
    }
  }

  /// Bits of a weight of a tensor, its share of the scale with it.
  public func effectiveBits(of shape: Shape) -> Double {
    bits + groupBits * groups(of: shape) / max(1, shape.elements)
  }

  /// `b + s/g` where the group has a size of its own; `b` elsewhere.
  public var effectiveBits: Double {
    guard case .weights(let size) = grouping else { return bits }
    return bits + groupBits / Double(max(1, size))
  }
}
