import Foundation
import Testing
import Workloads
import Zoo

/// The rows of a file in `Published/`, by the names of its columns.
private func publishedRows(_ file: String) -> [[String: String]] {
  guard
    let url = Bundle.module.url(
      forResource: file, withExtension: "csv", subdirectory: "Published"),
    let text = try? String(contentsOf: url, encoding: .utf8)
  else { return [] }
  let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
  guard let header = lines.first else { return [] }
  return lines.dropFirst().map { cells in
    Dictionary(zip(header, cells), uniquingKeysWith: { first, _ in first })
  }
}

private func counts(_ name: String, image: Int? = nil) throws -> WorkloadCounts {
  let network = try #require(NetworkRegistry.network(named: name), "\(name)")
  var settings: [String: Int] = [:]
  if let image { settings["image"] = image }
  return try network.workload(settings: settings).counts()
}

@Suite("Mobile and convolutional networks cost what their authors and peers count")
struct MobileNetworkTests {
  @Test("every parameter is counted, to the last") func exactParameters() throws {
    let rows = publishedRows("parameters-mobile")
    #expect(rows.count > 200)
    for row in rows {
      let name = try #require(row["model"])
      let parameters = try counts(name).parameters
      #expect("\(parameters)" == row["parameters"], "\(name), \(row["source"] ?? "")")
    }
  }

  /// fvcore also counts one MAC for every element that a resize writes: 63²·144 + 32²·360 +
  /// 16²·2392 + 8²·3840 in the gates of GhostNet V2 at 250.
  static let resizedElements = ["ghostnetv2_100": 1_798_288.0]

  @Test("pictures of other sizes cost what fvcore counts in the peers") func otherSizes() throws {
    let rows = publishedRows("peer-counts-mobile")
    #expect(rows.count > 20)
    for row in rows {
      let name = try #require(row["model"])
      let image = try #require(Int(row["image"] ?? ""))
      let counts = try counts(name, image: image)
      let peer = try #require(Double(row["macs"] ?? ""))
      let macs = peer - (Self.resizedElements[name] ?? 0)
      let activations = try #require(Double(row["activations"] ?? ""))
      #expect("\(counts.parameters)" == row["parameters"], "\(name)")
      #expect(abs(counts.total.macs(.fvcore) - macs) <= 0.001 * macs, "\(name): MACs")
      #expect(
        abs(counts.total.activations - activations) <= 0.001 * activations, "\(name): activations")
    }
  }

  /// Billions, three decimals, from the documentation of the weights (torchvision 0.29.2).
  static let torchvision: [(name: String, image: Int, gmacs: Double)] = [
    ("convnext_tiny", 224, 4.456), ("convnext_small", 224, 8.684), ("convnext_base", 224, 15.355),
    ("convnext_large", 224, 34.361), ("efficientnet_b0", 224, 0.386),
    ("efficientnet_b1", 240, 0.687), ("efficientnet_b2", 288, 1.088),
    ("efficientnet_b3", 300, 1.827), ("efficientnet_b4", 380, 4.394),
    ("efficientnet_b5", 456, 10.266), ("efficientnet_b6", 528, 19.068),
    ("efficientnet_b7", 600, 37.746), ("tf_efficientnetv2_s", 384, 8.366),
    ("tf_efficientnetv2_m", 480, 24.582), ("tf_efficientnetv2_l", 480, 56.08),
    ("mnasnet_050", 224, 0.104), ("mnasnet_075", 224, 0.215), ("mnasnet_100", 224, 0.314),
    ("mobilenetv2_100", 224, 0.301), ("mobilenetv3_large_100", 224, 0.217),
    ("mobilenetv3_small_100", 224, 0.057), ("shufflenet_v2_x0_5", 224, 0.04),
    ("shufflenet_v2_x1_0", 224, 0.145), ("shufflenet_v2_x1_5", 224, 0.296),
    ("shufflenet_v2_x2_0", 224, 0.583),
  ]

  @Test("products of matrices agree with torchvision's documentation")
  func documentedMACs() throws {
    for row in Self.torchvision {
      let macs = try counts(row.name, image: row.image).total.macs(.matrix)
      #expect(abs(macs - row.gmacs * 1e9) <= 0.0006e9, "\(row.name): \(macs)")
    }
  }

  /// Millions, as the papers or the authors' own tables print them, with what they leave open.
  static let authors: [(name: String, mmacs: Double, parameters: Double, tolerance: Double)] = [
    // A. Howard et al. 2017, table 8; M. Sandler et al. 2018, table 4; A. Howard et al. 2019,
    // table 3.
    ("mobilenetv1_100", 569, 4.2, 0.01), ("mobilenetv2_100", 300, 3.4, 0.035),
    ("mobilenetv3_large_100", 219, 5.4, 0.02), ("mobilenetv3_small_100", 56, 2.5, 0.02),
    // S. Sivakumar, F. Qureshi, table of the repository; it prints 366 for XL, which its code
    // contradicts.
    ("cvit_s", 67, 1.9, 0.01), ("cvit_m", 173, 3.5, 0.01), ("cvit_l", 249, 7.0, 0.01),
    // X. Ma et al., table of the repository.
    ("efficientmod_xxs", 600, 4.7, 0.04), ("efficientmod_xs", 800, 6.6, 0.04),
    ("efficientmod_s", 1_400, 12.9, 0.005), ("efficientmod_s_conv", 1_500, 12.9, 0.03),
    // M. Nottebaum et al., table of the repository, and for B2 of the paper. The table's 5350 for
    // E3 contradicts the published configuration.
    ("lowformer_b0", 944, 14.1, 0.003), ("lowformer_b1", 1_410, 17.9, 0.003),
    ("lowformer_b15", 2_573, 33.9, 0.003), ("lowformer_b2", 3_689, 45.0, 0.003),
    ("lowformer_b3", 6_098, 57.1, 0.003),
  ]

  @Test("counts agree with the authors' tables") func publishedByAuthors() throws {
    for row in Self.authors {
      let counts = try counts(row.name)
      let macs = counts.total.macs(.matrix)
      let parameters = Double(counts.parameters)
      #expect(
        abs(macs - row.mmacs * 1e6) <= row.tolerance * row.mmacs * 1e6, "\(row.name): \(macs)")
      #expect(
        abs(parameters - row.parameters * 1e6) <= row.tolerance * row.parameters * 1e6,
        "\(row.name): \(parameters)")
    }
    #expect(abs(try counts("lowformer_e1").total.macs(.matrix) - 1_350e6) <= 0.005 * 1_350e6)
    #expect(abs(try counts("lowformer_e2").total.macs(.matrix) - 3_800e6) <= 0.005 * 3_800e6)
    #expect(abs(Double(try counts("cvit_xl").parameters) - 9.8e6) <= 0.01 * 9.8e6)
  }

  /// The abstract of CascadedViT reports 15 % fewer FLOPs.
  @Test("CascadedViT-XL needs about 15 % fewer products than EfficientViT-M5") func reduction()
    throws
  {
    let small = try counts("cvit_xl").total.macs(.matrix)
    let large = try counts("efficientvit_m5").total.macs(.matrix)
    #expect(abs((1 - small / large) - 0.15) <= 0.02)
  }

  @Test("the first block of MobileNet V2 costs what a hand calculation says") func firstBlock()
    throws
  {
    let network = try #require(NetworkRegistry.network(named: "mobilenetv2_100"))
    let workload = try network.workload()
    let counts = workload.counts()
    let products = counts.operations.map(\.matrixMACs).filter { $0 > 0 }
    // 32 kernels of 3×3×3, 32 of 3×3, 16 of 32, on 112×112 places.
    #expect(products[0] == 32 * 27 * 112 * 112)
    #expect(products[1] == 32 * 9 * 112 * 112)
    #expect(products[2] == 16 * 32 * 112 * 112)
  }

  @Test("squeeze-and-excitation is as narrow as each paper makes it") func squeezedWidths() throws {
    func firstSqueeze(_ name: String) throws -> Double {
      let network = try #require(NetworkRegistry.network(named: name))
      let workload = try network.workload()
      let index = try #require(workload.operations.firstIndex { $0.label == "conv_reduce" })
      return workload.counts().operations[index].parameters
    }
    // A quarter of 32 channels: 32·8 weights and 8 biases.
    #expect(try firstSqueeze("efficientnet_b0") == 264)
    // A quarter of 16 is 4, rounded to the least multiple of 8: 16·8 + 8.
    #expect(try firstSqueeze("mobilenetv3_small_100") == 136)
  }

  @Test("a picture of any size is counted or refused") func anySize() throws {
    let families: Set = [
      "mobilenet", "mnasnet", "fbnet", "spnasnet", "efficientnet", "efficientnetv2", "mixnet",
      "hardcorenas", "tinynet", "lcnet", "shufflenetv2", "convnext", "convnextv2", "efficientvit",
      "efficientvit-m", "cvit", "efficientmod", "lowformer", "rexnet", "ghostnet",
    ]
    for network in NetworkRegistry.all where families.contains(network.family) {
      for image in [1, 2, 3, 15, 31, 33, 1_000_000] {
        for batch in [1, 1_000_000_000] {
          guard let workload = try? network.workload(batch: batch, settings: ["image": image])
          else { continue }
          #expect(workload.counts().total.macs(.matrix) > 0)
        }
      }
    }
  }
}
