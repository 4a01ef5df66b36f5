import Foundation

/// A straight line that no few points can turn: the median of the slopes of all pairs of points.
///
/// ```
/// b = median (yⱼ − yᵢ)/(xⱼ − xᵢ)        over pairs with xⱼ > xᵢ
/// a = median (yᵢ − b·xᵢ)
/// ```
/// Up to 29 % of the points may be anything.
///
/// - Source: H. Theil, *A rank-invariant method of linear and polynomial regression analysis*, 1950;
///   P. K. Sen, *Estimates of the regression coefficient based on Kendall's tau*, 1968.
public struct TheilSenLine: Sendable, Hashable {
  /// More would be 12.5 million slopes at once.
  public static let countLimit = 5000

  public let intercept: Double
  public let slope: Double
  public let count: Int
  /// Of the points around the line, as a normal distribution would have it: 1.4826 · median |error|.
  public let deviation: Double
  private let slopes: [Double]
  /// Of Kendall's S where there is no slope.
  private let variance: Double

  /// - Returns: nil of fewer than two points, of more than `countLimit`, and of points that share one x.
  public init?(_ points: [(x: Double, y: Double)]) {
    guard points.count > 1, points.count <= Self.countLimit else { return nil }
    let sorted = points.sorted { $0.x < $1.x }
    var slopes: [Double] = []
    for (index, point) in sorted.enumerated() {
      for other in sorted[(index + 1)...] where other.x > point.x {
        slopes.append((other.y - point.y) / (other.x - point.x))
      }
    }
    guard !slopes.isEmpty else { return nil }
    slopes.sort()
    let slope = quantile(sorted: slopes, 0.5)
    let intercept = median(points.map { $0.y - slope * $0.x })
    self.slope = slope
    self.intercept = intercept
    self.slopes = slopes
    count = points.count
    deviation = 1.4826 * median(points.map { abs($0.y - intercept - slope * $0.x) })
    // Ties in x have no slope and take their part of the variance away.
    func term(_ n: Int) -> Double { Double(n) * Double(n - 1) * Double(2 * n + 5) }
    let ties = Dictionary(grouping: sorted, by: \.x).values.reduce(0) { $0 + term($1.count) }
    variance = (term(points.count) - ties) / 18
  }

  public func callAsFunction(_ x: Double) -> Double { intercept + slope * x }

  /// The slopes between which the true one lies with probability `coverage`.
  ///
  /// ```
  /// slopes of rank (M ∓ z·√Var S)/2 of M
  /// ```
  ///
  /// - Parameter normalQuantile: z, the normal quantile at (1 + coverage)/2.
  /// - Source: P. K. Sen, 1968, section 5.
  public func slopeInterval(normalQuantile z: Double) -> ClosedRange<Double> {
    let pairs = Double(slopes.count)
    let reach = z * variance.squareRoot()
    let low = Int(((pairs - reach) / 2).rounded(.down)) - 1
    let high = Int(((pairs + reach) / 2).rounded(.up))
    return slopes[max(0, min(low, slopes.count - 1))]...slopes[max(0, min(high, slopes.count - 1))]
  }
}
