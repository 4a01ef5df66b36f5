import Foundation

/// A file of text with a bounded size.
public enum DocumentFile {
  /// The whole file.
  ///
  /// - Throws: `malformed` where there is no such file, or more than `limit` bytes.
  public static func bytes<Failure: DocumentFailure>(
    of path: String, limit: Int, as failure: Failure.Type
  ) throws(Failure) -> [UInt8] {
    func malformed(_ problem: String) -> Failure {
      .malformed(file: path, place: "", problem: problem)
    }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw malformed("there is no such file")
    }
    guard !isFolder.boolValue else { throw malformed("this is a folder, not a file") }
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw malformed("the file cannot be opened")
    }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: limit + 1) else {
      throw malformed("the file is empty or cannot be read")
    }
    try check(data.count, limit: limit, of: path, as: failure)
    return [UInt8](data)
  }

  /// - Throws: `malformed` for more than `limit` bytes.
  public static func check<Failure: DocumentFailure>(
    _ count: Int, limit: Int, of file: String, as failure: Failure.Type
  ) throws(Failure) {
    guard count <= limit else {
      throw .malformed(file: file, place: "", problem: "more than \(limit >> 20) MiB of text")
    }
  }

  /// The last part of a path without its extension: what a thing is called whose file has no name
  /// for it.
  public static func name(of path: String) -> String {
    let last = path.split(separator: "/").last ?? ""
    guard let point = last.lastIndex(of: "."), point > last.startIndex else { return String(last) }
    return String(last[..<point])
  }
}
