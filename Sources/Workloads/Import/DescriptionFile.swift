import Foundation
import Quantities

/// A file that describes a network in text.
enum DescriptionFile {
  static let byteLimit = 64 << 20

  /// The whole file.
  ///
  /// - Throws: `WorkloadError.malformed` where there is no such file or it has more than 64 MiB.
  static func bytes(of path: String) throws(WorkloadError) -> [UInt8] {
    func malformed(_ problem: String) -> WorkloadError {
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
    guard let data = try? file.read(upToCount: byteLimit + 1) else {
      throw malformed("the file is empty or cannot be read")
    }
    try check(data.count, of: path)
    return [UInt8](data)
  }

  static func check(_ count: Int, of file: String) throws(WorkloadError) {
    guard count <= byteLimit else {
      throw .malformed(file: file, place: "", problem: "more than \(byteLimit >> 20) MiB of text")
    }
  }

  /// The last part of a path without its extension: what a network is called whose file has no name
  /// for it.
  static func name(of path: String) -> String {
    let last = path.split(separator: "/").last ?? ""
    guard let point = last.lastIndex(of: "."), point > last.startIndex else { return String(last) }
    return String(last[..<point])
  }
}

/// A name from a file on one line, without what a terminal would obey, and no longer than `limit`.
func printable(_ name: some StringProtocol, limit: Int = 200) -> String {
  var text = ""
  for scalar in name.unicodeScalars.prefix(limit) {
    let isControl = scalar.properties.generalCategory == .control
    text.unicodeScalars.append(isControl || scalar.properties.isWhitespace ? " " : scalar)
  }
  return text
}

/// A name from a file as it may stand in a message.
func quoted(_ name: some StringProtocol) -> String {
  let isLonger = name.unicodeScalars.dropFirst(60).first != nil
  return "'\(printable(name, limit: 60))\(isLonger ? "…" : "")'"
}

/// ` Did you mean 'conv1'?` where one of `names` is near; looks at a bounded number of short ones.
func suggestion(for name: String, among names: some Sequence<String>) -> String {
  guard name.utf8.count <= 60 else { return "" }
  let candidates = names.lazy.filter { $0.utf8.count <= 60 }.prefix(10_000)
  return nearestName(to: name, among: candidates).map { "; did you mean \(quoted($0))?" } ?? ""
}

/// A product that is larger than any tensor may be rather than overflow.
func boundedProduct(_ factors: some Sequence<Int>) -> Int {
  let product = factors.reduce(1.0) { $0 * Double($1) }
  return abs(product) < WorkloadBuilder.elementLimit
    ? Int(product) : Int(WorkloadBuilder.elementLimit)
}

extension WorkloadError {
  /// What is wrong, without the place in the network: an importer knows the one in its file.
  var problem: String {
    switch self {
    case .shape(_, let problem): problem
    case .tooLarge(_, let shape): "a tensor of \(shape) has more than 2^53 elements"
    default: description
    }
  }
}
