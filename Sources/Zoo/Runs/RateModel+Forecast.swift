import Analytic
import Foundation
import Predictions
import Predictors
import Quantities
import Workloads

extension RateModel {
  /// The totals of a run for comparing it with others: what a network is off by stays its own, what the
  /// device's rates are off by is common to all.
  func forecast(_ workload: Workload) -> RunForecast {
    let prediction = predict(workload)
    let latency = prediction.latency
    let interval = latency.interval
    let total =
      interval.map { log($0.high / $0.low) / (2 * RooflineModel.normalQuantile) } ?? 0
    let own = min(total, rates.prior.floor * rates.prior.quantile / RooflineModel.normalQuantile)
    return RunForecast(
      latency: latency.value, energy: nil, memory: prediction.peakMemory?.value ?? .zero,
      latencyDeviation: LatencyDeviation(
        shared: (total * total - own * own).squareRoot(), own: own), energyDeviation: 0)
  }
}
