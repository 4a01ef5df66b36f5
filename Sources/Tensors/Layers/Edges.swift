/// The directed edges of a graph by the rows of their ends.
///
/// Several graphs are one whose nodes stand one graph after another.
public struct Edges {
  /// `[m]`, where each edge begins.
  public let sources: Node
  /// `[m]`, where it ends.
  public let targets: Node

  public init(from sources: Node, to targets: Node) {
    self.sources = sources
    self.targets = targets
  }
}
