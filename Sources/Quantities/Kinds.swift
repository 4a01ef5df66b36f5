/// A duration.
@frozen public struct Seconds: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  @inlinable public static func milliseconds(_ amount: Double) -> Seconds { Seconds(amount * 1e-3) }
  @inlinable public static func microseconds(_ amount: Double) -> Seconds { Seconds(amount * 1e-6) }
  @inlinable public var milliseconds: Double { value * 1e3 }

  public static let symbol = "s"
  public static let suffix = "_s"
  public static let prefixes = [
    UnitPrefix("ns", 1e-9), UnitPrefix("us", 1e-6, isWritten: false), UnitPrefix("µs", 1e-6),
    UnitPrefix("ms", 1e-3), UnitPrefix("s", 1), UnitPrefix("min", 60, isWritten: false),
    UnitPrefix("h", 3600, isWritten: false), UnitPrefix("d", 86400, isWritten: false),
  ]
}

/// An energy.
@frozen public struct Joules: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  @inlinable public static func millijoules(_ amount: Double) -> Joules { Joules(amount * 1e-3) }
  @inlinable public static func picojoules(_ amount: Double) -> Joules { Joules(amount * 1e-12) }
  @inlinable public static func kilowattHours(_ amount: Double) -> Joules { Joules(amount * 3.6e6) }

  public static let symbol = "J"
  public static let suffix = "_j"
  public static let prefixes =
    metric("J", from: .pico, to: .tera)
    + [
      UnitPrefix("uJ", 1e-6, isWritten: false), UnitPrefix("Wh", 3600, isWritten: false),
      UnitPrefix("kWh", 3.6e6, isWritten: false), UnitPrefix("MWh", 3.6e9, isWritten: false),
      UnitPrefix("GWh", 3.6e12, isWritten: false),
    ]
}

/// An energy times a delay, by which designs are compared that trade one for the other.
@frozen public struct JouleSeconds: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  public static let symbol = "J·s"
  public static let suffix = "_j_s"
  public static let prefixes =
    metric("J·s", from: .pico, to: .giga)
    + [
      UnitPrefix("nJs", 1e-9, isWritten: false), UnitPrefix("uJs", 1e-6, isWritten: false),
      UnitPrefix("mJs", 1e-3, isWritten: false), UnitPrefix("Js", 1, isWritten: false),
      UnitPrefix("kJs", 1e3, isWritten: false),
    ]
}

/// A power.
@frozen public struct Watts: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  @inlinable public static func milliwatts(_ amount: Double) -> Watts { Watts(amount * 1e-3) }

  public static let symbol = "W"
  public static let suffix = "_w"
  public static let prefixes = metric("W", from: .micro, to: .mega)
}

/// An amount of data. Decimal and binary multiples are different words: `gigabytes` is 10⁹ and
/// `gibibytes` is 2³⁰ bytes.
@frozen public struct Bytes: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  @inlinable public static func megabytes(_ amount: Double) -> Bytes { Bytes(amount * 1e6) }
  @inlinable public static func gigabytes(_ amount: Double) -> Bytes { Bytes(amount * 1e9) }
  @inlinable public static func kibibytes(_ amount: Double) -> Bytes { Bytes(amount * 1024) }
  @inlinable public static func mebibytes(_ amount: Double) -> Bytes { Bytes(amount * 1_048_576) }
  @inlinable public static func gibibytes(_ amount: Double) -> Bytes {
    Bytes(amount * 1_073_741_824)
  }

  public static let symbol = "B"
  public static let suffix = "_bytes"
  public static let prefixes =
    metric("B", from: .one, to: .peta)
    + [
      UnitPrefix("KiB", 1024, isWritten: false), UnitPrefix("MiB", 1_048_576, isWritten: false),
      UnitPrefix("GiB", 1_073_741_824, isWritten: false),
      UnitPrefix("TiB", 1_099_511_627_776, isWritten: false),
    ]
}

/// A count of floating-point operations. One multiply–accumulate (MAC) is 2 FLOP.
@frozen public struct FLOP: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  /// The one place that says what a MAC is.
  @inlinable public static func multiplyAccumulates(_ count: Double) -> FLOP { FLOP(2 * count) }

  public static let symbol = "FLOP"
  public static let suffix = "_flop"
  public static let prefixes = metric("FLOP", from: .one, to: .yotta)
}

/// A rate of computation.
@frozen public struct FLOPPerSecond: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  @inlinable public static func teraFLOPPerSecond(_ amount: Double) -> FLOPPerSecond {
    FLOPPerSecond(amount * 1e12)
  }

  public static let symbol = "FLOP/s"
  public static let suffix = "_flop_per_s"
  public static let prefixes = metric("FLOP/s", from: .one, to: .exa)
}

/// A rate of data movement.
@frozen public struct BytesPerSecond: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  @inlinable public static func gigabytesPerSecond(_ amount: Double) -> BytesPerSecond {
    BytesPerSecond(amount * 1e9)
  }

  public static let symbol = "B/s"
  public static let suffix = "_b_per_s"
  public static let prefixes = metric("B/s", from: .one, to: .peta)
}

/// A frequency.
@frozen public struct Hertz: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  @inlinable public static func megahertz(_ amount: Double) -> Hertz { Hertz(amount * 1e6) }
  @inlinable public static func gigahertz(_ amount: Double) -> Hertz { Hertz(amount * 1e9) }
  /// The time of one cycle.
  @inlinable public var period: Seconds { Seconds(1 / value) }

  public static let symbol = "Hz"
  public static let suffix = "_hz"
  public static let prefixes = metric("Hz", from: .one, to: .tera)
}

/// An arithmetic intensity: operations for each byte moved.
@frozen public struct FLOPPerByte: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  public static let symbol = "FLOP/B"
  public static let suffix = "_flop_per_byte"
  public static let prefixes = [UnitPrefix("FLOP/B", 1)]
}

/// What one operation costs.
@frozen public struct JoulesPerFLOP: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  public static let symbol = "J/FLOP"
  public static let suffix = "_j_per_flop"
  public static let prefixes = metric("J/FLOP", from: .femto, to: .one)
}

/// What moving one byte costs.
@frozen public struct JoulesPerByte: Quantity {
  public var value: Double
  @inlinable public init(_ value: Double) { self.value = value }

  public static let symbol = "J/B"
  public static let suffix = "_j_per_byte"
  public static let prefixes = metric("J/B", from: .femto, to: .one)
}

// MARK: - Metric prefixes

enum MetricPrefix: Int, CaseIterable {
  case femto = -5
  case pico, nano, micro, milli, one, kilo, mega, giga, tera, peta, exa, zetta, yotta

  var letter: String {
    ["f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z", "Y"][rawValue + 5]
  }

  /// Powers of ten from literals: `pow` need not be exact.
  var factor: Double {
    [1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1, 1e3, 1e6, 1e9, 1e12, 1e15, 1e18, 1e21, 1e24][
      rawValue + 5]
  }
}

/// The units of one symbol between two prefixes.
func metric(_ symbol: String, from low: MetricPrefix, to high: MetricPrefix) -> [UnitPrefix] {
  MetricPrefix.allCases
    .filter { $0.rawValue >= low.rawValue && $0.rawValue <= high.rawValue }
    .map { UnitPrefix($0.letter + symbol, $0.factor) }
}
