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
    let list = " Allowed: \(allowed.joined(separator: ", "))."
    guard let nearest = allowed.min(by: { distance($0, found) < distance($1, found) }),
      distance(nearest, found) <= max(2, found.count / 3)
    else { return list }
    return " Did you mean '\(nearest)'?" + list
  }
}

/// Levenshtein's distance: single-character edits from `a` to `b`.
private func distance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let substitution = diagonal + (x == y ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
    }
  }
  return row[b.count]
}
