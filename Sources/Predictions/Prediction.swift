import Quantities

/// What a model says of one run of a workload on a device: how long, how many joules, how much memory,
/// where it goes, and what was taken to be so.
public struct Prediction: Sendable {
  public let latency: Estimate<Seconds>
  public let energy: Estimate<Joules>?
  public let peakMemory: Estimate<Bytes>?
  /// In the order of the run; latencies and energies add up to the totals' values.
  public let breakdown: [OperationCost]
  /// The model's name, such as `roofline`.
  public let method: String
  /// What the model had to take to be so: defaults, fallbacks, absent figures.
  public let assumptions: [String]

  public init(
    latency: Estimate<Seconds>, energy: Estimate<Joules>? = nil,
    peakMemory: Estimate<Bytes>? = nil, breakdown: [OperationCost], method: String,
    assumptions: [String]
  ) {
    self.latency = latency
    self.energy = energy
    self.peakMemory = peakMemory
    self.breakdown = breakdown
    self.method = method
    self.assumptions = assumptions
  }
}

/// The share of one operation in a prediction, all its instances together.
public struct OperationCost: Sendable {
  /// Its path in the workload, `layer1.0.conv1`.
  public let operation: String
  /// What kind of work it is, for grouping: `convolution`, `elementwise`.
  public let kind: String
  public let instances: Double
  public let latency: Seconds
  public let energy: Joules?
  public let bound: Bound
  public let flop: FLOP
  /// Traffic with main memory.
  public let bytes: Bytes

  public init(
    operation: String, kind: String, instances: Double, latency: Seconds, energy: Joules?,
    bound: Bound, flop: FLOP, bytes: Bytes
  ) {
    self.operation = operation
    self.kind = kind
    self.instances = instances
    self.latency = latency
    self.energy = energy
    self.bound = bound
    self.flop = flop
    self.bytes = bytes
  }

  public var arithmeticIntensity: FLOPPerByte { flop / bytes }
}

/// What an operation's time is mostly spent on.
public enum Bound: String, CaseIterable, Sendable {
  /// Arithmetic.
  case compute
  /// Traffic with main memory.
  case memory
  /// Traffic with the last cache.
  case cache
  /// Starting it: a launch, a dispatch, a synchronisation.
  case launch
  /// It became part of the operation before it.
  case fused
}
