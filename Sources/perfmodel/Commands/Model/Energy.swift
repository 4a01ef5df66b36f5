import Analytic
import ArgumentParser
import Foundation
import Quantities
import Reports
import Workloads

extension ModelCommand {
  struct Energy: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Adds up what each component of an array accelerator takes for a network.",
      discussion: """
        Counts of actions, MACs and words that are read, written or brought to a unit, times what one of \
        each costs. A word is one element in the format of --operands. Products pass through the buffer in \
        the blocks of least energy.

          perfmodel model energy alexnet --device Eyeriss-v1 --batch 16
          perfmodel model energy resnet50 --array 16x16 --buffer 108KiB --dataflow output-stationary
          perfmodel model energy resnet50 --array 128x128 --registers 2B --buffer 24MiB --operands int8 \
        --process 28 --costs size
          perfmodel model energy vgg16 --device Eyeriss-v1 --by operation --format csv

        It is a sum of single actions: no clock, no leakage, no zeros that are skipped, and none of the \
        control around the array.
        """)

    enum Breakdown: String, CaseIterable, ExpressibleByArgument {
      case component, operation
    }

    @Argument(help: "Name, notation or file of the network.")
    var network: String
    @OptionGroup(title: "Accelerator") var machine: AcceleratorOptions
    @OptionGroup(title: "Workload") var options: WorkloadOptions
    @Option(help: "What a row is: component or operation.")
    var by = Breakdown.component
    @OptionGroup var format: FormatOption

    func run() throws {
      let accelerator = try machine.accelerator()
      let (workload, counts) = try options.counted(network)
      // Activations and normalisations are applied as results leave the array.
      let program = workload.kernels(Execution(fusion: .epilogue), counts: counts)
      let energy = accelerator.energy(of: program)
      let total = Document(accelerator, energy, workload)
      switch format.format {
      case .json: print(try JSONReport.text(total))
      case .csv: print(by == .component ? total.componentsCSV : total.operationsCSV)
      case .table:
        print(Self.heading(workload, accelerator))
        print(by == .component ? total.componentTable : total.operationTable)
      }
    }

    private static func heading(_ workload: Workload, _ machine: SpatialAccelerator) -> String {
      let words = machine.registerTile * machine.registerTile
      let stationary =
        machine.dataflow == .noLocalReuse
        ? "" : " with \(words) stationary word\(words == 1 ? "" : "s") each"
      return "\(workload.name), \(machine.dataflow.rawValue) on \(machine.rows)x\(machine.columns) "
        + "\(machine.format.rawValue) units\(stationary), "
        + "buffer \(machine.buffer.binaryDescription)\n"
    }
  }
}

extension ModelCommand.Energy {
  /// The sum as it is written for programs.
  fileprivate struct Document: Encodable {
    let workload, dataflow, operands: String
    let rows, columns, registerTile: Int
    let buffer, macs, energy: Double
    let components: [ComponentRow]
    let operations: [OperationRow]

    private enum CodingKeys: String, CodingKey {
      case workload, dataflow, operands, rows, columns, macs, components, operations
      case registerTile = "register_tile"
      case buffer = "buffer_bytes"
      case energy = "energy_j"
    }

    init(_ machine: SpatialAccelerator, _ sum: ComponentEnergy, _ workload: Workload) {
      self.workload = workload.name
      dataflow = machine.dataflow.rawValue
      operands = machine.format.rawValue
      rows = machine.rows
      columns = machine.columns
      registerTile = machine.registerTile
      buffer = machine.buffer.value
      let actions = sum.actions
      macs = actions.macs
      let total = sum.costs.energy(of: actions).value
      energy = total
      components = AcceleratorComponent.allCases.map {
        let energy = sum.costs.energy(of: $0, in: actions).value
        return ComponentRow(
          component: $0.rawValue, actions: actions[$0],
          perAction: sum.costs[$0].energy.value, energy: energy,
          share: total > 0 ? energy / total : 0,
          accesses: actions.accesses(of: $0).map(Operands.init))
      }
      operations = sum.operations.map { operation in
        OperationRow(
          operation: workload.path(of: workload.operations[operation.operation]),
          instances: operation.instances, macs: operation.actions.macs,
          energy: sum.costs.energy(of: operation.actions).value,
          components: Dictionary(
            uniqueKeysWithValues: AcceleratorComponent.allCases.map {
              ($0.rawValue, sum.costs.energy(of: $0, in: operation.actions).value)
            }))
      }
    }
  }

  fileprivate struct ComponentRow: Encodable {
    let component: String
    let actions, perAction, energy, share: Double
    let accesses: Operands?

    private enum CodingKeys: String, CodingKey {
      case component, actions, share, accesses
      case perAction = "energy_per_action_j"
      case energy = "energy_j"
    }
  }

  /// Words of each operand.
  fileprivate struct Operands: Encodable {
    struct Pair: Encodable {
      let reads, writes: Double

      init(_ accesses: ActionCounts.Accesses) {
        reads = accesses.reads
        writes = accesses.writes
      }
    }

    let inputs, weights, outputs: Pair

    init(_ accesses: ActionCounts.OperandAccesses) {
      inputs = Pair(accesses.inputs)
      weights = Pair(accesses.weights)
      outputs = Pair(accesses.outputs)
    }
  }

  fileprivate struct OperationRow: Encodable {
    let operation: String
    let instances, macs, energy: Double
    let components: [String: Double]

    private enum CodingKeys: String, CodingKey {
      case operation, instances, macs
      case energy = "energy_j"
      case components = "components_j"
    }
  }
}

extension ModelCommand.Energy.Document {
  fileprivate static func percent(_ share: Double) -> String {
    String(format: "%.1f %%", 100 * share)
  }

  private var perMAC: String { macs > 0 ? "\(Joules(energy / macs)) for each MAC" : "" }

  fileprivate var componentTable: String {
    var table = TextTable([
      .init("component", .left), .init("actions"), .init("energy of one"), .init("energy"),
      .init("share"),
    ])
    for row in components {
      table.append([
        row.component, ModelCommand.Count.short(row.actions), "\(Joules(row.perAction))",
        "\(Joules(row.energy))", Self.percent(row.share),
      ])
    }
    table.append(["total", "", "", "\(Joules(energy))", Self.percent(1)])
    return table.text + (macs > 0 ? "\n\n" + perMAC : "")
  }

  fileprivate var operationTable: String {
    var table = TextTable(
      [
        .init("operation", .left), .init("MACs"), .init("energy"), .init("share"),
        .init("of one MAC"),
      ] + components.map { TextTable.Column($0.component) })
    func append(_ name: String, _ macs: Double, _ own: Double, _ parts: [Double]) {
      table.append(
        [
          name, macs > 0 ? ModelCommand.Count.short(macs) : "", "\(Joules(own))",
          Self.percent(energy > 0 ? own / energy : 0), macs > 0 ? "\(Joules(own / macs))" : "",
        ] + parts.map { Self.percent(own > 0 ? $0 / own : 0) })
    }
    for row in operations {
      append(
        row.operation, row.macs, row.energy,
        components.map { row.components[$0.component] ?? 0 })
    }
    append("total", macs, energy, components.map(\.energy))
    return table.text
  }

  fileprivate var componentsCSV: String {
    CSVReport.text(
      header: [
        "component", "actions", "energy_per_action_j", "energy_j", "share", "input_reads",
        "input_writes", "weight_reads", "weight_writes", "output_reads", "output_writes",
      ],
      rows: components.map { row in
        [row.component]
          + [row.actions, row.perAction, row.energy, row.share].map { "\($0)" }
          + (row.accesses.map {
            [$0.inputs, $0.weights, $0.outputs].flatMap { ["\($0.reads)", "\($0.writes)"] }
          } ?? [String](repeating: "", count: 6))
      })
  }

  fileprivate var operationsCSV: String {
    CSVReport.text(
      header: ["operation", "instances", "macs", "energy_j"]
        + components.map { $0.component.lowercased().replacing(" ", with: "_") + "_j" },
      rows: operations.map { row in
        [row.operation] + [row.instances, row.macs, row.energy].map { "\($0)" }
          + components.map { "\(row.components[$0.component] ?? 0)" }
      })
  }
}
