import Foundation
import Quantities

/// A grid of multipliers that keeps the outputs in place while operands pass through it.
///
/// A tile of `r×c` outputs takes `K` cycles, or `K/w` where each multiplier takes `w` elements of the
/// reduction in a cycle; the operands need `r + c` cycles to reach the far corner and the results to
/// leave. `u` grids share the tiles:
///
/// ```
/// tiles  = ⌈M/r⌉·⌈N/c⌉,     rounds = ⌈tiles/u⌉
/// cycles = rounds·(K/w + r + c)           each tile fills and empties the grid by itself
/// cycles = rounds·K/w + r + c             the next tile follows on the heels of the last
/// ```
public struct SystolicArray: Sendable, Hashable {
  /// One way to join the multipliers.
  public struct Shape: Sendable, Hashable {
    public var rows: Int
    public var columns: Int
    /// Grids of that shape side by side.
    public var count: Int

    public init(_ rows: Int, _ columns: Int, count: Int = 1) {
      self.rows = rows
      self.columns = columns
      self.count = count
    }

    var multipliers: Double { Double(rows) * Double(columns) * Double(count) }
  }

  /// Those among which it chooses for every product.
  public var shapes: [Shape]
  public var clock: Hertz
  /// w
  public var depthPerCycle: Double
  /// Whether tiles follow one another without a gap.
  public var overlapsFilling: Bool

  public init(
    shapes: [Shape], clock: Hertz, depthPerCycle: Double = 1, overlapsFilling: Bool = true
  ) {
    self.shapes = shapes
    self.clock = clock
    self.depthPerCycle = depthPerCycle
    self.overlapsFilling = overlapsFilling
  }

  /// The clock at which the largest shape has a peak rate.
  public static func clock(
    for peak: FLOPPerSecond, shapes: [Shape], depthPerCycle: Double = 1
  ) -> Hertz {
    let multipliers = shapes.map(\.multipliers).max() ?? 1
    return Hertz(peak.value / (2 * multipliers * depthPerCycle))
  }

  public var peak: FLOPPerSecond {
    FLOPPerSecond(2 * (shapes.map(\.multipliers).max() ?? 0) * depthPerCycle * clock.value)
  }

  func cycles(_ m: Double, _ n: Double, _ k: Double, _ shape: Shape) -> Double {
    let (rows, columns) = (Double(shape.rows), Double(shape.columns))
    let tiles = (m / rows).rounded(.up) * (n / columns).rounded(.up)
    let rounds = (tiles / Double(shape.count)).rounded(.up)
    let filling = rows + columns
    let depth = (k / depthPerCycle).rounded(.up)
    return overlapsFilling ? rounds * depth + filling : rounds * (depth + filling)
  }

  /// The fastest shape for a product `M×K · K×N`, and its time; nil without shapes.
  public func fastest(m: Double, n: Double, k: Double) -> (shape: Shape, time: Seconds)? {
    shapes.map { (shape: $0, time: Seconds(cycles(m, n, k, $0) / clock.value)) }
      .min { $0.time < $1.time }
  }

  public func time(m: Double, n: Double, k: Double) -> Seconds {
    fastest(m: m, n: n, k: k)?.time ?? .zero
  }

  /// The share of the peak that a product reaches.
  public func utilization(m: Double, n: Double, k: Double) -> Double {
    FLOP.multiplyAccumulates(m * n * k) / time(m: m, n: n, k: k) / peak
  }
}
