/// The spaces that are built in, one line each.
public enum SearchSpaces {
  public static let builtIn: [any SearchSpace] = [NASBench201Space(), FBNetSpace()]

  /// Every name that `--space` takes.
  public static var names: [String] { builtIn.map(\.name) + ["generic"] }

  /// The built-in space of that name; `nil` for `generic`, which a table has to define.
  ///
  /// - Throws: `SpaceError.unknownSpace`.
  public static func named(_ name: String) throws(SpaceError) -> (any SearchSpace)? {
    if name == "generic" { return nil }
    guard let space = builtIn.first(where: { $0.name == name }) else {
      throw .unknownSpace(name, allowed: names)
    }
    return space
  }
}
