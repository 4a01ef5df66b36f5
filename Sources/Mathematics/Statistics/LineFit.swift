import Foundation

/// A straight line through points by least squares, with what the scatter leaves open.
///
/// ```
/// y = a + b·x
/// ```
public struct LineFit: Sendable, Hashable {
  public let intercept: Double
  public let slope: Double
  public let count: Int
  /// Of the points around the line, with divisor n − 2; 0 of two points.
  public let deviation: Double
  /// R²: the share of the variance of `y` that the line explains; 1 where there is none.
  public let determination: Double
  private let center: Double
  /// Σ (x − x̄)²
  private let spread: Double

  /// - Returns: nil of fewer than two points, and of points that share one x.
  public init?(_ points: [(x: Double, y: Double)]) {
    guard points.count > 1 else { return nil }
    let center = mean(points.map(\.x))
    let height = mean(points.map(\.y))
    let spread = points.reduce(0) { $0 + ($1.x - center) * ($1.x - center) }
    guard spread > 0, spread.isFinite else { return nil }
    let slope = points.reduce(0) { $0 + ($1.x - center) * ($1.y - height) } / spread
    let intercept = height - slope * center
    let left = points.reduce(0) { sum, point in
      let error = point.y - intercept - slope * point.x
      return sum + error * error
    }
    self.slope = slope
    self.intercept = intercept
    self.center = center
    self.spread = spread
    count = points.count
    deviation = count > 2 ? (left / Double(count - 2)).squareRoot() : 0
    let total = points.reduce(0) { $0 + ($1.y - height) * ($1.y - height) }
    determination = total > 0 ? max(0, 1 - left / total) : 1
  }

  public func callAsFunction(_ x: Double) -> Double { intercept + slope * x }

  /// The standard error of the slope.
  ///
  /// ```
  /// s / √Σ(xᵢ − x̄)²
  /// ```
  public var slopeError: Double { deviation / spread.squareRoot() }

  /// The standard error of one further point at `x`.
  ///
  /// ```
  /// s · √(1 + 1/n + (x − x̄)²/Σ(xᵢ − x̄)²)
  /// ```
  public func standardError(at x: Double) -> Double {
    deviation
      * (1 + 1 / Double(count) + (x - center) * (x - center) / spread).squareRoot()
  }
}
