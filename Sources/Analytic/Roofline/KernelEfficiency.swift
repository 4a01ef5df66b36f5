/// How near to its roofs a device comes with kernels of one kind.
///
/// Shares are of the data sheet's rate and lie in (0, 1]: a model that needs more than one has a wrong
/// peak or counts too many bytes.
public struct KernelEfficiency: Sendable, Hashable {
  /// Of the peak rate, for a shape that fills the units.
  public var compute: Double
  /// Of the main memory's bandwidth.
  public var bandwidth: Double
}

/// How a product of matrices is cut into tiles and dealt out to the compute units.
///
/// ```
/// tiles  n  = B ⌈M/TM⌉ ⌈N/TN⌉ s           s: parts of the reduction
/// waves  w  = n/S,  w* = w + q (⌈w⌉ − w), at least 1
/// time   Tc = w* · 2·TM·TN·(⌈K/s⌉ + k₀) / (F/S · e_tile · e)
/// ```
public struct TilingEfficiency: Sendable, Hashable {
  public struct Tile: Sendable, Hashable {
    public var rows: Double
    public var columns: Double
    /// Of the rate of the best tile.
    public var share: Double
  }

  public var tiles: [Tile]
  /// k₀: steps of the reduction by which a tile is longer than its arithmetic, for filling the
  /// pipeline and writing the result.
  public var pipelineFill: Double
  /// q: how much of an unfilled last wave is lost; 1 where all units wait for it.
  public var waveQuantization: Double
  /// The most parts into which a reduction is split to occupy all units.
  public var largestSplit: Double
  /// The shortest part.
  public var shortestSplit: Double
  /// What a reduction is rounded up to.
  public var depthStep: Double
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
  /// p: time of a kernel is `(Tcᵖ + Tmᵖ)^(1/p)`; infinite where arithmetic and traffic overlap
  /// perfectly, 1 where they take turns.
  public var overlap: Double
  /// The share of the rate of matrix units that is left where a dimension is not a multiple of
  /// `alignment`.
  public var misaligned: Double
  public var alignment: Double
  /// How much of the last cache holds what the kernel before has written.
  public var cacheShare: Double
  /// Bandwidth of the last cache over that of the main memory, where a device does not state it.
  public var cacheBandwidthRatio: Double
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
