import Foundation
import Synchronization
import Workloads

/// Every language model that can be read from its configuration or built by name.
public enum LanguageRegistry {
  /// One line for each family.
  private static let families: [any LanguageFamily.Type] = [
    TraitDecoders.self,
    DeepSeek.self,
    DeepSeekV4.self,
    EncoderDecoders.self,
    Encoders.self,
    Gemma.self,
    GPT.self,
    GPTOSS.self,
    Hybrids.self,
    Kimi.self,
    Llama4.self,
    MixedAttention.self,
    NemotronH.self,
    NestedExperts.self,
    Qwen35.self,
    VisionLanguage.self,
  ]

  private static let byType: [String: any LanguageFamily.Type] = Dictionary(
    families.flatMap { family in family.modelTypes.map { ($0, family) } },
    uniquingKeysWith: { first, _ in first })

  /// Every `model_type` that can be counted.
  public static let modelTypes: [String] =
    (byType.keys + ConfiguredNetworks.modelTypes).sorted()

  /// Every model that is built in.
  public static var names: [String] { LanguageCatalogue.names }

  /// The built-in model of that name; nil when there is none.
  public static func model(named name: String) throws(WorkloadError) -> LanguageModel? {
    try LanguageCatalogue.model(named: name)
  }

  /// Reads `config.json`, or that of a folder.
  ///
  /// - Throws: `WorkloadError` naming the file and the key.
  public static func model(path: String, name: String? = nil) throws(WorkloadError) -> LanguageModel
  {
    var file = path
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue {
      file = path.hasSuffix("/") ? path + "config.json" : path + "/config.json"
    }
    let title = name ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    return try model(ConfigurationFile(path: file), name: title)
  }

  /// Reads the text of a `config.json`.
  public static func model(
    configuration data: Data, path: String, name: String
  ) throws(WorkloadError) -> LanguageModel {
    try model(ConfigurationFile(data: data, path: path), name: name)
  }

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    guard let type = try file.text("model_type") else {
      throw file.wrong("model_type", "is missing; it says which family the network is of")
    }
    guard let family = byType[type] else {
      throw .unsupported(
        file: file.path,
        problem: "model_type '\(type.prefix(60))' cannot be counted; known here: "
          + modelTypes.joined(separator: ", "))
    }
    return try family.model(file, name: name)
  }
}
