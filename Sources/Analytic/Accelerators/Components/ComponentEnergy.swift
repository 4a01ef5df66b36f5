import Quantities

/// Joules of a run on an accelerator, by component and by operation.
public struct ComponentEnergy: Sendable {
  public struct OperationActions: Sendable {
    /// Its place in the workload.
    public let operation: Int
    public let instances: Double
    /// Of all instances together.
    public let actions: ActionCounts

    public init(operation: Int, instances: Double, actions: ActionCounts) {
      self.operation = operation
      self.instances = instances
      self.actions = actions
    }
  }

  public let costs: ComponentCosts
  /// In the order of the run.
  public let operations: [OperationActions]

  public init(costs: ComponentCosts, operations: [OperationActions]) {
    self.costs = costs
    self.operations = operations
  }

  /// Of the whole run.
  public var actions: ActionCounts { operations.reduce(ActionCounts()) { $0 + $1.actions } }

  /// Of the whole run.
  ///
  /// - Parameter time: how long the components leak; without, they do not.
  public func total(over time: Seconds = .zero) -> Joules {
    costs.energy(of: actions) + costs.leakage * time
  }
}
