import Datasets

/// A chart as a file.
enum Picture {
  /// - Throws: `DatasetError.unwritable`.
  static func write(_ svg: String, to path: String) throws {
    try AtomicFile.write(Array(svg.utf8), to: path)
    Console.remark("drawn: \(path)")
  }
}
