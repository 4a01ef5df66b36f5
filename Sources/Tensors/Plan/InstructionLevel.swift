import CTensorKernels

/// What instructions of a processor the kernels use.
public enum InstructionLevel: String, CaseIterable, Sendable {
  /// What every processor of its family has.
  case generic
  /// Eight numbers at once, with a multiplication and an addition in one: x86-64-v3.
  case avx2
  /// Sixteen: x86-64-v4.
  case avx512

  /// The levels that this processor can run, the fastest last.
  public static let available = allCases.filter { $0.kernels != nil }

  /// The fastest that this processor can run.
  public static let best = available.last ?? .generic

  var kernels: Kernels? {
    switch self {
    case .generic: tensor_kernels_at(TENSOR_GENERIC).map(Kernels.init)
    case .avx2: tensor_kernels_at(TENSOR_AVX2).map(Kernels.init)
    case .avx512: tensor_kernels_at(TENSOR_AVX512).map(Kernels.init)
    }
  }

  /// FLOP/s of multiplications and additions in registers: what no product of matrices can pass.
  ///
  /// - Parameter rounds: how long the best of ten tries is, about a microsecond for a hundred.
  public func measuredPeak(rounds: Int = 100_000) -> Double {
    guard let kernels else { return 0 }
    var sink: Float = 0
    return (0..<10).reduce(0) { best, _ in
      let start = ThreadClock.seconds
      let flop = kernels.table.pointee.multiply_adds(rounds, &sink)
      return max(best, flop / (ThreadClock.seconds - start))
    }
  }
}

/// The functions of one level, which never change.
struct Kernels: @unchecked Sendable {
  let table: UnsafePointer<tensor_kernels>

  func function(_ which: tensor_elementwise) -> tensor_elementwise_function {
    tensor_function(table, which)
  }
}
