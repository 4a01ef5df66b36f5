/// What the components of an accelerator do in one run.
public struct ActionCounts: Sendable, Hashable {
  /// Words that a memory hands out and takes up.
  public struct Accesses: Sendable, Hashable {
    public var reads = 0.0
    public var writes = 0.0

    public init(reads: Double = 0, writes: Double = 0) {
      self.reads = reads
      self.writes = writes
    }

    public var total: Double { reads + writes }
  }

  /// Those of each operand. On the network a read is a word on its way to a unit, a write a sum on its
  /// way to the next unit or to the buffer.
  public struct OperandAccesses: Sendable, Hashable {
    public var inputs = Accesses()
    public var weights = Accesses()
    /// Sums of products, finished or not.
    public var outputs = Accesses()

    public init() {}

    public var total: Double { inputs.total + weights.total + outputs.total }
  }

  public var macs = 0.0
  public var vectorFLOP = 0.0
  public var registerFile = OperandAccesses()
  public var network = OperandAccesses()
  public var buffer = OperandAccesses()
  public var mainMemory = OperandAccesses()

  public init() {}

  /// Actions of a component, as ``ComponentCosts`` prices them.
  public subscript(component: AcceleratorComponent) -> Double {
    switch component {
    case .multiplyAccumulate: macs
    case .vectorUnit: vectorFLOP
    default: accesses(of: component)?.total ?? 0
    }
  }

  /// Of a memory or the network; nil for what computes.
  public func accesses(of component: AcceleratorComponent) -> OperandAccesses? {
    switch component {
    case .multiplyAccumulate, .vectorUnit: nil
    case .registerFile: registerFile
    case .network: network
    case .buffer: buffer
    case .mainMemory: mainMemory
    }
  }

  public static func + (left: ActionCounts, right: ActionCounts) -> ActionCounts {
    left.combined(right) { $0 + $1 }
  }

  public static func * (counts: ActionCounts, factor: Double) -> ActionCounts {
    counts.combined(counts) { own, _ in own * factor }
  }

  private func combined(
    _ other: ActionCounts, _ rule: (Double, Double) -> Double
  ) -> ActionCounts {
    func join(_ left: Accesses, _ right: Accesses) -> Accesses {
      Accesses(reads: rule(left.reads, right.reads), writes: rule(left.writes, right.writes))
    }
    func join(_ left: OperandAccesses, _ right: OperandAccesses) -> OperandAccesses {
      var joined = OperandAccesses()
      joined.inputs = join(left.inputs, right.inputs)
      joined.weights = join(left.weights, right.weights)
      joined.outputs = join(left.outputs, right.outputs)
      return joined
    }
    var joined = ActionCounts()
    joined.macs = rule(macs, other.macs)
    joined.vectorFLOP = rule(vectorFLOP, other.vectorFLOP)
    joined.registerFile = join(registerFile, other.registerFile)
    joined.network = join(network, other.network)
    joined.buffer = join(buffer, other.buffer)
    joined.mainMemory = join(mainMemory, other.mainMemory)
    return joined
  }
}
