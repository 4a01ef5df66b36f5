import Foundation
import Testing
import Workloads

private func fixture(_ name: String) throws -> String {
  try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/onnx/\(name).onnx").path
}

/// Networks that PyTorch 2.15 exported, small in width; the figures are those of `scripts/count-onnx`,
/// which uses the onnx package's own shape inference, at batch 2.
@Suite("ONNX exports are counted as the reference counts them") struct ONNXExportTests {
  @Test(
    "a convolutional network, a vision transformer and a decoder with a cache, by both exporters",
    arguments: [
      ("cnn", 1058, 475_296), ("cnn-dynamo", 1054, 475_296),
      // The reference infers no shapes through the older exporter's chains: what the newer one
      // gives for the same network.
      ("vit", 14914, 516_768), ("vit-dynamo", 14915, 516_768),
      ("decoder", 9480, 68352), ("decoder-dynamo", 9482, 68352),
    ])
  func exports(name: String, parameters: Int, macs: Int) throws {
    let sizes = name.hasPrefix("decoder") ? ["sequence": 4, "past": 5] : [:]
    let workload = try Workload(onnx: fixture(name), dimensions: sizes, batch: 2)
    let counts = workload.counts()
    #expect(counts.parameters == parameters)
    #expect(counts.total.matrixMACs == Double(macs))
    #expect(workload.warnings.isEmpty)
  }

  @Test("symbolic dimensions scale what they should") func dimensions() throws {
    func macs(_ sizes: [String: Int], batch: Int) throws -> Double {
      try Workload(onnx: fixture("decoder"), dimensions: sizes, batch: batch)
        .counts().total.matrixMACs
    }
    let one = try macs(["sequence": 1, "past": 9], batch: 1)
    // Every token: 3·24² + 24² + 2·4·24² + 24·50, and 2·24 products with each of ten keys.
    #expect(one == Double(12 * 24 * 24 + 24 * 50 + 10 * 48))
    #expect(try macs(["sequence": 1, "past": 9], batch: 5) == 5 * one)
    #expect(try macs(["sequence": 1, "past": 19], batch: 1) == one + 10 * 48)
  }

  @Test("keys and values that are handed in are a cache") func cache() throws {
    let workload = try Workload(
      onnx: fixture("decoder"), dimensions: ["sequence": 1, "past": 9])
    #expect(workload.counts().cacheBytes.value == Double(2 * 9 * 24 * 4))
  }

  @Test("a normalisation behind a convolution is folded into it") func folding() throws {
    let workload = try Workload(onnx: fixture("cnn"))
    #expect(workload.counts().total.normalizationMACs == 0)
  }

  @Test("a size that is missing, unknown or contradicts the file is an error that lists the names")
  func sizeErrors() throws {
    func problem(_ name: String, _ sizes: [String: Int], batch: Int? = nil) -> String {
      do {
        _ = try Workload(onnx: fixture(name), dimensions: sizes, batch: batch)
        return "accepted"
      } catch {
        return "\(error)"
      }
    }
    #expect(
      problem("decoder", [:]).hasSuffix(
        "dimensions without a size: past, sequence; set each, as --set past=128"))
    #expect(
      problem("decoder", ["sequence": 1, "past": 1, "width": 3]).hasSuffix(
        "no dimension is called width; the dimensions are batch, past, sequence"))
    #expect(problem("cnn", ["batch": -1]).hasSuffix("batch=-1 is not a size"))
  }
}

/// The networks in the onnx package's own test data, published without their weights.
@Suite("The whole networks of the onnx package") struct ONNXLightNetworkTests {
  /// Where the package has them, in the environment that `scripts/test` makes or beside python3; nil
  /// without the package.
  static let folder: String? = {
    let find =
      "import onnx, os; print(os.path.join(os.path.dirname(onnx.__file__), 'backend/test/data/light'))"
    for program in [".build/python/bin/python3", "/usr/bin/env"] {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = (program == "/usr/bin/env" ? ["python3"] : []) + ["-c", find]
      let output = Pipe()
      process.standardOutput = output
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { continue }
      let data = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      let path = String(decoding: data, as: UTF8.self)
        .trimmingCharacters(in: .whitespacesAndNewlines)
      if FileManager.default.fileExists(atPath: path + "/light_resnet50.onnx") { return path }
    }
    return nil
  }()

  @Test(
    "parameters exact, products within 1 % of the reference",
    .enabled(if: folder != nil, "the onnx package is not installed"),
    arguments: [
      ("bvlc_alexnet", 60_965_224, 654_560_384), ("densenet121", 8_062_760, 2_834_161_664),
      ("inception_v1", 6_998_552, 1_431_556_352), ("inception_v2", 11_216_488, 2_018_851_840),
      ("resnet50", 25_610_153, 4_089_184_256), ("shufflenet", 1_420_152, 124_664_528),
      ("squeezenet", 1_235_496, 349_151_936), ("vgg19", 143_667_240, 19_632_062_464),
      ("zfnet512", 87_250_537, 1_481_727_008),
    ])
  func light(name: String, parameters: Int, macs: Int) throws {
    let folder = try #require(Self.folder)
    let counts = try Workload(onnx: "\(folder)/light_\(name).onnx").counts()
    #expect(counts.parameters == parameters)
    #expect(abs(counts.total.matrixMACs / Double(macs) - 1) < 0.01)
  }
}

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
