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
}
