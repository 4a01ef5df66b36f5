import Foundation
import Tensors
import Testing

/// Whether elements of single precision are those of double precision, relative to the largest.
func agree(_ found: [Float], _ expected: [Double], within tolerance: Double = 2e-5) -> Bool {
  let size = expected.reduce(1e-3) { max($0, abs($1)) }
  return found.count == expected.count
    && zip(found, expected).allSatisfy { abs(Double($0) - $1) <= tolerance * size }
}

/// A plan of nodes with values for inputs and parameters of a graph.
func plan(
  _ outputs: [Node], _ values: [String: [Double]], level: InstructionLevel = .best
) throws -> Plan {
  let graph = outputs[0].graph
  let plan = try Plan(
    outputs,
    parameters: ParameterBlock(
      graph.parameters.map { name, shape in
        NamedTensor(name: name, shape: shape, elements: (values[name] ?? []).map { Float($0) })
      }), level: level)
  for (name, own) in values where plan.inputShapes[name] != nil {
    try plan.set(name, own.map { Float($0) })
  }
  return plan
}

/// A derivative's case at one level.
struct LevelCase: Sendable, CustomTestStringConvertible {
  let level: InstructionLevel
  let own: DerivativeCase

  var testDescription: String { "\(level.rawValue): \(own.testDescription)" }

  static let all = InstructionLevel.available.flatMap { level in
    DerivativeCase.all.map { LevelCase(level: level, own: $0) }
  }
}

@Suite("Plans") struct PlanTests {
  @Test("values and both derivatives are those of the reference", arguments: LevelCase.all)
  func derivatives(test: LevelCase) throws {
    let evaluation = Evaluation(test.own)
    let graph = evaluation.graph
    let inputs = test.own.indices == nil ? evaluation.inputs : Array(evaluation.inputs.dropLast())
    let slopes = graph.derivatives(of: evaluation.number, by: inputs)
    let mixed = zip(slopes, inputs).map { slope, input in
      (slope * (input * 0.5 + 0.3).exponential).sum()
    }.reduce(graph.fill(0), +)
    let nodes = [evaluation.number] + slopes + graph.derivatives(of: mixed, by: inputs)
    // What the plan reads is of single precision.
    let values = evaluation.values.mapValues { $0.map { Double(Float($0)) } }
    let expected = try ReferenceInterpreter(graph).evaluate(nodes, values)
    let plan = try plan(nodes, values, level: test.level)
    // Twice: a run leaves nothing behind that the next one meets.
    for _ in 0..<2 {
      plan.runs = 0
      try plan.run()
      for (node, elements) in zip(nodes, expected) {
        #expect(agree(plan.elements(of: node), elements))
      }
    }
  }

  @Test("memory is used again, and what no output needs is not computed") func memory() throws {
    let graph = Graph()
    let x = graph.input("x", [64, 64])
    var y = x
    // Each product is read once: two lie in memory at a time, beside x.
    for _ in 0..<20 { y = matmul(y, x) }
    _ = y.softmax
    let plan = try Plan([y], parameters: ParameterBlock([]))
    #expect(plan.listing.count == 20)
    let matrix = 64 * 64 * 4
    #expect(plan.arenaBytes == 3 * matrix)
  }

  @Test("what follows a product is in its instruction, and a chain is one") func listing() throws {
    let graph = Graph()
    let x = graph.input("x", [8, 4])
    let hidden = (matmul(x, graph.input("w", [4, 6])) + graph.input("b", [6])).relu
    let plan = try Plan(
      [(hidden.tanh * 2 + hidden.sigmoid).exponential.sum(1)], parameters: ParameterBlock([]))
    #expect(
      plan.listing.map(\.name) == [
        "product 8×4·4×6, bias, relu", "tanh, scale, sigmoid, add, exponential", "sum [8, 6, 1]",
      ])
    let flop: [Double] = [384, 240, 48]
    #expect(plan.listing.map(\.flop) == flop)
    let profile = try plan.profile(repetitions: 3)
    #expect(profile.allSatisfy { ($0.secondsPerRun ?? 0) > 0 })
  }

  @Test("inputs that are missing or of another number are named") func inputs() throws {
    let graph = Graph()
    let x = graph.input("x", [2])
    _ = graph.input("unread", [3])
    let plan = try Plan([x + 1], parameters: ParameterBlock([]))
    #expect(throws: RunError.count("x", found: 3, wanted: [2])) { try plan.set("x", [1, 2, 3]) }
    #expect(throws: RunError.missing("z")) { try plan.set("z", [1]) }
    try plan.set("unread", [1, 2, 3])
    #expect(throws: ParameterError.missing("w", [2])) {
      try Plan([graph.parameter("w", [2]) + x], parameters: ParameterBlock([]))
    }
  }

  @Test("dropout leaves the mean, differs from run to run and is the same for a seed")
  func dropout() throws {
    let graph = Graph()
    let x = graph.fill(1, [10_000]).dropout(0.3, seed: 4)
    let plan = try Plan([x], parameters: ParameterBlock([]))
    try plan.run()
    let first = plan.elements(of: x)
    let kept = first.count { $0 > 0 }
    // Six deviations of a binomial count around 7,000.
    let deviation = (10_000 * 0.3 * 0.7).squareRoot()
    #expect(abs(Double(kept) - 7000) < 6 * deviation)
    #expect(first.allSatisfy { $0 == 0 || abs($0 - 1 / 0.7) < 1e-6 })
    try plan.run()
    #expect(plan.elements(of: x) != first)
    plan.runs = 0
    try plan.run()
    #expect(plan.elements(of: x) == first)
  }
}
