import Mathematics

/// A fitted thing as named arrays: what a predictor's file holds.
public struct Checkpoint: Sendable {
  /// The file's schema, such as `perfmodel.predictor`.
  public let kind: String
  public let path: String
  public let attributes: [String: String]
  public let numbers: [String: Double]
  public let matrices: [String: Matrix]
  public let texts: [String: [String]]

  public init(
    kind: String, attributes: [String: String], numbers: [String: Double],
    matrices: [String: Matrix], texts: [String: [String]]
  ) {
    self.kind = kind
    path = kind
    self.attributes = attributes
    self.numbers = numbers
    self.matrices = matrices
    self.texts = texts
  }

  public func write(_ path: String) throws(DatasetError) {
    let file = try HDF5Writer(path)
    try DatasetCard(title: kind, attributes: attributes).write(to: file, schema: kind)
    let names = numbers.keys.sorted()
    try file.write("numbers/names", names)
    try file.write(
      "numbers/values", names.map { numbers[$0] ?? .nan }, shape: [names.count])
    try file.write("matrix_names", matrices.keys.sorted())
    for (name, matrix) in matrices.sorted(by: { $0.key < $1.key }) {
      try file.write(
        "matrices/\(name)", matrix.elements, shape: [matrix.rows, matrix.columns],
        chunk: matrix.elements.count > 512 ? [matrix.rows, matrix.columns] : nil)
    }
    try file.write("text_names", texts.keys.sorted())
    for (name, strings) in texts.sorted(by: { $0.key < $1.key }) {
      try file.write("texts/\(name)", strings)
    }
    try file.finish()
  }

  /// - Throws: `DatasetError.wrongSchema` where the file is not of this kind.
  public init(_ path: String, kind: String) throws(DatasetError) {
    let file = try HDF5Reader(path)
    let card = try DatasetCard(file, schema: kind)
    self.kind = kind
    self.path = path
    attributes = card.attributes
    let names = try file.strings("numbers/names")
    let values = try file.doubles("numbers/values")
    guard names.count == values.count else {
      throw .invalid(
        path: path, key: "numbers/values", found: "\(values.count) values",
        allowed: "there are \(names.count) names")
    }
    numbers = Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
    var matrices: [String: Matrix] = [:]
    for name in try file.strings("matrix_names") {
      let shape = try file.shape("matrices/\(name)")
      guard shape.count == 2 else {
        throw .invalid(
          path: path, key: "matrices/\(name)", found: "\(shape)", allowed: "it has two axes")
      }
      let elements = try file.doubles("matrices/\(name)")
      guard elements.allSatisfy(\.isFinite) else {
        throw .invalid(
          path: path, key: "matrices/\(name)", found: "a number that is not finite",
          allowed: "make the file again")
      }
      matrices[name] = Matrix(rows: shape[0], columns: shape[1], elements: elements)
    }
    self.matrices = matrices
    var texts: [String: [String]] = [:]
    for name in try file.strings("text_names") { texts[name] = try file.strings("texts/\(name)") }
    self.texts = texts
  }

  /// - Throws: `DatasetError.missing`.
  public func matrix(_ name: String) throws(DatasetError) -> Matrix {
    guard let matrix = matrices[name] else { throw .missing(path: path, key: "matrices/\(name)") }
    return matrix
  }

  /// - Throws: `DatasetError.missing`.
  public func text(_ name: String) throws(DatasetError) -> [String] {
    guard let text = texts[name] else { throw .missing(path: path, key: "texts/\(name)") }
    return text
  }

  /// - Throws: `DatasetError.missing`.
  public func attribute(_ name: String) throws(DatasetError) -> String {
    guard let value = attributes[name] else { throw .missing(path: path, key: name) }
    return value
  }
}
