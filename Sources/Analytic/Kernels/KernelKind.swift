/// The families of kernels that a device runs with different skill: one row of an efficiency table
/// each.
public enum KernelKind: UInt8, CaseIterable, Sendable, Hashable {
  /// A convolution whose window is one pixel: a product of matrices.
  case pointwiseConvolution
  case spatialConvolution
  case groupedConvolution
  /// One input channel for each output channel.
  case depthwiseConvolution
  /// A product with a matrix of weights.
  case linear
  /// A product of two activations.
  case matrixMultiply
  case attention
  /// A recurrence over time, which runs one step after another.
  case recurrence
  /// A layer, group or instance normalisation, which reads its input before it can scale it.
  case normalization
  case softmax
  /// A sum, mean or maximum over an axis, or over a whole plane.
  case reduction
  case pooling
  case elementwise
  /// Bytes that only change their place.
  case movement
  /// Rows of a table, chosen by indices.
  case gather
  /// Sorting and top-k.
  case selection
  case optimizerUpdate

  /// Whether its work is products of matrices, which matrix units take.
  public var isMatrix: Bool {
    switch self {
    case .pointwiseConvolution, .spatialConvolution, .groupedConvolution, .linear, .matrixMultiply,
      .attention, .recurrence:
      true
    default: false
    }
  }

  /// Whether its product is cut into tiles.
  var isTiled: Bool {
    switch self {
    case .pointwiseConvolution, .spatialConvolution, .groupedConvolution, .linear, .matrixMultiply:
      true
    default: false
    }
  }

  /// Whether a compiler joins it with its neighbours into one kernel.
  var isFusible: Bool { self == .elementwise }

  /// The word in breakdowns and files.
  public var name: String { "\(self)" }
}
