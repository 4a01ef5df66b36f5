import Foundation
import Testing
import Workloads
import Zoo

/// The cells of a file in `Published/`, without its header.
private func publishedRows(_ file: String) -> [[String]] {
  guard
    let url = Bundle.module.url(
      forResource: file, withExtension: "csv", subdirectory: "Published"),
    let text = try? String(contentsOf: url, encoding: .utf8)
  else { return [] }
  return text.split(separator: "\n").dropFirst().map { line in
    line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

@Suite("Convolutional networks") struct ConvolutionalNetworkTests {
  /// What torchvision publishes with its weights: exact parameters, and GMACs of convolutions and
  /// matrices with three decimals.
  struct Torchvision: Sendable, CustomStringConvertible {
    let model: String
    let image: Int
    let parameters: Int
    let gmacs: Double

    var description: String { model }

    static let all = publishedRows("torchvision").compactMap { cells -> Torchvision? in
      guard cells.count >= 4, let image = Int(cells[1]), let parameters = Int(cells[2]),
        let gmacs = Double(cells[3])
      else { return nil }
      return Torchvision(model: cells[0], image: image, parameters: parameters, gmacs: gmacs)
    }
  }

  @Test("cost what torchvision publishes to the last digit", arguments: Torchvision.all)
  func torchvision(row: Torchvision) throws {
    let network = try #require(NetworkRegistry.network(named: row.model))
    let counts = try network.workload(settings: ["image": row.image]).counts()
    #expect(counts.parameters == row.parameters)
    let macs = counts.total.macs(.matrix)
    #expect(abs(macs - row.gmacs * 1e9) < 0.000_501e9, "\(row): \(macs) MACs")
  }

  /// A network and the elements of all its parameters in the peer that its row names.
  struct Exact: Sendable, CustomStringConvertible {
    let model: String
    let parameters: Int

    var description: String { model }

    static let all = publishedRows("parameters-convolutional").compactMap { cells -> Exact? in
      guard cells.count >= 2, let parameters = Int(cells[1]) else { return nil }
      return Exact(model: cells[0], parameters: parameters)
    }
  }

  @Test("have exactly the parameters of the reference code", arguments: Exact.all)
  func parameters(row: Exact) throws {
    let network = try #require(NetworkRegistry.network(named: row.model))
    #expect(try network.workload().counts().parameters == row.parameters)
  }

  @Test("the published tables are whole")
  func tables() {
    #expect(Torchvision.all.count == 42)
    #expect(Exact.all.count > 280)
  }

  /// Input · output · 9 · side² for every convolution, and three matrices.
  @Test("VGG-16 is the sum of its layers")
  func layersOfVGG() throws {
    let widths = [
      (3, 64, 224), (64, 64, 224), (64, 128, 112), (128, 128, 112), (128, 256, 56),
      (256, 256, 56), (256, 256, 56), (256, 512, 28), (512, 512, 28), (512, 512, 28),
      (512, 512, 14), (512, 512, 14), (512, 512, 14),
    ]
    var macs = 512 * 49 * 4096 + 4096 * 4096 + 4096 * 1000
    for (input, output, side) in widths { macs += input * output * 9 * side * side }
    let network = try #require(NetworkRegistry.network(named: "vgg16"))
    #expect(try network.workload().counts().total.macs(.matrix) == Double(macs))
  }

  @Test(
    "a picture of any size is counted or refused",
    arguments: Set(NetworkRegistry.all.map(\.family)).sorted())
  func anySize(family: String) {
    let members = NetworkRegistry.all.filter { $0.family == family }
    let size = { (network: NetworkDefinition) in network.settings.contains { $0.name == "image" } }
    for network in members where size(network) {
      for image in [1, 2, 7, 33, 100, 1_000_000] {
        for batch in [1, 1_000_000_000] {
          let workload = try? network.workload(batch: batch, settings: ["image": image])
          guard let counts = workload?.counts() else { continue }
          #expect(counts.total.macs(.matrix).isFinite && counts.parameters > 0)
        }
      }
    }
  }

  @Test("a picture too small for the network is refused with the layer's name")
  func tooSmall() throws {
    let network = try #require(NetworkRegistry.network(named: "inception_v3"))
    #expect(throws: WorkloadError.self) { try network.workload(settings: ["image": 64]) }
    #expect(throws: Never.self) { try network.workload(settings: ["image": 75]) }
  }

  /// ⌊(log₂ channels + 1) / 2⌋, made odd: 5, 5, 5 and 7.
  @Test("ECA's kernels grow with the logarithm of the channels")
  func kernels() throws {
    let plain = try #require(NetworkRegistry.network(named: "resnet50d"))
    let efficient = try #require(NetworkRegistry.network(named: "ecaresnet50d"))
    let added =
      try efficient.workload().counts().parameters - plain.workload().counts().parameters
    // 256, 512, 1024 and 2048 channels in 3, 4, 6 and 3 blocks.
    #expect(added == 3 * 5 + 4 * 5 + 6 * 5 + 3 * 7)
  }
}
