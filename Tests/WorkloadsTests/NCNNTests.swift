import Foundation
import Testing
import Workloads

@Suite("ncnn") struct NCNNTests {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  static func fixture(
    _ name: String, batch: Int = 1, settings: [String: Int] = [:]
  ) throws -> Workload {
    try Workload(
      ncnn: fixtures.appendingPathComponent(name).path, batch: batch, settings: settings)
  }

  static func parse(_ text: String, settings: [String: Int] = [:]) throws(WorkloadError)
    -> Workload
  {
    try Workload(ncnn: Array(text.utf8), file: "net.param", settings: settings)
  }

  static func problem(_ text: String, settings: [String: Int] = [:]) -> String {
    do throws(WorkloadError) {
      _ = try parse(text, settings: settings)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("a small network costs what a hand calculation says") func small() throws {
    let workload = try Self.fixture("small.param")
    let counts = workload.counts()
    // 8·8 pixels: 8·27 a pixel, then 8·9; the classifier 8·10.
    #expect(counts.total.macs(.matrix) == Double(64 * 216 + 64 * 72 + 80))
    #expect(counts.parameters == 216 + 8 + 72 + 80 + 10)
    #expect(workload.name == "small")
    // Split and dropout are names: five operations and a softmax are left.
    #expect(workload.operations.map(\.label) == ["conv1", "dw", "add", "pool", "fc", "prob"])
    #expect(workload.results.map { workload[$0].shape } == [[1, 10]])
    #expect(workload.assumptions.contains { $0.hasPrefix("an activation that the file fuses") })
  }

  @Test("a batch multiplies the work and not the weights") func batch() throws {
    let (one, eight) = (
      try Self.fixture("small.param").counts(), try Self.fixture("small.param", batch: 8).counts()
    )
    #expect(eight.total.macs(.matrix) == 8 * one.total.macs(.matrix))
    #expect(eight.parameters == one.parameters)
  }

  @Test("attention, matrices and a stored token") func sequence() throws {
    let workload = try Self.fixture("sequence.param", batch: 2)
    let counts = workload.counts()
    // 11 tokens of 64: four projections 64×64, scores and mixture 11·64 each, one to 256.
    let tokens = 2.0 * 11
    #expect(
      counts.total.macs(.matrix) == tokens * Double(4 * 4096 + 2 * 11 * 64 + 64 * 256))
    #expect(counts.parameters == 64 + 128 + 4 * (4096 + 64) + 64 * 256 + 256)
    #expect(workload.results.map { workload[$0].shape } == [[2, 256], [2, 256, 11]])
  }

  @Test("an input without a size asks for one, and takes it") func sizeless() throws {
    #expect {
      try Self.fixture("sizeless.param")
    } throws: { "\($0)".hasSuffix("the input has no size; give 'image', or 'height' and 'width'") }
    let workload = try Self.fixture("sizeless.param", settings: ["height": 10, "width": 6])
    #expect(workload.results.map { workload[$0].shape } == [[1, 4, 20, 12]])
    #expect(workload.counts().total.macs(.matrix) == Double(60 * 4 * 27))
    // Weights of eight bits.
    #expect(workload.counts().weightBytes.value == 108)
    let square = try Self.fixture("sizeless.param", settings: ["image": 5])
    #expect(square.results.map { square[$0].shape } == [[1, 4, 10, 10]])
  }

  @Test(
    "a wrong file says where and what",
    arguments: [
      ("", "net.param: the file is empty"),
      ("7767518", "net.param: line 1: an ncnn .param file begins with 7767517, not with '7767518'"),
      ("7767517\nx 1", "net.param: line 2: here stand the counts of layers and blobs, two numbers"),
      ("7767517\n2 2\nInput a 0 1 a 0=1", "net.param: line 2: 2 layers are announced and 1 follow"),
      ("7767517\n1 1\nInput a 0 2 a", "net.param: line 3: 'a' has 0 + 2 blobs but names for 1"),
      (
        "7767517\n2 2\nInput data 0 1 data 0=4\nReLU r 1 1 dat r",
        "net.param: line 4, 'ReLU' 'r': reads 'dat', which no layer before it writes; "
          + "did you mean 'data'?"
      ),
      (
        "7767517\n2 2\nInput a 0 1 a 0=4\nConvolutoin c 1 1 a c 0=4",
        "net.param: line 4, 'c': layers of the type 'Convolutoin' are not known; "
          + "did you mean 'Convolution'?"
      ),
      (
        "7767517\n2 2\nInput a 0 1 a 0=8 1=8 2=3\nConvolution c 1 1 a c 0=4 1=3 6=100",
        "net.param: line 4, 'Convolution' 'c': the file states 100 weights; 4×3×3×3 are 108"
      ),
      (
        "7767517\n2 2\nInput a 0 1 a 0=8 1=8 2=3\nConvolution c 1 1 a c 0=4 1=9",
        "net.param: line 4, 'Convolution' 'c': a window of 9 does not fit a side of 8"
      ),
      (
        "7767517\n1 1\nInput a 0 1 a 0=9999999999",
        "net.param: line 3, 'Input' 'a': parameter 0 is 9999999999.0, not a whole number of 32 bits"
      ),
      (
        "7767517\n2 2\nInput a 0 1 a 0=4\nInput a 0 1 a 0=4",
        "net.param: line 4, 'Input' 'a': writes 'a', which a layer before it has written"
      ),
      (
        "7767517\n1 1\nInput a 0 1 a 0=nan",
        "net.param: line 3: 'a': parameter 0 is 'nan', not a number"
      ),
      (
        "7767517\n1 1\nInput a 0 1 a -23300=3,1,2",
        "net.param: line 3: 'a': parameter -23300 does not hold as many numbers as it says"
      ),
    ])
  func malformed(text: String, expected: String) {
    #expect(Self.problem(text) == expected)
  }

  @Test("a setting is checked") func settings() {
    let text = "7767517\n1 1\nInput a 0 1 a 0=4"
    #expect(
      Self.problem(text, settings: ["imge": 3])
        == "an ncnn network has no setting 'imge'; did you mean 'image'?")
    #expect(
      Self.problem(text, settings: ["image": 0]) == "image=0: it is between 1 and 1000000")
  }

  @Test("a layer that is not known is taken at its stated shape, with a warning") func unknown()
    throws
  {
    let workload = try Self.parse(
      "7767517\n2 2\nInput a 0 1 a 0=4 1=6\nSpectrum s 1 1 a s -23330=4,2,5,6,1")
    #expect(workload.results.map { workload[$0].shape } == [[1, 6, 5]])
    #expect(workload.warnings == ["'s': 'Spectrum' is not known; counted as elementwise"])
  }

  @Test("a shape that the file states otherwise is reported") func statedShape() throws {
    let workload = try Self.parse(
      "7767517\n2 2\nInput a 0 1 a 0=4 1=6\nReLU r 1 1 a r -23330=4,2,5,6,1")
    #expect(
      workload.warnings == ["line 4, 'r': the file states 6×5 and the layer gives 1×6×4"])
  }
}

/// The 35 networks of ncnn's own benchmark, where they are at hand.
@Suite("ncnn's benchmark networks") struct NCNNBenchmarkTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("shared/data/ncnn")
  static let archive = folder.appendingPathComponent("models_param.tar.gz").path
  static let isPresent = FileManager.default.fileExists(atPath: archive)

  /// Every `.param` of the archive, by its name.
  static let networks: [String: [UInt8]] = {
    guard isPresent else { return [:] }
    let target = FileManager.default.temporaryDirectory
      .appendingPathComponent("ncnn-\(UUID().uuidString)")
    try? FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: target) }
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "xzf", archive, "-C", target.path]
    guard (try? tar.run()) != nil else { return [:] }
    tar.waitUntilExit()
    var result: [String: [UInt8]] = [:]
    let paths = FileManager.default.enumerator(atPath: target.path)?.compactMap { $0 as? String }
    for path in paths ?? [] where path.hasSuffix(".param") {
      let url = target.appendingPathComponent(path)
      result[url.deletingPathExtension().lastPathComponent] = (try? Data(contentsOf: url)).map {
        [UInt8]($0)
      }
    }
    return result
  }()

  static func workload(_ name: String, settings: [String: Int] = [:]) throws -> Workload {
    let bytes = try #require(networks[name], "\(name) is not in the archive")
    return try Workload(ncnn: bytes, file: name + ".param", settings: settings)
  }

  /// The sizes of ncnn's benchmark for the two files without one.
  static let sizes = ["FastestDet": 352, "vision_transformer": 384]

  @Test(
    "all of them are read, and every shape is the one that the file states",
    .enabled(if: isPresent, "shared/data/ncnn is not there"))
  func all() throws {
    #expect(Self.networks.count == 35)
    for name in Self.networks.keys.sorted() {
      let settings = Self.sizes[name].map { ["image": $0] } ?? [:]
      let workload = try Self.workload(name, settings: settings)
      #expect(workload.warnings == [], "\(name)")
      #expect(!workload.results.isEmpty, "\(name)")
      let counts = workload.counts()
      print(
        name, counts.parameters, counts.total.macs(.matrix),
        workload.results.map { workload[$0].shape })
    }
  }
}
