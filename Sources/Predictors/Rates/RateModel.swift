import Features
import Foundation
import Predictions
import Quantities
import Workloads

/// Latency of a network by an inference engine on a device whose rates are known from a few latencies,
/// or only from its kind.
public struct RateModel: PerformanceModel {
  public let rates: AdaptedRates
  /// How many latencies it rests on.
  public let samples: Int
  /// `processor`, `graphics`.
  public let kind: String

  public init(_ rates: AdaptedRates, samples: Int, kind: String) {
    self.rates = rates
    self.samples = samples
    self.kind = kind
  }

  public func predict(_ workload: Workload) -> Prediction {
    let counts = workload.counts()
    let shape = rates.prior.shape
    let operations = workload.workOperations(counts)
    let works = operations.map { $0.map { shape.work($0) } }
    var total = [Double](repeating: 0, count: WorkClass.count)
    for work in works {
      guard let work else { continue }
      for index in total.indices { total[index] += work[index] }
    }
    let latency = rates.latency(network: workload.name, work: total)
    let plain = works.reduce(0) { $0 + ($1.map { rates.milliseconds($0) } ?? 0) }
    // Parts are scaled to the whole's point, which knows more than their sum.
    let scale = plain > 0 ? latency.value.milliseconds / plain : 0
    var breakdown: [OperationCost] = []
    breakdown.reserveCapacity(workload.operations.count)
    for (index, operation) in workload.operations.enumerated() {
      guard let work = works[index] else { continue }
      let cost = counts.operations[index]
      let instances = workload.instances(of: operation)
      breakdown.append(
        OperationCost(
          operation: workload.path(of: operation), kind: operation.kind.family,
          instances: instances, latency: .milliseconds(scale * rates.milliseconds(work)),
          energy: nil, bound: rates.bound(work), flop: instances * cost.flop,
          bytes: instances * cost.bytes))
    }
    var assumptions = workload.assumptions
    assumptions.append(
      "an inference engine on a \(kind), as ncnn: activations fused, its own storage types")
    if rates.prior.anchors?.loadings[workload.name] != nil {
      assumptions.append("'\(workload.name)' is corrected by what many devices have shown of it")
    }
    if samples == 0 {
      assumptions.append("nothing was measured on this device: its kind alone is known")
    }
    return Prediction(
      latency: latency,
      peakMemory: Estimate(counts.weightBytes + counts.cacheBytes + counts.peakActivationBytes),
      breakdown: breakdown,
      method: samples == 0
        ? "rates of its kind" : "rates of its kind and \(samples) measurements",
      assumptions: assumptions)
  }
}

extension AdaptedRates {
  /// Σ W e^θ.
  func milliseconds(_ work: [Double]) -> Double {
    var sum = 0.0
    for (amount, rate) in zip(work, logRates) where amount > 0 { sum += amount * exp(rate) }
    return sum
  }

  /// What most of the time is spent on.
  func bound(_ work: [Double]) -> Bound {
    var largest = (time: -1.0, kind: WorkClass.overhead)
    for kind in WorkClass.allCases {
      let time = work[kind.rawValue] * exp(logRates[kind.rawValue])
      if time > largest.time { largest = (time, kind) }
    }
    return switch largest.kind {
    case .overhead: .launch
    case .weights, .convolutionBytes, .movedBytes, .elementBytes, .rankedBytes: .memory
    default: .compute
    }
  }
}

extension AdaptedRates {
  /// The rate of one class of work with its 90 % interval, in the class's unit.
  public struct ClassRate: Sendable {
    public let work: WorkClass
    public let value: Double
    public let low: Double
    public let high: Double
  }

  /// The rates of all classes.
  public var classRates: [ClassRate] {
    WorkClass.allCases.map { work in
      let center = logRates[work.rawValue]
      let spread = 1.645 * covariance[work.rawValue, work.rawValue].squareRoot()
      let ends = [center - spread, center + spread].map {
        work.rate(milliseconds: exp($0))
      }.sorted()
      return ClassRate(
        work: work, value: work.rate(milliseconds: exp(center)), low: ends[0], high: ends[1])
    }
  }
}
