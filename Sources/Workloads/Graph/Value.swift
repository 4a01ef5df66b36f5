/// A tensor that flows between operations, or that they read.
public struct Value: Sendable {
  /// What a tensor is to the network decides which traffic it causes and whether it counts as a
  /// parameter.
  public enum Role: String, CaseIterable, Sendable {
    /// What the caller hands in: an image, token ids.
    case input
    /// Learned, read by every run; its elements are the parameters.
    case weight
    /// Stored with the network but not learned: running statistics, shapes, tables of positions.
    case buffer
    /// Made by an operation of this run.
    case activation
    /// Keys, values and states that outlive a run.
    case cache
  }

  public let label: String
  public let shape: Shape
  public let format: StorageFormat
  public let role: Role
  /// The scope that declares it.
  public let scope: ScopeID
  /// `shape.elements`; below 2⁵³, so that it is exact.
  public let elements: Double

  public var bytes: Double { elements * format.bitsPerElement / 8 }
}

/// The place of a value in its workload.
public struct ValueID: Hashable, Sendable {
  public let index: Int32
  @inlinable public init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }
}

/// The place of a scope in its workload; 0 is the whole network.
public struct ScopeID: Hashable, Sendable {
  public let index: Int32
  public static let root = ScopeID(0)
  @inlinable public init(_ index: Int) { self.index = Int32(truncatingIfNeeded: index) }
}

/// A named part of a network, such as `layer1.0`, perhaps repeated with weights of its own each
/// time.
public struct Scope: Sendable {
  public let label: String
  public let parent: ScopeID
  /// How often the part occurs in the whole network: its own repeats times those of its parents.
  public let instances: Double
  /// How many copies of its weights there are: `instances`, but 1 for a part whose weights are used
  /// over and over, as in ALBERT.
  public let weightInstances: Double
}
