import Foundation

/// Student's t distribution.
public struct StudentT: Sendable {
  public let degreesOfFreedom: Double

  /// - Precondition: `degreesOfFreedom > 0`.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// P(T ≤ t), from the regularised incomplete beta function I_x(ν/2, ½) at x = ν/(ν + t²).
  public func probability(below t: Double) -> Double {
    let x = degreesOfFreedom / (degreesOfFreedom + t * t)
    let tail = 0.5 * regularizedIncompleteBeta(x, degreesOfFreedom / 2, 0.5)
    return t > 0 ? 1 - tail : tail
  }

  /// The t with P(T ≤ t) = `probability`.
  ///
  /// - Precondition: 0 < `probability` < 1.
  public func quantile(_ probability: Double) -> Double {
    precondition(probability > 0 && probability < 1, "a quantile at \(probability)")
    if probability < 0.5 { return -quantile(1 - probability) }
    var low = 0.0
    var high = 1.0
    while self.probability(below: high) < probability, high < 1e12 { high *= 2 }
    while high - low > 1e-12 * max(1, high) {
      let middle = (low + high) / 2
      if middle <= low || middle >= high { break }
      if self.probability(below: middle) < probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// I_x(a, b) by Lentz's continued fraction.
///
/// - Source: NIST Digital Library of Mathematical Functions, 8.17.22.
func regularizedIncompleteBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
  guard x > 0 else { return 0 }
  guard x < 1 else { return 1 }
  // The fraction converges fast below the mean; above it the symmetry I_x(a,b) = 1 − I_{1−x}(b,a).
  guard x <= (a + 1) / (a + b + 2) else { return 1 - regularizedIncompleteBeta(1 - x, b, a) }
  let front =
    exp(
      lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
  let tiny = 1e-300
  var fraction = 1.0
  var c = 1.0
  var d = 0.0
  for step in 0..<500 {
    let m = Double(step / 2)
    let coefficient =
      step == 0
      ? 1
      : step.isMultiple(of: 2)
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 + coefficient * d
    if abs(d) < tiny { d = tiny }
    d = 1 / d
    c = 1 + coefficient / c
    if abs(c) < tiny { c = tiny }
    fraction *= c * d
    if abs(1 - c * d) < 1e-15 { break }
  }
  return front * (fraction - 1)
}
