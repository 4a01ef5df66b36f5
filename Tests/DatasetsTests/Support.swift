import Datasets
import Foundation
import Mathematics

/// A folder that goes with the test.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/perfmodel-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  func write(_ name: String, _ text: String) throws -> String {
    try text.write(toFile: file(name), atomically: false, encoding: .utf8)
    return file(name)
  }

  var contents: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

/// Three architectures on two devices, one of them not measured everywhere.
func smallMatrix() -> MeasurementMatrix {
  MeasurementMatrix(
    architectures: ArchitectureTable(
      ids: ["a", "b", "c"],
      columns: [
        CategoricalColumn(name: "kernel", values: ["3", "5", "3"]),
        CategoricalColumn(name: "Aktivität", values: ["relu", "none", "größer"]),
      ]),
    devices: ["phone", "board"],
    latency: Matrix([[0.001, 0.25], [0.002, .nan], [0.1 + 0.2, 1e-9]]),
    card: DatasetCard(
      title: "Small", source: "by hand", licence: "Apache-2.0", attributes: ["date": "today"]))
}

/// A Python with h5py; `scripts/test` installs one.
enum Python {
  static let interpreter: String? = {
    let named = ProcessInfo.processInfo.environment["PERFMODEL_PYTHON"]
    return [named, "/usr/bin/python3", "python3"].compactMap(\.self).first {
      run($0, "import h5py, numpy") != nil
    }
  }()

  /// The script's output, or `nil` where it failed.
  static func run(_ interpreter: String, _ script: String, _ arguments: [String] = []) -> String? {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [interpreter, "-c", script] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? String(decoding: data, as: UTF8.self) : nil
  }
}
