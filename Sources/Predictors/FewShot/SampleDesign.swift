import Mathematics

/// Which architectures to measure: those after which least uncertainty is left.
///
/// Under the prior of `HybridPredictor`, latencies of the candidates are jointly Gaussian with
/// covariance K. Greedily, the next sample is the one that lowers the mean remaining variance most:
/// ```
/// gain(c) = Σⱼ K(j, c)² / (K(c, c) + s),   then K ← K − K(:, c) K(c, :) / (K(c, c) + s)
/// ```
/// - Source: D. A. Cohn, *Neural Network Exploration Using Optimal Experiment Design*, Neural
///   Networks 9 (1996); S. Seo et al., *Gaussian Process Regression: Active Data Selection and Test
///   Point Rejection*, IJCNN 2000, eq. 8.
public struct SampleDesign {
  private let prior: HybridPrior

  /// Weights of sources' residuals and of operations, and the noise, of a typical hypothesis.
  private static let residualScale = 1.0
  private static let operationScale = 0.01
  private static let noise = 0.005

  public init(_ knowledge: SourceKnowledge) {
    prior = HybridPrior(knowledge, HybridSettings())
  }

  /// `count` rows of `candidates`, the most informative first.
  ///
  /// - Complexity: O(N² (count + columns)) for N candidates.
  public func choose(_ count: Int, from candidates: EncodedArchitectures) -> [Int] {
    let n = candidates.count
    precondition(count <= n, "\(count) of \(n) candidates")
    func kernel(_ columns: Matrix, _ variances: [Double]) -> Matrix {
      var scaled = columns
      for row in 0..<scaled.rows {
        for column in 0..<scaled.columns { scaled[row, column] *= variances[column].squareRoot() }
      }
      return scaled.multiplied(by: scaled, transposingOther: true)
    }
    let physics = candidates.physics
    let free = HybridSettings().freeDeviation
    var covariance = kernel(
      physics,
      prior.sourceCount > 0
        ? prior.coefficientVariances
        : Array(repeating: free * free, count: physics.columns))
    let residuals = prior.residuals(candidates)
    let operations = prior.operations(candidates.features)
    for part in [
      kernel(residuals, Array(repeating: Self.residualScale, count: residuals.columns)),
      kernel(operations, prior.operationVariances.map { $0 * Self.operationScale }),
    ] {
      for place in covariance.elements.indices {
        covariance.elements[place] += part.elements[place]
      }
    }
    var chosen: [Int] = []
    var isChosen = [Bool](repeating: false, count: n)
    for _ in 0..<count {
      var gains = [Double](repeating: 0, count: n)
      covariance.elements.withUnsafeBufferPointer { k in
        for row in 0..<n {
          for column in 0..<n { gains[column] += k[row * n + column] * k[row * n + column] }
        }
      }
      var best = -1
      for c in 0..<n where !isChosen[c] {
        gains[c] /= covariance[c, c] + Self.noise
        if best < 0 || gains[c] > gains[best] { best = c }
      }
      chosen.append(best)
      isChosen[best] = true
      let column = covariance.column(best)
      let pivot = covariance[best, best] + Self.noise
      covariance.elements.withUnsafeMutableBufferPointer { k in
        for row in 0..<n {
          let factor = column[row] / pivot
          for other in 0..<n { k[row * n + other] -= factor * column[other] }
        }
      }
    }
    return chosen
  }
}
