import ArgumentParser
import Datasets

/// A CSV of points at which a law is asked.
enum ScalingPointFile {
  /// - Parameter columns: the names of quantities and of the columns that hold them.
  static func read(
    _ path: String, _ columns: [(name: String, text: String)]
  ) throws -> [[String: Double]] {
    let table = try CSVTable(path)
    var points = [[String: Double]](repeating: [:], count: table.rowCount)
    for (name, column) in columns {
      for (row, value) in try table.doubles(column).enumerated() {
        guard value > 0 else {
          throw DatasetError.row(
            path: path, line: table.line(row), column: column,
            found: value.isNaN ? "" : "\(value)", allowed: "an amount above 0 is wanted")
        }
        points[row][name] = value
      }
    }
    guard !points.isEmpty else { throw ValidationError("\(path): there is no row but the header") }
    return points
  }
}
