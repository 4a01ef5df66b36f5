import Quantities

/// A product of matrices in few bits whose result has to be scaled back.
///
/// ```
/// T_product = max(T_array, (M·K + K·N)·b/W + M·N·b_out/W)
/// T_scale   = max(M·N/F_vector, M·N·b_out/W)
/// ```
/// Scales that are powers of two move into the exponent and cost nothing. One scale for each row or
/// column is a multiplication of every output by the vector units, on its way to the main memory:
/// beside the product where the two overlap, after it where they do not.
public struct ScaledProduct: Sendable, Hashable {
  public enum Scaling: Sendable, Hashable, CaseIterable {
    /// None, or by powers of two.
    case free
    /// The vector units work beside the array.
    case overlapped
    /// They begin when it ends.
    case exposed
  }

  public var array: SystolicArray
  /// F_vector
  public var vectorRate: FLOPPerSecond
  /// W of the main memory.
  public var bandwidth: BytesPerSecond
  /// b and b_out
  public var operandBytes: Double
  public var outputBytes: Double
  public var scaling: Scaling

  public init(
    _ array: SystolicArray, vectorRate: FLOPPerSecond, bandwidth: BytesPerSecond,
    operandBytes: Double, outputBytes: Double = 2, scaling: Scaling = .free
  ) {
    self.array = array
    self.vectorRate = vectorRate
    self.bandwidth = bandwidth
    self.operandBytes = operandBytes
    self.outputBytes = outputBytes
    self.scaling = scaling
  }

  public func time(m: Double, n: Double, k: Double) -> Seconds {
    let arithmetic = array.time(m: m, n: n, k: k)
    let operands = Bytes((m * k + k * n) * operandBytes) / bandwidth
    let output = Bytes(m * n * outputBytes) / bandwidth
    let scale = max(FLOP(m * n) / vectorRate, output)
    switch scaling {
    case .free: return max(arithmetic, operands + output)
    case .overlapped: return max(max(arithmetic, operands + output), scale)
    // The result waits on the chip and leaves through the vector units.
    case .exposed: return max(arithmetic, operands) + scale
    }
  }

  public func throughput(m: Double, n: Double, k: Double) -> FLOPPerSecond {
    FLOP.multiplyAccumulates(m * n * k) / time(m: m, n: n, k: k)
  }

  /// The share of the array's peak.
  public func utilization(m: Double, n: Double, k: Double) -> Double {
    throughput(m: m, n: n, k: k) / array.peak
  }
}
