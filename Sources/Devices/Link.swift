import Quantities

/// A connection to other devices or to the host.
public struct Link: Sendable, Hashable {
  /// `NVLink3`, `PCIe4x16`, …
  public var kind: String
  /// Both directions and all `count` links together.
  public var bidirectionalBandwidth: Figure<BytesPerSecond>?
  public var count: Int?

  public init(
    _ kind: String, bidirectionalBandwidth: Figure<BytesPerSecond>? = nil, count: Int? = nil
  ) {
    self.kind = kind
    self.bidirectionalBandwidth = bidirectionalBandwidth
    self.count = count
  }
}
