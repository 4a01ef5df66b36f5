import Analytic
import Datasets
import Foundation
import Mathematics

/// Fitted laws in a file: one, or one for each group.
public enum ScalingFitFile {
  private struct Groups: Codable { var groups: [String: ScalingFitDocument] }

  /// - Throws: `DatasetError.unwritable`.
  public static func write(
    _ documents: [(group: String?, document: ScalingFitDocument)], to path: String
  ) throws {
    try AtomicFile.write(Array(try json(documents)) + [0x0a], to: path)
  }

  /// What `write` writes.
  public static func json(
    _ documents: [(group: String?, document: ScalingFitDocument)]
  ) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
    if documents.count == 1, let only = documents.first, only.group == nil {
      return try encoder.encode(only.document)
    }
    return try encoder.encode(
      Groups(
        groups: Dictionary(
          documents.map { ($0.group ?? "", $0.document) }, uniquingKeysWith: { first, _ in first })
      ))
  }

  /// - Parameter group: which of several.
  /// - Throws: `ScalingFitError` for a file that is missing or damaged, and for a group that it does not
  ///   have.
  public static func read(
    _ path: String, group: String? = nil
  ) throws(ScalingFitError) -> (document: ScalingFitDocument, forecast: ScalingForecast) {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path)
    }
    let document: ScalingFitDocument
    if let only = try? JSONDecoder().decode(ScalingFitDocument.self, from: data) {
      guard group == nil else { throw .noGroup(path: path, asked: group ?? "", groups: []) }
      document = only
    } else if let several = try? JSONDecoder().decode(Groups.self, from: data) {
      guard let group, let chosen = several.groups[group] else {
        throw .noGroup(path: path, asked: group ?? "", groups: several.groups.keys.sorted())
      }
      document = chosen
    } else {
      throw .malformed(path: path, problem: "it is no output of 'perfmodel scaling fit'")
    }
    return (document, try document.forecast(path: path))
  }

  /// A name for the content of a table: FNV-1a over its bytes.
  public static func hash(of path: String) -> String {
    "fnv1a64:" + String(fnv1a(FileManager.default.contents(atPath: path) ?? Data()), radix: 16)
  }
}

public enum ScalingFitError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String)
  case malformed(path: String, problem: String)
  case noGroup(path: String, asked: String, groups: [String])

  public var description: String {
    switch self {
    case .unreadable(let path): "\(path): the file cannot be read."
    case .malformed(let path, let problem): "\(path): \(problem)."
    case .noGroup(let path, let asked, let groups):
      groups.isEmpty
        ? "\(path): it holds one law and no groups; leave --group out."
        : "\(path): "
          + (asked.isEmpty ? "it holds a law for each group" : "there is no group '\(asked)'")
          + "; name one with --group: \(groups.joined(separator: ", "))."
    }
  }
}
