/// A set of architectures that are written as one operation for each position.
///
/// NAS-Bench-201's positions are the six edges of a cell, FBNet's the 22 searchable layers; a table
/// that the code knows nothing about has its columns (`GenericSpace`).
public protocol SearchSpace: Sendable {
  /// The name on the command line and in files: `nasbench201`.
  var name: String { get }
  var positions: [SpacePosition] { get }
  /// The column of a table that holds the whole notation, where the space has one.
  var notationColumn: String? { get }

  /// Reads the space's public notation.
  ///
  /// - Throws: `SpaceError` naming what was found, where, and the nearest known operation.
  func architecture(parsing notation: String) throws(SpaceError) -> Architecture

  /// The notation that `architecture(parsing:)` reads back.
  func notation(of architecture: Architecture) -> String

  /// Whether the input reaches the output: an architecture that is not connected computes nothing.
  func isConnected(_ architecture: Architecture) -> Bool
}

/// One categorical choice of a space.
public struct SpacePosition: Sendable, Hashable {
  /// The column that holds it in a table.
  public let column: String
  /// The operations, by index.
  public let operations: [String]

  public init(column: String, operations: [String]) {
    self.column = column
    self.operations = operations
  }
}

/// An operation index for each position of its space.
public struct Architecture: Sendable, Hashable {
  public let operations: [UInt8]

  public init(_ operations: [UInt8]) { self.operations = operations }
}

extension SearchSpace {
  public func isConnected(_ architecture: Architecture) -> Bool { true }

  public var notationColumn: String? { nil }

  /// How many architectures there are, or `nil` where they do not fit in an `Int`.
  public var count: Int? {
    var product = 1
    for position in positions {
      let (next, overflow) = product.multipliedReportingOverflow(by: position.operations.count)
      if overflow { return nil }
      product = next
    }
    return product
  }

  /// Architecture `index` of 0 ..< `count`: the operations are its digits, the last one fastest.
  public func architecture(at index: Int) -> Architecture {
    var rest = index
    var operations = [UInt8](repeating: 0, count: positions.count)
    for place in positions.indices.reversed() {
      let radix = positions[place].operations.count
      operations[place] = UInt8(rest % radix)
      rest /= radix
    }
    precondition(rest == 0 && index >= 0, "architecture \(index) of \(name)")
    return Architecture(operations)
  }

  /// The most architectures that a command lists by itself.
  public static var enumerationLimit: Int { 1_000_000 }

  /// Every architecture, or `nil` where there are too many to list.
  public var allArchitectures: [Architecture]? {
    guard let count, count <= Self.enumerationLimit else { return nil }
    return (0..<count).map { architecture(at: $0) }
  }

  /// The operation index that `text`, a name or an index, stands for at `place`.
  public func operation(_ text: some StringProtocol, at place: Int) throws(SpaceError) -> UInt8 {
    let position = positions[place]
    if let index = position.operations.firstIndex(where: { $0 == text }) { return UInt8(index) }
    if let index = Int(text), position.operations.indices.contains(index) { return UInt8(index) }
    throw .unknownOperation(
      space: name, position: position.column, found: String(text), allowed: position.operations)
  }
}

/// What can be wrong with an architecture in text.
public enum SpaceError: Error, Equatable {
  case unknownSpace(String, allowed: [String])
  case unknownOperation(space: String, position: String, found: String, allowed: [String])
  case malformed(space: String, found: String, expected: String)
  case missingColumns(space: String, columns: [String], found: [String])
  case contradiction(space: String, notation: String, column: String, found: String)
}
