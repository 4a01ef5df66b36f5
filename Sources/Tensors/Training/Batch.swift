/// What a model is written down for: some samples at once, in training or not.
public final class Batch {
  public let graph: Graph
  /// How many samples.
  public let size: Int
  public let isTraining: Bool
  private let seed: UInt64
  private var dropouts: UInt64 = 0
  private(set) var outputs: [String: Node] = [:]
  private(set) var shared: Set<String> = []

  init(_ graph: Graph, size: Int, isTraining: Bool, seed: UInt64) {
    self.graph = graph
    self.size = size
    self.isTraining = isTraining
    self.seed = seed
  }

  /// A value of each sample: `[size, axes…]`, one number without axes.
  public func input(_ name: String, _ axes: Int...) -> Node {
    graph.input(name, Shape([size] + axes))
  }

  /// A value that all samples share.
  public func shared(_ name: String, _ shape: Shape) -> Node {
    shared.insert(name)
    return graph.input(name, shape)
  }

  /// Names what a model predicts; its first axis counts samples.
  @discardableResult
  public func output(_ name: String, _ node: Node) -> Node {
    outputs[name] = node
    return node
  }

  /// Elements dropped with a probability while training.
  public func dropout(_ x: Node, _ rate: Double) -> Node {
    dropouts += 1
    return isTraining ? x.dropout(rate, seed: seed &+ dropouts &* 0x9e37_79b9_7f4a_7c15) : x
  }
}
