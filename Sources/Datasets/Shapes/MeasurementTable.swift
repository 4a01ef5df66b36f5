/// Measurements as rows: named numbers, and words that group them (device, operation).
public struct MeasurementTable: Sendable {
  public static let schema = "perfmodel.table"

  public let card: DatasetCard
  public let groups: [CategoricalColumn]
  /// Named columns of equal length, units in the names (`latency_s`), NaN where not measured.
  public let numbers: [(name: String, values: [Double])]
  public let count: Int

  /// - Throws: `DatasetError.invalid` where columns differ in length or share a name.
  public init(
    card: DatasetCard, groups: [CategoricalColumn], numbers: [(name: String, values: [Double])],
    path: String = "table"
  ) throws(DatasetError) {
    let lengths = groups.map(\.codes.count) + numbers.map(\.values.count)
    let names = groups.map(\.name) + numbers.map(\.name)
    guard Set(lengths).count <= 1, Set(names).count == names.count else {
      throw .invalid(
        path: path, key: "columns", found: "\(names) of \(lengths) rows",
        allowed: "columns have one length and different names")
    }
    self.card = card
    self.groups = groups
    self.numbers = numbers
    count = lengths.first ?? 0
  }

  public func write(hdf5 path: String) throws(DatasetError) {
    let file = try HDF5Writer(path)
    try card.write(to: file, schema: Self.schema)
    try file.write("group_names", groups.map(\.name))
    try file.write("number_names", numbers.map(\.name))
    for (index, group) in groups.enumerated() {
      try file.write("groups/\(index)/codes", group.codes, chunk: 8192)
      try file.write("groups/\(index)/categories", group.categories)
    }
    for (index, column) in numbers.enumerated() {
      try file.write("numbers/\(index)", column.values, shape: [count], chunk: [8192])
    }
    try file.finish()
  }

  public init(hdf5 path: String) throws(DatasetError) {
    let file = try HDF5Reader(path)
    let card = try DatasetCard(file, schema: Self.schema)
    var groups: [CategoricalColumn] = []
    for (index, name) in try file.strings("group_names").enumerated() {
      let codes = try file.integers("groups/\(index)/codes")
      let categories = try file.strings("groups/\(index)/categories")
      guard codes.allSatisfy({ $0 >= 0 && $0 < categories.count }) else {
        throw .invalid(
          path: path, key: "groups/\(index)/codes", found: "a code outside",
          allowed: "codes are below \(categories.count)")
      }
      groups.append(CategoricalColumn(name: name, codes: codes, categories: categories))
    }
    var numbers: [(name: String, values: [Double])] = []
    for (index, name) in try file.strings("number_names").enumerated() {
      numbers.append((name, try file.doubles("numbers/\(index)")))
    }
    try self.init(card: card, groups: groups, numbers: numbers, path: path)
  }

  public func write(csv path: String) throws(DatasetError) {
    try CSVWriter.write(
      header: groups.map(\.name) + numbers.map(\.name),
      rows: (0..<count).map { row in
        groups.map { $0.value(row) }
          + numbers.map { $0.values[row].isNaN ? "" : "\($0.values[row])" }
      }, to: path)
  }
}

/// Metrics over time.
public struct MeasurementSeries: Sendable {
  public static let schema = "perfmodel.series"

  public let card: DatasetCard
  /// Ascending.
  public let times: [Double]
  public let metrics: [(name: String, values: [Double])]

  /// - Throws: `DatasetError.invalid` where times do not ascend or a metric has another length.
  public init(
    card: DatasetCard, times: [Double], metrics: [(name: String, values: [Double])],
    path: String = "series"
  ) throws(DatasetError) {
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }), times.allSatisfy(\.isFinite) else {
      throw .invalid(
        path: path, key: "time_s", found: "not ascending", allowed: "times ascend and are finite")
    }
    guard metrics.allSatisfy({ $0.values.count == times.count }) else {
      throw .invalid(
        path: path, key: "metrics", found: "\(metrics.map(\.values.count)) values",
        allowed: "each metric has \(times.count)")
    }
    self.card = card
    self.times = times
    self.metrics = metrics
  }

  public func write(hdf5 path: String) throws(DatasetError) {
    let file = try HDF5Writer(path)
    try card.write(to: file, schema: Self.schema)
    try file.write("time_s", times, shape: [times.count], chunk: [8192])
    try file.write("metric_names", metrics.map(\.name))
    for (index, metric) in metrics.enumerated() {
      try file.write("metrics/\(index)", metric.values, shape: [times.count], chunk: [8192])
    }
    try file.finish()
  }

  public init(hdf5 path: String) throws(DatasetError) {
    let file = try HDF5Reader(path)
    let card = try DatasetCard(file, schema: Self.schema)
    var metrics: [(name: String, values: [Double])] = []
    for (index, name) in try file.strings("metric_names").enumerated() {
      metrics.append((name, try file.doubles("metrics/\(index)")))
    }
    try self.init(card: card, times: try file.doubles("time_s"), metrics: metrics, path: path)
  }

  public func write(csv path: String) throws(DatasetError) {
    try CSVWriter.write(
      header: ["time_s"] + metrics.map(\.name),
      rows: times.indices.map { row in ["\(times[row])"] + metrics.map { "\($0.values[row])" } },
      to: path)
  }
}
