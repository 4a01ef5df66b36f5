/// A part of a network with the sum of what its operations cost.
public struct WorkloadPart: Sendable {
  /// `layer1.0`
  public let name: String
  /// Operations in it, all instances counted.
  public var operations: Double
  public var counts: OperationCounts
  /// The shape of the last tensor that it writes.
  public var output: Shape

  public init(name: String, operations: Double, counts: OperationCounts, output: Shape) {
    self.name = name
    self.operations = operations
    self.counts = counts
    self.output = output
  }
}

extension Workload {
  /// The network in parts: everything whose path agrees in its first `depth` labels, in the order in
  /// which each part begins.
  public func parts(_ counts: WorkloadCounts, depth: Int) -> [WorkloadPart] {
    var parts: [WorkloadPart] = []
    var places: [String: Int] = [:]
    for (operation, cost) in zip(operations, counts.operations) {
      var labels: [String] = []
      var place = operation.scope
      while place != .root {
        labels.append(self[place].label)
        place = self[place].parent
      }
      labels.reverse()
      labels.append(operation.label)
      var name = labels.prefix(max(1, depth)).joined(separator: ".")
      if operation.pass != .forward { name = "\(operation.pass.rawValue) · \(name)" }
      let index: Int
      if let known = places[name] {
        index = known
      } else {
        index = parts.count
        places[name] = index
        parts.append(
          WorkloadPart(name: name, operations: 0, counts: OperationCounts(), output: Shape()))
      }
      let scope = self[operation.scope]
      parts[index].operations += scope.instances
      parts[index].counts.add(
        cost, times: scope.instances, weights: scope.weightInstances)
      if let last = outputs(of: operation).last { parts[index].output = self[last].shape }
    }
    return parts
  }

  /// The same sums for each kind of operation.
  public func kinds(_ counts: WorkloadCounts) -> [WorkloadPart] {
    var parts: [String: WorkloadPart] = [:]
    for (operation, cost) in zip(operations, counts.operations) {
      let name = operation.kind.family
      let scope = self[operation.scope]
      parts[
        name,
        default: WorkloadPart(
          name: name, operations: 0, counts: OperationCounts(), output: Shape())
      ].operations += scope.instances
      parts[name]?.counts.add(cost, times: scope.instances, weights: scope.weightInstances)
    }
    return parts.values.sorted {
      ($0.counts.flop, $1.name) > ($1.counts.flop, $0.name)
    }
  }
}
