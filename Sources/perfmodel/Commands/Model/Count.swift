import ArgumentParser
import Reports
import Workloads
import Zoo

extension ModelCommand {
  struct Count: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the counts of a network.")

    @OptionGroup var model: ModelOptions
    @OptionGroup var format: FormatOption

    func run() throws {
      let workload = try model.workload()
      print(try JSONReport.text(WorkloadReport(workload, workload.counts(), model.convention)))
    }
  }
}

/// The counts as they are written for programs.
struct WorkloadReport: Encodable {
  struct OperationRow: Encodable {
    let name: String
    let kind: String
    let instances: Int
    let macs: Double
    let flop: Double
    let parameters: Int
  }
  let name: String
  let parameters: Int
  let macs: Double
  let activations: Double
  let operations: [OperationRow]

  init(_ workload: Workload, _ counts: WorkloadCounts, _ convention: CountingConvention) {
    name = workload.name
    parameters = counts.parameters
    macs = counts.total.macs(convention)
    activations = counts.total.activations
    operations = zip(workload.operations, counts.operations).map { operation, counts in
      OperationRow(
        name: workload.path(of: operation), kind: "\(operation.kind)",
        instances: Int(workload.instances(of: operation)), macs: counts.macs(convention),
        flop: counts.flop.value, parameters: Int(counts.parameters))
    }
  }
}
