import Datasets
import Workloads

/// A table's architectures, read as members of a space.
public struct SpaceEncoding: Sendable {
  public let space: any SearchSpace
  public let architectures: [Architecture]

  /// A built-in space is read from its notation column or from its position columns; `generic`
  /// takes every column as a position.
  ///
  /// - Throws: `SpaceError` naming the column and what was found in it.
  public init(_ table: ArchitectureTable, spaceName: String) throws {
    guard let known = try SearchSpaces.named(spaceName) else {
      space = try GenericSpace(
        positions: table.columns.map {
          SpacePosition(column: $0.name, operations: $0.categories)
        })
      architectures = Self.join(table.columns.map { $0.codes.map(UInt8.init(truncatingIfNeeded:)) })
      return
    }
    self = try SpaceEncoding(table, space: known)
  }

  /// The table's architectures in a space whose positions are known already.
  public init(_ table: ArchitectureTable, space: any SearchSpace) throws {
    self.space = space
    var byName: [String: CategoricalColumn] = [:]
    for column in table.columns { byName[column.name] = column }
    let notation = ([space.notationColumn, "architecture"].compactMap(\.self))
      .compactMap { byName[$0] }.first
    let positions = space.positions.compactMap { byName[$0.column] }
    if positions.count == space.positions.count {
      var columns: [[UInt8]] = []
      for (place, column) in positions.enumerated() {
        var codes: [UInt8] = []
        for category in column.categories { codes.append(try space.operation(category, at: place)) }
        columns.append(column.codes.map { codes[Int($0)] })
      }
      architectures = Self.join(columns)
      if let notation, let column = space.notationColumn, notation.name == column {
        try check(notation)
      }
    } else if let notation {
      let parsed = try notation.categories.map { try space.architecture(parsing: $0) }
      architectures = notation.codes.map { parsed[Int($0)] }
    } else {
      throw SpaceError.missingColumns(
        space: space.name, columns: space.positions.map(\.column),
        found: table.columns.map(\.name))
    }
  }

  /// Notation and operation columns have to say the same.
  private func check(_ notation: CategoricalColumn) throws {
    for (row, code) in notation.codes.enumerated() {
      let text = notation.categories[Int(code)]
      guard try space.architecture(parsing: text) != architectures[row] else { continue }
      throw SpaceError.contradiction(
        space: space.name, notation: text, column: notation.name,
        found: space.notation(of: architectures[row]))
    }
  }

  private static func join(_ columns: [[UInt8]]) -> [Architecture] {
    guard let count = columns.first?.count else { return [] }
    return (0..<count).map { row in Architecture(columns.map { $0[row] }) }
  }
}
