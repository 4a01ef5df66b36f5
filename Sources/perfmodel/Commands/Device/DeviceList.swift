import ArgumentParser
import Devices
import Quantities
import Reports
import Zoo

extension DeviceCommand {
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the devices that are built in.",
      discussion: """
          perfmodel device list
          perfmodel device list --class gpu --vendor NVIDIA
          perfmodel device list --format csv > devices.csv

        Rates are dense: fp16 or bf16 of matrix units, fp32 of vector units, or the fastest where there \
        is none. '~' stands before what is uncertain.
        """)

    @Option(name: .customLong("class"), help: "Only those of one class.")
    var deviceClass: DeviceClass?
    @Option(help: "Only those of one vendor.")
    var vendor: String?
    @OptionGroup var format: FormatOption

    func run() throws {
      var devices = try DeviceCatalogue.devices()
      if let vendor {
        let vendors = Set(devices.compactMap(\.vendor)).sorted()
        guard let name = vendors.first(where: { $0.lowercased() == vendor.lowercased() }) else {
          throw ValidationError(
            "no vendor '\(vendor)'."
              + (nearestName(to: vendor, among: vendors).map { " Did you mean '\($0)'?" } ?? "")
              + " Vendors: " + vendors.joined(separator: ", "))
        }
        devices = devices.filter { $0.vendor == name }
      }
      if let deviceClass { devices = devices.filter { $0.deviceClass == deviceClass } }
      switch format.format {
      case .json: print(try JSONReport.text(devices.map(Row.init)))
      case .csv: print(CSVReport.text(header: Row.header, rows: devices.map { Row($0).cells }))
      case .table: print(Self.table(devices))
      }
    }

    private static func table(_ devices: [Device]) -> String {
      var table = TextTable([
        .init("name", .left), .init("class", .left), .init("year"), .init("matrix"),
        .init("vector"), .init("memory"), .init("bandwidth"), .init("TDP"),
      ])
      for device in devices {
        table.append([
          device.name, device.deviceClass.rawValue, device.releaseYear.map { "\($0)" } ?? "",
          rate(device.usualPeak(of: .matrix)), rate(device.usualPeak(of: .vector)),
          text(device.capacity), text(device.bandwidth), text(device.power.thermalDesign),
        ])
      }
      return table.text
    }

    private static func rate(_ peak: PeakRate?) -> String {
      peak.map { text($0.dense) + " " + $0.type.rawValue } ?? ""
    }

    private static func text<Amount: Quantity>(_ figure: Figure<Amount>?) -> String {
      figure.map { ($0.confidence == .uncertain ? "~" : "") + $0.value.compactDescription } ?? ""
    }
  }

  /// A device as a line for programs; keys and columns carry units.
  private struct Row: Encodable {
    private let name: String
    private let vendor: String?
    private let deviceClass: String
    private let releaseYear: Int?
    private let matrixType: String?
    private let matrixRate: Double?
    private let vectorType: String?
    private let vectorRate: Double?
    private let capacity: Double?
    private let bandwidth: Double?
    private let designPower: Double?

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case name, vendor
      case deviceClass = "class"
      case releaseYear = "release_year"
      case matrixType = "matrix_type"
      case matrixRate = "matrix_flop_per_s"
      case vectorType = "vector_type"
      case vectorRate = "vector_flop_per_s"
      case capacity = "capacity_bytes"
      case bandwidth = "bandwidth_b_per_s"
      case designPower = "tdp_w"
    }

    init(_ device: Device) {
      let matrix = device.usualPeak(of: .matrix)
      let vector = device.usualPeak(of: .vector)
      name = device.name
      vendor = device.vendor
      deviceClass = device.deviceClass.rawValue
      releaseYear = device.releaseYear
      matrixType = matrix?.type.rawValue
      matrixRate = matrix?.dense?.value.value
      vectorType = vector?.type.rawValue
      vectorRate = vector?.dense?.value.value
      capacity = device.capacity?.value.value
      bandwidth = device.bandwidth?.value.value
      designPower = device.power.thermalDesign?.value.value
    }

    static let header = CodingKeys.allCases.map(\.rawValue)

    /// In the order of the header.
    var cells: [String] {
      func text(_ number: Double?) -> String { number.map { "\($0)" } ?? "" }
      return [
        name, vendor ?? "", deviceClass, releaseYear.map { "\($0)" } ?? "", matrixType ?? "",
        text(matrixRate), vectorType ?? "", text(vectorRate), text(capacity), text(bandwidth),
        text(designPower),
      ]
    }
  }
}
