/// Which nodes of a graph run, and in which order.
struct ONNXOrder {
  /// Places in the list of nodes; the order of the file where that one works.
  let sequence: [Int]
  /// How many nodes, and results of the graph, read each name.
  let readers: [String: Int]

  init(
    _ nodes: [ONNXNodeProto], outputs: [String], visits: inout Int,
    fail: (String, Int) -> WorkloadError
  ) throws(WorkloadError) {
    var producer: [String: Int] = [:]
    producer.reserveCapacity(nodes.count)
    for (index, node) in nodes.enumerated() {
      for output in node.output where !output.isEmpty {
        guard producer.updateValue(index, forKey: output) == nil else {
          throw fail("'\(shown(output))' is made twice", index)
        }
      }
    }
    let reads = nodes.map { Self.names(readBy: $0, &visits) }
    var isLive = [Bool](repeating: false, count: nodes.count)
    var waiting = outputs.compactMap { producer[$0] }
    while let index = waiting.popLast() {
      if isLive[index] { continue }
      isLive[index] = true
      for name in reads[index] {
        if let source = producer[name], !isLive[source] { waiting.append(source) }
      }
    }
    var readers: [String: Int] = [:]
    for name in outputs { readers[name, default: 0] += 1 }
    for index in nodes.indices where isLive[index] {
      for name in reads[index] { readers[name, default: 0] += 1 }
    }
    // Depth first: every node after those it reads from.
    enum State { case new, open, done }
    var state = [State](repeating: .new, count: nodes.count)
    var sequence: [Int] = []
    sequence.reserveCapacity(nodes.count)
    for start in nodes.indices where isLive[start] && state[start] == .new {
      var stack = [(index: start, next: 0)]
      state[start] = .open
      while let (index, next) = stack.last {
        guard next < reads[index].count else {
          state[index] = .done
          sequence.append(index)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        let name = reads[index][next]
        guard let source = producer[name], state[source] != .done else { continue }
        guard state[source] == .new else {
          throw fail("'\(shown(name))' is made from itself: the graph has a cycle", index)
        }
        state[source] = .open
        stack.append((source, 0))
      }
    }
    self.sequence = sequence
    self.readers = readers
  }

  /// The inputs of a node, and what its inner graphs read from around them.
  private static func names(readBy node: ONNXNodeProto, _ visits: inout Int) -> [String] {
    var names = node.input.filter { !$0.isEmpty }
    visits += 1 + names.count
    for attribute in node.attribute where attribute.hasG {
      names += free(in: attribute.g, &visits)
    }
    return names
  }

  private static func free(in graph: ONNXGraphProto, _ visits: inout Int) -> Set<String> {
    var names = Set(graph.output.map(\.name))
    for node in graph.node { names.formUnion(Self.names(readBy: node, &visits)) }
    for node in graph.node { names.subtract(node.output) }
    names.subtract(graph.input.map(\.name))
    names.subtract(graph.initializer.map(\.name))
    return names
  }
}
