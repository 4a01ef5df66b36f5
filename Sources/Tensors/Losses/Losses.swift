import Foundation

// Each is one number: the mean over all elements, or over all rows.

/// `mean (p − t)²`
///
/// - Parameters: predictions and targets of one shape.
public func meanSquaredError(_ prediction: Node, _ target: Node) -> Node {
  (prediction - target).squared.mean()
}

/// `r²/2` for |r| ≤ δ, `δ(|r| − δ/2)` beyond.
///
/// - Source: P. J. Huber, *Robust estimation of a location parameter*, Ann. Math. Stat. 35 (1964).
public func huber(_ prediction: Node, _ target: Node, delta: Double = 1) -> Node {
  let size = (prediction - target).absolute
  let inside = size.minimum(size.graph.fill(delta))
  return (inside * (size - 0.5 * inside)).mean()
}

/// `½ (ln σ² + (t − μ)²/σ² + ln 2π)`
///
/// - Parameter logVariance: ln σ², of the mean's shape.
public func gaussianNegativeLogLikelihood(
  mean: Node, logVariance: Node, _ target: Node
) -> Node {
  let scaled = (target - mean).squared * (-logVariance).exponential
  return 0.5 * ((logVariance + scaled).mean() + log(2 * Double.pi))
}

/// `max(q r, (q − 1) r)` for r = t − p: least where p is the quantile q of t.
public func pinball(_ prediction: Node, _ target: Node, quantile q: Double) -> Node {
  let residual = target - prediction
  return (q * residual).maximum((q - 1) * residual).mean()
}

/// `−Σ_c t_c ln softmax(p)_c`, the mean over rows.
///
/// - Parameters:
///   - logits: `[…, C]`.
///   - target: probabilities of classes, of the same shape.
public func crossEntropy(logits: Node, _ target: Node) -> Node {
  -(logits.logSoftmax * target).sum(-1).mean()
}

/// `ln(1 + e^−(p_i − p_j))` over pairs of which the first should be larger, the mean over such pairs.
///
/// - Parameters: `[n]` each; pairs of equal targets say nothing.
/// - Source: C. Burges et al., *Learning to rank using gradient descent* (2005), eq. 3.
public func pairwiseRanking(_ prediction: Node, _ target: Node) -> Node {
  let n = prediction.shape.count
  func pairs(_ x: Node) -> Node { x.reshaped(n, 1) - x.reshaped(1, n) }
  let isLarger = pairs(target).step
  let lost = (-pairs(prediction)).softplus * isLarger
  // A batch of equal targets loses nothing.
  return lost.sum() / isLarger.sum().maximum(isLarger.graph.fill(1))
}
