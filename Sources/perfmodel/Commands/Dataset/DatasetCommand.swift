import ArgumentParser
import Datasets
import Evaluation
import Foundation
import Mathematics
import Quantities
import Reports
import Workloads

struct DatasetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dataset", abstract: "Brings measurements in, looks at them, takes them out.",
    discussion: """
        perfmodel dataset import --architectures archs.csv.gz --latency latency_ms.csv.gz \\
                                 --title 'My boards' --output boards.h5
        perfmodel dataset info boards.h5
        perfmodel dataset validate boards.h5 --space nasbench201
        perfmodel dataset export boards.h5 --architectures a.csv.gz --latency l_s.csv.gz
      """,
    subcommands: [Import.self, Info.self, Validate.self, Export.self])

  struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Makes an HDF5 file of a pair of CSV files.")

    @Option(help: "Architectures as CSV or CSV.GZ: an id, then notation or operation columns.")
    var architectures: String
    @Option(help: "Latencies as CSV or CSV.GZ: the architecture's id, then a column per device.")
    var latency: String
    @Option(help: "Unit of the latencies, where the file's name does not say it: ns, us, ms or s.")
    var unit: String?
    @Option(help: "What it is.")
    var title: String?
    @Option(help: "Where it comes from.")
    var source = ""
    @Option(help: "On what terms.")
    var licence = ""
    @Option(help: "A fact for the card, name=value; may be given several times.")
    var fact: [String] = []
    @Option(help: "HDF5 file to write.")
    var output: String

    func run() throws {
      let matrix = try MeasurementMatrix(
        architecturesCSV: architectures, latencyCSV: latency,
        unit: try unit.map { try LatencyUnit(named: $0) })
      var facts: [String: String] = [:]
      for text in fact {
        let pair = text.split(separator: "=", maxSplits: 1)
        guard pair.count == 2 else {
          throw ValidationError("--fact is '\(text)'; write name=value")
        }
        facts[String(pair[0])] = String(pair[1])
      }
      try matrix.with(
        card: DatasetCard(
          title: title ?? matrix.card.title, source: source, licence: licence, attributes: facts)
      ).write(hdf5: output)
      Console.remark(
        "\(matrix.architectures.ids.count) architectures × \(matrix.devices.count) devices: \(output)"
      )
    }
  }

  struct Info: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows what a dataset holds.")

    @Argument(help: "HDF5 file.")
    var file: String
    @OptionGroup var format: FormatOption

    private struct Report: Encodable {
      let title: String
      let source: String
      let licence: String
      let facts: [String: String]
      let architectures: Int
      let columns: [String]
      let devices: [Device]
    }

    private struct Device: Encodable {
      let device: String
      let measured: Int
      let fastest: Double?
      let median: Double?
      let slowest: Double?

      private enum CodingKeys: String, CodingKey {
        case device, measured
        case fastest = "min_s"
        case median = "median_s"
        case slowest = "max_s"
      }
    }

    func run() throws {
      let matrix = try MeasurementMatrix(hdf5: file)
      let devices = matrix.devices.indices.map { column in
        let values = matrix.latency.column(column).filter(\.isFinite).sorted()
        return Device(
          device: matrix.devices[column], measured: values.count, fastest: values.first,
          median: values.isEmpty ? nil : quantile(sorted: values, 0.5), slowest: values.last)
      }
      switch format.format {
      case .json:
        print(
          try JSONReport.text(
            Report(
              title: matrix.card.title, source: matrix.card.source, licence: matrix.card.licence,
              facts: matrix.card.attributes, architectures: matrix.architectures.ids.count,
              columns: matrix.architectures.columns.map(\.name), devices: devices)))
      case .csv:
        print(
          CSVReport.text(
            header: ["device", "measured", "min_s", "median_s", "max_s"],
            rows: devices.map { one in
              [one.device, "\(one.measured)"]
                + [one.fastest, one.median, one.slowest].map { $0.map { "\($0)" } ?? "" }
            }))
      case .table:
        print("\(matrix.card.title)")
        if !matrix.card.source.isEmpty { print("source   \(matrix.card.source)") }
        if !matrix.card.licence.isEmpty { print("licence  \(matrix.card.licence)") }
        for (name, value) in matrix.card.attributes.sorted(by: { $0.key < $1.key }) {
          print("\(name)  \(value)")
        }
        print(
          "\(matrix.architectures.ids.count) architectures, described by "
            + matrix.architectures.columns.map(\.name).joined(separator: ", ") + "\n")
        var table = TextTable([
          .init("device", .left), .init("measured"), .init("min"), .init("median"), .init("max"),
        ])
        for one in devices {
          table.append(
            [one.device, "\(one.measured)"]
              + [one.fastest, one.median, one.slowest].map { $0.map { "\(Seconds($0))" } ?? "" })
        }
        print(table.text)
      }
    }
  }

  struct Validate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks a dataset; exit code 2 says that it is not sound.")

    @Argument(help: "HDF5 file.")
    var file: String
    @Option(help: "Also check that the architectures belong to this space.")
    var space: String?

    func run() throws {
      let matrix = try MeasurementMatrix(hdf5: file)
      if let space { _ = try MeasuredSpace(matrix, spaceName: space) }
      for (column, device) in matrix.devices.enumerated()
      where !matrix.latency.column(column).contains(where: \.isFinite) {
        throw DatasetError.invalid(
          path: file, key: "latency_s", found: "empty for '\(device)'",
          allowed: "a device has at least one measurement")
      }
      print(
        "\(file): sound, \(matrix.architectures.ids.count) architectures × "
          + "\(matrix.devices.count) devices")
    }
  }

  struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Writes a dataset as a pair of CSV files, latencies in seconds.")

    @Argument(help: "HDF5 file.")
    var file: String
    @Option(help: "CSV or CSV.GZ for the architectures.")
    var architectures: String
    @Option(help: "CSV or CSV.GZ for the latencies; a name like latency_s.csv.gz says the unit.")
    var latency: String

    func run() throws {
      try MeasurementMatrix(hdf5: file).writeCSV(
        architectures: architectures, latency: latency)
    }
  }
}
