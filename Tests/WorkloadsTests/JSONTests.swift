import Foundation
import Testing
import Workloads

@Suite("Networks as JSON") struct JSONTests {
  static func parse(_ text: String, settings: [String: Int] = [:]) throws(WorkloadError)
    -> Workload
  {
    try Workload(json: Array(text.utf8), file: "net.json", settings: settings)
  }

  static func problem(_ text: String, settings: [String: Int] = [:]) -> String {
    do throws(WorkloadError) {
      _ = try parse(text, settings: settings)
      return ""
    } catch {
      return "\(error)"
    }
  }

  static let document: String = {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Sources/Workloads/Import/JSON/README.md")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    guard let start = text.range(of: "```json\n"),
      let end = text.range(of: "\n```", range: start.upperBound..<text.endIndex)
    else { return "" }
    return String(text[start.upperBound..<end.lowerBound])
  }()

  @Test("the example of the reference costs what a hand calculation says") func example() throws {
    let workload = try Self.parse(Self.document)
    let counts = workload.counts()
    // Queries and output 512², keys and values 512·128 each, two matrices 512·2048, two norms.
    let block = 2 * 512 * 512 + 2 * 512 * 128 + 2 * 512 * 2048
    #expect(counts.parameters == 2 * 32_000 * 512 + 12 * (block + 2 * 512) + 512)
    // Scores and mixture of 128·129/2 pairs, 64 wide, for each of 8 heads.
    let pairs = 12 * 8 * (128 * 129 / 2) * 128
    #expect(
      counts.total.macs(.matrix) == Double(128 * (12 * block + 512 * 32_000) + pairs))
    #expect(workload.results.map { workload[$0].shape } == [[1, 128, 32_000]])
    #expect(workload.name == "small-language-model")
    // Eight bits a weight.
    #expect(counts.weightBytes.value == Double(counts.parameters))
  }

  @Test("dimensions are set by the caller") func dimensions() throws {
    let workload = try Self.parse(Self.document, settings: ["tokens": 16, "layers": 2, "batch": 3])
    #expect(workload.results.map { workload[$0].shape } == [[3, 16, 32_000]])
    #expect(
      Self.problem(Self.document, settings: ["token": 4])
        == "net.json: there is no dimension 'token'; did you mean 'tokens'?")
    let open = JSONTexts.network(#"{"type": "softmax"}"#).replacing(
      #""batch": 1"#, with: #""batch": null"#)
    #expect(Self.problem(open) == "net.json: the dimension 'batch' has no value; set it")
    #expect(try Self.parse(open, settings: ["batch": 5]).counts().total.vectorFLOP > 0)
  }

  @Test("a convolutional network by hand") func convolution() throws {
    let workload = try Self.parse(
      JSONTexts.network(
        """
        {"type": "convolution", "name": "stem", "channels": 8, "kernel": [3, 5], "stride": 2},
        {"type": "batchNorm"}, {"type": "activation", "function": "relu"},
        {"type": "depthwiseConvolution", "kernel": 3, "bias": true},
        {"type": "add", "inputs": ["stem", "stem"]},
        {"type": "transposedConvolution", "channels": 4, "kernel": 2, "stride": 2},
        {"type": "concatenate", "inputs": ["image", "image"], "axis": 1},
        {"type": "globalAveragePool"}, {"type": "linear", "features": 10}
        """))
    let counts = workload.counts()
    // 4·4 pixels of 8·45 and of 8·9, 16 inputs of 8·4·4, and 6·10.
    #expect(counts.total.macs(.matrix) == Double(16 * (360 + 72 + 128) + 60))
    #expect(counts.parameters == 360 + 16 + 72 + 8 + 128 + 60 + 10)
  }

  @Test("experts: all are stored, two are used") func experts() throws {
    let workload = try Self.parse(
      """
      {"format": "perfmodel-network-1", "inputs": [{"name": "x", "shape": [1, 10, 16]}],
       "operations": [{"type": "experts", "experts": 8, "perToken": 2, "hidden": 32}]}
      """)
    let counts = workload.counts()
    #expect(counts.parameters == 16 * 8 + 8 * 3 * 16 * 32)
    #expect(counts.activeParameters == 16 * 8 + 2 * 3 * 16 * 32)
    #expect(counts.total.macs(.matrix) == Double(10 * (16 * 8 + 2 * 3 * 16 * 32)))
  }

  @Test("every kind of operation is read") func all() throws {
    let workload = try Self.parse(
      """
      {"format": "perfmodel-network-1",
       "inputs": [{"name": "image", "shape": [2, 4, 8, 8], "type": "fp16"}],
       "operations": [
         {"type": "maxPool", "input": "image", "kernel": 2},
         {"type": "averagePool", "kernel": 3, "stride": 1, "padding": 1, "roundUp": true},
         {"type": "resize", "height": 8, "width": 8},
         {"type": "groupNorm"}, {"type": "channelNorm"}, {"type": "scale", "axis": 1},
         {"type": "tokens", "name": "tokens"},
         {"type": "layerNorm", "bias": false}, {"type": "selfAttention", "heads": 2},
         {"type": "selfAttention", "heads": 2, "mask": {"window": 8}},
         {"type": "stateSpace", "heads": 2, "keySize": 4, "valueSize": 2},
         {"type": "recurrence", "cell": "gru", "hiddenSize": 4, "directions": 2},
         {"type": "slice", "axis": -1, "count": 4},
         {"type": "reshape", "name": "query", "shape": [2, 2, -1, 2]},
         {"type": "cache", "name": "keys", "shape": [2, 2, 100, 2]},
         {"type": "attention", "inputs": ["query", "keys", "keys"], "mask": "causal"},
         {"type": "transpose", "name": "a", "order": [0, 1, 3, 2]},
         {"type": "matrixMultiply", "inputs": ["query", "a"]},
         {"type": "elementwise", "function": "maximum", "inputs": ["a", "a"]},
         {"type": "multiply", "inputs": ["a", "a"]},
         {"type": "mean", "axis": 1}, {"type": "softmax"}, {"type": "flatten"},
         {"type": "weight", "name": "w", "shape": [3]},
         {"type": "image", "input": "tokens", "height": 8, "width": 8},
         {"type": "adaptiveAveragePool", "size": 2}
       ]}
      """)
    #expect(workload.results.map { workload[$0].shape } == [[2, 4, 2, 2]])
    #expect(workload.counts().cacheBytes.value == 4 * 2 * 2 * 100 * 2)
  }

  @Test("a wrong description says where and what", arguments: JSONTexts.wrong)
  func malformed(text: String, expected: String) {
    #expect(Self.problem(text) == expected)
  }

  @Test("hostile texts end quickly, with one line", arguments: JSONTexts.hostile)
  func hostile(text: String) {
    let start = ContinuousClock.now
    let problem = Self.problem(text)
    #expect(problem.hasPrefix("net.json: "))
    #expect(!problem.contains { $0.isNewline || $0 == "\u{1b}" } && problem.count < 400)
    #expect(start.duration(to: .now) < .seconds(10))
  }

  @Test("files that are not there, folders and weights are refused") func files() {
    #expect {
      try Workload(json: "/nonexistent.json")
    } throws: { "\($0)" == "/nonexistent.json: there is no such file" }
    #expect {
      try Workload(json: "/tmp")
    } throws: { "\($0)" == "/tmp: this is a folder, not a file" }
  }
}

enum JSONTexts {
  /// A network on a picture of 8×8 with these operations.
  static func network(_ operations: String, more: String = "") -> String {
    """
    {"format": "perfmodel-network-1", "dimensions": {"batch": 1},
     "inputs": [{"name": "image", "shape": ["batch", 3, 8, 8]}],
     "operations": [\(operations)]\(more)}
    """
  }

  static let wrong: [(String, String)] = [
    (
      network(#"{"type": "convolution", "chanels": 8}"#),
      "net.json: operations[0]: 'channels' is missing (there is 'chanels')"
    ),
    (
      network(#"{"type": "convolution", "channels": 8, "strid": 2}"#),
      "net.json: operations[0]: there is no key 'strid' here; did you mean 'stride'?"
    ),
    (
      network(#"{"type": "convolutoin"}"#),
      "net.json: operations[0].type: there is no operation 'convolutoin'; "
        + "did you mean 'convolution'?"
    ),
    (
      network(#"{"type": "softmax", "input": "imge"}"#),
      "net.json: operations[0].input: there is no tensor 'imge'; did you mean 'image'?"
    ),
    (
      network(
        #"{"type": "softmax", "name": "a", "input": "b"}, {"type": "softmax", "name": "b"}"#),
      "net.json: operations[0].input: 'b' is made later; operations stand in the order in which "
        + "they run"
    ),
    (
      network(#"{"type": "softmax", "name": "a", "input": "a"}"#),
      "net.json: operations[0].input: 'a' is made later; operations stand in the order in which "
        + "they run"
    ),
    (
      network(#"{"type": "softmax", "name": "image"}"#),
      "net.json: operations[0].name: there is a tensor 'image' already"
    ),
    (
      network(#"{"type": "linear", "features": -4}"#),
      "net.json: operations[0].features: -4 is not a whole number between 1 and 2147483647"
    ),
    (
      network(#"{"type": "linear", "features": 1.5}"#),
      "net.json: operations[0].features: 1.5 is not a whole number between 1 and 2147483647"
    ),
    (
      network(#"{"type": "linear", "features": true}"#),
      "net.json: operations[0].features: a number is expected, not true or false"
    ),
    (
      network(#"{"type": "linear", "features": 4, "bias": 1}"#),
      "net.json: operations[0].bias: true or false is expected, not the number 1"
    ),
    (
      network(#"{"type": "linear", "features": "batches"}"#),
      "net.json: operations[0].features: there is no dimension 'batches'; did you mean 'batch'?"
    ),
    (
      network(#"{"type": "maxPool", "kernel": 9}"#),
      "net.json: operations[0]: a window of 9 does not fit a side of 8; use a larger image"
    ),
    (
      network(#"{"type": "activation", "function": "relo"}"#),
      "net.json: operations[0].function: 'relo' is none of "
        + ElementwiseFunction.allCases.map(\.rawValue).joined(separator: ", ")
        + "; did you mean 'relu'?"
    ),
    (
      network(#"{"type": "repeat", "count": 2, "operations": [{"type": "flatten"}]}"#),
      "net.json: operations[0]: the operations turn 1×3×8×8 into 1×192; to be repeated, they have "
        + "to keep the shape"
    ),
    (
      network(#"{"type": "repeat", "operations": [{"type": "add", "inputs": ["image"]}]}"#),
      "net.json: operations[0].operations[0].inputs: 1 tensors; 2 are needed"
    ),
    (network(""), "net.json: operations: there are no operations"),
    (
      network(#"{"type": "softmax"}"#, more: #", "outptus": []"#),
      "net.json: there is no key 'outptus' here; did you mean 'outputs'?"
    ),
    ("[]", "net.json: an object is expected, not a list"),
    ("{}", "net.json: 'format' is missing"),
    (#"{"format": "x"}"#, "net.json: format: this reader knows 'perfmodel-network-1', not 'x'"),
  ]

  static let hostile: [String] = [
    "", "{", "\u{0}", "nul", "{\"format\": 1e999}", String(repeating: "[", count: 1_000_000),
    "[" + String(repeating: "1,", count: 3_000_000) + "1]",
    network(#"{"type": "linear", "features": 1e300}"#),
    network(
      #"{"type": "linear", "features": 2147483647}, {"type": "flatten"}, {"type": "linear", "features": 2147483647}"#
    ),
    network(
      String(repeating: #"{"type": "repeat", "count": 1000000, "operations": ["#, count: 4)
        + #"{"type": "softmax"}"# + String(repeating: "]}", count: 4)),
    network(
      String(repeating: #"{"type": "repeat", "operations": ["#, count: 20)
        + #"{"type": "softmax"}"# + String(repeating: "]}", count: 20)),
    network(#"{"type": "softmax", "input": "a\nb\u001b[31m"}"#),
  ]
}
