/// States of nodes from those of their predecessors, in the order of a directed acyclic graph.
///
/// ```
/// α_vu = softmax of w · h_u over the u → v
/// m_v  = Σ_u α_vu h_u                       0 of none
/// h_v  = GRU(input x_v, state m_v)
/// ```
/// The graph is known when this is built and unrolled over its levels, each of which is a few operations
/// for all its nodes at once. Edges the other way are other levels and another layer.
///
/// - Source: V. Thost, J. Chen, *Directed acyclic graph neural networks* (2021), section 2.1, and 2.2 for
///   the levels. The paper adds to w · h_u a term of x_v alone; it is equal for all predecessors of v, falls
///   out of their softmax and is left out.
public struct DirectedAcyclicMessagePassing {
  /// w, `[width, 1]`.
  public let score: Node
  public let unit: GatedRecurrentUnit

  public init(_ parameters: Parameters, _ name: String, _ inputs: Int, _ width: Int) {
    score = parameters.parameter("\(name).score", [width, 1], .glorot(inputs: width, outputs: 1))
    unit = GatedRecurrentUnit(parameters, "\(name).unit", inputs, width)
  }

  /// `[batch, n, in] → [batch, n, width]`, with the same edges for all of a batch.
  public func callAsFunction(_ x: Node, levels: TopologicalLevels) -> Node {
    let graph = x.graph
    guard x.shape.rank == 3, x.shape.axes[1] == levels.nodes else {
      graph.report(.shape(.gather, x.shape, wanted: "[batch, \(levels.nodes), in] by its levels"))
      return x
    }
    // Nodes first, so that rows are nodes; states in the order in which they are known.
    let inputs = x.transposed([1, 0, 2])
    func next(_ nodes: [Int], _ message: Node) -> Node {
      unit(inputs.gather(graph.indices(nodes)), message)
    }
    let zeros = graph.fill(0, [levels.roots.count, x.shape.axes[0], score.shape.axes[0]])
    var known = levels.roots
    var states = next(known, zeros)
    for edges in levels.levels {
      let targets = Set(edges.map(\.target)).sorted()
      let segments = graph.rows(of: edges.map(\.target), among: targets)
      let sources = states.gather(graph.rows(of: edges.map(\.source), among: known))
      let weights = matmul(sources, score).segmentSoftmax(segments, count: targets.count)
      let message = (weights * sources).segmentSum(segments, count: targets.count)
      states = concatenate([states, next(targets, message)], axis: 0)
      known += targets
    }
    let all = Array(0..<levels.nodes)
    return states.gather(graph.rows(of: all, among: known)).transposed([1, 0, 2])
  }
}

extension Graph {
  /// Indices that are known when the graph is written, `[m]`.
  fileprivate func indices(_ values: [Int]) -> Node {
    concatenate(values.map { fill(Double($0), [1]) }, axis: 0)
  }

  /// Where each of some nodes stands among others.
  fileprivate func rows(of nodes: [Int], among others: [Int]) -> Node {
    let rows = Dictionary(uniqueKeysWithValues: zip(others, 0...))
    return indices(nodes.compactMap { rows[$0] })
  }
}
