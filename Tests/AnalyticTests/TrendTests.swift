import Analytic
import Foundation
import Mathematics
import Testing

private func points(_ pairs: [(Double, Double)]) -> [ExponentialTrend.Point] {
  pairs.map { .init(year: $0.0, value: $0.1) }
}

private let knownDates: [(String, Double)] = [
  ("2016", 2016.5), ("2016.25", 2016.25), (" 2016-01-01 ", 2016),
  ("2016-12-31", dayOfYear(2016, 365)),
  // The 96th day of a leap year, and the middle of its April.
  ("2016-04-05", dayOfYear(2016, 95)), ("2016-04", dayOfYear(2016, 106)),
  ("2015-03-01", dayOfYear(2015, 59, of: 365)), ("1900-03-01", dayOfYear(1900, 59, of: 365)),
]

/// So many days after a year's begin.
private func dayOfYear(_ year: Double, _ days: Double, of length: Double = 366) -> Double {
  year + days / length
}

@Suite("Trends") struct TrendTests {
  /// 100 in 2000, growing by 40 % a year.
  static let exact = points((0..<11).map { (2000 + Double($0), 100 * pow(1.4, Double($0))) })

  @Test(
    "points without scatter give their growth back", arguments: ExponentialTrend.Method.allCases)
  func exactGrowth(method: ExponentialTrend.Method) throws {
    let trend = try ExponentialTrend(Self.exact, method: method)
    #expect(abs(trend.growth().value - 1.4) < 1e-9)
    #expect(abs(trend.growth(over: 2).value - 1.96) < 1e-9)
    #expect(abs(trend.doublingTime.value - log(2) / log(1.4)) < 1e-9)
    #expect(abs(trend.determination - 1) < 1e-9)
    #expect(abs(trend.value(in: 2015).value / (100 * pow(1.4, 15)) - 1) < 1e-9)
    #expect(trend.firstYear == 2000 && trend.lastYear == 2010)
  }

  @Test("intervals of three points are those of a hand calculation") func hand() throws {
    // ln y = 0, 1 + e, 2 with e = 0.3: slope 1, residuals −0.1, 0.2, −0.1; s² = 0.06 with one degree of
    // freedom; the slope's error is √(0.06/2). t at 95 % of one degree is 6.3137515.
    let trend = try ExponentialTrend(
      points([(2000, 1), (2001, exp(1.3)), (2002, exp(2))]), coverage: 0.9)
    let t = 6.313_751_514_675_04
    let error = (0.06 / 2).squareRoot()
    let growth = trend.growth()
    let (low, high) = (growth.low ?? 0, growth.high ?? 0)
    #expect(abs(growth.value - exp(1)) < 1e-12)
    #expect(abs(log(low) - (1 - t * error)) < 1e-9)
    #expect(abs(log(high) - (1 + t * error)) < 1e-9)
    // In 2003: x − x̄ = 2, so that the factor is √(1 + 1/3 + 4/2).
    let value = trend.value(in: 2003)
    let reach = t * (0.06 * (1 + 1.0 / 3 + 2)).squareRoot()
    #expect(abs(log(value.value) - 3.1) < 1e-9)
    #expect(abs(log(value.high ?? 0) - 3.1 - reach) < 1e-9)
    #expect(abs(log(value.low ?? 0) - 3.1 + reach) < 1e-9)
    // R² = 1 − 0.06/(2 + 0.06).
    #expect(abs(trend.determination - (1 - 0.06 / 2.06)) < 1e-9)
    // The interval of the growth holds 1 here: doubling may take for ever.
    #expect((growth.low ?? 2) < 1)
    #expect(trend.doublingTime.high == nil)
    let fastest = trend.doublingTime.low ?? 0
    #expect(abs(fastest - log(2) / (1 + t * error)) < 1e-9)
  }

  @Test("nine of ten intervals hold the truth, and nine of ten new rows") func coverage() throws {
    var random = RandomStream(seed: 3)
    var (growths, values) = (0, 0)
    let runs = 600
    for _ in 0..<runs {
      let noisy = (0..<20).map { index -> (Double, Double) in
        let year = 2000 + Double(index)
        return (year, exp(0.3 * Double(index) + 0.5 * random.normal()))
      }
      let trend = try ExponentialTrend(points(noisy))
      let growth = trend.growth()
      if (growth.low ?? 9)...(growth.high ?? 0) ~= exp(0.3) { growths += 1 }
      let next = exp(0.3 * 25 + 0.5 * random.normal())
      let value = trend.value(in: 2025)
      if (value.low ?? 9)...(value.high ?? 0) ~= next { values += 1 }
    }
    // 540 expected, with a deviation of √(600·0.9·0.1) = 7.3.
    #expect((516...564).contains(growths))
    #expect((516...564).contains(values))
  }

  @Test("two odd rows turn least squares and leave the median of slopes") func robust() throws {
    var odd = Self.exact
    odd[9] = .init(year: 2009, value: 1)
    odd[10] = .init(year: 2010, value: 1)
    let squares = try ExponentialTrend(odd)
    let median = try ExponentialTrend(odd, method: .theilSen)
    #expect(squares.growth().value < 1.2)
    #expect(abs(median.growth().value - 1.4) < 1e-9)
    let interval = median.growth()
    #expect((interval.low ?? 9) < 1.4 + 1e-9 && (interval.high ?? 0) > 1.4 - 1e-9)
  }

  @Test("Theil's line is the median of all pairs' slopes by brute force, ties in x left out")
  func bruteForce() throws {
    var random = RandomStream(seed: 9)
    let cloud = (0..<41).map { index in (x: Double(index / 2), y: random.normal()) }
    var slopes: [Double] = []
    for i in cloud.indices {
      for j in cloud.indices where cloud[j].x > cloud[i].x {
        slopes.append((cloud[j].y - cloud[i].y) / (cloud[j].x - cloud[i].x))
      }
    }
    let line = try #require(TheilSenLine(cloud))
    #expect(line.slope == median(slopes))
    let interval = line.slopeInterval(normalQuantile: 1.645)
    #expect(interval.contains(line.slope))
    // Wider for more confidence, and never past the slopes themselves.
    let wide = line.slopeInterval(normalQuantile: 100)
    #expect(wide.lowerBound == slopes.min() && wide.upperBound == slopes.max())
    #expect(TheilSenLine([(x: 1, y: 1), (x: 1, y: 2)]) == nil)
  }

  @Test("a frontier has what was the largest, or among the largest, of its time") func frontier() {
    let all = points([
      (2000, 5), (2001, 3), (2002, 6), (2002, 9), (2003, 9), (2004, 8), (2005, 10),
    ])
    #expect(ExponentialTrend.frontier(all) == points([(2000, 5), (2002, 9), (2005, 10)]))
    #expect(
      ExponentialTrend.frontier(all, top: 2)
        == points([(2000, 5), (2001, 3), (2002, 9), (2002, 6), (2003, 9), (2005, 10)]))
  }

  @Test("shrinking values halve: the doubling time is negative") func shrinking() throws {
    let trend = try ExponentialTrend(
      Self.exact.map { .init(year: $0.year, value: 1 / $0.value) })
    #expect(abs(trend.doublingTime.value + log(2) / log(1.4)) < 1e-9)
    #expect((trend.doublingTime.low ?? 0) <= (trend.doublingTime.high ?? -9))
  }

  @Test("years outside the data are told with their distance") func warnings() throws {
    let trend = try ExponentialTrend(Self.exact)
    #expect(trend.warnings(at: [2000, 2005, 2010]).isEmpty)
    #expect(
      trend.warnings(at: [2015]) == [
        "2015.0 lies 5.0 years outside the data, 2000.0 – 2010.0, 50 % of their span: the interval "
          + "holds only as long as the pace does"
      ])
    #expect(trend.distance(of: 1999) == 1)
  }

  @Test("what has no trend is refused in words") func errors() {
    func error(_ pairs: [(Double, Double)]) -> String {
      do {
        _ = try ExponentialTrend(points(pairs))
        return ""
      } catch { return "\(error)" }
    }
    #expect(error([(2000, 1), (2001, 2)]).hasPrefix("a trend of 2 points has no interval"))
    #expect(error([(2000, 1), (2000, 2), (2000, 3)]).hasPrefix("all 3 points are of one date"))
    #expect(error([(2000, 1), (2001, 0), (2002, 3)]).contains("the value 0.0 of 2001.0"))
    #expect(error([(2000, 1), (2001, -2), (2002, 3)]).contains("-2.0"))
    #expect(error([(2000, 1), (2001, .nan), (2002, 3)]).contains("nan"))
  }

  @Test("dates are read as decimal years", arguments: knownDates)
  func dates(text: String, year: Double) throws {
    #expect(abs(try #require(DecimalYear.parse(text)) - year) < 1e-9)
  }

  @Test(
    "what is no date is nil",
    arguments: [
      "", "x", "16", "2016-13", "2016-00-01", "2015-02-29", "2016-04-31", "2016-4-5-6", "-2016",
      "2016-", "1e3", "nan", "05.04.2016", "99999", "2016-04-05T00",
    ])
  func noDates(text: String) { #expect(DecimalYear.parse(text) == nil) }
}
