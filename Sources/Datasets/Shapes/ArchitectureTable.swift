/// Architectures by id, each with its categorical columns: a notation, or an operation per position.
public struct ArchitectureTable: Sendable, Hashable {
  public let ids: [String]
  public let columns: [CategoricalColumn]

  public init(ids: [String], columns: [CategoricalColumn]) {
    self.ids = ids
    self.columns = columns
  }

  /// The first column of a CSV file is the id, the others describe.
  ///
  /// - Throws: `DatasetError` naming a repeated id or an empty field, with its line.
  public init(csv path: String) throws(DatasetError) {
    try self.init(CSVTable(path))
  }

  init(_ table: CSVTable) throws(DatasetError) {
    ids = try table.strings(table.header[0])
    var seen: Set<String> = []
    for (row, id) in ids.enumerated() where !seen.insert(id).inserted {
      throw .row(
        path: table.path, line: table.line(row), column: table.header[0], found: id,
        allowed: "each architecture stands once")
    }
    var columns: [CategoricalColumn] = []
    for name in table.header.dropFirst() {
      let column = CategoricalColumn(name: name, values: try table.strings(name))
      if let row = column.codes.indices.first(where: {
        column.categories[Int(column.codes[$0])].isEmpty
      }) {
        throw .row(
          path: table.path, line: table.line(row), column: name, found: "",
          allowed: "every architecture has a value there")
      }
      columns.append(column)
    }
    self.columns = columns
  }

  // MARK: - HDF5

  func write(to file: borrowing HDF5Writer) throws(DatasetError) {
    try file.write("architectures/id", ids)
    try file.write("architectures/column_names", columns.map(\.name))
    for (index, column) in columns.enumerated() {
      try file.write("architectures/columns/\(index)/codes", column.codes, chunk: 8192)
      try file.write("architectures/columns/\(index)/categories", column.categories)
    }
  }

  init(_ file: borrowing HDF5Reader) throws(DatasetError) {
    ids = try file.strings("architectures/id")
    guard Set(ids).count == ids.count else {
      throw .invalid(
        path: file.path, key: "architectures/id", found: "a list with repetitions",
        allowed: "each architecture stands once")
    }
    var columns: [CategoricalColumn] = []
    for (index, name) in try file.strings("architectures/column_names").enumerated() {
      let key = "architectures/columns/\(index)"
      let codes = try file.integers("\(key)/codes")
      let categories = try file.strings("\(key)/categories")
      guard codes.count == ids.count, codes.allSatisfy({ $0 >= 0 && $0 < categories.count }) else {
        throw .invalid(
          path: file.path, key: "\(key)/codes", found: "\(codes.count) codes",
          allowed: "one for each of \(ids.count) architectures, below \(categories.count)")
      }
      columns.append(CategoricalColumn(name: name, codes: codes, categories: categories))
    }
    self.columns = columns
  }
}

/// A column of words, stored once each.
public struct CategoricalColumn: Sendable, Hashable {
  public let name: String
  /// For each row the index of its category.
  public let codes: [Int32]
  /// In the order of their first appearance.
  public let categories: [String]

  public init(name: String, codes: [Int32], categories: [String]) {
    self.name = name
    self.codes = codes
    self.categories = categories
  }

  public init(name: String, values: [String]) {
    var places: [String: Int32] = [:]
    var categories: [String] = []
    codes = values.map { value in
      if let place = places[value] { return place }
      let place = Int32(categories.count)
      places[value] = place
      categories.append(value)
      return place
    }
    self.name = name
    self.categories = categories
  }

  public func value(_ row: Int) -> String { categories[Int(codes[row])] }
}
