import Foundation
import Tensors
import Testing

/// A model with its first values and inputs that look random, and layers as loops over rows.
final class LayerBench {
  let graph = Graph()
  let parameters: Parameters
  var values: [String: [Double]] = [:]
  /// Those that have derivatives.
  private var inputs: [(name: String, node: Node)] = []

  init() { parameters = Parameters(graph, seed: 3) }

  func input(_ name: String, _ shape: Shape) -> Node {
    values[name] = (0..<shape.count).map { sin(1.7 * Double($0) + Double(name.utf8.count)) }
    inputs.append((name, graph.input(name, shape)))
    return graph.input(name, shape)
  }

  func indices(_ name: String, _ indices: [Int]) -> Node {
    values[name] = indices.map(Double.init)
    return graph.input(name, [indices.count])
  }

  func edges(_ pairs: [(Int, Int)]) -> Edges {
    Edges(from: indices("sources", pairs.map(\.0)), to: indices("targets", pairs.map(\.1)))
  }

  /// Biases and gains become what nothing else is.
  func disturb() {
    for entry in parameters.entries where Set(entry.elements).count == 1 {
      values[entry.name] = entry.elements.indices.map {
        Double(entry.elements[$0]) + 0.3 * cos(2.3 * Double($0) + Double(entry.name.utf8.count))
      }
    }
  }

  private var allValues: [String: [Double]] {
    let first = parameters.entries.map { ($0.name, $0.elements.map(Double.init)) }
    return Dictionary(uniqueKeysWithValues: first).merging(values) { $1 }
  }

  func evaluate(_ node: Node) throws -> [Double] {
    try ReferenceInterpreter(graph).evaluate([node], allValues)[0]
  }

  func expectValue(
    of node: Node, is rows: [[Double]], at location: SourceLocation = #_sourceLocation
  ) throws {
    let (found, expected) = (try evaluate(node), rows.flatMap(\.self))
    #expect(
      found.count == expected.count && node.shape.count == found.count, sourceLocation: location)
    for (place, (one, other)) in zip(found, expected).enumerated() {
      #expect(abs(one - other) < 1e-9, "element \(place)", sourceLocation: location)
    }
  }

  /// Holds the derivatives by every input and parameter to central differences, for the sum of elements
  /// of which each has a weight of its own.
  func expectDerivatives(
    of node: Node, within tolerance: Double = 1e-7, at location: SourceLocation = #_sourceLocation
  ) throws {
    let weights = graph.input("weights of \(node.shape)", node.shape)
    values["weights of \(node.shape)"] = (0..<node.shape.count).map { cos(1.3 * Double($0) + 0.4) }
    let number = (node * weights).sum()
    let variables = inputs + zip(parameters.entries.map(\.name), parameters.nodes)
    let slopes = graph.derivatives(of: number, by: variables.map(\.1))
    let reference = ReferenceInterpreter(graph)
    var values = allValues
    let found = try reference.evaluate(slopes, values)
    for (place, (name, variable)) in variables.enumerated() {
      for element in 0..<variable.shape.count {
        let start = values[name]?[element] ?? 0
        func evaluate(_ step: Double) throws -> Double {
          values[name]?[element] = start + step
          return try reference.evaluate([number], values)[0][0]
        }
        let expected = try (evaluate(1e-5) - evaluate(-1e-5)) / 2e-5
        values[name]?[element] = start
        #expect(
          abs(found[place][element] - expected) < tolerance * max(1, abs(expected)),
          "by element \(element) of \(name)", sourceLocation: location)
      }
    }
  }

  // MARK: - Loops

  func rows(_ name: String, _ width: Int) -> [[Double]] {
    let all = allValues[name] ?? []
    return stride(from: 0, to: all.count, by: width).map { Array(all[$0..<($0 + width)]) }
  }

  /// x·W by loops.
  func product(_ x: [[Double]], _ weight: [[Double]]) -> [[Double]] {
    x.map { row in
      weight[0].indices.map { j in row.indices.reduce(0) { $0 + row[$1] * weight[$1][j] } }
    }
  }

  /// x·W + b by loops.
  func linear(_ name: String, _ x: [[Double]]) -> [[Double]] {
    let bias = rows("\(name).bias", 1).map { $0[0] }
    return product(x, rows("\(name).weight", bias.count)).map { zip($0, bias).map(+) }
  }

  func layerNorm(_ name: String, _ x: [[Double]]) -> [[Double]] {
    let (gain, bias) = (rows("\(name).gain", 1), rows("\(name).bias", 1))
    return x.map { row in
      let mean = row.reduce(0, +) / Double(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(row.count)
      return row.indices.map {
        gain[$0][0] * (row[$0] - mean) / (variance + 1e-5).squareRoot() + bias[$0][0]
      }
    }
  }

  /// Rows of a batch over rows of a memory's, each head by itself.
  func attention(
    _ name: String, _ x: [[Double]], over memory: [[Double]], batch: Int, heads: Int,
    sees: (Int, Int) -> Bool
  ) -> [[Double]] {
    let (m, n, size) = (x.count / batch, memory.count / batch, x[0].count / heads)
    let (q, k, v) = (
      linear("\(name).query", x), linear("\(name).key", memory), linear("\(name).value", memory)
    )
    var seen: [[Double]] = []
    for b in 0..<batch {
      for i in 0..<m {
        var row: [Double] = []
        for h in 0..<heads {
          let part = (size * h)..<(size * h + size)
          let visible = (0..<n).filter { sees(i, $0) }
          let weights = softmax(
            visible.map { j in
              part.reduce(0) { $0 + q[b * m + i][$1] * k[b * n + j][$1] }
                / Double(size).squareRoot()
            })
          row += part.map { d in
            zip(visible, weights).reduce(0) { $0 + $1.1 * v[b * n + $1.0][d] }
          }
        }
        seen.append(row)
      }
    }
    return linear("\(name).output", seen)
  }

  func gatedUnit(_ name: String, _ x: [[Double]], _ h: [[Double]]) -> [[Double]] {
    func both(_ part: String, _ state: [[Double]], _ f: (Double) -> Double) -> [[Double]] {
      zip(linear("\(name).\(part).input", x), linear("\(name).\(part).state", state)).map {
        zip($0, $1).map { f($0 + $1) }
      }
    }
    func sigmoid(_ v: Double) -> Double { 1 / (1 + exp(-v)) }
    let (z, r) = (both("update", h, sigmoid), both("reset", h, sigmoid))
    let c = both("candidate", zip(r, h).map { zip($0, $1).map(*) }, tanh)
    return h.indices.map { b in
      h[b].indices.map { (1 - z[b][$0]) * c[b][$0] + z[b][$0] * h[b][$0] }
    }
  }

  func softmax(_ x: [Double]) -> [Double] {
    let powers = x.map { exp($0) }
    return powers.map { $0 / powers.reduce(0, +) }
  }
}
