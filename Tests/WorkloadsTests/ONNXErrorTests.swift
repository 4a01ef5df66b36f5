import Testing
import Workloads

@Suite("A damaged or hostile ONNX file is an error") struct ONNXErrorTests {
  /// One field of length-delimited type.
  private func field(_ number: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [number << 3 | 2] + length(payload.count) + payload
  }

  private func length(_ count: Int) -> [UInt8] {
    var rest = count
    var bytes: [UInt8] = []
    repeat {
      bytes.append(UInt8(rest & 127) | (rest > 127 ? 128 : 0))
      rest >>= 7
    } while rest > 0
    return bytes
  }

  private func text(_ number: UInt8, _ value: String) -> [UInt8] {
    field(number, Array(value.utf8))
  }

  private func node(_ type: String, _ inputs: [String], _ output: String) -> [UInt8] {
    field(1, inputs.flatMap { text(1, $0) } + text(2, output) + text(4, type))
  }

  /// A model of one graph; `x` is an input of the dimensions given.
  private func model(_ nodes: [UInt8], dimensions: [Int] = [2, 3], output: String = "y") -> [UInt8]
  {
    let shape = dimensions.flatMap { field(1, [1 << 3] + length($0)) }
    let type = field(1, [1 << 3, 1] + field(2, shape))
    let input = field(11, text(1, "x") + field(2, type))
    let result = field(12, text(1, output))
    return [1 << 3, 8] + field(7, nodes + input + result) + field(8, [2 << 3, 17])
  }

  private func problem(_ bytes: [UInt8]) -> String {
    do {
      let workload = try ONNXModel(bytes: bytes, path: "m.onnx").workload()
      return "\(workload.operations.count) operations"
    } catch {
      return "\(error)"
    }
  }

  @Test("a whole model is read") func whole() {
    #expect(problem(model(node("Relu", ["x"], "y"))) == "1 operations")
  }

  @Test("every truncation is refused") func truncations() {
    let whole = model(node("Relu", ["x"], "h") + node("Softmax", ["h"], "y"))
    for count in 0..<(whole.count - 4) {
      let text = problem(Array(whole.prefix(count)))
      #expect(text.hasPrefix("m.onnx: "), "\(count): \(text)")
    }
  }

  @Test("cycles, missing tensors and absurd sizes are named")
  func hostile() {
    #expect(
      problem(model(node("Add", ["x", "y"], "h") + node("Relu", ["h"], "y"))).contains("cycle"))
    #expect(problem(model(node("Relu", ["y"], "y"))).contains("cycle"))
    #expect(problem(model(node("Relu", ["nothing"], "y"))).contains("reads 'nothing'"))
    #expect(
      problem(model(node("Relu", ["x"], "y"), dimensions: [1 << 50, 1 << 50]))
        .contains("beyond what can be counted exactly"))
    #expect(
      problem(model(node("Relu", ["x"], "y"), dimensions: [Int](repeating: 1, count: 100)))
        .contains("at most eight"))
    // A length that reaches far past the end.
    #expect(problem([7 << 3 | 2, 255, 255, 255, 255, 127, 1]).hasPrefix("m.onnx: "))
  }

  @Test("a result whose elements are not followed can be moved on") func unfollowed() {
    let dropout = field(1, text(1, "x") + text(2, "d") + text(2, "mask") + text(4, "Dropout"))
    let text = problem(model(dropout + node("Transpose", ["mask"], "y")))
    #expect(text.hasSuffix(" operations"), "\(text)")
  }

  @Test("a name of a megabyte is shortened in the message") func longName() {
    let name = String(repeating: "n", count: 1 << 20)
    let text = problem(model(node("Relu", [name], "y")))
    #expect(text.utf8.count < 1000)
  }

  @Test("an operator that no rule knows is counted as elementwise, and named")
  func unknownOperator() throws {
    let model = try ONNXModel(bytes: model(node("Teleport", ["x"], "y")), path: "m.onnx")
    #expect(model.unknownOperators == ["Teleport"])
    let workload = try model.workload()
    #expect(workload.counts().total.flop.value == 6)
    #expect(workload.warnings.count == 1)
  }
}
