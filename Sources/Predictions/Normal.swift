import Foundation

/// P(Z ≤ z) of a standard normal Z.
func normalProbability(below z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }

/// The z with P(Z ≤ z) = `probability`, by bisection on a monotone function: exact enough for a
/// report (1e-12), and nothing to get wrong.
func normalQuantile(_ probability: Double) -> Double {
  var low = -40.0
  var high = 40.0
  while high - low > 1e-12 {
    let middle = (low + high) / 2
    if normalProbability(below: middle) < probability { low = middle } else { high = middle }
    if middle == low && middle == high { break }
  }
  return (low + high) / 2
}
