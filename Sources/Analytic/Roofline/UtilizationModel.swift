import Predictions
import Quantities
import Workloads

/// The simplest model of work that arithmetic limits: one share of the peak rate for all of it.
///
/// ```
/// T = 2·MACs / (μ·F)          E = P·T
/// ```
/// μ is the model-FLOP utilisation (MFU) and belongs to a device, a library and a kind of network. It
/// is fitted to one run and asked about others of the kind; traffic and launches are taken to hide
/// behind the arithmetic, so that it says too little where they do not.
public struct UtilizationModel: PerformanceModel {
  /// F
  public let peak: FLOPPerSecond
  /// μ
  public let utilization: Double
  /// P while it runs; nil where no energy is wanted.
  public let power: Watts?

  public init(peak: FLOPPerSecond, utilization: Double, power: Watts? = nil) {
    self.peak = peak
    self.utilization = utilization
    self.power = power
  }

  /// The utilisation of one measured run.
  ///
  /// ```
  /// μ = work / (F·T)
  /// ```
  public init(peak: FLOPPerSecond, work: FLOP, took time: Seconds, power: Watts? = nil) {
    self.init(peak: peak, utilization: work / time / peak, power: power)
  }

  public func latency(_ work: FLOP) -> Seconds { work / (peak * utilization) }

  public func predict(_ workload: Workload) -> Prediction {
    let counts = workload.counts()
    var breakdown: [OperationCost] = []
    var total = FLOP.zero
    for (operation, cost) in zip(workload.operations, counts.operations)
    where cost.matrixMACs > 0 {
      let instances = workload.instances(of: operation)
      let work = FLOP.multiplyAccumulates(instances * cost.matrixMACs)
      let time = latency(work)
      total += work
      breakdown.append(
        OperationCost(
          operation: workload.path(of: operation), kind: operation.kind.family,
          instances: instances, latency: time, energy: power.map { $0 * time }, bound: .compute,
          flop: work, bytes: instances * cost.bytes))
    }
    let time = latency(total)
    return Prediction(
      latency: Estimate(time), energy: power.map { Estimate($0 * time) }, breakdown: breakdown,
      method: "\((1000 * utilization).rounded() / 10) % of the peak rate",
      assumptions: workload.assumptions + ["arithmetic limits everything, at one share of the peak"]
    )
  }
}
