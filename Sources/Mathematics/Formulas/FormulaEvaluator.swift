import Foundation

/// An expression over the rows of a table, with its exact derivative by every parameter.
///
/// Each node is a vector over the rows. What depends on columns alone is computed once; a call goes
/// through the others forwards, and backwards for the derivatives: for row i and parameter j
///
/// ```
/// J[i, j] = ∂f(θ; row i)/∂θ_j
/// ```
/// as the rows do not see each other. It keeps its vectors from call to call, so that a thread needs one
/// of its own.
public final class FormulaEvaluator {
  public let rowCount: Int
  public let parameterCount: Int

  private enum Source {
    case constant
    case parameter(Int)
    case active
  }
  private let nodes: [Formula.Node]
  private let sources: [Source]
  /// Row vectors, one for each node: values, and derivatives of the root by the node.
  private let values: UnsafeMutablePointer<Double>
  private let slopes: UnsafeMutablePointer<Double>
  /// ln of the base of a power whose base is constant.
  private let logarithms: [Int: UnsafeMutablePointer<Double>]
  /// For each operand of a node, in the order of the backward pass, whether it is the first to add to
  /// its slopes.
  private let isFirst: [(Bool, Bool)]
  private let parameterNodes: [Int?]
  private let zeros: UnsafeMutablePointer<Double>

  /// - Parameters:
  ///   - columns: those that the expression names, all of the same length.
  ///   - parameters: in the order in which values are given.
  /// - Throws: `FormulaError.unbound` for a name that is neither.
  public init(
    _ expression: Formula, columns: [String: [Double]], parameters: [String]
  ) throws(FormulaError) {
    let unbound = expression.names.filter { columns[$0] == nil && !parameters.contains($0) }
    guard unbound.isEmpty else {
      throw .unbound(names: unbound, known: columns.keys.sorted() + parameters)
    }
    let rows = columns.values.first?.count ?? 1
    precondition(columns.values.allSatisfy { $0.count == rows }, "columns of several lengths")
    rowCount = rows
    parameterCount = parameters.count
    nodes = expression.nodes
    let count = nodes.count
    values = .allocate(capacity: max(1, count * rows))
    slopes = .allocate(capacity: max(1, count * rows))
    zeros = .allocate(capacity: max(1, rows))
    values.initialize(repeating: 0, count: max(1, count * rows))
    slopes.initialize(repeating: 0, count: max(1, count * rows))
    zeros.initialize(repeating: 0, count: max(1, rows))
    var sources: [Source] = []
    var parameterNodes = [Int?](repeating: nil, count: parameters.count)
    var logarithms: [Int: UnsafeMutablePointer<Double>] = [:]
    func isConstant(_ node: Int) -> Bool {
      if case .constant = sources[node] { true } else { false }
    }
    for (place, node) in nodes.enumerated() {
      let own = values + place * rows
      switch node {
      case .constant(let value):
        own.update(repeating: value, count: rows)
        sources.append(.constant)
      case .name(let name):
        if let parameter = parameters.firstIndex(of: expression.names[name]) {
          sources.append(.parameter(parameter))
          parameterNodes[parameter] = place
        } else {
          own.update(from: columns[expression.names[name]] ?? [], count: rows)
          sources.append(.constant)
        }
      default:
        if node.operands.allSatisfy(isConstant) {
          Self.forward(node, place, values, rows, nil)
          sources.append(.constant)
        } else {
          if case .power(let base, _) = node, isConstant(base) {
            let logarithm = UnsafeMutablePointer<Double>.allocate(capacity: rows)
            for row in 0..<rows { logarithm[row] = log(values[base * rows + row]) }
            logarithms[place] = logarithm
          }
          sources.append(.active)
        }
      }
    }
    self.sources = sources
    self.parameterNodes = parameterNodes
    self.logarithms = logarithms
    var hasSlope = [Bool](repeating: false, count: count)
    var isFirst = [(Bool, Bool)](repeating: (false, false), count: count)
    for place in nodes.indices.reversed() {
      guard case .active = sources[place] else { continue }
      let operands = nodes[place].operands
      isFirst[place].0 = !hasSlope[operands[0]]
      hasSlope[operands[0]] = true
      if operands.count > 1 {
        isFirst[place].1 = !hasSlope[operands[1]]
        hasSlope[operands[1]] = true
      }
    }
    self.isFirst = isFirst
  }

  deinit {
    values.deallocate()
    slopes.deallocate()
    zeros.deallocate()
    for logarithm in logarithms.values { logarithm.deallocate() }
  }

  /// The expression for each row; valid until the next call.
  public func evaluate(_ parameters: UnsafePointer<Double>) -> UnsafePointer<Double> {
    for (place, node) in nodes.enumerated() {
      switch sources[place] {
      case .constant: break
      case .parameter(let parameter):
        (values + place * rowCount).update(repeating: parameters[parameter], count: rowCount)
      case .active: Self.forward(node, place, values, rowCount, logarithms[place])
      }
    }
    return UnsafePointer(values + (nodes.count - 1) * rowCount)
  }

  /// Fills the derivatives at the parameters of the last `evaluate`.
  public func differentiate() {
    let root = nodes.count - 1
    (slopes + root * rowCount).update(repeating: 1, count: rowCount)
    for place in nodes.indices.reversed() {
      guard case .active = sources[place] else { continue }
      backward(place)
    }
  }

  /// `∂f/∂θ_j` for each row; valid until the next call.
  public func derivative(by parameter: Int) -> UnsafePointer<Double> {
    UnsafePointer(parameterNodes[parameter].map { slopes + $0 * rowCount } ?? zeros)
  }

  // MARK: - Both passes

  private static func forward(
    _ node: Formula.Node, _ place: Int, _ values: UnsafeMutablePointer<Double>, _ rows: Int,
    _ logarithm: UnsafeMutablePointer<Double>?
  ) {
    let y = values + place * rows
    switch node {
    case .constant, .name: break
    case .negative(let a):
      let a = values + a * rows
      for i in 0..<rows { y[i] = -a[i] }
    case .sum(let a, let b):
      let (a, b) = (values + a * rows, values + b * rows)
      for i in 0..<rows { y[i] = a[i] + b[i] }
    case .difference(let a, let b):
      let (a, b) = (values + a * rows, values + b * rows)
      for i in 0..<rows { y[i] = a[i] - b[i] }
    case .product(let a, let b):
      let (a, b) = (values + a * rows, values + b * rows)
      for i in 0..<rows { y[i] = a[i] * b[i] }
    case .quotient(let a, let b):
      let (a, b) = (values + a * rows, values + b * rows)
      for i in 0..<rows { y[i] = a[i] / b[i] }
    case .power(let a, let b):
      let (a, b) = (values + a * rows, values + b * rows)
      if let logarithm {
        for i in 0..<rows { y[i] = exp(b[i] * logarithm[i]) }
      } else {
        for i in 0..<rows { y[i] = pow(a[i], b[i]) }
      }
    case .least(let a, let b):
      let (a, b) = (values + a * rows, values + b * rows)
      for i in 0..<rows { y[i] = a[i] < b[i] ? a[i] : b[i] }
    case .largest(let a, let b):
      let (a, b) = (values + a * rows, values + b * rows)
      for i in 0..<rows { y[i] = a[i] > b[i] ? a[i] : b[i] }
    case .call(let function, let a):
      let a = values + a * rows
      switch function {
      case .exp: for i in 0..<rows { y[i] = exp(a[i]) }
      case .log: for i in 0..<rows { y[i] = log(a[i]) }
      case .sqrt: for i in 0..<rows { y[i] = a[i].squareRoot() }
      case .sigmoid: for i in 0..<rows { y[i] = 1 / (1 + exp(-a[i])) }
      case .min, .max: break
      }
    }
  }

  private func isActive(_ node: Int) -> Bool {
    if case .constant = sources[node] { false } else { true }
  }

  /// Adds `slope(i)` times the node's own slope to an operand's.
  @inline(__always)
  private func pass(
    _ place: Int, to operand: Int, _ isFirst: Bool, _ slope: (Int) -> Double
  ) {
    guard isActive(operand) else { return }
    let own = slopes + place * rowCount
    let other = slopes + operand * rowCount
    if isFirst {
      for i in 0..<rowCount { other[i] = own[i] * slope(i) }
    } else {
      for i in 0..<rowCount { other[i] += own[i] * slope(i) }
    }
  }

  private func backward(_ place: Int) {
    let y = values + place * rowCount
    let first = isFirst[place]
    func value(_ node: Int) -> UnsafeMutablePointer<Double> { values + node * rowCount }
    switch nodes[place] {
    case .constant, .name: break
    case .negative(let a): pass(place, to: a, first.0) { _ in -1 }
    case .sum(let a, let b):
      pass(place, to: a, first.0) { _ in 1 }
      pass(place, to: b, first.1) { _ in 1 }
    case .difference(let a, let b):
      pass(place, to: a, first.0) { _ in 1 }
      pass(place, to: b, first.1) { _ in -1 }
    case .product(let a, let b):
      let (left, right) = (value(a), value(b))
      pass(place, to: a, first.0) { right[$0] }
      pass(place, to: b, first.1) { left[$0] }
    case .quotient(let a, let b):
      let right = value(b)
      pass(place, to: a, first.0) { 1 / right[$0] }
      pass(place, to: b, first.1) { -y[$0] / right[$0] }
    case .power(let a, let b):
      let (left, right) = (value(a), value(b))
      pass(place, to: a, first.0) { right[$0] * pow(left[$0], right[$0] - 1) }
      if let logarithm = logarithms[place] {
        pass(place, to: b, first.1) { y[$0] * logarithm[$0] }
      } else {
        pass(place, to: b, first.1) { left[$0] > 0 ? y[$0] * log(left[$0]) : 0 }
      }
    case .least(let a, let b):
      let (left, right) = (value(a), value(b))
      pass(place, to: a, first.0) { left[$0] < right[$0] ? 1 : 0 }
      pass(place, to: b, first.1) { left[$0] < right[$0] ? 0 : 1 }
    case .largest(let a, let b):
      let (left, right) = (value(a), value(b))
      pass(place, to: a, first.0) { left[$0] > right[$0] ? 1 : 0 }
      pass(place, to: b, first.1) { left[$0] > right[$0] ? 0 : 1 }
    case .call(let function, let a):
      let operand = value(a)
      switch function {
      case .exp: pass(place, to: a, first.0) { y[$0] }
      case .log: pass(place, to: a, first.0) { 1 / operand[$0] }
      case .sqrt: pass(place, to: a, first.0) { 0.5 / y[$0] }
      case .sigmoid: pass(place, to: a, first.0) { y[$0] * (1 - y[$0]) }
      case .min, .max: break
      }
    }
  }
}
