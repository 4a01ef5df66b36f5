import Mathematics
import Testing

@Suite("A line through points") struct LineFitTests {
  @Test("two points are met, and leave no scatter") func two() throws {
    let line = try #require(LineFit([(1, 5), (3, 9)]))
    #expect(line.slope == 2 && line.intercept == 3)
    #expect(line(10) == 23)
    #expect(line.deviation == 0 && line.standardError(at: 7) == 0)
  }

  @Test("three points, by hand") func three() throws {
    let line = try #require(LineFit([(0, 0), (1, 3), (2, 3)]))
    // Means 1 and 2, slope 3/2; residuals −½, 1, −½ leave s² = 1.5.
    #expect(line.slope == 1.5 && line.intercept == 0.5)
    #expect(abs(line.deviation * line.deviation - 1.5) < 1e-12)
    // 1 + 1/3 + 0 in the middle, 1 + 1/3 + 4/2 two steps off it.
    #expect(abs(line.standardError(at: 1) - 2.0.squareRoot()) < 1e-12)
    #expect(abs(line.standardError(at: 3) - 5.0.squareRoot()) < 1e-12)
  }

  @Test("one point, or points above each other, make no line") func none() {
    #expect(LineFit([(1, 5)]) == nil)
    #expect(LineFit([(1, 5), (1, 6)]) == nil)
    #expect(LineFit([(.infinity, 5), (1, 6)]) == nil)
  }
}
