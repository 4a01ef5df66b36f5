import Foundation

/// A CSV that grows by blocks of rows in `PATH.part` until it is whole, so that a killed process loses
/// no more than the block that it was writing.
///
/// The first line of the part records the settings; the same settings go on where it ends. The whole
/// table takes its place by a rename.
public final class GrowingTable: Sendable {
  public let path: String
  public let part: String
  /// Whole rows that were there when it was opened.
  public let rows: Int
  private let descriptor: Int32
  /// Where the header ends.
  private let start: Int

  /// Opens or goes on with the part.
  ///
  /// - Parameters:
  ///   - command: which stands in the first line.
  ///   - settings: by their names; a part with others is refused.
  /// - Throws: `DatasetError.unwritable`; `.invalid` naming the setting that differs; `.corrupt` for a
  ///   part that is something else.
  public init(
    _ path: String, command: String, settings: [String: String], header: [String]
  ) throws(DatasetError) {
    let part = path + ".part"
    try Self.checkPlace(path)
    let file = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw Self.failure(part) }
    do throws(DatasetError) {
      (start, rows) = try Self.begin(part, file, command, settings, header)
    } catch {
      close(file)
      throw error
    }
    self.path = path
    self.part = part
    descriptor = file
  }

  /// Takes over what is there, or writes the first lines.
  private static func begin(
    _ part: String, _ file: Int32, _ command: String, _ settings: [String: String],
    _ header: [String]
  ) throws(DatasetError) -> (start: Int, rows: Int) {
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      throw .unwritable(path: part, reason: "another process is writing it")
    }
    if let found = try scan(part, file, command: command, header: header) {
      try compare(found.settings, settings, part)
      guard ftruncate(file, off_t(found.end)) == 0, lseek(file, 0, SEEK_END) >= 0 else {
        throw failure(part)
      }
      return (found.start, found.rows)
    }
    guard ftruncate(file, 0) == 0, lseek(file, 0, SEEK_SET) >= 0 else { throw failure(part) }
    let head = head(command, settings, header)
    let problem = AtomicFile.writeAll(head, to: file)
    guard problem == 0 else { throw failure(part, problem) }
    return (head.count, 0)
  }

  deinit { close(descriptor) }

  /// Adds whole rows; one caller at a time.
  public func append(_ bytes: [UInt8]) throws(DatasetError) {
    let problem = AtomicFile.writeAll(bytes, to: descriptor)
    guard problem == 0 else { throw Self.failure(part, problem) }
  }

  /// The first bytes of the rows that are there.
  public func beginning(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = bytes.withUnsafeMutableBytes {
      pread(descriptor, $0.baseAddress, count, off_t(start))
    }
    return Array(bytes.prefix(max(0, read)))
  }

  /// Puts the table in its place, without the line of settings, and removes the part.
  public func finish(header: [String]) throws(DatasetError) {
    let first = Self.line(header)
    let (source, from) = (descriptor, start)
    try AtomicFile.write(to: path) { target in
      var problem = AtomicFile.writeAll(first, to: target)
      var place = off_t(from)
      var block = [UInt8](repeating: 0, count: 1 << 20)
      while problem == 0 {
        let count = block.withUnsafeMutableBytes {
          pread(source, $0.baseAddress, $0.count, place)
        }
        if count < 0 { return errno }
        if count == 0 { break }
        problem = AtomicFile.writeAll(block[..<count], to: target)
        place += off_t(count)
      }
      return problem
    }
    unlink(part)
  }

  // MARK: - The first lines

  private static func line(_ header: [String]) -> [UInt8] {
    Array((header.joined(separator: ",") + "\n").utf8)
  }

  private static func head(
    _ command: String, _ settings: [String: String], _ header: [String]
  ) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = (try? encoder.encode(settings)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    return Array("# \(command) \(text)\n".utf8) + line(header)
  }

  /// What a part holds; nil where even its first lines are not whole.
  private static func scan(
    _ part: String, _ descriptor: Int32, command: String, header: [String]
  ) throws(DatasetError) -> (settings: [String: String], start: Int, rows: Int, end: Int)? {
    var line: [UInt8] = []
    var lines: [[UInt8]] = []
    var start = 0
    var rows = 0
    var end = 0
    var place = 0
    var block = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = block.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(place))
      }
      guard count >= 0 else { throw failure(part) }
      if count == 0 { break }
      for offset in 0..<count {
        if lines.count < 2 {
          line.append(block[offset])
          guard block[offset] == 0x0a else { continue }
          lines.append(line)
          line = []
          start = place + offset + 1
          end = start
        } else if block[offset] == 0x0a {
          rows += 1
          end = place + offset + 1
        }
      }
      place += count
    }
    let prefix = "# \(command) "
    let opening = lines.first ?? line
    // An unfinished first line is as good as none, if it is one of ours.
    guard opening.starts(with: prefix.utf8.prefix(opening.count)) else {
      throw .corrupt(path: part, reason: "it does not begin with '\(prefix)'; move it away")
    }
    guard lines.count == 2 else { return nil }
    let text = Data(lines[0].dropFirst(prefix.utf8.count))
    guard let settings = try? JSONDecoder().decode([String: String].self, from: text),
      lines[1] == Self.line(header)
    else {
      throw .corrupt(
        path: part, reason: "it is not of this version of '\(command)'; move it away")
    }
    return (settings, start, rows, end)
  }

  private static func compare(
    _ found: [String: String], _ wanted: [String: String], _ part: String
  ) throws(DatasetError) {
    func shortened(_ text: String?) -> String {
      guard let text else { return "not set" }
      return text.count > 60 ? "'\(text.prefix(60))…'" : "'\(text)'"
    }
    for name in Set(found.keys).union(wanted.keys).sorted() where found[name] != wanted[name] {
      throw .invalid(
        path: part, key: name, found: shortened(found[name]),
        allowed:
          "now it is \(shortened(wanted[name])); use the same settings, name another output, "
          + "or remove the part")
    }
  }

  // MARK: - Failures

  private static func checkPlace(_ path: String) throws(DatasetError) {
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      throw .unwritable(path: path, reason: "it is a folder")
    }
  }

  private static func failure(_ path: String, _ code: Int32 = errno) -> DatasetError {
    .unwritable(path: path, reason: String(cString: strerror(code)))
  }
}
