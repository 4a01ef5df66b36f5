import Foundation
import Quantities
import Workloads

/// What a run of a network is asked for.
public struct WorkloadRequest: Sendable {
  public enum Phase: String, CaseIterable, Sendable {
    /// One pass over pictures, or over the tokens of a prompt.
    case prefill
    /// One new token of each sequence.
    case decode
    /// Forward, backward and update.
    case training
  }

  public var batch: Int?
  /// Sizes by name, as `image=384` or the symbolic dimensions of a file.
  public var settings: [String: Int] = [:]
  public var phase: Phase?
  /// Tokens that a language model reads, or has read and sees.
  public var context: Int?
  public var optimizer = Optimizer.adam
  /// How activations and weights of a built-in network of pictures are stored.
  public var type = DataType.float32

  public init() {}
}

/// A network by its name, its notation or its file.
public enum NetworkReference: Sendable {
  case definition(NetworkDefinition)
  case language(LanguageModel)
  case architecture(any SearchSpace & WorkloadSpace, Architecture)
  case file(path: String, format: Format)

  public enum Format: String, CaseIterable, Sendable {
    case onnx, ncnn, description
  }

  /// - Throws: `WorkloadError` where there is nothing of that name, with the nearest name.
  public init(_ text: String) throws(WorkloadError) {
    if let network = NetworkRegistry.network(named: text) {
      self = .definition(network)
    } else if let model = try LanguageRegistry.model(named: text) {
      self = .language(model)
    } else if let (space, architecture) = try Self.notation(text) {
      self = .architecture(space, architecture)
    } else {
      self = try Self.file(text)
    }
  }

  // MARK: - Notations

  private static let spaces: [any SearchSpace & WorkloadSpace] = [
    NASBench201Space(), FBNetSpace(),
  ]

  /// `nasbench201:|nor_conv_3x3~0|+…`, or the notation alone where it is unmistakable.
  private static func notation(
    _ text: String
  ) throws(WorkloadError) -> (any SearchSpace & WorkloadSpace, Architecture)? {
    for space in spaces {
      let prefix = space.name + ":"
      guard text.hasPrefix(prefix) || (space.name == "nasbench201" && text.hasPrefix("|")) else {
        continue
      }
      let notation = text.hasPrefix(prefix) ? String(text.dropFirst(prefix.count)) : text
      do {
        return (space, try space.architecture(parsing: notation))
      } catch {
        throw .setting("\(error)")
      }
    }
    return nil
  }

  // MARK: - Files

  private static func file(_ path: String) throws(WorkloadError) -> NetworkReference {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw unknown(path)
    }
    let name = path.lowercased()
    if isFolder.boolValue { return try configuration(path) }
    if name.hasSuffix(".onnx") { return .file(path: path, format: .onnx) }
    if name.hasSuffix(".param") { return .file(path: path, format: .ncnn) }
    if name.hasSuffix(".json") { return try configuration(path) }
    throw .unsupported(
      file: path,
      problem: "the name does not say what it is; .onnx, .param, .json and folders with a "
        + "config.json can be read")
  }

  /// A `config.json` names its family; a plain description has operations.
  private static func configuration(_ path: String) throws(WorkloadError) -> NetworkReference {
    var isFolder: ObjCBool = false
    _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    let separator = path.hasSuffix("/") ? "" : "/"
    let file = try ConfigurationFile(
      path: isFolder.boolValue ? path + separator + "config.json" : path)
    if file.has("operations"), !file.has("model_type"), !file.has("_class_name") {
      return .file(path: path, format: .description)
    }
    let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
    let url = URL(fileURLWithPath: trimmed)
    var name =
      isFolder.boolValue ? url.lastPathComponent : url.deletingPathExtension().lastPathComponent
    if name == "config" { name = url.deletingLastPathComponent().lastPathComponent }
    if let network = try ConfiguredNetworks.network(file, name: name) {
      return .definition(network)
    }
    return .language(try LanguageRegistry.model(file, name: name))
  }

  private static func unknown(_ text: String) -> WorkloadError {
    if LanguageCatalogue.onlyByFile.contains(text) {
      return .setting(
        "'\(text)' is not built in, since its layers differ one by one; name its config.json")
    }
    let names = NetworkRegistry.all.map(\.name) + LanguageRegistry.names
    let shown = text.count > 200 ? text.prefix(200) + "…" : text[...]
    let near = nearestName(to: String(text.prefix(200)), among: names)
    return .setting(
      "'\(shown)' is neither a file nor a built-in network."
        + (near.map { " Did you mean '\($0)'?" } ?? "")
        + " 'perfmodel model list' shows all names.")
  }

  // MARK: - Runs

  /// One run of the network.
  ///
  /// - Throws: `WorkloadError` where the file or a setting is wrong, or a layer does not fit.
  public func workload(_ request: WorkloadRequest) throws(WorkloadError) -> Workload {
    switch self {
    case .language(let model):
      return try Self.run(model, request)
    case .definition(let network):
      try Self.refuseLanguageOptions(request, network.name)
      return try Self.trained(
        network.workload(
          batch: request.batch ?? 1, settings: request.settings, type: request.type), request)
    case .architecture(let space, let architecture):
      try Self.refuseLanguageOptions(request, space.name)
      guard request.settings.isEmpty else {
        throw .setting("\(space.name) has no settings; leave --set out")
      }
      return try Self.trained(
        space.workload(of: architecture, batch: request.batch ?? 1), request)
    case .file(let path, let format):
      try Self.refuseLanguageOptions(request, path)
      return try Self.trained(Self.read(path, format, request), request)
    }
  }

  private static func read(
    _ path: String, _ format: Format, _ request: WorkloadRequest
  ) throws(WorkloadError) -> Workload {
    switch format {
    case .onnx:
      try Workload(onnx: path, dimensions: request.settings, batch: request.batch)
    case .ncnn:
      try Workload(ncnn: path, batch: request.batch ?? 1, settings: request.settings)
    case .description:
      try Workload(json: path, batch: request.batch, settings: request.settings)
    }
  }

  private static func trained(
    _ workload: Workload, _ request: WorkloadRequest
  ) throws(WorkloadError) -> Workload {
    request.phase == .training
      ? try workload.trainingStep(optimizer: request.optimizer) : workload
  }

  private static func refuseLanguageOptions(
    _ request: WorkloadRequest, _ name: String
  ) throws(WorkloadError) {
    if request.phase == .decode || request.context != nil {
      throw .setting(
        "\(name) is not described as a language model: --context and --phase decode belong to a "
          + "built-in one or a config.json")
    }
  }

  private static func run(
    _ model: LanguageModel, _ request: WorkloadRequest
  ) throws(WorkloadError) -> Workload {
    var settings = request.settings
    let images = settings.removeValue(forKey: "images") ?? 0
    let cached = settings.removeValue(forKey: "cached") ?? 0
    let encoderTokens = settings.removeValue(forKey: "encoder_tokens")
    if let name = settings.keys.min() {
      throw .setting(
        "\(model.name) has no setting '\(name)'; it has 'images' (pictures before the prompt), "
          + "'cached' (tokens that were read before) and 'encoder_tokens'")
    }
    let context = request.context ?? min(2048, model.maximumContext ?? 2048)
    if model.isEncoder, request.phase == .decode {
      throw .setting("\(model.name) is an encoder: it does not decode")
    }
    let phase: LanguagePhase
    switch request.phase ?? .prefill {
    case .prefill:
      guard cached >= 0, cached < context else {
        throw .setting("cached=\(cached); it is between 0 and context − 1 = \(context - 1)")
      }
      phase = .prefill(tokens: context - cached, cached: cached)
    case .decode: phase = .decode(context: context)
    case .training: phase = .training(tokens: context, optimizer: request.optimizer)
    }
    return try model.workload(
      phase, batch: request.batch ?? 1, images: images, encoderTokens: encoderTokens)
  }
}
