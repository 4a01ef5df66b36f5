/// A space that is known only as a table: its columns are the positions, their values the operations.
public struct GenericSpace: SearchSpace {
  public let name = "generic"
  public let positions: [SpacePosition]

  /// - Throws: `SpaceError.malformed` where a column has more than 256 different values: that is a
  ///   number, not a choice, and belongs among the features.
  public init(positions: [SpacePosition]) throws(SpaceError) {
    for position in positions where position.operations.count > 256 {
      throw .malformed(
        space: name, found: position.column,
        expected: "as columns of at most 256 different values (this one has "
          + "\(position.operations.count); numbers belong into --features)")
    }
    self.positions = positions
  }

  public func architecture(parsing notation: String) throws(SpaceError) -> Architecture {
    var values: [String: String] = [:]
    for part in notation.split(separator: ",") {
      let pair = part.split(separator: "=", maxSplits: 1)
      guard pair.count == 2 else { throw malformed(notation) }
      values[String(pair[0])] = String(pair[1])
    }
    guard values.count == positions.count else { throw malformed(notation) }
    var operations: [UInt8] = []
    for position in positions {
      guard let value = values[position.column] else { throw malformed(notation) }
      // Names only: here '1' is a category, not an index.
      guard let index = position.operations.firstIndex(of: value) else {
        throw .unknownOperation(
          space: name, position: position.column, found: value, allowed: position.operations)
      }
      operations.append(UInt8(index))
    }
    return Architecture(operations)
  }

  private func malformed(_ notation: String) -> SpaceError {
    .malformed(
      space: name, found: notation,
      expected: "'" + positions.map { "\($0.column)=…" }.joined(separator: ",") + "'")
  }

  public func notation(of architecture: Architecture) -> String {
    zip(positions, architecture.operations)
      .map { "\($0.column)=\($0.operations[Int($1)])" }.joined(separator: ",")
  }
}
