import ArgumentParser
import Devices
import Quantities
import Reports
import Zoo

extension DeviceCommand {
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows every figure of a device, how sure it is and where it is from.",
      discussion: """
          perfmodel device show RTX-3090
          perfmodel device show mine.json
          perfmodel device show RTX-3090 --format json > mine.json

        A ridge point is where a roofline bends: an operation of less FLOP for each byte waits for the \
        main memory, one of more for the arithmetic. JSON is what 'device validate' and all commands \
        that take a device read.
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, line }

    @Argument(help: "Name or JSON file of the device.")
    var device: String
    @Option(help: "How to print: table, json, or line (JSON as the catalogue holds it).")
    var format: Format = .table

    func run() throws {
      let device = try DeviceReference(device).device
      switch format {
      case .json: print(device.json)
      case .line: print(device.jsonLine)
      case .table: print(Self.text(device))
      }
    }

    private static func text(_ device: Device) -> String {
      var lines = [device.name, ""]
      func line(_ name: String, _ text: String?) {
        guard let text, !text.isEmpty else { return }
        lines.append(name + String(repeating: " ", count: max(1, 20 - name.count)) + text)
      }
      line("also called", device.aliases.joined(separator: ", "))
      line("vendor", device.vendor)
      line("class", device.deviceClass.rawValue)
      line("architecture", device.architecture)
      line("released", device.releaseYear.map { "\($0)" })
      line("notes", device.notes)
      var table = FigureTable()
      add(chip: device, to: &table)
      for peak in device.peaks { add(peak, of: device, to: &table) }
      for level in device.memory { add(level, isMain: level == device.mainMemory, to: &table) }
      add(rest: device, to: &table)
      lines += ["", table.text]
      if let source = device.source {
        lines += ["", "source, where a figure names none of its own: \(source)"]
      }
      return lines.joined(separator: "\n")
    }

    // MARK: - Parts

    private static func add(chip device: Device, to table: inout FigureTable) {
      table.add("process", device.processNanometres) { "\(number($0)) nm" }
      table.add("compute units", device.computeUnits?.count) {
        "\($0) \(device.computeUnits?.kind ?? "")"
      }
      table.add("clock, base", device.clock?.base)
      table.add("clock, boost", device.clock?.boost)
    }

    private static func add(
      _ peak: PeakRate, of device: Device, to table: inout FigureTable
    ) {
      table.add(
        peak.label, peak.dense, ridge: device.ridgePoint(of: peak)?.compactDescription ?? "")
      table.add(peak.label + ", sparse", peak.sparse)
      table.add(peak.label + ", achieved", peak.achieved)
      table.add(peak.label + ", energy", peak.energyPerFLOP)
    }

    private static func add(
      _ level: MemoryLevel, isMain: Bool, to table: inout FigureTable
    ) {
      let name = ([level.name] + [level.technology].compactMap(\.self)).joined(separator: " ")
      let each = level.scope == .computeUnit ? " each" : ""
      table.add(name + ", capacity", level.capacity) {
        (isMain ? exact($0) : $0.binaryDescription) + each
      }
      table.add(name + ", bandwidth", level.bandwidth) { exact($0) + each }
      table.add(name + ", achieved", level.achievedBandwidth) { exact($0) + each }
      table.add(name + ", energy", level.energyPerByte)
    }

    private static func add(rest device: Device, to table: inout FigureTable) {
      table.add("launch overhead", device.launchOverhead)
      for link in device.links {
        let count = link.count.map { "\($0) × " } ?? ""
        table.add(count + link.kind + ", both directions", link.bidirectionalBandwidth)
      }
      table.add("design power (TDP)", device.power.thermalDesign)
      table.add("idle power", device.power.idle)
      table.add("lowest power limit", device.power.lowestLimit)
      table.add("highest power limit", device.power.highestLimit)
    }

    private static func number(_ value: Double) -> String {
      value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : "\(value)"
    }
  }

  /// One row for a figure that is known.
  private struct FigureTable {
    private var table = TextTable([
      .init("figure", .left), .init("value"), .init("ridge point"), .init("confidence", .left),
      .init("source", .left),
    ])

    var text: String { table.text }

    mutating func add<Amount>(
      _ name: String, _ figure: Figure<Amount>?, ridge: String = "", text: (Amount) -> String
    ) {
      guard let figure else { return }
      table.append([
        name, text(figure.value), ridge, figure.confidence.rawValue, figure.source ?? "",
      ])
    }

    mutating func add<Amount: Quantity>(
      _ name: String, _ figure: Figure<Amount>?, ridge: String = ""
    ) {
      add(name, figure, ridge: ridge, text: exact)
    }
  }
}

/// An amount with the digits in which data sheets state it.
private func exact(_ amount: some Quantity) -> String { amount.text(significantDigits: 6) }
