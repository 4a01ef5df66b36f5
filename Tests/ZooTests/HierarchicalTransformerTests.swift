import Foundation
import Testing
import Workloads
import Zoo

@Suite("Transformers in stages") struct HierarchicalTransformerTests {
  /// Elements of all parameters in the peer that the row names.
  struct Exact: Sendable, CustomStringConvertible {
    let model: String
    let parameters: Int

    var description: String { model }

    static let all: [Exact] = {
      guard
        let url = Bundle.module.url(
          forResource: "parameters-hierarchical", withExtension: "csv",
          subdirectory: "Published"),
        let text = try? String(contentsOf: url, encoding: .utf8)
      else { return [] }
      return text.split(separator: "\n").dropFirst().compactMap { line in
        let cells = line.split(separator: ",")
        guard cells.count >= 2, let parameters = Int(cells[1]) else { return nil }
        return Exact(model: String(cells[0]), parameters: parameters)
      }
    }()
  }

  private func counts(_ model: String, image: Int? = nil) throws -> WorkloadCounts {
    let network = try #require(NetworkRegistry.network(named: model))
    return try network.workload(settings: image.map { ["image": $0] } ?? [:]).counts()
  }

  @Test("have exactly the parameters of the reference code", arguments: Exact.all)
  func parameters(row: Exact) throws {
    #expect(try counts(row.model).parameters == row.parameters)
  }

  @Test("the published table is whole")
  func table() { #expect(Exact.all.count == 54) }

  /// GMACs of convolutions and matrices, from the documentation of torchvision's weights.
  @Test(
    "Swin costs what torchvision publishes",
    arguments: [
      ("swin_tiny_patch4_window7_224", 4.491), ("swin_small_patch4_window7_224", 8.741),
      ("swin_base_patch4_window7_224", 15.431), ("swinv2_tiny_window8_256", 5.94),
      ("swinv2_small_window8_256", 11.546), ("swinv2_base_window8_256", 20.325),
    ])
  func torchvision(model: String, gmacs: Double) throws {
    let macs = try counts(model).total.macs(.matrix)
    #expect(abs(macs - gmacs * 1e9) < 0.000_501e9, "\(macs) MACs")
  }

  /// Two products of 49 keys and all channels for each token; at 256 pixels the sides 64, 32, 16
  /// and 8 are padded to 70, 35, 21 and 14.
  @Test(
    "attention sees its window of 7×7 tokens, whatever the picture",
    arguments: [(224, [56, 28, 14, 7]), (256, [70, 35, 21, 14])])
  func windows(image: Int, sides: [Int]) throws {
    let network = try #require(NetworkRegistry.network(named: "swin_tiny_patch4_window7_224"))
    let workload = try network.workload(settings: ["image": image])
    var macs = 0.0
    for (operation, cost) in zip(workload.operations, workload.counts().operations) {
      if case .attention = operation.kind { macs += cost.matrixMACs }
    }
    var expected = 0
    for (stage, depth) in [2, 2, 6, 2].enumerated() {
      expected += depth * sides[stage] * sides[stage] * 49 * 2 * (96 << stage)
    }
    #expect(macs == Double(expected))
  }

  /// (2·side − 1)² distances for each head of each block.
  @Test("larger windows cost Swin a larger table of biases")
  func biases() throws {
    let heads = 2 * 4 + 2 * 8 + 18 * 16 + 2 * 32
    let added =
      try counts("swin_base_patch4_window12_384").parameters
      - counts("swin_base_patch4_window7_224").parameters
    #expect(added == heads * (23 * 23 - 13 * 13))
  }

  /// Four times the pixels, but one classifier of 512 × 1000.
  @Test("separable attention grows with the number of pixels")
  func separable() throws {
    let small = try counts("mobilevitv2_100", image: 256).total.macs(.matrix) - 512_000
    let large = try counts("mobilevitv2_100", image: 512).total.macs(.matrix) - 512_000
    #expect(large == 4 * small)
  }

  @Test("EfficientFormer V2 refuses a plane that it cannot halve and enlarge again")
  func oddPlane() throws {
    let network = try #require(NetworkRegistry.network(named: "efficientformerv2_s0"))
    #expect(throws: WorkloadError.self) { try network.workload(settings: ["image": 208]) }
    #expect(throws: Never.self) { try network.workload(settings: ["image": 256]) }
  }
}
