import Mathematics
import Quantities

/// What can be wrong with a thing from the zoo.
public enum ZooError: Error, Equatable, CustomStringConvertible {
  case unknownPredictor(String, allowed: [String])
  case notInstalled(String)
  case inconsistent(path: String, key: String)
  case notAdapted(method: String, space: String)

  public var description: String {
    switch self {
    case .unknownPredictor(let name, let allowed):
      "'\(name)' is neither a file nor a shipped predictor."
        + (nearestName(to: name, among: allowed).map { " Did you mean '\($0)'?" } ?? "")
        + " Shipped are \(allowed.joined(separator: ", "))."
    case .notInstalled(let name):
      "the shipped predictor '\(name)' is not beside the program; build it again, or name a file."
    case .inconsistent(let path, let key):
      "\(path): '\(key)' does not fit the rest of the predictor; make the file again."
    case .notAdapted(let method, let space):
      "this '\(method)' predictor of \(space) has not been adapted to a device; "
        + "run 'perfmodel adapt' with a few measurements first."
    }
  }
}
