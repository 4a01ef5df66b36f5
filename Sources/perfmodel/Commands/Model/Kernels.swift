import Analytic
import ArgumentParser
import Quantities
import Reports
import Workloads
import Zoo

extension ModelCommand {
  struct Kernels: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what a runtime launches for a network: each kernel's shape and traffic.",
      discussion: """
        A product of matrices is rows × depth by depth × columns, 'batch' times; a convolution is such \
        a product with a row for each output pixel.

          perfmodel model kernels resnet50 --batch 8 --precision fp16
          perfmodel model kernels resnet50 --fusion epilogue --format csv
        """)

    @Argument(help: "Name, notation or file of the network.")
    var network: String
    @OptionGroup var options: WorkloadOptions
    @OptionGroup var execution: ExecutionOptions
    @OptionGroup var format: FormatOption

    private struct Row: Encodable {
      let operation: String
      let kind: String
      let instances: Double
      let batch, rows, columns, depth, window: Double
      let macs, vectorFLOP: Double
      let weightBytes, readBytes, writtenBytes, extraBytes: Double
      let extraLaunches, operandBits: Double
      let joined: Int

      static let header = [
        "operation", "kind", "instances", "batch", "rows", "columns", "depth", "window", "macs",
        "vector_flop", "weight_bytes", "read_bytes", "written_bytes", "extra_bytes",
        "extra_launches", "operand_bits", "joined",
      ]

      var fields: [String] {
        [operation, kind]
          + [
            instances, batch, rows, columns, depth, window, macs, vectorFLOP, weightBytes,
            readBytes, writtenBytes, extraBytes, extraLaunches, operandBits,
          ].map { "\($0)" } + ["\(joined)"]
      }

      private enum CodingKeys: String, CodingKey {
        case operation, kind, instances, batch, rows, columns, depth, window, macs, joined
        case vectorFLOP = "vector_flop"
        case weightBytes = "weight_bytes"
        case readBytes = "read_bytes"
        case writtenBytes = "written_bytes"
        case extraBytes = "extra_bytes"
        case extraLaunches = "extra_launches"
        case operandBits = "operand_bits"
      }
    }

    func run() throws {
      let (workload, counts) = try options.counted(network)
      let program = workload.kernels(
        Execution(
          precision: execution.precision, layout: execution.layout,
          fusion: execution.fusion ?? .none), counts: counts)
      let rows = program.steps.flatMap { step in
        step.kernels.map { index in
          let kernel = program.kernels[index]
          return Row(
            operation: workload.path(of: workload.operations[step.operation]),
            kind: kernel.kind.name, instances: step.instances, batch: kernel.batch,
            rows: kernel.rows, columns: kernel.columns, depth: kernel.depth, window: kernel.window,
            macs: kernel.matrixMACs, vectorFLOP: kernel.vectorFLOP,
            weightBytes: kernel.weightBytes, readBytes: kernel.readBytes,
            writtenBytes: kernel.writtenBytes, extraBytes: kernel.extraBytes,
            extraLaunches: kernel.extraLaunches, operandBits: kernel.operandBits,
            joined: step.joined.count)
        }
      }
      switch format.format {
      case .json: print(try JSONReport.text(rows))
      case .csv: print(CSVReport.text(header: Row.header, rows: rows.map(\.fields)))
      case .table:
        var table = TextTable([
          .init("operation", .left), .init("kernel", .left), .init("×"), .init("batch"),
          .init("rows"), .init("columns"), .init("depth"), .init("FLOP"), .init("weights"),
          .init("read"), .init("written"), .init("extra"), .init("joined"),
        ])
        for row in rows {
          table.append([
            row.operation, row.kind, Count.whole(row.instances), Count.whole(row.batch),
            Count.whole(row.rows), Count.whole(row.columns), Count.whole(row.depth),
            "\(FLOP(2 * row.macs + row.vectorFLOP))", "\(Bytes(row.weightBytes))",
            "\(Bytes(row.readBytes))", "\(Bytes(row.writtenBytes))", "\(Bytes(row.extraBytes))",
            row.joined > 0 ? "\(row.joined)" : "",
          ])
        }
        print(table.text)
      }
    }
  }
}
