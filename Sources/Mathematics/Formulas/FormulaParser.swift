import Foundation

/// Recursive descent over the characters of a formula.
///
/// ```
/// program = { name '=' sum ';' } sum [';']
/// sum     = term { ('+' | '-') term }
/// term    = signed { ('*' | '/') signed }
/// signed  = ('+' | '-') signed | power
/// power   = atom ['^' signed]
/// atom    = number | name | function '(' sum { ',' sum } ')' | '(' sum ')'
/// ```
struct FormulaParser {
  private(set) var names: [String] = []
  private(set) var nodes: [Formula.Node] = []
  private var places: [Formula.Node: Int] = [:]
  private var abbreviations: [String: Int] = [:]
  private var tokens: [(token: Token, place: Int)] = []
  private var next = 0
  private var depth = 0

  private enum Token: Equatable {
    case number(Double)
    case name(String)
    case mark(Character)
    case end

    var text: String {
      switch self {
      case .number(let value): "\(value)"
      case .name(let name): "'\(name)'"
      case .mark(let mark): "'\(mark)'"
      case .end: "its end"
      }
    }
  }

  init(_ text: String) throws(FormulaError) {
    let characters = Array(text)
    guard characters.count <= 4000 else { throw .tooLong }
    var place = 0
    func isNamePart(_ character: Character) -> Bool {
      character.isLetter || character.isNumber || character == "_"
    }
    while place < characters.count {
      let character = characters[place]
      let start = place
      if character.isWhitespace {
        place += 1
      } else if character.isASCII, character.isNumber || character == "." {
        while place < characters.count {
          let now = characters[place]
          let isSign = (now == "+" || now == "-") && "eE".contains(characters[place - 1])
          guard now.isNumber || now == "." || now == "e" || now == "E" || isSign && place > start
          else { break }
          place += 1
        }
        let number = String(characters[start..<place])
        guard let value = Double(number), value.isFinite else {
          throw .unexpected(found: "'\(number)'", place: start, wanted: "a number")
        }
        tokens.append((.number(value), start))
      } else if character.isLetter || character == "_" {
        while place < characters.count, isNamePart(characters[place]) { place += 1 }
        tokens.append((.name(String(characters[start..<place])), start))
      } else if "+-*/^(),;=".contains(character) {
        tokens.append((.mark(character), start))
        place += 1
      } else {
        throw .unexpected(
          found: "'\(character)'", place: start, wanted: "a number, a name or one of + - * / ^ ( )")
      }
    }
    tokens.append((.end, characters.count))
  }

  private var token: Token { tokens[next].token }

  private mutating func take(_ mark: Character) -> Bool {
    guard token == .mark(mark) else { return false }
    next += 1
    return true
  }

  private func unexpected(_ wanted: String) -> FormulaError {
    .unexpected(found: token.text, place: tokens[next].place, wanted: wanted)
  }

  mutating func program() throws(FormulaError) -> Int {
    while case .name(let name) = token, tokens[next + 1].token == .mark("=") {
      guard abbreviations[name] == nil, !names.contains(name) else {
        throw unexpected("a name that is not in use")
      }
      next += 2
      abbreviations[name] = try sum()
      guard take(";") else { throw unexpected("';' after an abbreviation") }
    }
    let root = try sum()
    _ = take(";")
    guard token == .end else { throw unexpected("an operator, or the end") }
    return root
  }

  private mutating func sum() throws(FormulaError) -> Int {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 100 else { throw .tooLong }
    var left = try term()
    while true {
      if take("+") {
        left = node(.sum(left, try term()))
      } else if take("-") {
        left = node(.difference(left, try term()))
      } else {
        return left
      }
    }
  }

  private mutating func term() throws(FormulaError) -> Int {
    var left = try signed()
    while true {
      if take("*") {
        left = node(.product(left, try signed()))
      } else if take("/") {
        left = node(.quotient(left, try signed()))
      } else {
        return left
      }
    }
  }

  private mutating func signed() throws(FormulaError) -> Int {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 100 else { throw .tooLong }
    if take("-") { return node(.negative(try signed())) }
    if take("+") { return try signed() }
    let base = try atom()
    return take("^") ? node(.power(base, try signed())) : base
  }

  private mutating func atom() throws(FormulaError) -> Int {
    let place = tokens[next].place
    switch token {
    case .number(let value):
      next += 1
      return node(.constant(value))
    case .name(let name):
      next += 1
      if take("(") { return try call(name, place) }
      if let abbreviation = abbreviations[name] { return abbreviation }
      if let known = names.firstIndex(of: name) { return node(.name(known)) }
      names.append(name)
      return node(.name(names.count - 1))
    case .mark("("):
      next += 1
      let inner = try sum()
      guard take(")") else { throw unexpected("')'") }
      return inner
    default:
      throw unexpected("a number, a name or '('")
    }
  }

  private mutating func call(_ name: String, _ place: Int) throws(FormulaError) -> Int {
    guard let function = Formula.Function(rawValue: name) else {
      throw .unknownFunction(name: name, place: place)
    }
    var arguments = [try sum()]
    while take(",") { arguments.append(try sum()) }
    guard take(")") else { throw unexpected("')'") }
    guard arguments.count == function.arity else {
      throw .arguments(function: name, found: arguments.count, wanted: function.arity)
    }
    switch function {
    case .min: return node(.least(arguments[0], arguments[1]))
    case .max: return node(.largest(arguments[0], arguments[1]))
    default: return node(.call(function, arguments[0]))
    }
  }

  private mutating func node(_ node: Formula.Node) -> Int {
    if let place = places[node] { return place }
    nodes.append(node)
    places[node] = nodes.count - 1
    return nodes.count - 1
  }
}
