import Datasets
import Foundation

/// The folder of public measurements that some studies replay; it is not part of the project.
public struct StudyData: Sendable {
  public static let standardFolder = "../shared/data"

  public let folder: String

  public init(folder: String = StudyData.standardFolder) { self.folder = folder }

  /// A table of the folder, `timm/benchmark-….csv.gz`.
  ///
  /// - Throws: `StudyError.needsData` where it is not there.
  public func table(_ path: String) throws -> CSVTable {
    try CSVTable(self.path(path))
  }

  public func path(_ path: String) throws -> String {
    let file = folder + "/" + path
    guard FileManager.default.fileExists(atPath: file) else {
      throw StudyError.needsData(path: file)
    }
    return file
  }
}

public enum StudyError: Error, Equatable, CustomStringConvertible {
  /// A table that a study replays is not at hand.
  case needsData(path: String)
  case unknown(id: String, nearest: String?)
  /// The list of studies is not beside the program.
  case notInstalled

  public var description: String {
    switch self {
    case .needsData(let path): "needs data: \(path)"
    case .unknown(let id, let nearest):
      "there is no study '\(id)'." + (nearest.map { " Did you mean '\($0)'?" } ?? "")
        + " 'perfmodel zoo list' shows all."
    case .notInstalled:
      "the list of studies is not beside the program; build it again."
    }
  }
}
