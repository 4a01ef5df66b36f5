import Predictions
import Quantities

/// A number of a chart, with the interval in which the true one should lie, where there is one.
public struct ChartValue: Sendable, Hashable {
  public let value: Double
  public let low: Double?
  public let high: Double?
  /// The probability with which the interval holds the true value.
  public let coverage: Double?

  /// A value, in the SI unit of its axis. Ends that do not enclose it are not drawn.
  public init(_ value: Double, low: Double? = nil, high: Double? = nil, coverage: Double? = nil) {
    self.value = value
    let encloses = low.map { $0 <= value } ?? false && high.map { $0 >= value } ?? false
    self.low = encloses ? low : nil
    self.high = encloses ? high : nil
    self.coverage = encloses ? coverage : nil
  }

  public init<Amount: Quantity>(_ estimate: Estimate<Amount>) {
    let interval = estimate.interval
    self.init(
      estimate.value.value, low: interval?.low.value, high: interval?.high.value,
      coverage: interval?.coverage)
  }

  /// The interval, where the axis has a place for both ends.
  func interval(on axis: ChartAxis) -> (low: Double, high: Double)? {
    guard let low, let high, axis.holds(low), axis.holds(high) else { return nil }
    return (low, high)
  }

  /// `90 % interval`, or `interval` where coverages differ or are unknown.
  static func intervalName(_ values: [ChartValue]) -> String {
    let coverages = Set(values.map(\.coverage))
    guard coverages.count == 1, let one = coverages.first, let coverage = one else {
      return "interval"
    }
    return "\(AxisNumber.text(100 * coverage)) % interval"
  }

  /// `12.3 ms (11.0 ms … 14.1 ms)`.
  func text(on axis: ChartAxis) -> String {
    guard let interval = interval(on: axis) else { return axis.text(value) }
    let ends = "\(axis.text(interval.low)) … \(axis.text(interval.high))"
    return "\(axis.text(value)) (\(ends))"
  }
}
