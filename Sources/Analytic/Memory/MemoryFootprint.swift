import Quantities

/// What one run keeps in the device's main memory at its fullest.
public struct MemoryFootprint: Sendable, Hashable {
  public var weights = Bytes.zero
  /// Keys, values and states that outlive the run.
  public var cache = Bytes.zero
  /// Inputs and activations that are alive at once; in a training step those kept for the gradients.
  public var activations = Bytes.zero
  /// Gradients of the weights are activations of a training step; this is what the optimiser keeps.
  public var optimizerState = Bytes.zero

  public init() {}

  /// Each term with its name, for reports and for messages.
  public var terms: [(name: String, bytes: Bytes)] {
    [
      ("weights", weights), ("cache", cache), ("activations", activations),
      ("optimizer state", optimizerState),
    ]
  }

  public var total: Bytes { weights + cache + activations + optimizerState }
}
