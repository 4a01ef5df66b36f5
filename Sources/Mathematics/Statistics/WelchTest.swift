/// Whether two samples have different means, when their variances may differ.
///
/// ```
/// t = (x̄ − ȳ)/√(s_x²/n_x + s_y²/n_y)
/// ν = (s_x²/n_x + s_y²/n_y)² / ((s_x²/n_x)²/(n_x − 1) + (s_y²/n_y)²/(n_y − 1))
/// ```
///
/// - Source: B. L. Welch, *The generalization of Student's problem when several different population
///   variances are involved*, Biometrika 34 (1947).
public struct WelchTest: Sendable, Hashable {
  public let statistic: Double
  public let degreesOfFreedom: Double
  /// Of both sides: the probability of so large a |t| if the means are one.
  public let pValue: Double

  /// nil where a sample has fewer than two values, or neither varies.
  public init?(_ x: [Double], _ y: [Double]) {
    guard x.count > 1, y.count > 1 else { return nil }
    func variance(_ values: [Double]) -> Double {
      let deviation = standardDeviation(values)
      return deviation * deviation / Double(values.count)
    }
    let (first, second) = (variance(x), variance(y))
    guard first + second > 0 else { return nil }
    statistic = (mean(x) - mean(y)) / (first + second).squareRoot()
    degreesOfFreedom =
      (first + second) * (first + second)
      / (first * first / Double(x.count - 1) + second * second / Double(y.count - 1))
    pValue = 2 * StudentT(degreesOfFreedom: degreesOfFreedom).probability(below: -abs(statistic))
  }
}
