import Quantities

/// What one compute unit of a processor with matrix units does in a cycle.
public struct MatrixUnit: Sendable, Hashable {
  /// Dense, of one compute unit.
  public var flopPerCycle: Double
  /// Bytes that its shared memory hands to the matrix units in a cycle.
  public var sharedBytesPerCycle: Double

  public init(flopPerCycle: Double, sharedBytesPerCycle: Double) {
    self.flopPerCycle = flopPerCycle
    self.sharedBytesPerCycle = sharedBytesPerCycle
  }

  /// Cycles in which the arithmetic of an instruction is done.
  ///
  /// ```
  /// c = 2·m·n·k / (FLOP of a cycle)
  /// ```
  public func cycles(of instruction: MatrixInstruction) -> Double {
    instruction.flop.value / flopPerCycle
  }

  /// The share of the peak at which a stream of such instructions runs: shared memory has to deliver
  /// their operands meanwhile.
  ///
  /// ```
  /// u = min(1, c / (bytes from shared memory / bytes of a cycle))
  /// ```
  public func utilization(of instruction: MatrixInstruction) -> Double {
    let supply = instruction.sharedBytes.value / sharedBytesPerCycle
    return supply > 0 ? min(1, cycles(of: instruction) / supply) : 1
  }

  /// Of `units` compute units at a clock.
  public func throughput(
    of instruction: MatrixInstruction, units: Int, clock: Hertz
  ) -> FLOPPerSecond {
    FLOPPerSecond(
      Double(units) * flopPerCycle * clock.value * utilization(of: instruction))
  }
}

/// A product `m×k · k×n` that one instruction starts, as `wgmma.m64n256k16`.
public struct MatrixInstruction: Sendable, Hashable {
  public var rows: Int
  public var columns: Int
  public var depth: Int
  /// Of one element of an operand.
  public var operandBits: Double
  /// Whether the left operand comes from shared memory, too, and not from registers.
  public var leftIsShared: Bool

  public init(
    rows: Int, columns: Int, depth: Int, operandBits: Double, leftIsShared: Bool = true
  ) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
    self.operandBits = operandBits
    self.leftIsShared = leftIsShared
  }

  public var flop: FLOP {
    FLOP.multiplyAccumulates(Double(rows) * Double(columns) * Double(depth))
  }

  /// Each operand once: the right one, and the left one where it is there.
  public var sharedBytes: Bytes {
    let elements = (leftIsShared ? rows : 0) + columns
    return Bytes(Double(elements) * Double(depth) * operandBits / 8)
  }
}
