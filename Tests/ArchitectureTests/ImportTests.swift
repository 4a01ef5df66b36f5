import Foundation
import Testing

/// What each module may import, beside the standard library, Foundation and the platform.
private let allowed: [String: Set<String>] = [
  "Quantities": [],
  "Mathematics": ["CLAPACKE"],
  "Tensors": ["CTensorKernels", "Mathematics"],
  "Documents": ["Quantities"],
  "Workloads": ["Documents", "Quantities", "SwiftProtobuf"],
  "Devices": ["Documents", "Quantities"],
  "Predictions": ["Workloads", "Quantities"],
  "Features": ["Workloads", "Mathematics", "Quantities"],
  "Analytic": ["Workloads", "Devices", "Predictions", "Mathematics", "Quantities"],
  "Datasets": ["CHDF5", "CZlib", "Mathematics", "Quantities"],
  "Measurement": ["Workloads", "Mathematics", "Quantities"],
  "Predictors": ["Features", "Predictions", "Workloads", "Mathematics", "Quantities"],
  "Evaluation": [
    "Datasets", "Predictors", "Features", "Predictions", "Workloads", "Mathematics", "Quantities",
  ],
  "Zoo": [
    "Workloads", "Devices", "Analytic", "Predictors", "Datasets", "Evaluation", "Features",
    "Predictions", "Mathematics", "Quantities",
  ],
  "Reports": ["Predictions", "Quantities"],
  "perfmodel": [
    "Quantities", "Mathematics", "Workloads", "Devices", "Predictions", "Features", "Analytic",
    "Datasets", "Measurement", "Predictors", "Evaluation", "Zoo", "Reports", "ArgumentParser",
  ],
]

private let platform: Set = [
  "Foundation", "FoundationEssentials", "Dispatch", "Synchronization", "Glibc", "Musl", "Darwin",
]

@Suite("Imports point down") struct ImportTests {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test("every file imports only what its module may", arguments: allowed.keys.sorted())
  func imports(module: String) throws {
    let folder = Self.root.appendingPathComponent("Sources/\(module)")
    let paths = try #require(FileManager.default.enumerator(atPath: folder.path))
      .compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
    #expect(!paths.isEmpty, "no source was found in \(folder.path)")
    for path in paths {
      let text = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
      for line in text.split(separator: "\n") where line.contains("import ") {
        let words = line.split(separator: " ").filter { !$0.hasPrefix("@") }
        guard words.first == "import", let last = words.last else { continue }
        let name = String(last.split(separator: ".")[0])
        #expect(
          allowed[module]?.contains(name) == true || platform.contains(name),
          "\(module)/\(path) imports \(name)")
      }
    }
  }

  @Test("every folder of Sources is a known module") func modules() throws {
    let folders = try FileManager.default.contentsOfDirectory(
      atPath: Self.root.appendingPathComponent("Sources").path)
    #expect(
      Set(folders.filter { !$0.hasPrefix(".") })
        == Set(allowed.keys).union(["CLAPACKE", "CHDF5", "CZlib", "CTensorKernels"]))
  }

  @Test("every module says in a README what it is") func readmes() {
    for module in allowed.keys {
      let path = Self.root.appendingPathComponent("Sources/\(module)/README.md").path
      #expect(FileManager.default.fileExists(atPath: path), "\(path) is missing")
    }
  }
}
