/// Any JSON, with the members of an object in the order of the text.
public enum JSONTree: Sendable, Equatable {
  case null
  case boolean(Bool)
  /// Always finite.
  case number(Double)
  case text(String)
  case list([JSONTree])
  /// No key stands twice.
  case object([Member])

  public struct Member: Sendable, Equatable {
    public let key: String
    public let value: JSONTree

    public init(_ key: String, _ value: JSONTree) {
      self.key = key
      self.value = value
    }
  }
}

/// How much of a text a reader takes in before it refuses.
public struct JSONLimits: Sendable {
  public let bytes: Int
  /// Deeper than any description, and far from what a stack holds.
  public let depth: Int
  public let values: Int

  public init(bytes: Int, depth: Int = 64, values: Int = 2_000_000) {
    self.bytes = bytes
    self.depth = depth
    self.values = values
  }
}

/// Why a text is not JSON, or too much of it.
public enum JSONSyntaxError: Error, Equatable {
  /// Line and column count from 1, columns in bytes.
  case syntax(line: Int, column: Int, problem: String)
  case limit(String)

  public var problem: String {
    switch self {
    case .syntax(let line, let column, let problem):
      "this is not JSON: line \(line), column \(column): \(problem)"
    case .limit(let problem): problem
    }
  }
}
