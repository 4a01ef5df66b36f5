import Foundation
import Mathematics
import Quantities

/// A CSV file with a header (RFC 4180): names, then rows of as many fields.
///
/// A row ends with a line feed, or with both of carriage return and line feed; a carriage return by
/// itself is a letter of its field, unless the file has no line feed at all.
public struct CSVTable: Sendable {
  public let path: String
  public let header: [String]
  public let rowCount: Int
  private let bytes: [UInt8]
  /// Field f of row r is `bytes[starts[r · columns + f] ..< ends[r · columns + f]]`.
  private let starts: [Int32]
  private let ends: [Int32]
  private let lines: [Int32]

  /// - Throws: `DatasetError` for a file that is missing, damaged, empty, not UTF-8 or ragged, or
  ///   whose header repeats a name.
  public init(_ path: String) throws(DatasetError) {
    self.path = path
    var bytes = try TextFile.read(path)
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
    guard bytes.count < Int32.max else {
      throw .corrupt(path: path, reason: "it is larger than 2 GiB")
    }
    guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
      throw .corrupt(path: path, reason: "it is not UTF-8 text")
    }
    var starts: [Int32] = []
    var ends: [Int32] = []
    var lines: [Int32] = []
    var header: [String] = []
    var line: Int32 = 1
    var position = 0
    let (comma, quote, newline, carriage) = (UInt8(0x2c), UInt8(0x22), UInt8(0x0a), UInt8(0x0d))
    let hasNewlines = bytes.contains(newline)
    func endsRow(_ position: Int) -> Bool {
      if bytes[position] == newline { return true }
      guard bytes[position] == carriage else { return false }
      return !hasNewlines || position + 1 == bytes.count || bytes[position + 1] == newline
    }
    while position < bytes.count {
      // A blank line is not a row.
      if endsRow(position) {
        if bytes[position] == newline { line += 1 }
        position += 1
        continue
      }
      let firstField = starts.count
      let firstLine = line
      var fieldEnds = false
      repeat {
        var start = position
        var end: Int
        if position < bytes.count, bytes[position] == quote {
          position += 1
          start = position
          var write = position
          while true {
            guard position < bytes.count else {
              throw .corrupt(
                path: path, reason: "the quote opened in line \(firstLine) never closes")
            }
            if bytes[position] == quote {
              guard position + 1 < bytes.count, bytes[position + 1] == quote else { break }
              position += 1
            }
            if bytes[position] == newline { line += 1 }
            bytes[write] = bytes[position]
            write += 1
            position += 1
          }
          end = write
          position += 1
          if position < bytes.count, bytes[position] != comma, !endsRow(position) {
            throw .corrupt(path: path, reason: "line \(line) goes on after a closing quote")
          }
        } else {
          while position < bytes.count, bytes[position] != comma, !endsRow(position) {
            position += 1
          }
          end = position
        }
        starts.append(Int32(start))
        ends.append(Int32(end))
        fieldEnds = position >= bytes.count || bytes[position] != comma
        position += 1
      } while !fieldEnds
      if position <= bytes.count, bytes[position - 1] == newline { line += 1 }
      let count = starts.count - firstField
      if header.isEmpty {
        header = (0..<count).map {
          String(decoding: bytes[Int(starts[$0])..<Int(ends[$0])], as: UTF8.self)
        }
        starts.removeAll()
        ends.removeAll()
      } else {
        guard count == header.count else {
          throw .corrupt(
            path: path,
            reason: "line \(firstLine) has \(count) fields and the header \(header.count)")
        }
        lines.append(firstLine)
      }
    }
    guard !header.isEmpty else { throw .corrupt(path: path, reason: "it is empty") }
    if let repeated = header.first(where: { name in header.count { $0 == name } > 1 }) {
      throw .corrupt(path: path, reason: "the header names '\(repeated)' twice")
    }
    self.header = header
    self.bytes = bytes
    self.starts = starts
    self.ends = ends
    self.lines = lines
    rowCount = lines.count
  }

  public func has(_ column: String) -> Bool { header.contains(column) }

  /// The column's fields as they are.
  ///
  /// - Throws: `DatasetError.missingColumn` with the nearest name.
  public func strings(_ column: String) throws(DatasetError) -> [String] {
    let index = try index(column)
    return (0..<rowCount).map { string($0, index) }
  }

  /// The column's fields as numbers, NaN where empty.
  ///
  /// - Throws: `DatasetError.row` naming the line for what is not a number, or is infinite.
  public func doubles(
    _ column: String, allowed: String = "a number is wanted"
  ) throws(DatasetError) -> [Double] {
    let index = try index(column)
    var values: [Double] = []
    values.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      let text = string(row, index)
      if text.isEmpty {
        values.append(.nan)
      } else if let value = Double(text), value.isFinite {
        values.append(value)
      } else {
        throw .row(path: path, line: Int(lines[row]), column: column, found: text, allowed: allowed)
      }
    }
    return values
  }

  /// The line of the file on which row `row` starts.
  public func line(_ row: Int) -> Int { Int(lines[row]) }

  private func index(_ column: String) throws(DatasetError) -> Int {
    guard let index = header.firstIndex(of: column) else {
      throw .missingColumn(
        path: path, column: column, columns: header,
        nearest: nearestName(to: column, among: header))
    }
    return index
  }

  private func string(_ row: Int, _ column: Int) -> String {
    let place = row * header.count + column
    return String(decoding: bytes[Int(starts[place])..<Int(ends[place])], as: UTF8.self)
  }
}

/// CSV out, quoted where it must be, compressed where the name ends in `.gz`.
public enum CSVWriter {
  public static func write(
    header: [String], rows: [[String]], to path: String
  ) throws(DatasetError) {
    var text = header.map(field).joined(separator: ",") + "\n"
    for row in rows { text += row.map(field).joined(separator: ",") + "\n" }
    try TextFile.write(text, to: path)
  }

  static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 0x2c || $0 == 0x22 || $0 == 0x0a || $0 == 0x0d })
    else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
