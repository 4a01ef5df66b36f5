/// Ranks from 1; equal values share the mean of their places.
public func ranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { values[$0] < values[$1] }
  var result = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    let mean = Double(start + end + 1) / 2
    for place in start..<end { result[order[place]] = mean }
    start = end
  }
  return result
}

/// Pearson's correlation, or `nil` where one side is constant or shorter than two.
public func pearson(_ x: [Double], _ y: [Double]) -> Double? {
  precondition(x.count == y.count, "a correlation of \(x.count) and \(y.count) values")
  guard x.count > 1 else { return nil }
  let meanX = mean(x)
  let meanY = mean(y)
  var xx = 0.0
  var yy = 0.0
  var xy = 0.0
  for (a, b) in zip(x, y) {
    xx += (a - meanX) * (a - meanX)
    yy += (b - meanY) * (b - meanY)
    xy += (a - meanX) * (b - meanY)
  }
  guard xx > 0, yy > 0 else { return nil }
  return xy / (xx * yy).squareRoot()
}

/// Spearman's rank correlation with shared ranks for ties; `nil` where one side is constant.
public func spearman(_ x: [Double], _ y: [Double]) -> Double? { pearson(ranks(x), ranks(y)) }

/// Kendall's τ-b; `nil` where one side is constant.
///
/// ```
/// τ_b = (C − D) / √((n₀ − n₁)(n₀ − n₂))
/// ```
/// with C and D the concordant and discordant pairs, n₀ all pairs, n₁ and n₂ the pairs tied in x
/// and in y. Discordant pairs are the exchanges of a merge sort.
///
/// - Complexity: O(n log n).
/// - Source: W. R. Knight, *A computer method for calculating Kendall's tau with ungrouped data*,
///   JASA 61 (1966).
public func kendall(_ x: [Double], _ y: [Double]) -> Double? {
  precondition(x.count == y.count, "a correlation of \(x.count) and \(y.count) values")
  let n = x.count
  guard n > 1 else { return nil }
  let order = (0..<n).sorted { (x[$0], y[$0]) < (x[$1], y[$1]) }

  var tiedX = 0
  var tiedBoth = 0
  var runX = 1
  var runBoth = 1
  for place in 1..<n {
    let (a, b) = (order[place - 1], order[place])
    if x[a] == x[b] {
      tiedX += runX
      runX += 1
      if y[a] == y[b] {
        tiedBoth += runBoth
        runBoth += 1
      } else {
        runBoth = 1
      }
    } else {
      runX = 1
      runBoth = 1
    }
  }
  var sequence = order.map { y[$0] }
  let exchanges = sortCountingExchanges(&sequence)
  var tiedY = 0
  var runY = 1
  for place in 1..<n {
    if sequence[place] == sequence[place - 1] {
      tiedY += runY
      runY += 1
    } else {
      runY = 1
    }
  }

  let all = n * (n - 1) / 2
  guard all > tiedX, all > tiedY else { return nil }
  // C + D = n₀ − n₁ − n₂ + n₃, and D is the number of exchanges.
  let difference = all - tiedX - tiedY + tiedBoth - 2 * exchanges
  return Double(difference) / (Double(all - tiedX) * Double(all - tiedY)).squareRoot()
}

/// Merge sort, bottom up; returns how many pairs stood in the wrong order.
private func sortCountingExchanges(_ values: inout [Double]) -> Int {
  let n = values.count
  var source = values
  var target = values
  var exchanges = 0
  var width = 1
  while width < n {
    var start = 0
    while start < n {
      let middle = min(start + width, n)
      let end = min(start + 2 * width, n)
      var left = start
      var right = middle
      for place in start..<end {
        if left < middle, right >= end || source[left] <= source[right] {
          target[place] = source[left]
          left += 1
        } else {
          target[place] = source[right]
          right += 1
          exchanges += middle - left
        }
      }
      start = end
    }
    swap(&source, &target)
    width *= 2
  }
  values = source
  return exchanges
}
