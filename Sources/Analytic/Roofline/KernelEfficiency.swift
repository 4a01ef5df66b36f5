/// How near to its roofs a device comes with kernels of one kind.
///
/// Shares are of the data sheet's rate and lie in (0, 1]: a model that needs more than one has a wrong
/// peak or counts too many bytes.
public struct KernelEfficiency: Sendable, Hashable {
  /// Of the peak rate; for products beside the tiling's own share.
  public var compute: Double
  /// Of the main memory's bandwidth.
  public var bandwidth: Double
}

/// The constants of a class of devices: one set for all of its members.
///
/// - Source: each set says what it was fitted on; `perfmodel replay` scores it.
public struct EfficiencyTable: Sendable, Hashable {
  public var name: String
  public var source: String
  /// One for each `KernelKind`, by its raw value.
  public var kinds: [KernelEfficiency]
  /// Of matrix units.
  public var matrixTiling: TilingEfficiency
  /// Of vector units.
  public var vectorTiling: TilingEfficiency
  /// The rate at which boards with memory of their own run above their rated clock while power
  /// allows, over the rated one; never above the data sheet's peak.
  public var clockHeadroom: Double
  /// The share of the bandwidth with which an architecture's products read rows of weights, where it is
  /// not all: Pascal's units fetch pieces of 32 bytes.
  public var weightRowShares: [String: Double]
  /// The share of the bandwidth that inline error correction leaves.
  public var inlineECCShare: Double
  /// The share of the rate of matrix units that is left where a dimension is not a multiple of
  /// `alignment`.
  public var misaligned: Double
  public var alignment: Double
  /// What Winograd's transform saves of the products of 3×3 windows with step one on vector units, its
  /// own efficiency included; the result is never below the peak rate's time.
  public var winogradGain: Double
  /// How much of the last cache holds what the kernel before has written.
  public var cacheShare: Double
  /// Bandwidth of the last cache over that of the main memory, where a device does not state it.
  public var cacheBandwidthRatio: Double
  /// Clock cycles that one row of a normalisation or softmax keeps a unit busy, and each element of it,
  /// beside its traffic.
  public var rowCycles: Double
  public var rowElementCycles: Double
  /// Hz where a device does not state its clock.
  public var clock: Double
  /// From one kernel's end to the next one's start, where a device does not state it.
  public var launchOverhead: Double
  /// What the host needs to put one kernel into the queue; hidden behind kernels that take longer.
  public var dispatch: Double
  /// Rate of vector units over that of matrix units, where a device states only the latter.
  public var vectorRatio: Double
  /// Relative error of a whole network's latency from a data sheet alone, as a standard deviation of
  /// its logarithm: of the device as a whole, and of one network beside another on it.
  public var deviceDeviation: Double
  public var networkDeviation: Double
  /// Standard deviations of the logarithms of the calibrated terms from device to device: how far a
  /// fit may move each.
  public var termDeviations: [Double]
  /// Of energy beside that of latency.
  public var energyDeviation: Double

  public subscript(kind: KernelKind) -> KernelEfficiency {
    get { kinds[Int(kind.rawValue)] }
    set { kinds[Int(kind.rawValue)] = newValue }
  }
}
