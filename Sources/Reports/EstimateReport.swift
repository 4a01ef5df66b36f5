import Predictions
import Quantities

/// An estimate as `{"value": …, "low": …, "high": …, "coverage": …}` in SI units.
public struct EstimateReport: Encodable, Sendable {
  let value: Double
  let low: Double?
  let high: Double?
  let coverage: Double?

  public init<Amount: Quantity>(_ estimate: Estimate<Amount>) {
    value = estimate.value.value
    low = estimate.interval?.low.value
    high = estimate.interval?.high.value
    coverage = estimate.interval?.coverage
  }
}
