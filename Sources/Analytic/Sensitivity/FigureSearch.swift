import Foundation
import Predictions
import Quantities

/// Which factor on some figures brings a run to a limit.
struct FigureSearch {
  /// Of a device that states every figure.
  let model: RooflineModel
  let tally: KernelTally

  /// Figures that are changed together, each better by one factor.
  struct Lever {
    let name: String
    /// Multiplied by the factor.
    var raised: [DeviceFigure] = []
    /// Divided by it.
    var lowered: [DeviceFigure] = []

    func factors(_ improvement: Double) -> [DeviceFigure: Double] {
      var factors: [DeviceFigure: Double] = [:]
      for figure in raised { factors[figure] = improvement }
      for figure in lowered { factors[figure] = 1 / improvement }
      return factors
    }
  }

  /// What may be tried for a metric, each alone and all together.
  ///
  /// A higher power limit makes a run faster and takes more energy: it is a lever of latency alone.
  static func levers(of metric: Metric) -> [Lever] {
    guard metric != .memory else { return [] }
    var levers = [
      Lever(name: DeviceFigure.bandwidth.rawValue, raised: [.bandwidth]),
      Lever(name: "peak rates and clock", raised: [.matrixRates, .vectorRates, .clock]),
      Lever(name: DeviceFigure.cacheBandwidth.rawValue, raised: [.cacheBandwidth]),
      Lever(name: DeviceFigure.cacheCapacity.rawValue, raised: [.cacheCapacity]),
      Lever(name: DeviceFigure.launchOverhead.rawValue, lowered: [.launchOverhead]),
      Lever(name: DeviceFigure.dispatch.rawValue, lowered: [.dispatch]),
      Lever(name: DeviceFigure.splitOverhead.rawValue, lowered: [.splitOverhead]),
    ]
    if metric == .latency {
      levers.append(Lever(name: DeviceFigure.powerLimit.rawValue, raised: [.powerLimit]))
    } else {
      levers += [
        Lever(name: DeviceFigure.arithmeticEnergy.rawValue, lowered: [.arithmeticEnergy]),
        Lever(name: "energy of traffic", lowered: [.memoryEnergy, .cacheEnergy]),
        Lever(name: DeviceFigure.idlePower.rawValue, lowered: [.idlePower]),
      ]
    }
    return levers + [
      Lever(
        name: "all of these", raised: levers.flatMap(\.raised),
        lowered: levers.flatMap(\.lowered))
    ]
  }

  /// The metric with some figures changed.
  func value(
    of metric: Metric, _ factors: [DeviceFigure: Double]
  ) throws(MachineError) -> Double {
    let totals = try model.scaled(factors).machine(tally.precision).totals(tally)
    switch metric {
    case .latency: return totals.seconds
    case .energy: return totals.joules
    case .edp: return totals.joules * totals.seconds
    case .memory: return tally.footprint.total.value
    }
  }

  /// Bisection in the logarithm of the improvement: no metric rises with it.
  func outcome(
    _ lever: Lever, _ limit: Limit
  ) throws(MachineError) -> LimitAnalysis.Outcome {
    var low = -log(1000.0)
    var high = log(1e6)
    let best = try value(of: limit.metric, lever.factors(exp(high)))
    guard best <= limit.value else { return .unreachable(best: best) }
    guard try value(of: limit.metric, lever.factors(exp(low))) > limit.value else {
      return .unneeded
    }
    while high - low > 1e-14 * max(1, abs(high)) {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if try value(of: limit.metric, lever.factors(exp(middle))) > limit.value {
        low = middle
      } else {
        high = middle
      }
    }
    return .factor(lever.raised.isEmpty ? exp(-high) : exp(high))
  }

  /// ∂ ln latency and ∂ ln energy / ∂ ln figure, by central differences.
  func sensitivity(
    to figure: DeviceFigure
  ) throws(MachineError) -> (latency: Double, energy: Double) {
    let step = 0.005
    let above = try model.scaled([figure: exp(step)]).machine(tally.precision).totals(tally)
    let below = try model.scaled([figure: exp(-step)]).machine(tally.precision).totals(tally)
    return (
      log(above.seconds / below.seconds) / (2 * step), log(above.joules / below.joules) / (2 * step)
    )
  }
}
