import Quantities

/// Which operand waits in the units of an array while the others pass.
public enum Dataflow: String, CaseIterable, Sendable, Hashable {
  /// A unit adds up its sums over the depth; rows of the array are rows of the product.
  case outputStationary = "output-stationary"
  /// A unit keeps its weights for all rows of a block; rows of the array are the product's depth, and
  /// sums go from unit to unit.
  case weightStationary = "weight-stationary"
  /// As weight stationary, but units keep nothing: every weight comes from the buffer for every MAC.
  case noLocalReuse = "no-local-reuse"
}

/// An array of multipliers with registers, a network, a buffer and a main memory, by the energy that each
/// of them takes: counts of actions times energy per action.
///
/// ```
/// E = Σ actions(component) · E(component) + Σ leakage(component) · T
/// ```
/// A unit works on `t×t` stationary words where its registers allow, so that what arrives is used `t`
/// times. It is a model of energy alone: units without work cost nothing, and no time is known but the
/// one that is given.
///
/// - Source: the method is that of Eyeriss (Y.-H. Chen, J. Emer, V. Sze, ISCA 2016, section VI) and of
///   Timeloop and Accelergy; counts of a product in blocks are ours. Eyeriss's own dataflow, row
///   stationary, also reuses what windows share inside the array; here it does not.
public struct SpatialAccelerator: Sendable, Hashable {
  public var rows: Int
  public var columns: Int
  public var dataflow: Dataflow
  public var format: OperandFormat
  /// t: stationary words of a unit are a square of this side; 1 without local reuse.
  public let registerTile: Int
  public var buffer: Bytes
  public var costs: ComponentCosts

  /// - Parameters:
  ///   - registers: of one unit. They hold `t²` stationary words and `2t` that pass.
  ///   - buffer: where half of it does not hold the least block of the array, `t` is smaller.
  /// - Throws: `AcceleratorError` for an array without units, and for a buffer that holds less than the
  ///   array works on at once.
  public init(
    rows: Int, columns: Int, dataflow: Dataflow, format: OperandFormat = .int16,
    registers: Bytes = .init(512), buffer: Bytes, costs: ComponentCosts
  ) throws(AcceleratorError) {
    guard (1...65536).contains(rows), (1...65536).contains(columns) else {
      throw .shape(rows: rows, columns: columns)
    }
    self.rows = rows
    self.columns = columns
    self.dataflow = dataflow
    self.format = format
    self.buffer = buffer
    self.costs = costs
    let words = format.words(registers)
    let capacity = format.words(buffer)
    let least = Self.grain(rows, columns, dataflow, 1).words
    guard least <= capacity else {
      throw .buffer(buffer, needed: format.bytes(words: least))
    }
    var tile = 1
    if dataflow != .noLocalReuse {
      // A side beyond 65536 means nothing.
      while tile < 65536, Double((tile + 1) * (tile + 3)) <= words,
        2 * Self.grain(rows, columns, dataflow, Double(tile + 1)).words <= capacity
      {
        tile += 1
      }
    }
    registerTile = tile
  }

  /// The least block of a product: what the array works on at once, and of the operand that streams as
  /// many steps as the array has rows, in which the next stationary words arrive.
  static func grain(
    _ rows: Int, _ columns: Int, _ dataflow: Dataflow, _ tile: Double
  ) -> BufferBlocking.Grain {
    let (r, c) = (Double(rows), Double(columns))
    return dataflow == .outputStationary
      ? .init(rows: r * tile, columns: c * tile, depth: r)
      : .init(rows: r, columns: c * tile, depth: r * tile)
  }

  /// Words that the buffer holds.
  public var bufferWords: Double { format.words(buffer) }

  /// The least block.
  public var grain: BufferBlocking.Grain {
    Self.grain(rows, columns, dataflow, Double(registerTile))
  }
}

extension BufferBlocking.Grain {
  var words: Double { rows * depth + depth * columns + rows * columns }
}

/// What can be wrong with an accelerator.
public enum AcceleratorError: Error, Equatable, Sendable, CustomStringConvertible {
  case shape(rows: Int, columns: Int)
  case buffer(Bytes, needed: Bytes)
  /// A device that does not say what is needed.
  case device(name: String, missing: String)

  public var description: String {
    switch self {
    case .shape(let rows, let columns):
      "an array of \(rows)x\(columns) units; each side is between 1 and 65536"
    case .buffer(let buffer, let needed):
      "a buffer of \(buffer.binaryDescription) holds less than the array works on at once, "
        + "\(needed.binaryDescription)"
    case .device(let name, let missing): "\(name) \(missing)"
    }
  }
}
