import Quantities
import Workloads

/// A network with the name under which reports show it.
public struct NamedNetwork: Sendable {
  public let name: String
  public let reference: NetworkReference

  /// - Throws: `WorkloadError` where there is nothing of that name, with the nearest name.
  public init(_ text: String) throws(WorkloadError) {
    reference = try NetworkReference(text)
    switch reference {
    case .definition(let network): name = network.name
    case .language(let model): name = model.name
    case .architecture, .file: name = text
    }
  }

  /// The batch of a run, which a file may fix.
  public func batch(_ request: WorkloadRequest) -> Int? {
    if case .file = reference { return request.batch }
    return request.batch ?? 1
  }

  /// Every network that a list of names means: `resnet50`, `family:resnet`, `all`.
  ///
  /// `family:language` are the language models. What several of them mean stands once.
  ///
  /// - Throws: `WorkloadError` for a name without a network, for a family without members, and for a
  ///   name that is given twice.
  public static func networks(_ texts: [String]) throws(WorkloadError) -> [NamedNetwork] {
    var networks: [NamedNetwork] = []
    var known: Set<String> = []
    var single: Set<String> = []
    for text in texts {
      if let members = try members(of: text) {
        for name in members where known.insert(name).inserted {
          networks.append(try NamedNetwork(name))
        }
        continue
      }
      let network = try NamedNetwork(text)
      guard single.insert(network.name).inserted else {
        throw .setting("'\(network.name)' is named twice; name it once")
      }
      if known.insert(network.name).inserted { networks.append(network) }
    }
    return networks
  }

  private static func members(of text: String) throws(WorkloadError) -> [String]? {
    if text == "all" { return NetworkRegistry.all.map(\.name) + LanguageRegistry.names }
    let prefix = "family:"
    guard text.hasPrefix(prefix) else { return nil }
    let family = String(text.dropFirst(prefix.count))
    if family == "language" { return LanguageRegistry.names }
    let members = NetworkRegistry.all.filter { $0.family == family }.map(\.name)
    guard members.isEmpty else { return members }
    let families = Set(NetworkRegistry.all.map(\.family) + ["language"]).sorted()
    throw .setting(
      "no family '\(family)'."
        + (nearestName(to: family, among: families).map { " Did you mean '\($0)'?" } ?? "")
        + " Families: " + families.joined(separator: ", "))
  }
}
