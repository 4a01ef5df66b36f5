import Analytic
import Datasets
import Devices
import Foundation
import Quantities

/// A table with dates, from which trends are taken: a CSV file, or the project's devices.
public struct TrendTable: Sendable {
  /// The name of the project's own catalogue of devices.
  public static let devicesName = "devices"

  public let name: String
  public let header: [String]
  private let rows: [[String]]
  private let lines: [Int]
  private let units: [String: String]

  /// A CSV file, plain or `.gz`, with a header.
  ///
  /// - Throws: `DatasetError`.
  public init(csv path: String) throws(DatasetError) {
    let table = try CSVTable(path)
    var columns: [[String]] = []
    for column in table.header { columns.append(try table.strings(column)) }
    name = path
    header = table.header
    rows = (0..<table.rowCount).map { row in columns.map { $0[row] } }
    lines = (0..<table.rowCount).map(table.line)
    units = [:]
  }

  /// The devices of the catalogue, one row each; the year is that of the release.
  public init(devices: [Device]) {
    let columns = DeviceColumn.all
    name = Self.devicesName
    header = columns.map(\.name)
    rows = devices.map { device in columns.map { $0.text(device) ?? "" } }
    lines = devices.indices.map { $0 + 1 }
    units = Dictionary(
      uniqueKeysWithValues: columns.compactMap { column in column.unit.map { (column.name, $0) } })
  }

  /// `devices`, or a CSV file.
  public init(named text: String) throws {
    if text == Self.devicesName {
      self.init(devices: try DeviceCatalogue.devices())
    } else {
      try self.init(csv: text)
    }
  }

  // MARK: - Points

  /// The rows of one trend, and how many were left out.
  public struct Selection: Sendable {
    public let points: [ExponentialTrend.Point]
    /// Rows that the conditions let through.
    public let selected: Int
    /// Of those, rows without a date or a value.
    public let empty: Int
    /// Of the values, where it is known.
    public let unit: String?
  }

  /// One condition on a column: any of `values`, capitals alike.
  public struct Condition: Sendable, Hashable {
    public let column: String
    public let values: [String]

    public init(column: String, values: [String]) {
      self.column = column
      self.values = values
    }
  }

  /// Dates and values of the rows that meet every condition.
  ///
  /// - Throws: `DatasetError` for a column that is not there, what is no date and what is no number above
  ///   0, by its line; `ZooError` for conditions that no row meets.
  public func points(
    x: String, y: String, where conditions: [Condition] = []
  ) throws -> Selection {
    let (dates, values) = (try index(x), try index(y))
    var kept = Array(rows.indices)
    for condition in conditions {
      let column = try index(condition.column)
      let wanted = Set(condition.values.map(Self.plain))
      let known = Set(rows.map { Self.plain($0[column]) })
      if let odd = condition.values.first(where: { !known.contains(Self.plain($0)) }) {
        throw noValue(odd, column)
      }
      kept.removeAll { !wanted.contains(Self.plain(rows[$0][column])) }
    }
    guard !kept.isEmpty else {
      throw ZooError.noRow(table: name)
    }
    var points: [ExponentialTrend.Point] = []
    for row in kept {
      let date = rows[row][dates].trimmingCharacters(in: .whitespaces)
      let text = rows[row][values].trimmingCharacters(in: .whitespaces)
      guard !date.isEmpty, !text.isEmpty else { continue }
      guard let year = DecimalYear.parse(date) else {
        throw wrong(row, x, date, DecimalYear.formats)
      }
      guard let value = Double(text), value.isFinite else {
        throw wrong(row, y, text, "a trend needs numbers; choose rows with --where")
      }
      guard value > 0 else {
        throw wrong(row, y, text, "an exponential trend needs values above 0; empty is unknown")
      }
      points.append(.init(year: year, value: value))
    }
    return Selection(
      points: points, selected: kept.count, empty: kept.count - points.count, unit: unit(of: y))
  }

  /// What stands in parentheses at a column's end, or the unit of a device's figure.
  public func unit(of column: String) -> String? {
    if let unit = units[column] { return unit }
    let text = column.trimmingCharacters(in: .whitespaces)
    guard text.hasSuffix(")"), let start = text.lastIndex(of: "(") else { return nil }
    let unit = text[text.index(after: start)...].dropLast()
    return unit.isEmpty ? nil : String(unit)
  }

  private func wrong(_ row: Int, _ column: String, _ found: String, _ allowed: String)
    -> DatasetError
  {
    .row(path: name, line: lines[row], column: column, found: found, allowed: allowed)
  }

  private func index(_ column: String) throws(DatasetError) -> Int {
    if let index = header.firstIndex(of: column) { return index }
    throw .missingColumn(
      path: name, column: column, columns: header, nearest: nearestName(to: column, among: header))
  }

  private func noValue(_ value: String, _ column: Int) -> ZooError {
    .noSuchValue(
      table: name, column: header[column], value: value,
      values: Set(rows.map { $0[column] }).subtracting([""]).sorted())
  }

  private static func plain(_ text: String) -> String {
    text.trimmingCharacters(in: .whitespaces).lowercased()
  }
}

/// A figure or a word of a device as a column.
private struct DeviceColumn {
  let name: String
  let unit: String?
  let text: (Device) -> String?

  private static func figure<Amount: Quantity>(
    _ name: String, _ kind: Amount.Type, _ value: @escaping (Device) -> Amount?
  ) -> DeviceColumn {
    DeviceColumn(name: name, unit: Amount.symbol) { value($0).map { "\($0.value)" } }
  }

  private static func peak(_ device: Device) -> FLOPPerSecond? {
    (device.usualPeak(of: .matrix) ?? device.usualPeak(of: .vector))?.dense?.value
  }

  static var all: [DeviceColumn] {
    [
      DeviceColumn(name: "name", unit: nil) { $0.name },
      DeviceColumn(name: "class", unit: nil) { $0.deviceClass.rawValue },
      DeviceColumn(name: "vendor", unit: nil) { $0.vendor },
      DeviceColumn(name: "architecture", unit: nil) { $0.architecture },
      DeviceColumn(name: "memory", unit: nil) { $0.mainMemory?.technology },
      DeviceColumn(name: "year", unit: nil) { $0.releaseYear.map(String.init) },
      figure("peak", FLOPPerSecond.self, peak),
      figure("matrix", FLOPPerSecond.self) { $0.usualPeak(of: .matrix)?.dense?.value },
      figure("vector", FLOPPerSecond.self) { $0.usualPeak(of: .vector)?.dense?.value },
      figure("bandwidth", BytesPerSecond.self) { $0.bandwidth?.value },
      figure("capacity", Bytes.self) { $0.capacity?.value },
      figure("interconnect", BytesPerSecond.self) { device in
        device.links.compactMap { $0.bidirectionalBandwidth?.value }.max()
      },
      figure("tdp", Watts.self) { $0.power.thermalDesign?.value },
      figure("ridge", FLOPPerByte.self) { device in
        peak(device).flatMap { rate in device.bandwidth.map { rate / $0.value } }
      },
      DeviceColumn(name: "efficiency", unit: "FLOP/J") { device in
        peak(device).flatMap { rate in
          device.power.thermalDesign.map { "\(rate.value / $0.value.value)" }
        }
      },
      DeviceColumn(name: "process", unit: "nm") { $0.processNanometres.map { "\($0.value)" } },
    ]
  }
}
