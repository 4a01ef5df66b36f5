/// A formula of named quantities, as people write it.
///
/// ```
/// E + A/N^alpha + B/D^beta
/// m = D/N; E + (a*m^eta + b*m^-eta) * C^-eta
/// ```
/// Numbers, names, `+ - * / ^`, parentheses, `exp log sqrt sigmoid min max`, and abbreviations that end
/// in a semicolon. `^` binds to the right and before a sign on its left. Equal parts are one node, so that
/// they are computed once.
public struct Formula: Sendable, Hashable {
  public enum Function: String, CaseIterable, Sendable {
    case exp, log, sqrt, sigmoid, min, max

    var arity: Int { self == .min || self == .max ? 2 : 1 }
  }

  enum Node: Hashable, Sendable {
    case constant(Double)
    /// A place in `names`.
    case name(Int)
    case negative(Int)
    case sum(Int, Int)
    case difference(Int, Int)
    case product(Int, Int)
    case quotient(Int, Int)
    case power(Int, Int)
    case call(Function, Int)
    case least(Int, Int)
    case largest(Int, Int)
  }

  public let text: String
  /// Names that are no abbreviations, in the order of their appearance.
  public let names: [String]
  /// Operands stand before what uses them; the last is the value.
  let nodes: [Node]

  /// - Throws: `FormulaError` for what is no formula, with its place.
  public init(_ text: String) throws(FormulaError) {
    var parser = try FormulaParser(text)
    let root = try parser.program()
    self.text = text
    names = parser.names
    // What no abbreviation's user needs is left out, and the value is the last.
    nodes = Self.used(parser.nodes, root)
  }

  /// The same formula of the logarithm.
  public var logarithm: Formula { Formula(calling: .log, of: self) }

  private init(calling function: Function, of other: Formula) {
    text = "\(function.rawValue)(\(other.text))"
    names = other.names
    nodes = other.nodes + [.call(function, other.nodes.count - 1)]
  }

  private static func used(_ nodes: [Node], _ root: Int) -> [Node] {
    var isUsed = [Bool](repeating: false, count: nodes.count)
    isUsed[root] = true
    for place in stride(from: root, through: 0, by: -1) where isUsed[place] {
      for operand in nodes[place].operands { isUsed[operand] = true }
    }
    var places = [Int](repeating: 0, count: nodes.count)
    var kept: [Node] = []
    for place in 0...root where isUsed[place] {
      places[place] = kept.count
      kept.append(nodes[place].moved { places[$0] })
    }
    return kept
  }
}

extension Formula.Node {
  var operands: [Int] {
    switch self {
    case .constant, .name: []
    case .negative(let a), .call(_, let a): [a]
    case .sum(let a, let b), .difference(let a, let b), .product(let a, let b),
      .quotient(let a, let b), .power(let a, let b), .least(let a, let b), .largest(let a, let b):
      [a, b]
    }
  }

  func moved(_ place: (Int) -> Int) -> Self {
    switch self {
    case .constant, .name: self
    case .negative(let a): .negative(place(a))
    case .call(let function, let a): .call(function, place(a))
    case .sum(let a, let b): .sum(place(a), place(b))
    case .difference(let a, let b): .difference(place(a), place(b))
    case .product(let a, let b): .product(place(a), place(b))
    case .quotient(let a, let b): .quotient(place(a), place(b))
    case .power(let a, let b): .power(place(a), place(b))
    case .least(let a, let b): .least(place(a), place(b))
    case .largest(let a, let b): .largest(place(a), place(b))
    }
  }
}

/// What is wrong with a formula, and where.
public enum FormulaError: Error, Equatable, Sendable, CustomStringConvertible {
  case unexpected(found: String, place: Int, wanted: String)
  case unknownFunction(name: String, place: Int)
  case arguments(function: String, found: Int, wanted: Int)
  case tooLong
  case unbound(names: [String], known: [String])

  public var description: String {
    switch self {
    case .unexpected(let found, let place, let wanted):
      "the formula has \(found) at character \(place + 1); \(wanted) is wanted there"
    case .unknownFunction(let name, let place):
      "the formula calls '\(name)' at character \(place + 1); there are "
        + Formula.Function.allCases.map(\.rawValue).joined(separator: ", ")
    case .arguments(let function, let found, let wanted):
      "'\(function)' takes \(wanted) argument\(wanted == 1 ? "" : "s"), and not \(found)"
    case .tooLong: "the formula is longer than 4,000 characters or nested deeper than 100"
    case .unbound(let names, let known):
      "the formula names \(names.joined(separator: ", ")), which is neither a column nor a parameter; "
        + "there are \(known.joined(separator: ", "))"
    }
  }
}
