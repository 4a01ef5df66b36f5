import Foundation
import Reports
import Testing

@Suite("Pictures") struct PictureTests {
  @Test("write") func write() throws {
    guard let folder = ProcessInfo.processInfo.environment["PICTURES"] else { return }
    for sample in Samples.all {
      try sample.svg.write(
        toFile: "\(folder)/\(sample.name).svg", atomically: true, encoding: .utf8)
    }
  }
}
