import Mathematics
import Quantities

/// What can be wrong with a thing from the zoo.
public enum ZooError: Error, Equatable, CustomStringConvertible {
  case unknownPredictor(String, allowed: [String])
  case notInstalled(String)
  case inconsistent(path: String, key: String)
  case notAdapted(method: String, space: String)
  /// A condition on a column that no row of a table meets.
  case noSuchValue(table: String, column: String, value: String, values: [String])
  case noRow(table: String)

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
    case .noSuchValue(let table, let column, let value, let values):
      "\(table): no row has '\(value)' in '\(column)'."
        + (nearestName(to: value, among: values).map { " Did you mean '\($0)'?" } ?? "")
        + " It has \(values.prefix(20).joined(separator: ", "))"
        + (values.count > 20 ? " and \(values.count - 20) more." : ".")
    case .noRow(let table):
      "\(table): no row meets all conditions together; leave one of them out."
    }
  }
}
