import Quantities

/// A part of an array accelerator that takes energy.
public enum AcceleratorComponent: String, CaseIterable, Sendable, Hashable {
  case multiplyAccumulate = "MAC"
  /// What computes element by element, beside the array.
  case vectorUnit = "vector unit"
  /// The words that a unit of the array keeps.
  case registerFile = "register file"
  /// Wires that bring a word to a unit, or hand it to the next.
  case network
  /// The memory on the chip that all units share.
  case buffer
  case mainMemory = "main memory"
}

/// What one action of each component costs: a MAC, a FLOP of the vector unit, one word that is read or
/// written, one word that is brought to a unit.
public struct ComponentCosts: Sendable, Hashable {
  public struct Cost: Sendable, Hashable {
    /// Of one action.
    public var energy: Joules
    /// Of the whole component, for as long as it is on.
    public var leakage: Watts

    public init(_ energy: Joules, leakage: Watts = .zero) {
      self.energy = energy
      self.leakage = leakage
    }
  }

  public var multiplyAccumulate: Cost
  public var vectorUnit: Cost
  public var registerFile: Cost
  public var network: Cost
  public var buffer: Cost
  public var mainMemory: Cost

  public init(
    multiplyAccumulate: Cost, vectorUnit: Cost = Cost(.zero), registerFile: Cost, network: Cost,
    buffer: Cost, mainMemory: Cost
  ) {
    self.multiplyAccumulate = multiplyAccumulate
    self.vectorUnit = vectorUnit
    self.registerFile = registerFile
    self.network = network
    self.buffer = buffer
    self.mainMemory = mainMemory
  }

  public subscript(component: AcceleratorComponent) -> Cost {
    switch component {
    case .multiplyAccumulate: multiplyAccumulate
    case .vectorUnit: vectorUnit
    case .registerFile: registerFile
    case .network: network
    case .buffer: buffer
    case .mainMemory: mainMemory
    }
  }

  /// What so many actions of a component cost.
  public func energy(of component: AcceleratorComponent, in actions: ActionCounts) -> Joules {
    self[component].energy * actions[component]
  }

  /// What so many actions of all components cost.
  public func energy(of actions: ActionCounts) -> Joules {
    AcceleratorComponent.allCases.reduce(.zero) { $0 + energy(of: $1, in: actions) }
  }

  /// W of all components together.
  public var leakage: Watts {
    AcceleratorComponent.allCases.reduce(.zero) { $0 + self[$1].leakage }
  }
}
