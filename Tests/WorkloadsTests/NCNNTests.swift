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

  @Test("sizes that grow beyond what can be counted are refused") func growing() {
    var text = "7767517\n71 71\nInput b0 0 1 b0 0=2147483647\n"
    for place in 0..<70 {
      text += "Concat c\(place) 2 1 b\(place) b\(place) b\(place + 1) 0=0\n"
    }
    #expect(Self.problem(text).hasSuffix("the blobs together are too large"))
  }

  @Test("a layer of 100,000 blobs is read and counted quickly") func many() throws {
    let names = String(repeating: "a ", count: 100_000)
    let start = ContinuousClock.now
    let workload = try Self.parse(
      "7767517\n2 2\nInput a 0 1 a 0=2\nConcat c 100000 1 \(names)c 0=0")
    #expect(workload.results.map { workload[$0].shape } == [[1, 200_000]])
    // The one tensor that is read is read once.
    #expect(workload.counts().total.activationBytesRead == 8)
    #expect(start.duration(to: .now) < .seconds(5))
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
      // One file has a line more than it says.
      let expected = name == "nanodet_m" ? 1 : 0
      #expect(workload.warnings.count == expected, "\(name): \(workload.warnings)")
      #expect(!workload.results.isEmpty, "\(name)")
    }
  }

  /// Published parameters and MACs; `nil` where the source has none for this size of picture.
  ///
  /// Batch normalisations are folded in the files, so that of each one's two parameters a channel
  /// one is left: `normalized` is the number of those channels.
  struct Published: Sendable {
    var name: String
    var parameters: Double
    var normalized = 0.0
    var macs: Double?
    var tolerance = 0.01
    /// What the file has and the publication has not.
    var extraParameters = 0.0
    var extraMACs = 0.0
  }

  /// MACs of a pointwise convolution from 32 to 32 channels on 112×112.
  static let wide = Double(112 * 112 * 32 * 32)

  static let published = [
    // S. Albanie, convnet-burden, and the models of Caffe.
    Published(name: "alexnet", parameters: 60_965_224, macs: 724e6),
    Published(name: "googlenet", parameters: 6_998_552, macs: 1.58e9),
    Published(name: "vgg16", parameters: 138_357_544, macs: 15.47e9),
    Published(name: "squeezenet", parameters: 1_235_496),
    // Parameters by torchvision's documentation; 3.8e9 and 1.8e9 by He et al., table 1.
    // The first shortcut of this ResNet-18 is a convolution from 64 to 64 channels.
    Published(
      name: "resnet18", parameters: 11_689_512, normalized: 4800, macs: 1.814e9,
      extraParameters: 64 * 65, extraMACs: 56 * 56 * 64 * 64),
    Published(
      name: "resnet50", parameters: 25_557_032, normalized: 26_560, macs: 3.8e9, tolerance: 0.02),
    // A. Howard et al., 2017, table 8: 569 million, 4.2 million.
    Published(name: "mobilenet", parameters: 4.2e6, macs: 569e6),
    // torchvision; this one expands in the first block too, from 32 to 32 channels at 112².
    Published(
      name: "mobilenet_v2", parameters: 3_504_872, normalized: 17_056, macs: 300.8e6,
      extraParameters: 32 * 33, extraMACs: wide),
    Published(name: "mnasnet", parameters: 4_383_312, normalized: 18_960, macs: 314e6),
    Published(name: "efficientnet_b0", parameters: 5_288_548, normalized: 21_008, macs: 386e6),
    // N. Ma et al., ShuffleNet V2, table 8: 146 million.
    Published(name: "shufflenet_v2", parameters: 2.28e6, macs: 146e6),
    // M. Tan, Q. Le, EfficientNetV2: B0 has 7.1 million and 0.72 billion.
    Published(name: "efficientnetv2_b0", parameters: 7.1e6, macs: 0.72e9),
    // I. Radosavovic et al., table 8, and pytorch-image-models.
    Published(name: "regnety_400m", parameters: 4.34e6, macs: 0.40e9),
    // pytorch-image-models' ViT-B/32 at 384²: 88.30 million, 13.06 billion with normalisations.
    Published(name: "vision_transformer", parameters: 88.3e6, macs: 13.06e9),
    // Published FLOP halved: 6.9, 0.252 and 0.212 billion.
    Published(name: "yolov4-tiny", parameters: 6.06e6, macs: 6.9e9 / 2),
    Published(name: "yolo-fastest-1.1", parameters: 0.33e6, macs: 0.252e9 / 2, tolerance: 0.02),
    Published(name: "yolo-fastestv2", parameters: 0.25e6, macs: 0.212e9 / 2, tolerance: 0.02),
    Published(name: "FastestDet", parameters: 0.24e6),
  ]

  @Test(
    "parameters and MACs are the published ones",
    .enabled(if: isPresent, "shared/data/ncnn is not there"), arguments: published)
  func counts(row: Published) throws {
    let settings = Self.sizes[row.name].map { ["image": $0] } ?? [:]
    let counts = try Self.workload(row.name, settings: settings).counts()
    let parameters = row.parameters - row.normalized + row.extraParameters
    let isExact = row.parameters.truncatingRemainder(dividingBy: 10_000) != 0
    #expect(
      abs(Double(counts.parameters) - parameters)
        <= (isExact ? 0 : row.tolerance * parameters),
      "\(row.name): \(counts.parameters) parameters, \(parameters) published")
    if let published = row.macs {
      let macs = counts.total.macs(.matrix)
      let expected = published + row.extraMACs
      #expect(
        abs(macs - expected) <= row.tolerance * expected,
        "\(row.name): \(macs) MACs, \(expected) published")
    }
  }

  @Test(
    "weights of eight bits cost the same work and a quarter of the bytes",
    .enabled(if: isPresent, "shared/data/ncnn is not there"),
    arguments: ["mobilenet", "resnet18", "resnet50", "vgg16", "squeezenet", "googlenet"])
  func integer8(name: String) throws {
    let (full, quantized) = (
      try Self.workload(name).counts(), try Self.workload(name + "_int8").counts()
    )
    #expect(full.parameters == quantized.parameters)
    #expect(full.total.macs(.matrix) == quantized.total.macs(.matrix))
    #expect(quantized.weightBytes.value < 0.4 * full.weightBytes.value)
  }
}
