import Workloads

/// Which operation reads what which other has made.
///
/// Nodes are the operations in the workload's order, views included: a view is a node of no cost
/// between the operation that made the bytes and those that read them.
public struct OperationGraph: Sendable, Equatable {
  public struct Edge: Hashable, Sendable {
    /// The operation that writes the tensor; always before `to`.
    public let from: Int
    /// The operation that reads it.
    public let to: Int
    /// What one run moves along the edge: the size of the tensor, in bytes.
    public let bytes: Double

    public init(from: Int, to: Int, bytes: Double) {
      self.from = from
      self.to = to
      self.bytes = bytes
    }
  }

  public let operationCount: Int
  /// Ordered by `to`, then by the order in which it reads; a tensor that an operation reads twice is
  /// one edge. Inputs of the network, weights and caches come from no operation and are no edges.
  public let edges: [Edge]
}

extension Workload {
  /// The edges between operations. What a part that occurs several times hands to its next round is
  /// none: its operations stand here once.
  ///
  /// - Complexity: O(operations + operands).
  public func operationGraph() -> OperationGraph {
    let producers = producers()
    var edges: [OperationGraph.Edge] = []
    for (index, operation) in operations.enumerated() {
      var seen: Set<ValueID> = []
      for id in inputs(of: operation) {
        guard let from = producers[Int(id.index)], seen.insert(id).inserted else { continue }
        edges.append(OperationGraph.Edge(from: from, to: index, bytes: self[id].bytes))
      }
    }
    return OperationGraph(operationCount: operations.count, edges: edges)
  }
}
