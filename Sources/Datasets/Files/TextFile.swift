import CZlib
import Foundation

/// Bytes of plain and gzip files alike.
public enum TextFile {
  /// No table of this project is near it; a small file that claims more is an attack or an accident.
  static let largestSize = 4 << 30

  /// The file's bytes, decompressed where its first two bytes say gzip.
  ///
  /// - Throws: `DatasetError.unreadable`, or `.corrupt` for a truncated or damaged gzip stream.
  public static func read(_ path: String) throws(DatasetError) -> [UInt8] {
    let bytes = try readRaw(path)
    guard bytes.count >= 2, bytes[0] == 0x1f, bytes[1] == 0x8b else {
      if path.hasSuffix(".gz") {
        throw .corrupt(path: path, reason: "it does not start as gzip does")
      }
      return bytes
    }
    return try decompress(bytes, path: path)
  }

  /// The file's bytes as they are.
  static func readRaw(_ path: String) throws(DatasetError) -> [UInt8] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .unreadable(path: path, reason: "there is no such file")
    }
    guard !isDirectory.boolValue else { throw .unreadable(path: path, reason: "it is a folder") }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    return [UInt8](data)
  }

  /// Writes text, compressed where the name ends in `.gz`; the same text gives the same bytes.
  public static func write(_ text: String, to path: String) throws(DatasetError) {
    let bytes = Array(text.utf8)
    try AtomicFile.write(path.hasSuffix(".gz") ? compress(bytes, path: path) : bytes, to: path)
  }

  private static func decompress(
    _ bytes: [UInt8], path: String
  ) throws(DatasetError) -> [UInt8] {
    var stream = z_stream()
    guard perfmodel_inflate_init_gzip(&stream) == Z_OK else {
      throw .corrupt(path: path, reason: "no memory to decompress it")
    }
    defer { inflateEnd(&stream) }
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    var input = bytes
    var problem: String?
    input.withUnsafeMutableBufferPointer { input in
      stream.next_in = input.baseAddress
      stream.avail_in = UInt32(input.count)
      while problem == nil {
        let status = chunk.withUnsafeMutableBufferPointer { buffer -> Int32 in
          stream.next_out = buffer.baseAddress
          stream.avail_out = UInt32(buffer.count)
          return inflate(&stream, Z_NO_FLUSH)
        }
        output.append(contentsOf: chunk.prefix(chunk.count - Int(stream.avail_out)))
        if output.count > largestSize {
          problem = "it decompresses to more than 4 GiB"
        } else if status == Z_STREAM_END {
          if stream.avail_in == 0 { return }
          // A further member may follow; anything else is padding or damage.
          if inflateReset(&stream) != Z_OK { problem = "the gzip stream is damaged" }
        } else if status != Z_OK {
          problem =
            status == Z_BUF_ERROR || stream.avail_in == 0
            ? "the gzip stream ends early" : "the gzip stream is damaged"
        }
      }
    }
    if let problem { throw .corrupt(path: path, reason: problem) }
    return output
  }

  private static func compress(_ bytes: [UInt8], path: String) throws(DatasetError) -> [UInt8] {
    var stream = z_stream()
    guard perfmodel_deflate_init_gzip(&stream, 6) == Z_OK else {
      throw .unwritable(path: path, reason: "no memory to compress it")
    }
    defer { deflateEnd(&stream) }
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
    var input = bytes
    let status = input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        stream.next_in = input.baseAddress
        stream.avail_in = UInt32(input.count)
        stream.next_out = output.baseAddress
        stream.avail_out = UInt32(output.count)
        return deflate(&stream, Z_FINISH)
      }
    }
    guard status == Z_STREAM_END else {
      throw .unwritable(path: path, reason: "compression failed")
    }
    output.removeLast(Int(stream.avail_out))
    return output
  }
}
