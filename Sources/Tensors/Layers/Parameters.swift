import Mathematics

/// The parameters of a model: their nodes, and the values with which training begins.
///
/// Layers take names in scopes, as `encoder.0.attention.query`. A value depends on the seed and its name
/// alone, so that another layer elsewhere does not change it.
public final class Parameters {
  public enum Initial: Sendable {
    case zeros, ones
    /// Between ±√(6/(in + out)): X. Glorot, Y. Bengio (2010), eq. 16.
    case glorot(inputs: Int, outputs: Int)
    /// Normal with deviation √(2/in): K. He et al. (2015), eq. 10.
    case he(inputs: Int)
    case normal(deviation: Double)
  }

  public let graph: Graph
  public let seed: UInt64
  /// In the order in which layers asked for them.
  public private(set) var entries: [NamedTensor] = []
  public private(set) var nodes: [Node] = []

  public init(_ graph: Graph, seed: UInt64 = 0) {
    self.graph = graph
    self.seed = seed
  }

  /// A tensor that training moves; one of a known name is the same again.
  public func parameter(_ name: String, _ shape: Shape, _ initial: Initial) -> Node {
    let node = graph.parameter(name, shape)
    guard !entries.contains(where: { $0.name == name }) else { return node }
    var random = RandomStream(seed: seed, label: name)
    let values = (0..<shape.count).map { _ -> Float in
      switch initial {
      case .zeros: 0
      case .ones: 1
      case .glorot(let inputs, let outputs):
        Float((2 * random.uniform() - 1) * (6 / Double(inputs + outputs)).squareRoot())
      case .he(let inputs): Float(random.normal() * (2 / Double(inputs)).squareRoot())
      case .normal(let deviation): Float(random.normal() * deviation)
      }
    }
    entries.append(NamedTensor(name: name, shape: shape, elements: values))
    nodes.append(node)
    return node
  }

  /// How many numbers there are.
  public var count: Int { entries.reduce(0) { $0 + $1.shape.count } }
}
