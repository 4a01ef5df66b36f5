import Foundation

/// Files that appear whole or not at all.
public enum AtomicFile {
  /// Writes beside the target and renames over it: the old file stays until the new one is whole,
  /// whatever fails in between.
  ///
  /// On Linux the new file has no name until it is whole, so that a process killed at any moment
  /// leaves nothing behind.
  ///
  /// - Throws: `DatasetError.unwritable` with the reason.
  public static func write(_ bytes: [UInt8], to path: String) throws(DatasetError) {
    try write(to: path) { writeAll(bytes, to: $0) }
  }

  /// The same for what is too large to be held: `body` is handed an open file and returns 0, or the
  /// code of an error.
  static func write(to path: String, _ body: (Int32) -> Int32) throws(DatasetError) {
    // A link is followed, so that it stays a link.
    let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: target, isDirectory: &isDirectory),
      isDirectory.boolValue
    {
      throw .unwritable(path: path, reason: "it is a folder")
    }
    let folder = (target as NSString).deletingLastPathComponent
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory) else {
      throw .unwritable(path: path, reason: "the folder '\(folder)' does not exist")
    }
    guard isDirectory.boolValue else {
      throw .unwritable(path: path, reason: "'\(folder)' is not a folder")
    }
    let name = (target as NSString).lastPathComponent
    let temporary = "\(folder)/.\(name).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
    func failure(_ code: Int32) -> DatasetError {
      .unwritable(path: path, reason: String(cString: strerror(code)))
    }

    var descriptor: Int32 = -1
    var isNamed = false
    #if os(Linux)
      let unnamed: Int32 = 0o20200000  // O_TMPFILE, a macro that Swift does not import
      descriptor = open(folder, O_WRONLY | O_CLOEXEC | unnamed, 0o644)
    #endif
    if descriptor < 0 {
      descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      isNamed = true
    }
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }

    let problem = body(descriptor)
    if problem != 0 {
      if isNamed { unlink(temporary) }
      throw failure(problem)
    }
    if !isNamed {
      #if os(Linux)
        guard
          linkat(
            AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, temporary, Int32(AT_SYMLINK_FOLLOW))
            == 0
        else { throw failure(errno) }
      #endif
    }
    guard rename(temporary, target) == 0 else {
      let code = errno
      unlink(temporary)
      throw failure(code)
    }
  }

  /// 0, or the code of an error.
  static func writeAll(_ bytes: some ContiguousBytes, to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        let count = Foundation.write(
          descriptor, buffer.baseAddress?.advanced(by: offset), buffer.count - offset)
        if count < 0 {
          if errno == EINTR { continue }
          return errno
        }
        offset += count
      }
      return 0
    }
  }
}
