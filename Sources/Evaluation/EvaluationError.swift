import Mathematics
import Quantities

/// What can be wrong with a protocol or its table.
public enum EvaluationError: Error, Equatable, CustomStringConvertible {
  case unreadableProtocol(file: String, reason: String)
  case invalidProtocol(file: String, key: String, found: String, allowed: String)
  case unknownDevice(String, protocolName: String, allowed: [String])
  case rowsOutsideTable(protocolName: String, key: String, last: Int, count: Int)
  case tooFewArchitectures(device: String, role: String, found: Int, needed: Int)
  case noSources(device: String)
  case wrongSpace(protocolName: String, found: String, given: String)
  case userFeatures(String)

  public var description: String {
    switch self {
    case .unreadableProtocol(let file, let reason):
      "\(file): \(reason)."
    case .invalidProtocol(let file, let key, let found, let allowed):
      "\(file): '\(key)' is \(found); allowed: \(allowed)."
    case .unknownDevice(let device, let name, let allowed):
      "\(name): the table has no device '\(device)'."
        + (nearestName(to: device, among: allowed).map { " Did you mean '\($0)'?" } ?? "")
        + " It has \(allowed.joined(separator: ", "))."
    case .rowsOutsideTable(let name, let key, let last, let count):
      "\(name): '\(key)' reaches architecture \(last); the table has \(count)."
    case .tooFewArchitectures(let device, let role, let found, let needed):
      "'\(device)' has \(found) measured architectures to \(role); \(needed) are needed."
    case .noSources(let device):
      "no source device is left for the target '\(device)'."
    case .wrongSpace(let name, let found, let given):
      "\(name): the protocol is for the space '\(found)', not '\(given)'."
    case .userFeatures(let reason):
      reason
    }
  }

  /// The same error with the protocol's file instead of its name.
  func naming(file: String) -> EvaluationError {
    if case .invalidProtocol(_, let key, let found, let allowed) = self {
      return .invalidProtocol(file: file, key: key, found: found, allowed: allowed)
    }
    return self
  }
}
