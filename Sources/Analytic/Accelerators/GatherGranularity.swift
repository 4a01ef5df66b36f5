import Quantities

/// What of a memory's bandwidth is left for rows of a table that are read at random.
///
/// A row of `s` bytes costs whole pieces of `g`:
///
/// ```
/// e = η · s / (⌈s/g⌉·g)
/// ```
/// Rows are taken to begin where a piece begins; η is what random access leaves of the bandwidth with
/// rows of any length.
public struct GatherGranularity: Sendable, Hashable {
  /// g: the least that the memory hands over.
  public var granule: Bytes
  /// η
  public var efficiency: Double

  public init(granule: Bytes, efficiency: Double = 1) {
    self.granule = granule
    self.efficiency = efficiency
  }

  /// e for rows of `bytes`.
  public func share(_ bytes: Bytes) -> Double {
    guard bytes > .zero else { return 0 }
    return efficiency * (bytes / ((bytes / granule).rounded(.up) * granule))
  }
}
