import Foundation
import Testing
import Workloads

private let folder = Bundle.module.resourceURL!.appendingPathComponent("Models")

private func model(_ name: String) -> String {
  folder.appendingPathComponent(name + ".onnx").path
}

private struct Reference: Decodable {
  let sizes: [String: Int]
  let parameters: Int
  let macs: Double
}

private struct LightReference: Decodable {
  let path: String
  let parameters: Int
  let macs: Double
}

/// What the onnx package of Python makes of its own networks; nil where it is not installed.
private let light: [LightReference]? = {
  let process = Process()
  let pipe = Pipe()
  // The environment that `scripts/test` makes, or whatever python3 there is.
  let own = ".build/python/bin/python3"
  let isOwn = FileManager.default.isExecutableFile(atPath: own)
  process.executableURL = URL(fileURLWithPath: isOwn ? own : "/usr/bin/env")
  process.arguments =
    (isOwn ? [] : ["python3"]) + [folder.appendingPathComponent("light_reference.py").path]
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return try? JSONDecoder().decode([LightReference].self, from: data)
}()

@Suite("Networks in ONNX files") struct ONNXTests {
  @Test(
    "exports cost what PyTorch's own counter sees",
    arguments: ["convolutional", "transformer", "decoder"])
  func exported(name: String) throws {
    let data = try Data(contentsOf: folder.appendingPathComponent("reference.json"))
    let figures = try JSONDecoder().decode([String: Reference].self, from: data)
    let reference = try #require(figures[name])
    let workload = try Workload(onnx: model(name), dimensions: reference.sizes)
    let counts = workload.counts()
    #expect(counts.parameters == reference.parameters)
    #expect(counts.total.matrixMACs == reference.macs)
    #expect(workload.warnings.isEmpty)
  }

  @Test(
    "the light networks cost what shape inference in Python says",
    .enabled(if: light != nil, "needs python3 with the onnx package"))
  func lightNetworks() throws {
    let references = try #require(light)
    #expect(references.count >= 8)
    for reference in references {
      let counts = try Workload(onnx: reference.path).counts()
      #expect(counts.parameters == reference.parameters, "\(reference.path)")
      #expect(counts.total.matrixMACs == reference.macs, "\(reference.path)")
    }
  }

  // MARK: - Dimensions

  @Test("a first dimension is 1 unless it is given, and that is said") func batch() throws {
    let one = try Workload(onnx: model("convolutional"))
    #expect(one.assumptions == ["batch = 1"])
    let four = try Workload(onnx: model("convolutional"), batch: 4)
    #expect(four.assumptions.isEmpty)
    #expect(four.counts().total.matrixMACs == 4 * one.counts().total.matrixMACs)
  }

  @Test("other dimensions without a number are listed") func missing() {
    #expect {
      try Workload(onnx: model("decoder"))
    } throws: {
      "\($0)".contains("past, sequence")
    }
  }

  @Test("a name that no dimension has is refused") func stranger() {
    #expect {
      try Workload(onnx: model("convolutional"), dimensions: ["bach": 4])
    } throws: {
      "\($0)".contains("no dimension is called bach") && "\($0)".contains("batch")
    }
  }

  @Test("a cache in the inputs counts as a cache") func cache() throws {
    let workload = try Workload(
      onnx: model("decoder"), dimensions: ["sequence": 1, "past": 10])
    // 4 tensors of 2 heads · 10 steps · 8 elements of 4 bytes.
    #expect(workload.counts().cacheBytes.value == 4 * 2 * 10 * 8 * 4)
  }

  // MARK: - Operators

  private func kinds(_ workload: Workload) -> [String] { workload.operations.map { "\($0.kind)" } }

  @Test("a batch normalisation is folded only where nothing else reads the convolution")
  func folding() throws {
    let workload = try Workload(onnx: model("folding"))
    #expect(
      kinds(workload) == [
        "convolution", "normalization.folded", "convolution", "normalization.batch",
        "elementwise.add",
      ])
    // 3·4·9 + 4·4 + 4·4
    #expect(workload.counts().parameters == 140)
    // 64 pixels · 4 channels · (27 + 4)
    #expect(workload.counts().total.matrixMACs == 64 * 4 * 31)
  }

  @Test("recurrent layers multiply input and state at every step") func recurrent() throws {
    let counts = try Workload(onnx: model("recurrent"), dimensions: ["T": 3]).counts()
    // 3 steps · 2 sequences · gates · 8 states · (5 + 8), the LSTM in two directions.
    #expect(counts.total.matrixMACs == Double(3 * 2 * (2 * 4 + 3 + 1) * 8 * 13))
  }

  @Test("quantised weights are parameters and are stored as they are") func quantized() throws {
    let workload = try Workload(onnx: model("quantized"))
    let counts = workload.counts()
    // Three 1×1 convolutions on 8×8, 32 rows of 8 by 64, 32 rows of 64 by 16.
    #expect(counts.total.matrixMACs == Double(3 * 64 * 16 + 32 * 8 * 64 + 32 * 64 * 16))
    // Two convolutions of 16, 8·64, 64·16 at four bits, and scales: one for all, four for channels.
    #expect(counts.parameters == 16 + 16 + 512 + 1024 + 1 + 4)
    // Bytes: a scale of 32 bits for every 32 elements of four bits.
    #expect(counts.weightBytes.value == Double(16 + 16 + 512 + 512 + 128 + 4 + 16))
  }

  @Test("loops, branches and scans count every pass and the costlier branch") func control()
    throws
  {
    let workload = try Workload(onnx: model("control"))
    // A 2×4 by 4×4 product five times, once, and three times.
    #expect(workload.counts().total.matrixMACs == Double((5 + 1 + 3) * 2 * 4 * 4))
    #expect(workload.counts().parameters == 16)
    #expect(workload.warnings.count == 1)
  }

  @Test("fused attention counts the pairs that its mask shows") func attention() throws {
    let workload = try Workload(onnx: model("attention"), dimensions: ["S": 4, "P": 6])
    // Three full ones of 4 heads · 4 · 4 pairs, one causal after 6 steps: 4 heads · (7+8+9+10); each
    // pair 8 for the score and 8 for the value; and a projection of 4 rows of 32 by 96.
    let pairs = 3 * 4 * 16 + 4 * 34
    #expect(workload.counts().total.matrixMACs == Double(pairs * 16 + 4 * 32 * 96))
  }

  @Test("functions are put in the place of their calls; unknown operators warn once")
  func functions() throws {
    let network = try ONNXModel(path: model("functions"))
    #expect(network.unknownOperators == ["elsewhere.Mystery"])
    let workload = try network.workload()
    #expect(workload.counts().total.matrixMACs == 32)
    #expect(kinds(workload).filter { $0 == "opaque.elsewhere.Mystery" }.count == 2)
    #expect(
      workload.warnings == [
        "operator elsewhere.Mystery is not known; 2 of it counted as elementwise"
      ])
  }

  // MARK: - Broken files

  @Test("every beginning of a file is a network or an error") func truncated() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: model("control")))
    for count in 0..<whole.count {
      try withFile(whole.prefix(count)) { path in _ = try? Workload(onnx: path).counts() }
    }
    let wide = try Data(contentsOf: URL(fileURLWithPath: model("transformer")))
    #expect(throws: WorkloadError.self) {
      try withFile(wide.prefix(wide.count / 2)) { path in _ = try Workload(onnx: path) }
    }
  }

  @Test("files with changed bytes are networks or errors", arguments: ["control", "quantized"])
  func changed(name: String) throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: model(name)))
    for place in stride(from: 0, to: whole.count, by: 5) {
      for byte in [0, 0x7f, 0xff] as [UInt8] {
        var copy = whole
        copy[place] = byte
        try withFile(copy) { path in _ = try? Workload(onnx: path).counts() }
      }
    }
  }

  @Test("hostile files are errors", arguments: Hostile.files) func hostile(file: Hostile) throws {
    #expect {
      try withFile(file.data) { path in _ = try Workload(onnx: path) }
    } throws: {
      "\($0)".contains(file.message) && "\($0)".utf8.count < 2000
    }
  }

  private func withFile(_ data: Data, _ body: (String) throws -> Void) throws {
    let url = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(UUID().uuidString).onnx")
    try data.write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    try body(url.path)
  }
}

/// A file that was made to break its reader, and what is said of it.
struct Hostile: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let data: Data
  let message: String

  static let files = [
    Hostile(
      testDescription: "a length past the end", data: Data([0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
      message: "past the end"),
    Hostile(testDescription: "no graph", data: Data([0x08, 0x0a]), message: "no graph"),
    Hostile(testDescription: "text", data: Data("network: resnet\n".utf8), message: "not an ONNX"),
    Hostile(
      testDescription: "a cycle",
      data: graph([node("Relu", ["b"], ["a"]), node("Relu", ["a"], ["b"])], output: "b"),
      message: "cycle"),
    Hostile(
      testDescription: "a node that reads itself",
      data: graph([node("Relu", ["b"], ["b"])], output: "b"), message: "cycle"),
    Hostile(
      testDescription: "a function that calls itself",
      data: graph([node("F", ["x"], ["y"], domain: "d")], output: "y")
        + field(
          25,
          field(1, "F") + field(4, "x") + field(5, "y") + field(10, "d")
            + field(7, node("F", ["x"], ["y"], domain: "d"))),
      message: "nested deeper"),
    Hostile(
      testDescription: "a thousand million dimensions of 10⁹",
      data: graph(
        [node("Relu", ["x"], ["y"])], output: "y", sizes: [1_000_000_000, 1_000_000_000]),
      message: "beyond what can be counted"),
    Hostile(
      testDescription: "too many dimensions",
      data: graph(
        [node("Relu", ["x"], ["y"])], output: "y", sizes: Array(repeating: 1, count: 1000)),
      message: "at most eight"),
    Hostile(
      testDescription: "a name of a megabyte",
      data: graph(
        [node("Relu", [String(repeating: "n", count: 1 << 20)], ["y"])], output: "y"),
      message: "a name of 1048576 bytes"),
    Hostile(
      testDescription: "a tensor that nothing makes",
      data: graph([node("Relu", ["nowhere"], ["y"])], output: "y"), message: "'nowhere'"),
    Hostile(
      testDescription: "a result that nothing makes",
      data: graph([node("Relu", ["x"], ["y"])], output: "z"), message: "'z'"),
    Hostile(
      testDescription: "a matrix that does not fit",
      data: graph([node("MatMul", ["x", "x"], ["y"])], output: "y"), message: "multiplied"),
  ]

  // MARK: - Protocol buffers

  private static func number(_ value: UInt64) -> Data {
    var rest = value
    var data = Data()
    while rest > 0x7f {
      data.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    data.append(UInt8(rest))
    return data
  }

  private static func field(_ place: UInt64, _ body: Data) -> Data {
    number(place << 3 | 2) + number(UInt64(body.count)) + body
  }

  private static func field(_ place: UInt64, _ text: String) -> Data {
    field(place, Data(text.utf8))
  }

  private static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], domain: String = ""
  ) -> Data {
    inputs.reduce(Data()) { $0 + field(1, $1) } + outputs.reduce(Data()) { $0 + field(2, $1) }
      + field(4, type) + field(7, domain)
  }

  /// A model with one input `x`.
  private static func graph(_ nodes: [Data], output: String, sizes: [UInt64] = [2, 3]) -> Data {
    let shape = sizes.reduce(Data()) { $0 + field(1, number(1 << 3) + number($1)) }
    let type = field(1, number(1 << 3) + number(1) + field(2, shape))
    let input = field(1, "x") + field(2, type)
    return field(
      7,
      nodes.reduce(Data()) { $0 + field(1, $1) } + field(11, input)
        + field(12, field(1, output)))
  }
}
