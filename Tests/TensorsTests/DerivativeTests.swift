import Foundation
import Tensors
import Testing

/// A case with numbers: the sum of its elements, each with a weight of its own.
struct Evaluation {
  let graph = Graph()
  let inputs: [Node]
  let number: Node
  var values: [String: [Double]] = [:]

  init(_ own: DerivativeCase) {
    let graph = graph
    let inputs = own.shapes.enumerated().map { place, shape in
      graph.parameter("\(place)", shape)
    }
    self.inputs = inputs
    let result = own.build(inputs)
    number = (result * graph.input("weights", result.shape)).sum()
    // Even steps that meet no kink and no equal pair.
    var seed = 0.37
    func next(_ range: ClosedRange<Double>) -> Double {
      seed = (seed + 0.618_033_988_75).truncatingRemainder(dividingBy: 1)
      let value = range.lowerBound + seed * (range.upperBound - range.lowerBound)
      return abs(value) < 0.05 ? value + 0.11 : value
    }
    for (place, shape) in own.shapes.enumerated() {
      let isIndex = own.indices != nil && place == own.shapes.count - 1
      values["\(place)"] =
        isIndex ? own.indices : (0..<shape.count).map { _ in next(own.range) }
    }
    values["weights"] = (0..<result.shape.count).map { _ in next(-1...1) }
  }

  func evaluate(_ nodes: [Node], moving name: String? = nil, _ place: Int = 0, by step: Double = 0)
    throws -> [[Double]]
  {
    var values = values
    if let name { values[name]?[place] += step }
    return try ReferenceInterpreter(graph).evaluate(nodes, values)
  }
}

@Suite("Derivatives") struct DerivativeTests {
  @Test("every operation stands in the table") func complete() {
    let covered = Set(DerivativeCase.all.flatMap(\.kinds))
    #expect(covered == Set(Operation.Kind.allCases))
    // And does what the table says of it, in value or derivative.
    for own in DerivativeCase.all {
      let evaluation = Evaluation(own)
      let inputs = own.indices == nil ? evaluation.inputs : Array(evaluation.inputs.dropLast())
      _ = evaluation.graph.derivatives(of: evaluation.number, by: inputs)
      for kind in own.kinds {
        #expect(evaluation.graph.kinds.contains(kind), "\(own.testDescription) has no \(kind)")
      }
    }
  }

  @Test("the first is that of central differences", arguments: DerivativeCase.all)
  func first(own: DerivativeCase) throws {
    let evaluation = Evaluation(own)
    let inputs = own.indices == nil ? evaluation.inputs : Array(evaluation.inputs.dropLast())
    let slopes = evaluation.graph.derivatives(of: evaluation.number, by: inputs)
    let found = try evaluation.evaluate(slopes)
    for (place, input) in inputs.enumerated() {
      #expect(slopes[place].shape == input.shape)
      for element in 0..<input.shape.count {
        let high = try evaluation.evaluate(
          [evaluation.number], moving: "\(place)", element, by: 1e-5)
        let low = try evaluation.evaluate(
          [evaluation.number], moving: "\(place)", element, by: -1e-5)
        let expected = (high[0][0] - low[0][0]) / 2e-5
        #expect(
          abs(found[place][element] - expected) < 1e-7 * max(1, abs(expected)),
          "by element \(element) of input \(place)")
      }
    }
  }

  @Test("the second is that of central differences of the first", arguments: DerivativeCase.all)
  func second(own: DerivativeCase) throws {
    let evaluation = Evaluation(own)
    let graph = evaluation.graph
    let inputs = own.indices == nil ? evaluation.inputs : Array(evaluation.inputs.dropLast())
    let slopes = graph.derivatives(of: evaluation.number, by: inputs)
    // One number of all first derivatives: weights that differ from element to element.
    let mixed = zip(slopes, inputs).map { slope, input in
      (slope * (input * 0.5 + 0.3).exponential).sum()
    }.reduce(graph.fill(0), +)
    let found = try evaluation.evaluate(graph.derivatives(of: mixed, by: inputs))
    for (place, input) in inputs.enumerated() {
      for element in 0..<input.shape.count {
        let high = try evaluation.evaluate([mixed], moving: "\(place)", element, by: 1e-5)
        let low = try evaluation.evaluate([mixed], moving: "\(place)", element, by: -1e-5)
        let expected = (high[0][0] - low[0][0]) / 2e-5
        #expect(
          abs(found[place][element] - expected) < 1e-6 * max(1, abs(expected)),
          "by element \(element) of input \(place)")
      }
    }
  }

  @Test("a derivative through an inner step of descent is that of central differences")
  func descent() throws {
    // w' = w − 0.1 ∂l(w; x)/∂w, then l(w'; y): what meta-learning differentiates.
    let graph = Graph()
    let w = graph.parameter("w", [3, 2])
    let (x, y) = (graph.input("x", [4, 3]), graph.input("y", [4, 3]))
    func loss(_ weights: Node, _ data: Node) -> Node { matmul(data, weights).tanh.squared.mean() }
    let inner = loss(w, x)
    let moved = w - 0.1 * graph.derivatives(of: inner, by: [w])[0]
    let outer = loss(moved, y)
    let slope = graph.derivatives(of: outer, by: [w])[0]
    var values: [String: [Double]] = [
      "w": (0..<6).map { sin(Double($0)) }, "x": (0..<12).map { cos(Double($0)) },
      "y": (0..<12).map { sin(2 * Double($0) + 1) },
    ]
    let reference = ReferenceInterpreter(graph)
    let found = try reference.evaluate([slope], values)[0]
    for element in 0..<6 {
      let start = values["w"]?[element] ?? 0
      values["w"]?[element] = start + 1e-5
      let high = try reference.evaluate([outer], values)[0][0]
      values["w"]?[element] = start - 1e-5
      let low = try reference.evaluate([outer], values)[0][0]
      values["w"]?[element] = start
      #expect(abs(found[element] - (high - low) / 2e-5) < 1e-8)
    }
  }

  @Test("what a number does not depend on has derivative zero") func independent() throws {
    let graph = Graph()
    let (a, b) = (graph.parameter("a", [2]), graph.parameter("b", [3]))
    let slopes = graph.derivatives(of: a.squared.sum(), by: [a, b])
    let found = try ReferenceInterpreter(graph).evaluate(slopes, ["a": [1, 2], "b": [0, 0, 0]])
    #expect(found == [[2, 4], [0, 0, 0]])
  }
}
