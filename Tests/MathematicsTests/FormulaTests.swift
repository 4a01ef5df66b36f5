import Foundation
import Mathematics
import Testing

private func values(
  _ text: String, _ columns: [String: [Double]] = [:], _ parameters: [(String, Double)] = []
) throws -> [Double] {
  let evaluator = try FormulaEvaluator(
    Formula(text), columns: columns, parameters: parameters.map(\.0))
  let result = evaluator.evaluate(parameters.map(\.1))
  return (0..<evaluator.rowCount).map { result[$0] }
}

@Suite("Formulas") struct FormulaTests {
  @Test(
    "are read as people write them",
    arguments: [
      ("1 + 2*3", 7), ("(1 + 2)*3", 9), ("2^3^2", 512), ("-2^2", -4), ("2^-1", 0.5),
      ("6/3/2", 1), ("7 - 2 - 1", 4), ("1e3 + .5", 1000.5), ("exp(log(5))", 5), ("sqrt(16)", 4),
      ("min(2, 3) + max(2, 3)", 5), ("sigmoid(0)", 0.5), ("a = 2; b = a*a; a + b", 6),
      ("--3", 3), ("2e-1*10", 2),
    ])
  func arithmetic(text: String, value: Double) throws {
    #expect(abs(try values(text)[0] - value) < 1e-12)
  }

  @Test("speak of columns row by row, and of parameters in all rows") func rows() throws {
    let result = try values(
      "E + A/N^alpha", ["N": [1, 4, 16]], [("E", 1), ("A", 2), ("alpha", 0.5)])
    #expect(result.map { ($0 * 1e9).rounded() / 1e9 } == [3, 2, 1.5])
  }

  @Test(
    "have exact derivatives, those of central differences",
    arguments: [
      "a + b*x - c/y", "a*x^b + c*y^-b", "exp(-a*x)*b + c", "log(a + x*b) * c",
      "sqrt(a*x + b) / c", "sigmoid(a*x - b) * c", "min(a*x, b*y) + c", "max(a*x, b) ^ c",
      "m = x/y; (a*m^b + c*m^-b) * y^-b", "(a + x)^(b*c)", "a^b + c", "((a/x)^(b/c) + a/y)^c",
    ])
  func derivatives(text: String) throws {
    let formula = try Formula(text)
    let columns = ["x": [0.7, 1.9, 3.2], "y": [2.1, 0.4, 1.3]]
    let used = columns.filter { formula.names.contains($0.key) }
    let evaluator = try FormulaEvaluator(formula, columns: used, parameters: ["a", "b", "c"])
    let at = [1.3, 0.6, 1.7]
    _ = evaluator.evaluate(at)
    evaluator.differentiate()
    for j in 0..<3 {
      let slopes = (0..<evaluator.rowCount).map { evaluator.derivative(by: j)[$0] }
      func shifted(_ step: Double) -> [Double] {
        var moved = at
        moved[j] += step
        let other = evaluator.evaluate(moved)
        return (0..<evaluator.rowCount).map { other[$0] }
      }
      let (high, low) = (shifted(1e-5), shifted(-1e-5))
      for row in slopes.indices {
        let expected = (high[row] - low[row]) / 2e-5
        #expect(abs(slopes[row] - expected) < 1e-6 * max(1, abs(expected)), "by \(j) in \(row)")
      }
      _ = evaluator.evaluate(at)
      evaluator.differentiate()
    }
  }

  @Test("compute equal parts once, and what nobody needs not at all") func names() throws {
    let formula = try Formula("unused = q; (x + y)*(x + y)")
    #expect(formula.names == ["q", "x", "y"])
    #expect(try values("unused = 1/0; 2", [:], [])[0] == 2)
  }

  @Test(
    "that are none are refused with their place",
    arguments: [
      ("1 +", "the formula has its end at character 4; a number, a name or '(' is wanted there"),
      ("a b", "the formula has 'b' at character 3; an operator, or the end is wanted there"),
      ("(a", "the formula has its end at character 3; ')' is wanted there"),
      (
        "a $ b",
        "the formula has '$' at character 3; a number, a name or one of + - * / ^ ( ) is wanted there"
      ),
      (
        "sin(x)",
        "the formula calls 'sin' at character 1; there are exp, log, sqrt, sigmoid, min, max"
      ),
      ("exp(1, 2)", "'exp' takes 1 argument, and not 2"),
      ("min(1)", "'min' takes 2 arguments, and not 1"),
      ("a = 1 2", "the formula has 2.0 at character 7; ';' after an abbreviation is wanted there"),
      ("", "the formula has its end at character 1; a number, a name or '(' is wanted there"),
      ("1.2.3", "the formula has '1.2.3' at character 1; a number is wanted there"),
    ])
  func refusals(text: String, message: String) {
    let error = #expect(throws: FormulaError.self) { try Formula(text) }
    #expect(error?.description == message)
  }

  @Test("never trap, however long or deep") func deep() {
    for text in [
      String(repeating: "(", count: 3000), String(repeating: "-", count: 3000) + "1",
      String(repeating: "1+", count: 3000) + "1", String(repeating: "2^", count: 1500) + "2",
    ] {
      #expect(throws: FormulaError.self) { try Formula(text) }
    }
  }

  @Test("say which name is unbound, and what there is") func unbound() {
    #expect(throws: FormulaError.unbound(names: ["Q"], known: ["N", "E"])) {
      try FormulaEvaluator(Formula("E + Q/N"), columns: ["N": [1]], parameters: ["E"])
    }
  }
}

@Suite("Halton's sequence") struct HaltonTests {
  @Test("mirrors the notation of its index in each prime") func points() {
    let sequence = HaltonSequence(dimensions: 2)
    let points = (1...4).map(sequence.point)
    #expect(points.map { $0[0] } == [0.5, 0.25, 0.75, 0.125])
    for (found, wanted) in zip(points.map { $0[1] }, [1.0 / 3, 2.0 / 3, 1.0 / 9, 4.0 / 9]) {
      #expect(abs(found - wanted) < 1e-15)
    }
  }
}

@Suite("FNV-1a") struct FNVTests {
  @Test("is that of its authors' test vectors") func vectors() {
    #expect(fnv1a("".utf8) == 0xcbf2_9ce4_8422_2325)
    #expect(fnv1a("a".utf8) == 0xaf63_dc4c_8601_ec8c)
    #expect(fnv1a("foobar".utf8) == 0x8594_4171_f739_67e8)
  }
}

@Suite("Golden section") struct GoldenSectionTests {
  @Test("finds the bottom of a valley") func valley() {
    let found = goldenSection(in: -3...10) { ($0 - 2) * ($0 - 2) + 5 }
    #expect(abs(found.place - 2) < 1e-6 && abs(found.value - 5) < 1e-9)
    #expect(goldenSection(in: 0...1) { $0 }.place < 1e-6)
  }
}
