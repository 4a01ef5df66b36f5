/// What a dataset says of itself.
public struct DatasetCard: Sendable, Hashable {
  public var title: String
  public var source: String
  public var licence: String
  /// Anything else worth knowing: processor, settings, date, command.
  public var attributes: [String: String]

  public init(
    title: String, source: String = "", licence: String = "", attributes: [String: String] = [:]
  ) {
    self.title = title
    self.source = source
    self.licence = licence
    self.attributes = attributes
  }

  static let version: Int32 = 1
  private static let reserved: Set = ["schema", "schema_version", "title", "source", "licence"]

  func write(to file: borrowing HDF5Writer, schema: String) throws(DatasetError) {
    try file.setAttribute("schema", schema)
    try file.setAttribute("schema_version", Self.version)
    try file.setAttribute("title", title)
    try file.setAttribute("source", source)
    try file.setAttribute("licence", licence)
    for (name, value) in attributes.sorted(by: { $0.key < $1.key })
    where !Self.reserved.contains(name) {
      try file.setAttribute(name, value)
    }
  }

  /// - Throws: `DatasetError.wrongSchema` where the file is something else, or of a later version.
  init(_ file: borrowing HDF5Reader, schema: String) throws(DatasetError) {
    let found = try file.attribute("schema") ?? "none"
    guard found == schema else {
      throw .wrongSchema(path: file.path, found: found, expected: schema)
    }
    let version = try file.attribute("schema_version") ?? "none"
    guard version == "\(Self.version)" else {
      throw .invalid(
        path: file.path, key: "schema_version", found: version,
        allowed: "this program reads version \(Self.version)")
    }
    title = try file.attribute("title") ?? ""
    source = try file.attribute("source") ?? ""
    licence = try file.attribute("licence") ?? ""
    attributes = [:]
    for name in try file.attributeNames() where !Self.reserved.contains(name) {
      attributes[name] = try file.attribute(name)
    }
  }
}
