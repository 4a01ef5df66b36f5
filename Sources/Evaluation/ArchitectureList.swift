import Datasets
import Mathematics
import Quantities
import Workloads

/// Architectures by id, read from a file, from notations, or listed from a space.
public struct ArchitectureList: Sendable {
  public let space: any SearchSpace
  public let ids: [String]
  public let architectures: [Architecture]

  public var count: Int { architectures.count }

  /// Reads a CSV file whose space is known. Architectures stand in a notation column (`architecture`
  /// or the space's own), in one column per position, or are their own ids.
  ///
  /// - Throws: `DatasetError` or `SpaceError` naming what was found.
  public init(csv path: String, space: any SearchSpace) throws {
    try self.init(ArchitectureTable(csv: path), space: space)
  }

  /// Reads a CSV file; for `generic` its columns define the space.
  public init(csv path: String, spaceName: String) throws {
    if let known = try SearchSpaces.named(spaceName) {
      try self.init(csv: path, space: known)
    } else {
      let table = try ArchitectureTable(csv: path)
      let encoding = try SpaceEncoding(table, spaceName: spaceName)
      self.init(space: encoding.space, ids: table.ids, architectures: encoding.architectures)
    }
  }

  private init(_ table: ArchitectureTable, space: any SearchSpace) throws {
    let architectures: [Architecture]
    do {
      architectures = try SpaceEncoding(table, space: space).architectures
    } catch SpaceError.missingColumns {
      architectures = try table.ids.map { try space.architecture(parsing: $0) }
    }
    self.init(space: space, ids: table.ids, architectures: architectures)
  }

  public init(notations: [String], space: any SearchSpace) throws {
    self.init(
      space: space, ids: notations,
      architectures: try notations.map { try space.architecture(parsing: $0) })
  }

  public init(space: any SearchSpace, architectures: [Architecture]) {
    self.init(space: space, ids: [], architectures: architectures)
  }

  /// The whole space, where it has at most `count` architectures; otherwise `count` different ones.
  public init(space: any SearchSpace, count: Int, seed: UInt64) {
    if let all = space.allArchitectures {
      self.init(space: space, architectures: all)
      return
    }
    var random = RandomStream(seed: seed, label: "candidates of \(space.name)")
    var seen: Set<Architecture> = []
    var architectures: [Architecture] = []
    while architectures.count < count {
      let architecture = Architecture(
        space.positions.map { UInt8(random.integer(below: $0.operations.count)) })
      if seen.insert(architecture).inserted { architectures.append(architecture) }
    }
    self.init(space: space, architectures: architectures)
  }

  private init(space: any SearchSpace, ids: [String], architectures: [Architecture]) {
    self.space = space
    // Without ids of their own architectures go by their notation.
    self.ids = ids.isEmpty ? architectures.map { space.notation(of: $0) } : ids
    self.architectures = architectures
  }

  public func notation(_ row: Int) -> String { space.notation(of: architectures[row]) }

  public func selecting(_ rows: [Int]) -> ArchitectureList {
    ArchitectureList(
      space: space, ids: rows.map { ids[$0] }, architectures: rows.map { architectures[$0] })
  }

  public func filtering(_ isKept: (Architecture) -> Bool) -> ArchitectureList {
    selecting(architectures.indices.filter { isKept(architectures[$0]) })
  }

  /// Writes ids and notations.
  public func write(csv path: String) throws {
    let notations = architectures.map { space.notation(of: $0) }
    if ids == notations {
      try CSVWriter.write(header: ["architecture"], rows: notations.map { [$0] }, to: path)
    } else {
      try CSVWriter.write(
        header: ["id", "architecture"], rows: zip(ids, notations).map { [$0, $1] }, to: path)
    }
  }
}

/// Architectures of one device with their latencies, from a CSV file.
public struct MeasuredArchitectures: Sendable {
  public let ids: [String]
  public let architectures: [Architecture]
  public let latencies: [Seconds]
  /// Ids of rows without a latency: what failed while it was measured.
  public let withoutLatency: [String]

  /// The file has an architecture column, as `ArchitectureList` reads it, and a column `latency_s`,
  /// `latency_ms`, `latency_us` or `latency_ns`; other columns are not read.
  ///
  /// - Throws: `DatasetError` naming file, line and column; `SpaceError`.
  public init(csv path: String, space: any SearchSpace) throws {
    let table = try CSVTable(path)
    guard let (column, unit) = LatencyUnit.latencyColumn(in: table.header) else {
      throw DatasetError.missingColumn(
        path: path, column: "latency_s", columns: table.header,
        nearest: nearestName(to: "latency_s", among: table.header))
    }
    let allowed = "a latency is a positive number of \(unit.rawValue)"
    let values = try table.doubles(column, allowed: allowed)
    let known = Set(space.positions.map(\.column) + ["architecture", space.notationColumn ?? ""])
    let described = table.header.filter { known.contains($0) }
    let rowIDs = try table.strings(table.header[0])
    let list: [Architecture]
    if described.contains("architecture") || described.contains(space.notationColumn ?? "-") {
      let name = described.first { $0 == "architecture" || $0 == space.notationColumn } ?? ""
      list = try table.strings(name).map { try space.architecture(parsing: $0) }
    } else if !described.isEmpty {
      list = try SpaceEncoding(
        ArchitectureTable(
          ids: rowIDs,
          columns: try described.map { CategoricalColumn(name: $0, values: try table.strings($0)) }),
        space: space
      ).architectures
    } else {
      list = try rowIDs.map { try space.architecture(parsing: $0) }
    }
    var seen: [Architecture: Int] = [:]
    var kept: [Int] = []
    var missing: [String] = []
    for row in values.indices {
      if let first = seen.updateValue(row, forKey: list[row]) {
        throw DatasetError.row(
          path: path, line: table.line(row), column: "architecture",
          found: space.notation(of: list[row]),
          allowed: "each architecture stands once; it is in line \(table.line(first)) too")
      }
      if values[row].isNaN {
        missing.append(rowIDs[row])
      } else if values[row] <= 0 {
        throw DatasetError.row(
          path: path, line: table.line(row), column: column, found: "\(values[row])",
          allowed: allowed)
      } else {
        kept.append(row)
      }
    }
    ids = kept.map { rowIDs[$0] }
    architectures = kept.map { list[$0] }
    latencies = kept.map { Seconds(values[$0] * unit.seconds) }
    withoutLatency = missing
  }
}

extension UserFeatureTable {
  /// Reads a CSV file: the architecture's id, then columns of numbers.
  ///
  /// - Throws: `DatasetError` for what is not a number, `EvaluationError` for a missing or negative
  ///   one: features are amounts of work.
  public init(csv path: String) throws {
    let table = try CSVTable(path)
    let ids = try table.strings(table.header[0])
    let names = Array(table.header.dropFirst())
    var rows = [String: [Double]](minimumCapacity: ids.count)
    var columns: [[Double]] = []
    for name in names {
      let allowed = "a feature is a number that is not negative"
      let values = try table.doubles(name, allowed: allowed)
      if let row = values.firstIndex(where: { !($0 >= 0) }) {
        throw DatasetError.row(
          path: path, line: table.line(row), column: name, found: "\(values[row])",
          allowed: allowed)
      }
      columns.append(values)
    }
    for (row, id) in ids.enumerated() {
      guard rows.updateValue(columns.map { $0[row] }, forKey: id) == nil else {
        throw DatasetError.row(
          path: path, line: table.line(row), column: table.header[0], found: id,
          allowed: "each architecture stands once")
      }
    }
    self.init(names: names, rows: rows)
  }

  /// The named columns only, in that order.
  ///
  /// - Throws: `EvaluationError.userFeatures` naming a column that is not there.
  public func selecting(_ wanted: [String]) throws -> UserFeatureTable {
    let places = try wanted.map { name in
      guard let place = names.firstIndex(of: name) else {
        throw EvaluationError.userFeatures(
          "the features have no column '\(name)'; the predictor was trained with it.")
      }
      return place
    }
    return UserFeatureTable(
      names: wanted, rows: rows.mapValues { row in places.map { row[$0] } })
  }
}
