/// A physical amount held in its SI unit.
///
/// A quantity that crosses a module is one of these types, so that a time cannot be added to an
/// energy and milliseconds cannot be taken for seconds. Only operators that mean something exist:
/// amounts of one kind add, scale by a number, and divide into a ratio; products and quotients of
/// different kinds are listed in `Relations.swift`.
public protocol Quantity: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// The amount in the SI unit.
  var value: Double { get }
  init(_ value: Double)

  /// The symbol of the SI unit, `s`, `J`, `FLOP/s`.
  static var symbol: String { get }
  /// What a column, key or attribute of this kind ends in: `_s`, `_j`, `_flop_per_s`.
  static var suffix: String { get }
  /// The prefixed units in which text may be read and written, ascending.
  static var prefixes: [UnitPrefix] { get }
}

/// One step of a unit's scale: `ms` is 1e-3 s.
public struct UnitPrefix: Sendable, Hashable {
  public let symbol: String
  public let factor: Double
  /// Whether `description` chooses it; binary bytes are read everywhere and written only by name.
  public let isWritten: Bool

  public init(_ symbol: String, _ factor: Double, isWritten: Bool = true) {
    self.symbol = symbol
    self.factor = factor
    self.isWritten = isWritten
  }
}

extension Quantity {
  @inlinable public static var zero: Self { Self(0) }

  @inlinable public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
  @inlinable public static func + (left: Self, right: Self) -> Self {
    Self(left.value + right.value)
  }
  @inlinable public static func - (left: Self, right: Self) -> Self {
    Self(left.value - right.value)
  }
  @inlinable public static func += (left: inout Self, right: Self) { left = left + right }
  @inlinable public static func -= (left: inout Self, right: Self) { left = left - right }
  @inlinable public static func * (left: Self, right: Double) -> Self { Self(left.value * right) }
  @inlinable public static func * (left: Double, right: Self) -> Self { Self(left * right.value) }
  @inlinable public static func / (left: Self, right: Double) -> Self { Self(left.value / right) }
  /// A ratio of two amounts of one kind is a number.
  @inlinable public static func / (left: Self, right: Self) -> Double { left.value / right.value }

  @inlinable public var isFinite: Bool { value.isFinite }

  public init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}
