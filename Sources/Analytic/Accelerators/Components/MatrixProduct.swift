/// A product of matrices as an array sees it: inputs `M×K` times weights `K×N` are outputs `M×N`.
///
/// A convolution has a row for each output pixel and a depth of channels × window. Its inputs appear in
/// several rows; what the memories beyond the array hold of them is `inputs`.
public struct MatrixProduct: Sendable, Hashable {
  /// M
  public var rows: Double
  /// N
  public var columns: Double
  /// K
  public var depth: Double
  /// Words of inputs, each once: M·K, or fewer for a convolution whose windows overlap.
  public var inputs: Double

  /// - Parameter inputs: nil where none appears twice.
  public init(rows: Double, columns: Double, depth: Double, inputs: Double? = nil) {
    self.rows = max(1, rows.rounded())
    self.columns = max(1, columns.rounded())
    self.depth = max(1, depth.rounded())
    let all = self.rows * self.depth
    self.inputs = min(inputs ?? all, all)
  }

  public var macs: Double { rows * columns * depth }
  /// Words of each matrix, once.
  public var weights: Double { depth * columns }
  public var outputs: Double { rows * columns }
  /// What the main memory moves at least: every word once.
  public var compulsory: Double { inputs + weights + outputs }
}
