import ArgumentParser
import Quantities
import Reports
import Workloads
import Zoo

extension ModelCommand {
  struct Count: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints what every operation of a network costs.",
      discussion: """
          perfmodel model count resnet50 --format json
          perfmodel model count model.onnx --set batch=8 --format csv
          perfmodel model count llama-2-7b --phase decode --context 4096

        Counts are of one run; an operation's are of one instance. 1 MAC = 2 FLOP. FLOP are all \
        arithmetic: twice the products of matrices and what is done element by element.
        """)

    @Argument(help: "Name, notation or file of the network.")
    var network: String
    @OptionGroup var options: WorkloadOptions
    @OptionGroup var format: FormatOption

    func run() throws {
      let (workload, counts) = try options.counted(network)
      switch format.format {
      case .json:
        print(try JSONReport.text(WorkloadReport(workload, counts, options.convention)))
      case .csv:
        print(Self.csv(workload, counts, options.convention))
      case .table:
        var table = TextTable([
          .init("operation", .left), .init("kind", .left), .init("output", .left), .init("×"),
          .init("parameters"), .init("MACs"), .init("FLOP"), .init("weights"), .init("read"),
          .init("written"), .init("cache"),
        ])
        for (operation, cost) in zip(workload.operations, counts.operations) {
          table.append([
            workload.path(of: operation), "\(operation.kind)",
            workload.outputs(of: operation).last.map { "\(workload[$0].shape)" } ?? "",
            "\(Count.whole(workload.instances(of: operation)))",
            Count.whole(cost.parameters), Count.short(cost.macs(options.convention)),
            "\(cost.flop)", "\(Bytes(cost.weightBytesRead))",
            "\(Bytes(cost.activationBytesRead))", "\(Bytes(cost.activationBytesWritten))",
            "\(Bytes(cost.cacheBytesRead + cost.cacheBytesWritten))",
          ])
        }
        print(table.text)
      }
    }

    private static func csv(
      _ workload: Workload, _ counts: WorkloadCounts, _ convention: CountingConvention
    ) -> String {
      let header = [
        "operation", "kind", "pass", "instances", "output", "parameters", "macs", "flop",
        "weight_bytes_read", "activation_bytes_read", "activation_bytes_written",
        "cache_bytes_read", "cache_bytes_written",
      ]
      let rows = zip(workload.operations, counts.operations).map { operation, cost in
        [
          workload.path(of: operation), "\(operation.kind)", operation.pass.rawValue,
          whole(workload.instances(of: operation)),
          workload.outputs(of: operation).last.map { "\(workload[$0].shape)" } ?? "",
          whole(cost.parameters), whole(cost.macs(convention)), whole(cost.flop.value),
        ]
          + [
            cost.weightBytesRead, cost.activationBytesRead, cost.activationBytesWritten,
            cost.cacheBytesRead, cost.cacheBytesWritten,
          ].map { "\($0)" }
      }
      return CSVReport.text(header: header, rows: rows)
    }

    /// A whole number in full.
    static func whole(_ number: Double) -> String {
      number.magnitude < 9e18 ? "\(Int(number.rounded()))" : "\(number)"
    }

    /// Three digits with the letter of the thousand.
    static func short(_ number: Double) -> String {
      let text = "\(FLOP(number))"
      let unit = text.split(separator: " ")
      guard unit.count == 2 else { return text }
      return "\(unit[0]) \(unit[1].dropLast(4))".trimmingSuffix()
    }
  }
}

extension String {
  fileprivate func trimmingSuffix() -> String {
    var copy = self
    while copy.last == " " { copy.removeLast() }
    return copy
  }
}

/// The counts as they are written for programs.
struct WorkloadReport: Encodable {
  struct OperationRow: Encodable {
    let name: String
    let kind: String
    let pass: String
    let instances: Double
    let inputs: [[Int]]
    let outputs: [[Int]]
    let parameters: Double
    let macs: Double
    let flop: Double
    let weightBytesRead: Double
    let activationBytesRead: Double
    let activationBytesWritten: Double
    let cacheBytesRead: Double
    let cacheBytesWritten: Double

    private enum CodingKeys: String, CodingKey {
      case name, kind, pass, instances, inputs, outputs, parameters, macs, flop
      case weightBytesRead = "weight_bytes_read"
      case activationBytesRead = "activation_bytes_read"
      case activationBytesWritten = "activation_bytes_written"
      case cacheBytesRead = "cache_bytes_read"
      case cacheBytesWritten = "cache_bytes_written"
    }
  }

  let name: String
  let source: String
  let convention: String
  let parameters: Int
  let activeParameters: Int
  let macs: Double
  let matrixMACs: Double
  let flop: Double
  let activations: Double
  let weightBytes: Double
  let activationBytes: Double
  let peakActivationBytes: Double
  let cacheBytes: Double
  let weightBytesRead: Double
  let activationBytesRead: Double
  let activationBytesWritten: Double
  let cacheBytesRead: Double
  let cacheBytesWritten: Double
  let assumptions: [String]
  let warnings: [String]
  let operations: [OperationRow]

  private enum CodingKeys: String, CodingKey {
    case name, source, convention, parameters, macs, flop, activations, assumptions, warnings
    case operations
    case activeParameters = "active_parameters"
    case matrixMACs = "matrix_macs"
    case weightBytes = "weight_bytes"
    case activationBytes = "activation_bytes"
    case peakActivationBytes = "peak_activation_bytes"
    case cacheBytes = "cache_bytes"
    case weightBytesRead = "weight_bytes_read"
    case activationBytesRead = "activation_bytes_read"
    case activationBytesWritten = "activation_bytes_written"
    case cacheBytesRead = "cache_bytes_read"
    case cacheBytesWritten = "cache_bytes_written"
  }

  init(_ workload: Workload, _ counts: WorkloadCounts, _ convention: CountingConvention) {
    let total = counts.total
    name = workload.name
    source = workload.source
    self.convention = convention.rawValue
    parameters = counts.parameters
    activeParameters = counts.activeParameters
    macs = total.macs(convention)
    matrixMACs = total.matrixMACs
    flop = total.flop.value
    activations = total.activations
    weightBytes = counts.weightBytes.value
    activationBytes = total.activationBytesWritten
    peakActivationBytes = counts.peakActivationBytes.value
    cacheBytes = counts.cacheBytes.value
    weightBytesRead = total.weightBytesRead
    activationBytesRead = total.activationBytesRead
    activationBytesWritten = total.activationBytesWritten
    cacheBytesRead = total.cacheBytesRead
    cacheBytesWritten = total.cacheBytesWritten
    assumptions = workload.assumptions
    warnings = workload.warnings
    operations = zip(workload.operations, counts.operations).map { operation, cost in
      OperationRow(
        name: workload.path(of: operation), kind: "\(operation.kind)",
        pass: operation.pass.rawValue, instances: workload.instances(of: operation),
        inputs: workload.inputs(of: operation).map { Array(workload[$0].shape) },
        outputs: workload.outputs(of: operation).map { Array(workload[$0].shape) },
        parameters: cost.parameters, macs: cost.macs(convention), flop: cost.flop.value,
        weightBytesRead: cost.weightBytesRead, activationBytesRead: cost.activationBytesRead,
        activationBytesWritten: cost.activationBytesWritten, cacheBytesRead: cost.cacheBytesRead,
        cacheBytesWritten: cost.cacheBytesWritten)
    }
  }
}
