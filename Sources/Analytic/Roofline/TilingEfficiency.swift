/// How kernels cut a product of matrices into tiles, deal them out to compute units, and read their
/// operands.
///
/// For `B` products `M×K · K×N`, a tile `TM×TN` of which `o` fit one of `S` units, a reduction split
/// into `s` parts, and a rate `F`:
///
/// ```
/// n    = B ⌈M/TM⌉ ⌈N/TN⌉ s
/// w    = n/S,  w* = max(1, w + q (⌈w⌉ − w))                          waves
/// e_t  = 1/(1 + h (1/TM + 1/TN − 1/TM₀ − 1/TN₀))                     feeding a smaller tile
/// Tc   = w* · 2·TM·TN·(K/s + k₀/o) · S/(F·e_t)
///
/// c    = min(window · o, n) tiles run side by side as cm × cn and share the rows and columns they read
/// R₁   = n/c · (cm·TM·b_left + cn·TN·b_right) · K                     read once for each group
/// R₀   = n · (TM·b_left + TN·b_right) · K/s                          read by every tile alone
/// R    = operands + (R₁ − operands)⁺ ρ + (R₀ − R₁)⁺ λ
/// ρ    = 1/(1 + L2/operands)                                         a group's rows have left the cache
/// λ    = 1/(1 + drift · L2/(rows and columns of a group))            its tiles have drifted apart
/// ```
///
/// - Source: the form and the constants of vector units were fitted to fp32 products on P4, P100,
///   V100, T4 and A100 (NeuSight's measurements), those of matrix units to bf16 and fp8 products on
///   A100, H100 and L40S (aiconfigurator's) and to networks on RTX 3090 and 4090 (timm's).
public struct TilingEfficiency: Sendable, Hashable {
  public struct Tile: Sendable, Hashable {
    public var rows: Double
    public var columns: Double
    /// How many of them one compute unit holds.
    public var resident: Double
    /// 1/(1 + h(…)): set by `TilingEfficiency.init`.
    var share = 1.0
  }

  public let tiles: [Tile]
  /// Of the peak rate, in the largest tile.
  public var share: Double
  /// Of the main memory's bandwidth, for what the tiles read and write.
  public var bandwidthShare: Double
  /// k₀ as bytes of one operand's row: what filling the pipeline and writing the result cost.
  public var fillBytes: Double
  /// q: 1 where all units wait for the last wave.
  public var waveQuantization: Double
  /// The parts into which a reduction may be cut, beside one.
  public var splits: [Double]
  /// The shortest part.
  public var shortestSplit: Double
  /// Seconds of adding up the parts, and the share of them that passes through the main memory.
  public var splitOverhead: Double
  public var splitTraffic: Double
  /// Tiles for each resident one that read side by side; in squares, or column by column.
  public var window: Double
  public var isSquareWindow: Bool
  /// How far the cache may exceed a group's rows and columns before its tiles lose them; infinite
  /// where they never do.
  public var drift: Double
  /// Outputs that a unit must hold to hide the latency of its arithmetic, where kernels do not cut the
  /// reduction: products of two activations.
  public var latencyOutputs: Double

  /// - Parameters:
  ///   - sizes: rows, columns and residents of each tile, the largest first.
  ///   - feed: h, in elements.
  public init(
    sizes: [(Double, Double, Double)], feed: Double, share: Double, bandwidthShare: Double,
    fillBytes: Double, waveQuantization: Double, splits: [Double], shortestSplit: Double,
    splitOverhead: Double, splitTraffic: Double, window: Double, isSquareWindow: Bool,
    drift: Double,
    latencyOutputs: Double
  ) {
    let largest = sizes.first ?? (128, 128, 1)
    tiles = sizes.map { rows, columns, resident in
      let narrower = 1 / rows + 1 / columns - 1 / largest.0 - 1 / largest.1
      return Tile(
        rows: rows, columns: columns, resident: resident, share: 1 / (1 + feed * max(0, narrower)))
    }
    self.share = share
    self.bandwidthShare = bandwidthShare
    self.fillBytes = fillBytes
    self.waveQuantization = waveQuantization
    self.splits = splits
    self.shortestSplit = shortestSplit
    self.splitOverhead = splitOverhead
    self.splitTraffic = splitTraffic
    self.window = window
    self.isSquareWindow = isSquareWindow
    self.drift = drift
    self.latencyOutputs = latencyOutputs
  }
}
