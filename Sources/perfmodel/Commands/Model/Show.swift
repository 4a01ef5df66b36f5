import ArgumentParser
import Datasets
import Foundation
import Quantities
import Reports
import Workloads
import Zoo

extension ModelCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows where a network's parameters, arithmetic and traffic sit.",
      discussion: """
          perfmodel model show resnet50
          perfmodel model show resnet50 --depth 3 --batch 32 --set image=288
          perfmodel model show llama-2-70b --phase decode --batch 8 --context 4096
          perfmodel model show config.json --phase training --context 2048 --svg step.svg
        """)

    @Argument(help: "Name, notation or file of the network.")
    var network: String
    @OptionGroup var options: WorkloadOptions
    @Option(help: "How many labels of its path name a part: 1 for stages, 9 for every operation.")
    var depth = 2
    @Option(help: "Also draw it: an SVG file to write.")
    var svg: String?

    func validate() throws {
      if depth < 1 { throw ValidationError("--depth is \(depth); at least 1 is needed") }
    }

    func run() throws {
      let (workload, counts) = try options.counted(network)
      let parts = workload.parts(counts, depth: depth)
      let total = counts.total
      print(Self.heading(workload, counts, options.convention))
      var table = TextTable([
        .init("part", .left), .init("output", .left), .init("operations"), .init("parameters"),
        .init("MACs"), .init("FLOP"), .init("share"), .init("weights"), .init("activations"),
        .init("cache"), .init("FLOP/B"),
      ])
      func append(_ name: String, _ part: WorkloadPart, _ output: String) {
        let cost = part.counts
        let share = total.flop.value > 0 ? cost.flop.value / total.flop.value : 0
        let bytes = cost.bytes.value
        table.append([
          name, output, Count.whole(part.operations),
          cost.parameters > 0 ? Count.short(cost.parameters) : "",
          cost.macs(options.convention) > 0 ? Count.short(cost.macs(options.convention)) : "",
          Count.short(cost.flop.value), String(format: "%.1f %%", 100 * share),
          cost.weightBytesRead > 0 ? "\(Bytes(cost.weightBytesRead))" : "",
          "\(Bytes(cost.activationBytesRead + cost.activationBytesWritten))",
          cost.cacheBytesRead + cost.cacheBytesWritten > 0
            ? "\(Bytes(cost.cacheBytesRead + cost.cacheBytesWritten))" : "",
          bytes > 0 ? String(format: "%.1f", cost.flop.value / bytes) : "",
        ])
      }
      for part in parts { append(part.name, part, "\(part.output)") }
      append(
        "total",
        WorkloadPart(
          name: "total",
          operations: workload.operations.reduce(0) { $0 + workload.instances(of: $1) },
          counts: total, output: Shape()), "")
      print(table.text)
      print(Self.notes(workload))
      if let svg {
        let picture = ShareChart(
          title: workload.name, subtitle: Self.subtitle(counts, options.convention),
          series: ["parameters", "FLOP", "bytes moved"],
          rows: parts.map {
            .init($0.name, [$0.counts.parameters, $0.counts.flop.value, $0.counts.bytes.value])
          })
        try AtomicFile.write(Array(picture.svg.utf8), to: svg)
        Console.remark("drawn: \(svg)")
      }
    }

    static func subtitle(_ counts: WorkloadCounts, _ convention: CountingConvention) -> String {
      "\(Count.short(Double(counts.parameters))) parameters · "
        + "\(Count.short(counts.total.macs(convention))) MACs · "
        + "\(counts.total.bytes) moved"
    }

    private static func heading(
      _ workload: Workload, _ counts: WorkloadCounts, _ convention: CountingConvention
    ) -> String {
      let total = counts.total
      var lines = [workload.name, ""]
      func line(_ name: String, _ text: String) {
        lines.append(name + String(repeating: " ", count: max(1, 20 - name.count)) + text)
      }
      line("parameters", "\(counts.parameters)")
      if counts.activeParameters != counts.parameters {
        line("active for a token", "\(counts.activeParameters)")
      }
      line(
        "MACs", "\(Count.short(total.macs(convention)))  (\(convention.rawValue) convention)")
      line("FLOP", "\(total.flop)")
      line("weights", "\(counts.weightBytes)  (\(Bytes(total.weightBytesRead)) read)")
      line(
        "activations",
        "\(Bytes(total.activationBytesRead)) read, \(Bytes(total.activationBytesWritten)) written, "
          + "\(counts.peakActivationBytes) at once")
      if counts.cacheBytes > .zero {
        line(
          "cache",
          "\(counts.cacheBytes)  (\(Bytes(total.cacheBytesRead)) read, "
            + "\(Bytes(total.cacheBytesWritten)) written)")
      }
      return lines.joined(separator: "\n") + "\n"
    }

    private static func notes(_ workload: Workload) -> String {
      var lines: [String] = []
      for assumption in workload.assumptions { lines.append("assumed: \(assumption)") }
      if !workload.source.isEmpty { lines.append("source: \(workload.source)") }
      return lines.isEmpty ? "" : "\n" + lines.joined(separator: "\n")
    }
  }
}
