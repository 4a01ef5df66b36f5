/// The arithmetic mean; NaN of nothing.
public func mean(_ values: some Collection<Double>) -> Double {
  values.reduce(0, +) / Double(values.count)
}

/// The standard deviation with divisor n − 1; 0 of fewer than two values.
public func standardDeviation(_ values: [Double]) -> Double {
  guard values.count > 1 else { return 0 }
  let center = mean(values)
  let sum = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
  return (sum / Double(values.count - 1)).squareRoot()
}

/// The quantile at `probability`, linear between order statistics (R's type 7, NumPy's default).
///
/// - Precondition: `values` is not empty and `0 ≤ probability ≤ 1`.
public func quantile(_ values: some Collection<Double>, _ probability: Double) -> Double {
  quantile(sorted: values.sorted(), probability)
}

/// `quantile` of values that are already ascending.
public func quantile(sorted values: [Double], _ probability: Double) -> Double {
  precondition(!values.isEmpty, "a quantile of nothing")
  precondition((0...1).contains(probability), "a quantile at \(probability)")
  let place = probability * Double(values.count - 1)
  let below = Int(place)
  let above = min(below + 1, values.count - 1)
  return values[below] + (place - Double(below)) * (values[above] - values[below])
}

public func median(_ values: some Collection<Double>) -> Double { quantile(values, 0.5) }

/// The percentile interval of a statistic over resamples with replacement.
///
/// - Parameters:
///   - count: how many units are resampled, such as devices.
///   - statistic: of the units' indices, with repetitions.
/// - Returns: the interval that holds `coverage` of the resampled statistics.
/// - Source: B. Efron, R. Tibshirani, *An Introduction to the Bootstrap*, 1993, ch. 13.
public func bootstrapInterval(
  count: Int, resamples: Int = 2000, coverage: Double = 0.9, seed: UInt64 = 0,
  statistic: ([Int]) -> Double
) -> ClosedRange<Double> {
  precondition(count > 0 && resamples > 0, "\(resamples) resamples of \(count) units")
  var random = RandomStream(seed: seed)
  var values: [Double] = []
  values.reserveCapacity(resamples)
  for _ in 0..<resamples {
    values.append(statistic((0..<count).map { _ in random.integer(below: count) }))
  }
  values.sort()
  let tail = (1 - coverage) / 2
  return quantile(sorted: values, tail)...quantile(sorted: values, 1 - tail)
}
