import Foundation
import Mathematics

/// The predictors that come with the program, by the name of their space.
public enum ShippedPredictors {
  public static let names = ["fbnet", "nasbench201"]

  /// The predictor named `nameOrPath`: a shipped one, or else a file.
  ///
  /// - Throws: `ZooError.unknownPredictor` where it is neither.
  public static func load(_ nameOrPath: String) throws -> TrainedPredictor {
    if names.contains(nameOrPath) {
      guard let path = path(of: nameOrPath) else { throw ZooError.notInstalled(nameOrPath) }
      return try TrainedPredictor(path: path)
    }
    guard FileManager.default.fileExists(atPath: nameOrPath) else {
      throw ZooError.unknownPredictor(nameOrPath, allowed: names)
    }
    return try TrainedPredictor(path: nameOrPath)
  }

  /// Where a shipped predictor lies on this machine.
  public static func path(of name: String) -> String? {
    let path = Bundle.module.resourcePath.map { "\($0)/Shipped/\(name).h5" }
    return path.flatMap { FileManager.default.fileExists(atPath: $0) ? $0 : nil }
  }
}
