import Foundation
import Quantities

/// The clock that a chip holds when its power limit, not its maker, decides.
///
/// Voltage falls with the clock, so that the power of switching goes with its cube; a chip of the same
/// kind whose sustained clock is known gives the factor:
///
/// ```
/// P = P_idle + k·U·f³          f = f₀ · ((P − P_idle)/(P₀ − P₀,idle) · U₀/U)^⅓,   at most f_max
/// ```
/// with `U` compute units. Holds between the chip's least voltage and its most, for the same
/// instructions on the same kind of data.
public struct SustainedClock: Sendable, Hashable {
  /// A chip under load.
  public struct Load: Sendable, Hashable {
    public var limit: Watts
    public var idle: Watts
    public var units: Int

    public init(limit: Watts, idle: Watts, units: Int) {
      self.limit = limit
      self.idle = idle
      self.units = units
    }

    /// What one compute unit may switch.
    var perUnit: Double { max(0, (limit - idle).value) / Double(max(1, units)) }
  }

  public var reference: Load
  public var referenceClock: Hertz

  public init(reference: Load, clock: Hertz) {
    self.reference = reference
    referenceClock = clock
  }

  /// - Parameter highest: what the maker allows.
  public func clock(of load: Load, highest: Hertz) -> Hertz {
    guard reference.perUnit > 0 else { return highest }
    return min(highest, referenceClock * cbrt(load.perUnit / reference.perUnit))
  }
}
