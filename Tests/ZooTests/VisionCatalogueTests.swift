import Foundation
import Testing
import Workloads
import Zoo

/// Published counts, from the files in `Published/`; each row names its source.
struct PublishedVision: Sendable, CustomStringConvertible {
  let model: String
  let image: Int
  let parameters: Double
  let macs: Double
  let activations: Double

  var description: String { "\(model) at \(image)" }

  static let all: [PublishedVision] = {
    guard
      let url = Bundle.module.url(
        forResource: "vision", withExtension: "csv", subdirectory: "Published"),
      let text = try? String(contentsOf: url, encoding: .utf8)
    else { return [] }
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      guard cells.count >= 5, let image = Int(cells[1]), let parameters = Double(cells[2]),
        let macs = Double(cells[3]), let activations = Double(cells[4])
      else { return nil }
      return PublishedVision(
        model: String(cells[0]), image: image, parameters: parameters * 1e6, macs: macs * 1e9,
        activations: activations * 1e6)
    }
  }()

  /// Rows that contradict the code that they were counted from: `ecaresnext50t_32x4d` is counted
  /// with the 2, 2, 2, 2 blocks of an earlier release instead of 3, 4, 6, 3.
  static let outdated: Set = ["ecaresnext50t_32x4d"]

  /// Those that are built in.
  static let known = all.filter {
    !outdated.contains($0.model) && NetworkRegistry.network(named: $0.model) != nil
  }
}

@Suite("Vision networks cost what their tables say") struct VisionCatalogueTests {
  /// The table has two decimals: half a unit of the last is added to each tolerance.
  @Test("parameters, MACs within 1 % and activations within 2 %", arguments: PublishedVision.known)
  func counts(row: PublishedVision) throws {
    let network = try #require(NetworkRegistry.network(named: row.model))
    let workload = try network.workload(settings: ["image": row.image])
    let counts = workload.counts()
    #expect(
      abs(Double(counts.parameters) - row.parameters) <= 5_001,
      "\(row): \(counts.parameters) parameters")
    let macs = counts.total.macs(.fvcore)
    #expect(abs(macs - row.macs) <= 0.01 * row.macs + 0.005e9, "\(row): \(macs) MACs")
    #expect(
      abs(counts.total.activations - row.activations) <= 0.02 * row.activations + 0.005e6,
      "\(row): \(counts.total.activations) activations")
  }
}
