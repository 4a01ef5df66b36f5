import ArgumentParser
import Foundation
import Quantities
import Reports
import Workloads
import Zoo

extension ModelCommand {
  struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows where two networks differ in cost.",
      discussion: """
          perfmodel model diff resnet50 resnet50d
          perfmodel model diff llama-2-7b mistral-7b-v0.1 --phase decode --context 8192

        Parts with the same path are held against each other; then the kinds of operations.
        """)

    @Argument(help: "Name, notation or file of the first network.")
    var first: String
    @Argument(help: "Name, notation or file of the second network.")
    var second: String
    @OptionGroup var options: WorkloadOptions
    @Option(help: "How many labels of its path name a part.")
    var depth = 2

    func validate() throws {
      if depth < 1 { throw ValidationError("--depth is \(depth); at least 1 is needed") }
    }

    func run() throws {
      let (left, leftCounts) = try options.counted(first)
      let (right, rightCounts) = try options.counted(second)
      var totals = TextTable([
        .init("total", .left), .init(first), .init(second), .init("difference"), .init("ratio"),
      ])
      func total(_ name: String, _ one: Double, _ other: Double, _ text: (Double) -> String) {
        totals.append([
          name, text(one), text(other), (other < one ? "−" : "+") + text(abs(other - one)),
          one > 0 ? String(format: "%.3f", other / one) : "",
        ])
      }
      let (one, other) = (leftCounts.total, rightCounts.total)
      total(
        "parameters", Double(leftCounts.parameters), Double(rightCounts.parameters), Count.whole)
      total("MACs", one.macs(options.convention), other.macs(options.convention), Count.short)
      total("FLOP", one.flop.value, other.flop.value, Count.short)
      total("weights", leftCounts.weightBytes.value, rightCounts.weightBytes.value) {
        "\(Bytes($0))"
      }
      total("moved", one.bytes.value, other.bytes.value) { "\(Bytes($0))" }
      total("cache", leftCounts.cacheBytes.value, rightCounts.cacheBytes.value) { "\(Bytes($0))" }
      print(totals.text)
      section(
        "part", left.parts(leftCounts, depth: depth), right.parts(rightCounts, depth: depth))
      section("kind", left.kinds(leftCounts), right.kinds(rightCounts))
    }

    /// The rows of one table that differ.
    private func section(_ title: String, _ left: [WorkloadPart], _ right: [WorkloadPart]) {
      let others = Dictionary(
        right.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
      let names = Set(left.map(\.name))
      var pairs: [(String, WorkloadPart?, WorkloadPart?)] = left.map {
        ($0.name, $0, others[$0.name])
      }
      pairs += right.filter { !names.contains($0.name) }.map { ($0.name, nil, $0) }
      var table = TextTable([
        .init(title, .left), .init("parameters"), .init("→"), .init("MACs"), .init("→ "),
        .init("bytes moved"), .init("→  "),
      ])
      var isDifferent = false
      for (name, one, other) in pairs {
        guard one?.counts != other?.counts else { continue }
        isDifferent = true
        func cells(_ value: (OperationCounts) -> Double, _ text: (Double) -> String) -> [String] {
          [one.map { text(value($0.counts)) } ?? "–", other.map { text(value($0.counts)) } ?? "–"]
        }
        table.append(
          [name] + cells(\.parameters, Count.short)
            + cells({ $0.macs(options.convention) }, Count.short)
            + cells(\.bytes.value) { "\(Bytes($0))" })
      }
      print("")
      print(isDifferent ? table.text : "no \(title) differs")
    }
  }
}
