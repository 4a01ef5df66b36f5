import Quantities

extension SpaceError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .unknownSpace(let name, let allowed):
      "'\(name)' is not a search space." + suggestion(name, allowed)
    case .unknownOperation(let space, let position, let found, let allowed):
      "\(space): '\(found)' is not an operation of \(position)." + suggestion(found, allowed)
    case .malformed(let space, let found, let expected):
      "\(space): '\(found)' is not an architecture; one reads \(expected)."
    case .missingColumns(let space, let columns, let found):
      "\(space): a table of architectures has the columns \(columns.joined(separator: ", ")); "
        + "found \(found.joined(separator: ", "))."
    case .contradiction(let space, let notation, let column, let found):
      "\(space): column '\(column)' says '\(found)' for '\(notation)'."
    }
  }

  private func suggestion(_ found: String, _ allowed: [String]) -> String {
    (nearestName(to: found, among: allowed).map { " Did you mean '\($0)'?" } ?? "")
      + " Allowed: \(allowed.joined(separator: ", "))."
  }
}
