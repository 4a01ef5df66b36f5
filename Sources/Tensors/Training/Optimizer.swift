import CTensorKernels

/// How parameters move against their gradient.
public enum Optimizer: Sendable, Equatable {
  /// `v ← μ v + g;  p ← p − η (v + λ p)`
  case sgd(momentum: Double = 0, weightDecay: Double = 0)
  /// `m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  p ← p − η (m̂/(√v̂ + ε) + λ p)`, with moments that are
  /// divided by 1 − βᵗ.
  ///
  /// - Source: D. Kingma, J. Ba, *Adam* (2015), algorithm 1; for λ > 0 I. Loshchilov, F. Hutter, *Decoupled
  ///   weight decay regularization* (2019), algorithm 2.
  case adam(
    beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0)

  /// Adam whose decay of weights is no part of the gradient.
  public static func adamW(weightDecay: Double = 0.01) -> Optimizer {
    .adam(weightDecay: weightDecay)
  }

  /// Moves a range of parameters.
  ///
  /// - Parameters:
  ///   - step: from 1.
  ///   - factor: what gradients are multiplied by, as in clipping.
  func move(
    _ range: Range<Int>, of parameters: ParameterBlock, against gradients: ParameterBlock,
    moments: (first: ParameterBlock, second: ParameterBlock), factor: Double, rate: Double,
    step: Int, _ kernels: Kernels
  ) {
    let start = range.lowerBound
    switch self {
    case .sgd(let momentum, let weightDecay):
      kernels.table.pointee.descend(
        parameters.start + start, gradients.start + start, moments.first.start + start,
        range.count, Float(factor), Float(rate), Float(momentum), Float(rate * weightDecay))
    case .adam(let beta1, let beta2, let epsilon, let weightDecay):
      let correction1 = 1 - power(beta1, step)
      let correction2 = (1 - power(beta2, step)).squareRoot()
      kernels.table.pointee.adam(
        parameters.start + start, gradients.start + start, moments.first.start + start,
        moments.second.start + start, range.count, Float(factor),
        Float(rate * correction2 / correction1), Float(beta1), Float(1 - beta1), Float(beta2),
        Float(1 - beta2),
        Float(epsilon * correction2), Float(rate * weightDecay))
    }
  }

  /// By squaring, so that it is the same everywhere.
  private func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, square, left) = (1.0, base, exponent)
    while left > 0 {
      if left & 1 == 1 { result *= square }
      square *= square
      left >>= 1
    }
    return result
  }
}
