import Foundation
import Mathematics
import Quantities

/// Latencies of architectures on devices.
public struct MeasurementMatrix: Sendable {
  public static let schema = "perfmodel.matrix"

  public let architectures: ArchitectureTable
  public let devices: [String]
  /// Seconds, architectures × devices, NaN where not measured.
  public let latency: Matrix
  public let card: DatasetCard

  public init(
    architectures: ArchitectureTable, devices: [String], latency: Matrix, card: DatasetCard
  ) {
    precondition(latency.rows == architectures.ids.count && latency.columns == devices.count)
    self.architectures = architectures
    self.devices = devices
    self.latency = latency
    self.card = card
  }

  // MARK: - HDF5

  /// Rows that are compressed together, of one device.
  private static let chunkRows = 8192

  /// - Throws: `DatasetError` for a file that is missing, damaged or something else.
  public init(hdf5 path: String) throws(DatasetError) {
    let file = try HDF5Reader(path)
    card = try DatasetCard(file, schema: Self.schema)
    architectures = try ArchitectureTable(file)
    devices = try Self.devices(file)
    let shape = try file.shape("latency_s")
    guard shape == [architectures.ids.count, devices.count] else {
      throw .invalid(
        path: path, key: "latency_s", found: "\(shape)",
        allowed: "its shape is \([architectures.ids.count, devices.count])")
    }
    latency = Matrix(
      rows: shape[0], columns: shape[1], elements: try file.doubles("latency_s"))
    try Self.check(latency.elements, path: path)
  }

  private static func devices(_ file: borrowing HDF5Reader) throws(DatasetError) -> [String] {
    let devices = try file.strings("devices/id")
    guard Set(devices).count == devices.count else {
      throw .invalid(
        path: file.path, key: "devices/id", found: devices.joined(separator: ", "),
        allowed: "each device stands once")
    }
    return devices
  }

  private static func check(_ latencies: [Double], path: String) throws(DatasetError) {
    if let bad = latencies.first(where: { $0 < 0 || $0.isInfinite }) {
      throw .invalid(
        path: path, key: "latency_s", found: "\(bad)",
        allowed: "a latency is finite and not negative; NaN where not measured")
    }
  }

  /// Latencies of some devices, in seconds, rows × devices, without reading the others.
  public static func latencies(
    hdf5 path: String, devices wanted: [String], rows: Range<Int>? = nil
  ) throws(DatasetError) -> Matrix {
    let file = try HDF5Reader(path)
    _ = try DatasetCard(file, schema: schema)
    let devices = try devices(file)
    let shape = try file.shape("latency_s")
    let count = rows?.count ?? shape.first ?? 0
    var result = Matrix(rows: count, columns: wanted.count)
    for (column, device) in wanted.enumerated() {
      guard let index = devices.firstIndex(of: device) else {
        throw .unknownDevice(
          path: path, device: device, devices: devices,
          nearest: nearestName(to: device, among: devices))
      }
      let values = try file.doubles("latency_s", rows: rows, columns: index..<index + 1)
      try check(values, path: path)
      for row in values.indices { result[row, column] = values[row] }
    }
    return result
  }

  public func write(hdf5 path: String) throws(DatasetError) {
    let file = try HDF5Writer(path)
    try card.write(to: file, schema: Self.schema)
    try architectures.write(to: file)
    try file.write("devices/id", devices)
    try file.write(
      "latency_s", latency.elements, shape: [latency.rows, latency.columns],
      chunk: [Self.chunkRows, 1])
    try file.finish()
  }

  // MARK: - CSV

  /// Reads a pair of CSV files, joined by the architecture's id.
  ///
  /// - Parameter unit: of the latencies; `nil` reads it from the file's name, `…_ms.csv.gz`.
  /// - Throws: `DatasetError` naming file, line and column.
  public init(
    architecturesCSV: String, latencyCSV: String, unit: LatencyUnit? = nil
  ) throws(DatasetError) {
    let architectures = try ArchitectureTable(csv: architecturesCSV)
    guard let unit = unit ?? LatencyUnit(suffixOf: latencyCSV) else {
      throw .unknownUnit(path: latencyCSV, found: nil)
    }
    let table = try CSVTable(latencyCSV)
    let ids = try ArchitectureTable.ids(table)
    var places: [String: Int] = [:]
    for (place, id) in architectures.ids.enumerated() { places[id] = place }
    var rows: [Int] = []
    for (row, id) in ids.enumerated() {
      guard let place = places[id] else {
        throw .row(
          path: latencyCSV, line: table.line(row), column: table.header[0], found: id,
          allowed: "\(architecturesCSV) has no such architecture")
      }
      rows.append(place)
    }
    let devices = Array(table.header.dropFirst())
    var latency = Matrix(rows: architectures.ids.count, columns: devices.count, repeating: .nan)
    for (column, device) in devices.enumerated() {
      let allowed = "a latency is a number of \(unit.rawValue) that is not negative"
      for (row, value) in try table.doubles(device, allowed: allowed).enumerated() {
        guard !(value < 0) else {
          throw .row(
            path: latencyCSV, line: table.line(row), column: device, found: "\(value)",
            allowed: allowed)
        }
        latency[rows[row], column] = value * unit.seconds
      }
    }
    self.init(
      architectures: architectures, devices: devices, latency: latency,
      card: DatasetCard(
        title: (latencyCSV as NSString).lastPathComponent, source: "", licence: ""))
  }

  /// Writes the pair of CSV files; latencies in seconds, in full.
  public func writeCSV(architectures architecturesPath: String, latency latencyPath: String)
    throws(DatasetError)
  {
    try CSVWriter.write(
      header: ["arch"] + architectures.columns.map(\.name),
      rows: architectures.ids.indices.map { row in
        [architectures.ids[row]] + architectures.columns.map { $0.value(row) }
      }, to: architecturesPath)
    try CSVWriter.write(
      header: ["arch"] + devices,
      rows: architectures.ids.indices.map { row in
        [architectures.ids[row]] + latency.row(row).map { $0.isNaN ? "" : "\($0)" }
      }, to: latencyPath)
  }

  /// The same measurements with another card.
  public func with(card: DatasetCard) -> MeasurementMatrix {
    MeasurementMatrix(architectures: architectures, devices: devices, latency: latency, card: card)
  }
}

extension ArchitectureTable {
  /// The ids of a latency table, each once.
  fileprivate static func ids(_ table: CSVTable) throws(DatasetError) -> [String] {
    let ids = try table.strings(table.header[0])
    var seen: Set<String> = []
    for (row, id) in ids.enumerated() where !seen.insert(id).inserted {
      throw .row(
        path: table.path, line: table.line(row), column: table.header[0], found: id,
        allowed: "each architecture stands once")
    }
    return ids
  }
}
