import Predictions
import Workloads

/// How much faster a step becomes when a share of it scales with the bits of the weights.
///
/// ```
/// S(b) = 1/((1 − p) + p·b/b₀)
/// ```
/// Amdahl's law, with `p` the share of the step at `b₀` bits that is spent in reading weights, or in
/// multiplying on units whose rate grows as the width shrinks.
public struct QuantizedThroughput: Sendable, Hashable {
  /// p, of the step at `baselineBits`.
  public var share: Double
  /// b₀
  public var baselineBits: Double

  public init(share: Double, baselineBits: Double) {
    self.share = share
    self.baselineBits = baselineBits
  }

  /// From one measured speed-up.
  ///
  /// ```
  /// p = (1 − 1/S)/(1 − b/b₀)
  /// ```
  /// A speed-up above `b₀/b` gives a share above one: the step has gained by something else, too.
  public init(speedup: Double, at bits: Double, baselineBits: Double) {
    self.init(share: (1 - 1 / speedup) / (1 - bits / baselineBits), baselineBits: baselineBits)
  }

  /// From the roofline of a step: the share that it spends in reading the weights of products which
  /// the main memory limits.
  public init(_ program: KernelProgram, on machine: Machine) {
    var total = 0.0
    var reading = 0.0
    let weightsStay = machine.weightsStay(program.footprint)
    for step in program.steps {
      for index in step.kernels {
        let kernel = program.kernels[index]
        let time = machine.time(kernel, weightsStay: weightsStay)
        total += step.instances * time.total
        guard kernel.kind.isMatrix, time.bound == .memory, kernel.bytes.value > 0 else { continue }
        reading += step.instances * time.total * kernel.weightBytes / kernel.bytes.value
      }
    }
    self.init(
      share: total > 0 ? reading / total : 0, baselineBits: program.precision.weightBits)
  }

  public func speedup(bits: Double) -> Double {
    1 / ((1 - share) + share * bits / baselineBits)
  }
}
