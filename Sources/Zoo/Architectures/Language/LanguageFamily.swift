import Workloads

/// Networks whose published configurations are read the same way.
protocol LanguageFamily: SendableMetatype {
  /// What `model_type` says.
  static var modelTypes: [String] { get }
  static func model(_ file: ConfigurationFile, name: String) throws(WorkloadError) -> LanguageModel
}

/// A published number under one of several names.
typealias KeyNames = [String]

/// Whether a part has a bias.
enum BiasRule: Sendable {
  case always, never
  case key(String, default: Bool)

  func holds(in file: ConfigurationFile) throws(WorkloadError) -> Bool {
    switch self {
    case .always: true
    case .never: false
    case .key(let key, let standard): try file.flag(key, default: standard)
    }
  }
}
