import Quantities

/// One level of a memory hierarchy.
public struct MemoryLevel: Sendable, Hashable {
  /// Whether a level stands once on a chip, or once in each compute unit.
  public enum Scope: String, CaseIterable, Sendable {
    case chip
    case computeUnit = "compute unit"
  }

  /// `L1`, `shared`, `L2`, `L3`, `SRAM`, `DRAM`, …
  public var name: String
  /// `HBM2e`, `GDDR6X`, `LPDDR5`, …
  public var technology: String?
  public var scope: Scope
  /// Of the level itself: for a compute unit's, of one of them.
  public var capacity: Figure<Bytes>?
  /// Reading or writing, of the level itself, as stated.
  public var bandwidth: Figure<BytesPerSecond>?
  /// The best that anybody has reached.
  public var achievedBandwidth: Figure<BytesPerSecond>?
  public var energyPerByte: Figure<JoulesPerByte>?

  public init(
    _ name: String, technology: String? = nil, scope: Scope = .chip,
    capacity: Figure<Bytes>? = nil, bandwidth: Figure<BytesPerSecond>? = nil,
    achievedBandwidth: Figure<BytesPerSecond>? = nil, energyPerByte: Figure<JoulesPerByte>? = nil
  ) {
    self.name = name
    self.technology = technology
    self.scope = scope
    self.capacity = capacity
    self.bandwidth = bandwidth
    self.achievedBandwidth = achievedBandwidth
    self.energyPerByte = energyPerByte
  }
}
