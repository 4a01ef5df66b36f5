import Foundation
import Mathematics
import Testing

/// y ≈ a + b·x
private final class Line: ResidualModel {
  let x: [Double]
  let y: [Double]
  private let residual: UnsafeMutablePointer<Double>
  private let columns: [UnsafeMutablePointer<Double>]

  init(_ points: [(Double, Double)]) {
    x = points.map(\.0)
    y = points.map(\.1)
    residual = .allocate(capacity: points.count)
    columns = [.allocate(capacity: points.count), .allocate(capacity: points.count)]
  }

  deinit {
    residual.deallocate()
    for column in columns { column.deallocate() }
  }

  var rowCount: Int { x.count }
  var parameterCount: Int { 2 }
  var residuals: UnsafePointer<Double> { UnsafePointer(residual) }

  func residuals(at parameters: UnsafePointer<Double>) -> UnsafePointer<Double> {
    for row in x.indices { residual[row] = parameters[0] + parameters[1] * x[row] - y[row] }
    return residuals
  }

  func differentiate() {
    for row in x.indices {
      columns[0][row] = 1
      columns[1][row] = x[row]
    }
  }

  func derivative(by parameter: Int) -> UnsafePointer<Double> { UnsafePointer(columns[parameter]) }
}

private let noisy: [(Double, Double)] = (0..<30).map { place in
  var random = RandomStream(seed: 7, label: "point \(place)")
  return (Double(place) / 10, 1 + 2 * Double(place) / 10 + 0.1 * random.normal())
}

@Suite("Huber regression") struct HuberRegressionTests {
  @Test("with a wide δ is least squares, covariance and all") func leastSquares() throws {
    let line = try #require(LineFit(noisy.map { (x: $0.0, y: $0.1) }))
    let regression = HuberRegression(Line(noisy), delta: 1e3)
    let minimum = regression.minimum(from: [0, 0])
    #expect(abs(minimum.parameters[0] - line.intercept) < 1e-9)
    #expect(abs(minimum.parameters[1] - line.slope) < 1e-9)
    let covariance = try #require(regression.covariance(at: minimum.parameters))
    // s²/Σ(x − x̄)²
    let center = mean(noisy.map(\.0))
    let spread = noisy.reduce(0) { $0 + ($1.0 - center) * ($1.0 - center) }
    #expect(abs(covariance[1][1] / (line.deviation * line.deviation / spread) - 1) < 1e-9)
  }

  @Test("with a narrow δ is where a brute search finds the least sum") func bruteForce() {
    var points = noisy
    points[3].1 = 40
    points[20].1 = -25
    let regression = HuberRegression(Line(points), delta: 1e-3)
    let minimum = regression.minimum(from: [0, 0], iterations: 500)
    var least = Double.infinity
    for i in -100...100 {
      for j in -100...100 {
        let near = [
          minimum.parameters[0] + Double(i) * 1e-4, minimum.parameters[1] + Double(j) * 1e-4,
        ]
        least = min(least, regression.cost(at: near))
      }
    }
    #expect(minimum.cost <= least + 1e-12)
    // Two wild points do not move the line.
    #expect(abs(minimum.parameters[1] - 2) < 0.1)
  }

  @Test("keeps parameters within bounds, and fixed ones where they are") func bounds() {
    let bounded = HuberRegression(
      Line(noisy), delta: 1e3, bounds: [-10...10, 0...1.5])
    let minimum = bounded.minimum(from: [0, 0])
    #expect(minimum.parameters[1] == 1.5)
    // The best intercept for that slope: the mean of what is left.
    let left = mean(noisy.map { $0.1 - 1.5 * $0.0 })
    #expect(abs(minimum.parameters[0] - left) < 1e-9)
    let fixed = HuberRegression(Line(noisy), delta: 1e3)
    fixed.isFixed[0] = true
    #expect(fixed.minimum(from: [0.25, 0]).parameters[0] == 0.25)
  }

  @Test("weighs rows as if they stood as often") func weights() {
    let doubled = HuberRegression(Line(noisy + noisy.prefix(10)), delta: 0.05)
    let weighted = HuberRegression(
      Line(noisy), delta: 0.05, weights: noisy.indices.map { $0 < 10 ? 2 : 1 })
    let (a, b) = (doubled.minimum(from: [0, 0]), weighted.minimum(from: [0, 0]))
    #expect(abs(a.cost - b.cost) < 1e-12)
    #expect(zip(a.parameters, b.parameters).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test("a pull draws what follows from the parameters to its target") func pull() {
    let regression = HuberRegression(Line(noisy), delta: 1e3)
    let end = Pull(weight: 1e9, target: 10) { ($0[0] + 3 * $0[1], [1, 3]) }
    let minimum = regression.minimum(from: [0, 0], pull: end)
    #expect(abs(minimum.parameters[0] + 3 * minimum.parameters[1] - 10) < 1e-5)
  }

  @Test("what is nowhere finite has infinite cost") func infinite() {
    let regression = HuberRegression(Line([(0, .nan), (1, 1)]), delta: 1)
    #expect(regression.minimum(from: [0, 0]).cost == .infinity)
  }
}
