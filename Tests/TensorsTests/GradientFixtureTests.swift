import Foundation
import Mathematics
import Tensors
import Testing

/// What PyTorch computed in double precision: `Fixtures/torch_gradients.py` made the file.
private struct Fixture: Decodable {
  struct Gradient: Decodable {
    let shape: [Int]
    let norm: Double
    let projections: [Double]
    let elements: [String: Double]
  }

  struct Model: Decodable {
    let loss: Double
    let parameters: [String: Gradient]
  }

  let models: [String: Model]

  static func load() throws -> Fixture {
    let url = try #require(
      Bundle.module.url(forResource: "gradients", withExtension: "json"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }
}

/// The numbers of a tensor by its name: those of the script that made the file.
private func uniform(_ name: String, _ place: Int) -> Double {
  let z = splitMix64(fnv1a(name.utf8) &+ UInt64(place + 1) &* 0x9e37_79b9_7f4a_7c15)
  return Double(z >> 40) * 0x1p-24 * 2 - 1
}

private func values(_ name: String, _ shape: Shape) -> [Float] {
  (0..<shape.count).map { place in
    let own = uniform(name, place)
    if name.hasSuffix(".gain") { return Float(1 + 0.1 * own) }
    if name.hasSuffix(".bias") { return Float(own * 0.1) }
    if name.hasSuffix(".weight") { return Float(own / Double(shape.axes[0]).squareRoot()) }
    return name == "adjacency" ? Float((own + 1) / 2 * 0.25) : Float(own)
  }
}

/// The models of the file.
private func loss(of name: String, _ parameters: Parameters, _ graph: Graph) -> Node {
  func network(_ widths: [Int]) -> [Linear] {
    (1..<widths.count).map { Linear(parameters, "layer.\($0 - 1)", widths[$0 - 1], widths[$0]) }
  }
  func apply(_ weights: [Node], _ x: Node) -> Node {
    var x = x
    for layer in 0..<(weights.count / 2) {
      x = matmul(x, weights[2 * layer]) + weights[2 * layer + 1]
      if 2 * layer + 2 < weights.count { x = x.relu }
    }
    return x
  }
  switch name {
  case "transformer":
    var x = graph.input("x", [16, 32, 64])
    for block in 0..<2 {
      x = TransformerBlock(parameters, "block.\(block)", width: 64, heads: 4)(x)
    }
    return meanSquaredError(
      Linear(parameters, "head", 64, 1)(x.mean(1)), graph.input("y", [16, 1]))
  case "gcn":
    var x = graph.input("x", [10, 9, 8])
    for layer in 0..<4 {
      let convolution = GraphConvolution(
        parameters, "convolution.\(layer)", layer == 0 ? 8 : 100, 100)
      x = convolution(x, adjacency: graph.input("adjacency", [10, 9, 9])).relu
    }
    let last = x.slice(axis: 1, 8..<9).reshaped(10, 100)
    return meanSquaredError(
      Linear(parameters, "head", 100, 1)(last), graph.input("y", [10, 1]))
  case _ where name.hasPrefix("maml"):
    var weights = network([100, 100, 100, 1]).flatMap { [$0.weight, $0.bias] }
    func own(_ set: String) -> Node {
      meanSquaredError(
        apply(weights, graph.input("\(set).x", [10, 100])), graph.input("\(set).y", [10, 1]))
    }
    for _ in 0..<(Int(name.dropFirst(5)) ?? 0) {
      weights = zip(weights, graph.derivatives(of: own("support"), by: weights)).map {
        $0 - 0.01 * $1
      }
    }
    return own("query")
  default:
    let widths = name.split(separator: "-").compactMap { Int($0) }
    let batch = [64: 32, 100: 10, 16: 16][widths[0]] ?? 1
    return meanSquaredError(
      apply(
        network(widths).flatMap { [$0.weight, $0.bias] }, graph.input("x", [batch, widths[0]])),
      graph.input("y", [batch, 1]))
  }
}

@Suite("Gradients of whole models") struct GradientFixtureTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let level: InstructionLevel
    var testDescription: String { "\(name), \(level.rawValue)" }
  }

  static let cases = [
    "mlp-64-256-256-1", "mlp-100-100-100-1", "mlp-16-64-64-1", "transformer", "maml-1", "maml-2",
    "maml-5", "gcn",
  ].flatMap { name in InstructionLevel.available.map { Case(name: name, level: $0) } }

  @Test("are those of PyTorch in double precision", arguments: cases)
  func gradients(test: Case) throws {
    let expected = try #require(try Fixture.load().models[test.name])
    let graph = Graph()
    let parameters = Parameters(graph)
    let loss = loss(of: test.name, parameters, graph)
    let slopes = graph.derivatives(of: loss, by: parameters.nodes)
    let block = ParameterBlock(
      parameters.entries.map {
        NamedTensor(name: $0.name, shape: $0.shape, elements: values($0.name, $0.shape))
      })
    let plan = try Plan(
      [loss], gradients: Array(zip(parameters.entries.map(\.name), slopes)), parameters: block,
      level: test.level)
    for (name, shape) in plan.inputShapes { try plan.set(name, values(name, shape)) }
    try plan.run()
    #expect(abs(Double(plan.elements(of: loss)[0]) / expected.loss - 1) < 1e-5)
    #expect(Set(expected.parameters.keys) == Set(parameters.entries.map(\.name)))
    // Relative to the length of the whole gradient: some parts, as those of keys' biases, are zero.
    let whole = expected.parameters.values.reduce(0) { $0 + $1.norm * $1.norm }.squareRoot()
    for (name, own) in expected.parameters {
      let found = try #require(plan.gradients[name]).map(Double.init)
      let norm = found.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(norm - own.norm) < 1e-5 * whole, "\(name)")
      for (place, element) in own.elements {
        let index = try #require(Int(place))
        #expect(abs(found[index] - element) < 1e-5 * whole, "\(name)[\(index)]")
      }
      for (number, projection) in own.projections.enumerated() {
        let dot = found.indices.reduce(0) {
          $0 + found[$1] * uniform("projection \(number) \(name)", $1)
        }
        // A random vector is about √(n/3) long.
        let length = max(1, Double(found.count) / 3).squareRoot()
        #expect(abs(dot - projection) < 1e-5 * whole * length, "\(name), projection \(number)")
      }
    }
  }
}
