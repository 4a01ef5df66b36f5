import Foundation

/// The place of the least value of a function with one valley.
///
/// - Returns: the place within `tolerance` of it, and the value there.
/// - Source: J. Kiefer, *Sequential minimax search for a maximum*, Proc. AMS 4 (1953).
public func goldenSection(
  in range: ClosedRange<Double>, tolerance: Double = 1e-9, _ value: (Double) -> Double
) -> (place: Double, value: Double) {
  let ratio = (5.0.squareRoot() - 1) / 2
  var (low, high) = (range.lowerBound, range.upperBound)
  var left = high - ratio * (high - low)
  var right = low + ratio * (high - low)
  var (leftValue, rightValue) = (value(left), value(right))
  for _ in 0..<200 where high - low > tolerance {
    if leftValue <= rightValue {
      high = right
      (right, rightValue) = (left, leftValue)
      left = high - ratio * (high - low)
      leftValue = value(left)
    } else {
      low = left
      (left, leftValue) = (right, rightValue)
      right = low + ratio * (high - low)
      rightValue = value(right)
    }
  }
  return leftValue <= rightValue ? (left, leftValue) : (right, rightValue)
}
