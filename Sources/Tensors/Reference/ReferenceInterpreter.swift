import Foundation
import Mathematics

/// Evaluates a graph in double precision, one element after another: what faster ways are held to.
public struct ReferenceInterpreter {
  public let graph: Graph

  public init(_ graph: Graph) { self.graph = graph }

  /// The elements of nodes, in the order of rows.
  ///
  /// - Parameters:
  ///   - values: the elements of each input and parameter, by its name.
  ///   - run: how many runs there were before, for what is drawn anew in each.
  /// - Throws: `GraphError` for a mistake in the graph; `RunError` for values that are missing or of another
  ///   number, and for indices that are no row.
  public func evaluate(
    _ nodes: [Node], _ values: [String: [Double]], run: UInt64 = 0
  ) throws -> [[Double]] {
    try graph.check()
    var results: [Int: [Double]] = [:]
    for place in graph.needed(for: nodes) {
      let entry = graph.entries[place]
      let operands = entry.inputs.map { (graph.entries[$0].shape, results[$0] ?? []) }
      results[place] = try Self.value(entry, operands, values, run)
    }
    return nodes.map { results[$0.place] ?? [] }
  }

  private static func value(
    _ entry: Graph.Entry, _ x: [(shape: Shape, elements: [Double])], _ values: [String: [Double]],
    _ run: UInt64
  ) throws(RunError) -> [Double] {
    let shape = entry.shape
    func map(_ body: (Double) -> Double) -> [Double] { x[0].elements.map(body) }
    func both(_ body: (Double, Double) -> Double) -> [Double] {
      let (left, right) = (stretched(x[0], shape), stretched(x[1], shape))
      return zip(left, right).map(body)
    }
    switch entry.operation {
    case .input(let name), .parameter(let name):
      guard let own = values[name] else { throw .missing(name) }
      guard own.count == shape.count else {
        throw .count(name, found: own.count, wanted: shape)
      }
      return own
    case .fill(let value): return [Double](repeating: value, count: shape.count)
    case .negate: return map { -$0 }
    case .exponential: return map { exp($0) }
    case .logarithm: return map { log($0) }
    case .squareRoot: return map { $0.squareRoot() }
    case .reciprocal: return map { 1 / $0 }
    case .tanh: return map { Foundation.tanh($0) }
    case .sigmoid: return map { 1 / (1 + exp(-$0)) }
    case .softplus: return map { max($0, 0) + log1p(exp(-abs($0))) }
    case .relu: return map { max($0, 0) }
    case .absolute: return map { abs($0) }
    case .step: return map { $0 > 0 ? 1 : 0 }
    case .sign: return map { $0 > 0 ? 1 : $0 < 0 ? -1 : 0 }
    case .errorFunction: return map { erf($0) }
    case .gelu: return map { $0 * normal($0) }
    case .geluSlope:
      return map { normal($0) + $0 * exp(-$0 * $0 / 2) / (2 * Double.pi).squareRoot() }
    case .scale(let factor): return map { factor * $0 }
    case .offset(let amount): return map { $0 + amount }
    case .add: return both(+)
    case .subtract: return both(-)
    case .multiply: return both(*)
    case .divide: return both(/)
    case .maximum: return both { $1 > $0 ? $1 : $0 }
    case .minimum: return both { $0 > $1 ? $1 : $0 }
    case .greater: return both { $0 > $1 ? 1 : 0 }
    case .matmul(let left, let right): return product(x[0], x[1], left, right, shape)
    case .sum:
      var sums = [Double](repeating: 0, count: shape.count)
      for (place, element) in zip(places(of: shape, stretchedTo: x[0].shape), x[0].elements) {
        sums[place] += element
      }
      return sums
    case .largest: return rows(x[0]) { [$0.max() ?? 0] }
    case .softmax:
      return rows(x[0]) { row in
        let top = row.max() ?? 0
        let sum = row.reduce(0) { $0 + exp($1 - top) }
        return row.map { exp($0 - top) / sum }
      }
    case .logSoftmax:
      return rows(x[0]) { row in
        let top = row.max() ?? 0
        let sum = log(row.reduce(0) { $0 + exp($1 - top) })
        return row.map { $0 - top - sum }
      }
    case .softmaxGradient:
      return pairsOfRows(x[0], x[1]) { s, y in
        let sum = zip(s, y).reduce(0) { $0 + $1.0 * $1.1 }
        return zip(s, y).map { $1 * ($0 - sum) }
      }
    case .normalize(let epsilon):
      return rows(x[0]) { normalized(Array($0), epsilon).values }
    case .normalizeGradient(let epsilon):
      return pairsOfRows(x[0], x[1]) { s, row in
        let (hat, factor) = normalized(row, epsilon)
        let mean = s.reduce(0, +) / Double(s.count)
        let slope = zip(s, hat).reduce(0) { $0 + $1.0 * $1.1 } / Double(s.count)
        return zip(s, hat).map { factor * ($0 - mean - $1 * slope) }
      }
    case .keep(let rate, let seed):
      return (1...shape.count).map { place in
        let z = splitMix64(
          seed &+ run &* 0xd134_2543_de82_ef95 &+ UInt64(place) &* 0x9e37_79b9_7f4a_7c15)
        return Double(z >> 40) * 0x1p-24 < rate ? 0 : 1 / (1 - rate)
      }
    case .broadcast: return stretched(x[0], shape)
    case .reshape: return x[0].elements
    case .transpose(let order):
      let strides = x[0].shape.strides
      return walk(shape, order.map { strides[$0] }).map { x[0].elements[$0] }
    case .concatenate(let axis):
      let outer = shape.axes.prefix(axis).reduce(1, *)
      return (0..<outer).flatMap { row in
        x.flatMap { part in
          let length = part.elements.count / outer
          return part.elements[(row * length)..<((row + 1) * length)]
        }
      }
    case .slice(let axis, let start, _):
      let strides = x[0].shape.strides
      return walk(shape, strides).map { x[0].elements[$0 + start * strides[axis]] }
    case .embed(let axis, let start, _):
      var result = [Double](repeating: 0, count: shape.count)
      let strides = shape.strides
      for (place, element) in zip(walk(x[0].shape, strides), x[0].elements) {
        result[place + start * strides[axis]] = element
      }
      return result
    case .gather:
      let width = x[0].shape.count / x[0].shape.axes[0]
      return try indices(x[1].elements, below: x[0].shape.axes[0], .gather).flatMap {
        x[0].elements[($0 * width)..<(($0 + 1) * width)]
      }
    case .scatter(let count):
      let width = shape.count / count
      var result = [Double](repeating: 0, count: shape.count)
      for (row, target) in try indices(x[1].elements, below: count, .scatter).enumerated() {
        for column in 0..<width {
          result[target * width + column] += x[0].elements[row * width + column]
        }
      }
      return result
    }
  }

  /// Φ(x)
  private static func normal(_ x: Double) -> Double { 0.5 * erfc(-x / 2.squareRoot()) }

  /// A row with mean 0 and deviation 1, and 1/√(σ² + ε).
  private static func normalized(
    _ row: [Double], _ epsilon: Double
  ) -> (values: [Double], factor: Double) {
    let mean = row.reduce(0, +) / Double(row.count)
    let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
    let factor = 1 / (variance + epsilon).squareRoot()
    return (row.map { ($0 - mean) * factor }, factor)
  }

  // MARK: - Places

  /// The place in memory of each element of a shape, in the order of rows, for strides of its axes.
  private static func walk(_ shape: Shape, _ strides: [Int]) -> [Int] {
    var places = [0]
    for (length, stride) in zip(shape.axes, strides) {
      places = places.flatMap { start in (0..<length).map { start + $0 * stride } }
    }
    return places
  }

  /// For each element of the larger shape its place in the smaller, whose axes of length 1 repeat.
  private static func places(of shape: Shape, stretchedTo larger: Shape) -> [Int] {
    let own = shape.strides
    let extra = larger.rank - shape.rank
    let strides = larger.axes.indices.map { axis in
      axis < extra || shape.axes[axis - extra] == 1 ? 0 : own[axis - extra]
    }
    return walk(larger, strides)
  }

  private static func stretched(_ x: (shape: Shape, elements: [Double]), _ shape: Shape) -> [Double]
  {
    x.shape == shape ? x.elements : places(of: x.shape, stretchedTo: shape).map { x.elements[$0] }
  }

  private static func rows(
    _ x: (shape: Shape, elements: [Double]), _ body: (ArraySlice<Double>) -> [Double]
  ) -> [Double] {
    let width = x.shape.last
    return stride(from: 0, to: x.elements.count, by: width).flatMap {
      body(x.elements[$0..<($0 + width)])
    }
  }

  private static func pairsOfRows(
    _ x: (shape: Shape, elements: [Double]), _ y: (shape: Shape, elements: [Double]),
    _ body: ([Double], [Double]) -> [Double]
  ) -> [Double] {
    let width = x.shape.last
    return stride(from: 0, to: x.elements.count, by: width).flatMap {
      body(Array(x.elements[$0..<($0 + width)]), Array(y.elements[$0..<($0 + width)]))
    }
  }

  private static func product(
    _ a: (shape: Shape, elements: [Double]), _ b: (shape: Shape, elements: [Double]),
    _ left: Bool, _ right: Bool, _ shape: Shape
  ) -> [Double] {
    let (m, n) = (shape.axes[shape.rank - 2], shape.last)
    let k = a.shape.axes[a.shape.rank - (left ? 2 : 1)]
    var result = [Double](repeating: 0, count: shape.count)
    for batch in 0..<(shape.count / (m * n)) {
      let firstA = a.shape.rank > 2 ? batch * m * k : 0
      let firstB = b.shape.rank > 2 ? batch * k * n : 0
      for i in 0..<m {
        for j in 0..<n {
          var sum = 0.0
          for p in 0..<k {
            sum +=
              a.elements[firstA + (left ? p * m + i : i * k + p)]
              * b.elements[firstB + (right ? j * k + p : p * n + j)]
          }
          result[(batch * m + i) * n + j] = sum
        }
      }
    }
    return result
  }

  private static func indices(
    _ elements: [Double], below count: Int, _ kind: Operation.Kind
  ) throws(RunError) -> [Int] {
    var indices: [Int] = []
    for (place, element) in elements.enumerated() {
      guard let index = Int(exactly: element), (0..<count).contains(index) else {
        throw .index(kind, place: place, found: element, rows: count)
      }
      indices.append(index)
    }
    return indices
  }
}

/// What is wrong with the values of a run.
public enum RunError: Error, Equatable, Sendable, CustomStringConvertible {
  case missing(String)
  case count(String, found: Int, wanted: Shape)
  case index(Operation.Kind, place: Int, found: Double, rows: Int)

  public var description: String {
    switch self {
    case .missing(let name): "there is no value of '\(name)'"
    case .count(let name, let found, let wanted):
      "'\(name)' has \(found) elements, and \(wanted) has \(wanted.count)"
    case .index(let kind, let place, let found, let rows):
      "\(kind.rawValue): index \(place) is \(found), and rows are 0 to \(rows - 1)"
    }
  }
}
