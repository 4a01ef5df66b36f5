import Quantities

/// The memory of a pipeline whose parts take turns: text encoder, network, decoder.
///
/// ```
/// M = base + max over stages of (resident + working)
/// ```
/// What a stage does not need is taken to be elsewhere while it runs.
public struct StagedMemory: Sendable, Hashable {
  public struct Stage: Sendable, Hashable {
    public var name: String
    /// Weights and caches that it needs.
    public var resident: Bytes
    /// Activations at their most.
    public var working: Bytes

    public init(_ name: String, resident: Bytes, working: Bytes) {
      self.name = name
      self.resident = resident
      self.working = working
    }

    public var total: Bytes { resident + working }
  }

  /// What stays through all stages.
  public var base: Bytes
  public var stages: [Stage]

  public init(base: Bytes = .zero, stages: [Stage]) {
    self.base = base
    self.stages = stages
  }

  /// The stage that needs most; nil without stages.
  public var fullest: Stage? { stages.max { $0.total < $1.total } }

  public var peak: Bytes { base + (fullest?.total ?? .zero) }
}
