import Foundation
import Quantities

extension ComponentCosts {
  /// The node that relative costs were extracted for, in nanometres.
  public static let relativeCostsProcess = 65.0

  /// Costs by what they are over a MAC of 16 bits:
  ///
  /// ```
  /// register file 1    network 2    buffer 6    main memory 200        for a word of 16 bits
  /// ```
  /// Wider words cost in proportion to their bits. All but the main memory shrink with the process; the
  /// MAC is Horowitz's.
  ///
  /// They hold for registers of 0.5 KB in each unit and a buffer of about 100 KB: larger ones cost more,
  /// see ``bySize(_:registers:buffer:process:mainMemory:)``.
  ///
  /// - Source: Y.-H. Chen, J. Emer, V. Sze, *Eyeriss: A Spatial Architecture for Energy-Efficient
  ///   Dataflow for Convolutional Neural Networks*, ISCA 2016, table IV.
  /// - Parameters:
  ///   - process: nm.
  ///   - mainMemory: where it is known.
  public static func relative(
    _ format: OperandFormat, process: Double = relativeCostsProcess,
    mainMemory: JoulesPerByte? = nil
  ) -> ComponentCosts {
    let unit = multiplyAccumulate(.int16, process: process) * (format.bits / 16)
    let published =
      200 * multiplyAccumulate(.int16, process: relativeCostsProcess) * (format.bits / 16)
    return ComponentCosts(
      multiplyAccumulate: Cost(multiplyAccumulate(format, process: process)),
      vectorUnit: Cost(format.addition * shrink(to: process)), registerFile: Cost(unit),
      network: Cost(2 * unit), buffer: Cost(6 * unit),
      mainMemory: Cost(mainMemory.map { format.bytes(words: 1) * $0 } ?? published))
  }

  /// Costs by the size of each memory; a hop of the network is twice an access of the registers, as
  /// among the relative costs.
  ///
  /// - Parameters:
  ///   - registers: of one unit.
  ///   - process: nm.
  ///   - mainMemory: where it is known; without, 1.95 nJ for 64 bits, the middle of Horowitz's range.
  public static func bySize(
    _ format: OperandFormat, registers: Bytes, buffer: Bytes, process: Double = 45,
    mainMemory: JoulesPerByte? = nil
  ) -> ComponentCosts {
    let register = staticMemory(registers, bits: format.bits, process: process)
    let main = mainMemory ?? JoulesPerByte(1.95e-9 / 8)
    return ComponentCosts(
      multiplyAccumulate: Cost(multiplyAccumulate(format, process: process)),
      vectorUnit: Cost(format.addition * shrink(to: process)), registerFile: Cost(register),
      network: Cost(2 * register),
      buffer: Cost(staticMemory(buffer, bits: format.bits, process: process)),
      mainMemory: Cost(format.bytes(words: 1) * main))
  }

  /// A product and an addition.
  ///
  /// ```
  /// E = (E_product + E_addition) · s(process)/s(45 nm)
  /// ```
  public static func multiplyAccumulate(_ format: OperandFormat, process: Double = 45) -> Joules {
    (format.product + format.addition) * shrink(to: process)
  }

  /// One access of a static memory.
  ///
  /// ```
  /// E(64 bits, 45 nm) = 10, 20, 100 pJ at 8 KiB, 32 KiB, 1 MiB
  /// ```
  /// Between them along a line over the logarithms, beyond them with the root of the capacity; in
  /// proportion to the bits.
  /// - Source: M. Horowitz, *Computing's Energy Problem*, ISSCC 2014, for caches of these sizes. A large
  ///   memory of many banks that are addressed directly costs less.
  public static func staticMemory(_ capacity: Bytes, bits: Double, process: Double = 45) -> Joules {
    let points: [(bytes: Double, energy: Double)] = [
      (8_192, 10e-12), (32_768, 20e-12), (1_048_576, 100e-12),
    ]
    let bytes = max(1, capacity.value)
    var energy = points[0].energy * (bytes / points[0].bytes).squareRoot()
    for (low, high) in zip(points, points.dropFirst()) where bytes > low.bytes {
      let exponent = log(high.energy / low.energy) / log(high.bytes / low.bytes)
      energy = low.energy * pow(bytes / low.bytes, exponent)
    }
    if let last = points.last, bytes > last.bytes {
      energy = last.energy * (bytes / last.bytes).squareRoot()
    }
    return Joules(energy * bits / 64) * shrink(to: process)
  }

  /// Energy at a process over that at 45 nm.
  private static func shrink(to process: Double) -> Double {
    EnergyTable.standard.processFactor(process) / EnergyTable.standard.processFactor(45)
  }
}
