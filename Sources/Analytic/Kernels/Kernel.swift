import Quantities

/// One launch of work on a device: what it computes, in which shape, and what it moves.
///
/// A product of matrices is `batch` independent ones, `rows × depth` times `depth × columns`;
/// convolutions are such products with a row for each output pixel. Everything else has one row for
/// each slice that it treats as a whole (a normalised vector, a pooled window), `columns` long.
public struct Kernel: Sendable, Hashable {
  public var kind: KernelKind
  /// Independent products of one shape: heads, groups, experts.
  public var batch = 1.0
  public var rows = 1.0
  public var columns = 1.0
  public var depth = 1.0
  /// Elements of one window of a convolution or pooling.
  public var window = 1.0
  /// One after another, with a synchronisation between them: steps of a recurrence.
  public var sequentialSteps = 1.0

  /// Products that are counted; for attention only those that the mask shows.
  public var matrixMACs = 0.0
  /// Arithmetic that is no product of matrices.
  public var vectorFLOP = 0.0

  public var weightBytes = 0.0
  /// Activations, and keys and values of a cache.
  public var readBytes = 0.0
  public var writtenBytes = 0.0
  /// Traffic beside operands and results: changes of type or of layout, further passes.
  public var extraBytes = 0.0
  /// Small kernels that run with it for the sake of `extraBytes`.
  public var extraLaunches = 0.0
  /// Bits of one element as it enters the arithmetic units.
  public var operandBits = 32.0

  public init(_ kind: KernelKind) { self.kind = kind }

  public var flop: FLOP { FLOP.multiplyAccumulates(matrixMACs) + FLOP(vectorFLOP) }
  /// All traffic, as if no cache held anything.
  public var bytes: Bytes { Bytes(weightBytes + readBytes + writtenBytes + extraBytes) }
  /// A convolution that Winograd's transform can take: 3×3, step one.
  public var isWinograd = false

  var activationBytes: Double { readBytes + writtenBytes + extraBytes }
}
