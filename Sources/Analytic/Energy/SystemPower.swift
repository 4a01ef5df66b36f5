import Quantities

/// The power of a whole machine at its plug, by how busy its parts are.
///
/// ```
/// P_part = P₀ + Σ u_i·P_i                          u in 0 … 1
/// P      = Σ P_part / η                            η: of the power supply
/// ```
/// so that the supply itself takes `(1/η − 1)·Σ P_part`.
public struct SystemPower: Sendable, Hashable {
  public struct Part: Sendable, Hashable {
    public var name: String
    /// P₀ with nothing to do.
    public var idle: Watts
    /// P_i of each kind of work at full use, such as arithmetic and traffic.
    public var dynamic: [Watts]

    public init(_ name: String, idle: Watts, dynamic: [Watts] = []) {
      self.name = name
      self.idle = idle
      self.dynamic = dynamic
    }

    /// - Parameter use: one for each kind of work, from 0 to 1.
    public func power(_ use: [Double]) -> Watts {
      zip(use, dynamic).reduce(idle) { $0 + min(1, max(0, $1.0)) * $1.1 }
    }
  }

  public var parts: [Part]
  /// η
  public var supplyEfficiency: Double

  public init(parts: [Part], supplyEfficiency: Double) {
    self.parts = parts
    self.supplyEfficiency = supplyEfficiency
  }

  /// At the plug.
  ///
  /// - Parameter use: of each part, in their order; a part without an entry is idle.
  public func wall(_ use: [[Double]]) -> Watts {
    var total = Watts.zero
    for (index, part) in parts.enumerated() {
      total += part.power(index < use.count ? use[index] : [])
    }
    return total / supplyEfficiency
  }

  /// What a change of `watts` inside the machine is at the plug.
  public func wall(change watts: Watts) -> Watts { watts / supplyEfficiency }
}
