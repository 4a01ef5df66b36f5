import Foundation
import Mathematics

/// Exponential growth over the years: what a catalogue says about the pace of a quantity.
///
/// ```
/// y = a·gˣ         ln y = ln a + x·ln g         x in decimal years
/// ```
/// by least squares of `ln y`, with t intervals; or by the median of all pairs' slopes (Theil–Sen), which
/// a few odd rows do not move. Errors are taken to be independent and of one size in `ln y`: relatives of
/// one design count as often as they stand in the table.
public struct ExponentialTrend: Sendable, Hashable {
  public enum Method: String, Sendable, CaseIterable {
    case leastSquares = "least squares"
    case theilSen = "Theil–Sen"
  }

  public struct Point: Sendable, Hashable {
    /// Decimal years.
    public let year: Double
    /// Above 0, in whatever unit.
    public let value: Double

    public init(year: Double, value: Double) {
      self.year = year
      self.value = value
    }
  }

  /// A number with the interval in which the true one lies with the probability of the trend's coverage;
  /// an end is nil where it is not bounded.
  public struct Bounded: Sendable, Hashable {
    public let value: Double
    public let low: Double?
    public let high: Double?
  }

  public let method: Method
  public let coverage: Double
  /// In the order of their years.
  public let points: [Point]
  /// R² of ln y.
  public let determination: Double
  private let center: Double
  /// ln y at `center`.
  private let level: Double
  /// ln g
  private let rate: Double
  private let rateInterval: ClosedRange<Double>?
  /// Of ln y around the line.
  private let deviation: Double
  private let spread: Double

  /// - Parameters:
  ///   - coverage: of the intervals, between 0 and 1.
  /// - Throws: `TrendError` for fewer than three points, values that are not above 0, or one date.
  public init(
    _ points: [Point], method: Method = .leastSquares, coverage: Double = 0.9
  ) throws(TrendError) {
    guard points.count >= 3 else { throw .tooFew(points.count) }
    guard coverage > 0, coverage < 1 else { throw .coverage(coverage) }
    if let wrong = points.first(where: { !($0.value > 0) || !$0.value.isFinite }) {
      throw .notPositive(wrong.value, year: wrong.year)
    }
    let sorted = points.sorted { ($0.year, $0.value) < ($1.year, $1.value) }
    // Around their mean, so that years of four digits cost no digits.
    let center = mean(sorted.map(\.year))
    let logs = sorted.map { (x: $0.year - center, y: log($0.value)) }
    guard let line = LineFit(logs) else { throw .oneDate(sorted[0].year, count: sorted.count) }
    self.method = method
    self.coverage = coverage
    self.points = sorted
    self.center = center
    spread = logs.reduce(0) { $0 + $1.x * $1.x }
    let freedom = StudentT(degreesOfFreedom: Double(sorted.count - 2))
    switch method {
    case .leastSquares:
      (level, rate, deviation) = (line.intercept, line.slope, line.deviation)
      determination = line.determination
      let reach = freedom.quantile((1 + coverage) / 2) * line.slopeError
      rateInterval = (rate - reach)...(rate + reach)
    case .theilSen:
      guard let robust = TheilSenLine(logs) else {
        throw .tooMany(sorted.count, limit: TheilSenLine.countLimit)
      }
      (level, rate, deviation) = (robust.intercept, robust.slope, robust.deviation)
      let height = mean(logs.map(\.y))
      let total = logs.reduce(0) { $0 + ($1.y - height) * ($1.y - height) }
      let left = logs.reduce(0) { sum, point in
        let error = point.y - robust(point.x)
        return sum + error * error
      }
      determination = total > 0 ? 1 - left / total : 1
      // The normal distribution is Student's of very many degrees.
      let normal = StudentT(degreesOfFreedom: 1e9).quantile((1 + coverage) / 2)
      rateInterval = robust.slopeInterval(normalQuantile: normal)
    }
  }

  public var firstYear: Double { points.first?.year ?? .nan }
  public var lastYear: Double { points.last?.year ?? .nan }

  // MARK: - Pace

  /// The factor of so many years, `g^years`.
  public func growth(over years: Double = 1) -> Bounded {
    Bounded(
      value: exp(years * rate), low: rateInterval.map { exp(years * $0.lowerBound) },
      high: rateInterval.map { exp(years * $0.upperBound) })
  }

  /// Years to double, `ln 2 / ln g`; negative where it halves.
  ///
  /// An interval of the growth that holds 1 leaves an end open: it may take for ever.
  public var doublingTime: Bounded {
    guard let rates = rateInterval else {
      return Bounded(value: log(2) / rate, low: nil, high: nil)
    }
    let (slow, fast) = (log(2) / rates.lowerBound, log(2) / rates.upperBound)
    let keepsSign = rates.lowerBound * rates.upperBound > 0
    return Bounded(
      value: log(2) / rate,
      low: keepsSign ? min(slow, fast) : rate > 0 && rates.upperBound > 0 ? fast : nil,
      high: keepsSign ? max(slow, fast) : rate < 0 && rates.lowerBound < 0 ? slow : nil)
  }

  // MARK: - Values

  /// One further row of the table in `year`, with its prediction interval.
  ///
  /// ```
  /// ln y ± t·s·√(1 + 1/n + (x − x̄)²/Σ(xᵢ − x̄)²)
  /// ```
  /// `s` is the deviation of the least squares, or 1.4826 medians of the absolute errors.
  public func value(in year: Double) -> Bounded {
    let x = year - center
    let log = level + rate * x
    let freedom = StudentT(degreesOfFreedom: Double(points.count - 2))
    let reach =
      freedom.quantile((1 + coverage) / 2) * deviation
      * (1 + 1 / Double(points.count) + x * x / spread).squareRoot()
    return Bounded(value: exp(log), low: exp(log - reach), high: exp(log + reach))
  }

  /// How far `year` lies outside the data, in years; 0 within.
  public func distance(of year: Double) -> Double {
    max(0, firstYear - year, year - lastYear)
  }

  // MARK: - Frontier

  /// Points that were among the `count` largest of their time: with 1 the running maximum.
  ///
  /// Of points of one date the larger ones come first; of equal values the earlier one stays.
  public static func frontier(_ points: [Point], top count: Int = 1) -> [Point] {
    var best: [Double] = []
    return points.sorted { $0.year != $1.year ? $0.year < $1.year : $0.value > $1.value }
      .filter { point in
        guard best.count < count || point.value > (best.last ?? 0) else { return false }
        let place = best.firstIndex { $0 < point.value } ?? best.count
        best.insert(point.value, at: place)
        if best.count > count { best.removeLast() }
        return true
      }
  }
}

/// Why a trend cannot be fitted.
public enum TrendError: Error, Equatable, CustomStringConvertible {
  case tooFew(Int)
  case tooMany(Int, limit: Int)
  case oneDate(Double, count: Int)
  case notPositive(Double, year: Double)
  case coverage(Double)

  public var description: String {
    switch self {
    case .tooFew(let count):
      "a trend of \(count) point\(count == 1 ? "" : "s") has no interval; at least 3 are needed."
    case .tooMany(let count, let limit):
      "the robust trend compares every pair, and \(count) points are more than \(limit); "
        + "leave --robust out, or choose rows."
    case .oneDate(let year, let count):
      "all \(count) points are of one date (\(year)); a trend needs two or more."
    case .notPositive(let value, let year):
      "the value \(value) of \(year) has no logarithm; values of an exponential trend are above 0."
    case .coverage(let coverage):
      "the coverage of an interval is \(coverage); it lies between 0 and 1."
    }
  }
}

extension ExponentialTrend {
  /// Years at which to draw the trend: its points' range and those that are asked for.
  public func curve(including years: [Double] = []) -> [Double] {
    let first = min(firstYear, years.min() ?? firstYear)
    let last = max(lastYear, years.max() ?? lastYear)
    return (0...60).map { first + (last - first) * Double($0) / 60 }
  }

  /// What a reader should know of values in `years` outside the data.
  public func warnings(at years: [Double]) -> [String] {
    func text(_ number: Double) -> String { String(format: "%.1f", number) }
    return years.filter { distance(of: $0) > 0 }.map { year in
      let distance = distance(of: year)
      let share = 100 * distance / (lastYear - firstYear)
      return "\(text(year)) lies \(text(distance)) years outside the data, "
        + "\(text(firstYear)) – \(text(lastYear)), \(Int(share.rounded())) % of their span: the "
        + "interval holds only as long as the pace does"
    }
  }
}
