/// How good networks are, by name.
///
/// Rows may name checkpoints, as `resnet50.a1_in1k`: the best of a network's checkpoints is taken.
public struct AccuracyTable: Sendable {
  /// The column that was taken.
  public let column: String
  private var best: [String: Double] = [:]

  private static let names = ["model", "workload", "name"]
  private static let columns = ["accuracy", "top1"]

  /// - Parameters:
  ///   - path: a CSV with a column `model`, `workload` or `name`, and one of numbers.
  ///   - column: the column of numbers; `accuracy` or `top1` where nil.
  /// - Throws: `DatasetError` for the file, or for a column that it does not have.
  public init(_ path: String, column: String? = nil) throws(DatasetError) {
    let table = try CSVTable(path)
    let name = table.header.first { Self.names.contains($0) } ?? Self.names[0]
    let column = column ?? Self.columns.first { table.has($0) } ?? Self.columns[0]
    self.column = column
    let models = try table.strings(name)
    let values = try table.doubles(column)
    for (model, value) in zip(models, values) where !value.isNaN {
      // Which of the points begins the tag is not known; the name of a network decides.
      let key = model.lowercased()
      for end in key.indices.filter({ key[$0] == "." }) + [key.endIndex] {
        let name = String(key[..<end])
        best[name] = max(best[name] ?? -.infinity, value)
      }
    }
  }

  /// nil where the table does not name the network.
  public func accuracy(of network: String) -> Double? {
    best[network.lowercased()]
  }
}
