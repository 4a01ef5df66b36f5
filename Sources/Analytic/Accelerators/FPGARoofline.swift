import Quantities

/// The roofline of a network on a programmable gate array: multipliers of its signal processors and
/// of its lookup tables, and the memory beside it.
///
/// ```
/// F = f · (signal processors · products each + tables/tables of one product)     MAC/s
/// rate = min(F/MACs, W/bytes)                                                    runs/s
/// ```
/// Shifts of a plane move nothing and multiply nothing; they cost no MAC. It is a bound from above:
/// layers narrower than the array, and hosts that start each of them, are not in it.
public struct FPGARoofline: Sendable, Hashable {
  public var clock: Hertz
  public var signalProcessors: Double
  /// Products of one signal processor in a cycle: 1 of 16 bits, 2 of 8 bits that share an operand.
  public var productsEach: Double
  /// Lookup tables that are made into multipliers.
  public var lookupTables: Double
  public var lookupTablesPerProduct: Double
  public var bandwidth: BytesPerSecond

  public init(
    clock: Hertz, signalProcessors: Double, productsEach: Double = 1, lookupTables: Double = 0,
    lookupTablesPerProduct: Double = 40, bandwidth: BytesPerSecond
  ) {
    self.clock = clock
    self.signalProcessors = signalProcessors
    self.productsEach = productsEach
    self.lookupTables = lookupTables
    self.lookupTablesPerProduct = lookupTablesPerProduct
    self.bandwidth = bandwidth
  }

  /// Multiply–accumulates in a cycle.
  public var productsPerCycle: Double {
    signalProcessors * productsEach + lookupTables / lookupTablesPerProduct
  }

  public var peakRate: FLOPPerSecond {
    FLOPPerSecond(FLOP.multiplyAccumulates(productsPerCycle).value * clock.value)
  }

  /// One run of a network of so many MACs that moves so many bytes.
  public func time(macs: Double, bytes: Bytes) -> Seconds {
    max(FLOP.multiplyAccumulates(macs) / peakRate, bytes / bandwidth)
  }
}
