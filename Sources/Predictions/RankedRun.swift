import Quantities

/// A run of a workload on a device with its place among others.
public struct RankedRun: Sendable {
  public let run: RunLabel
  public let device: String
  public let latency: Estimate<Seconds>
  /// nil where nothing is known of the device's power.
  public let energy: Estimate<Joules>?
  public let memory: Estimate<Bytes>
  public let edp: Estimate<JouleSeconds>?
  /// The probability that this place is the right one.
  public let placeProbability: Double
  /// For each limit, the probability that it holds.
  public let withinProbabilities: [(limit: Limit, probability: Double)]
  /// nil where nothing is known of the workload's quality.
  public let accuracy: Double?

  public init(
    run: RunLabel, device: String, latency: Estimate<Seconds>, energy: Estimate<Joules>?,
    memory: Estimate<Bytes>, edp: Estimate<JouleSeconds>?, placeProbability: Double,
    withinProbabilities: [(limit: Limit, probability: Double)], accuracy: Double?
  ) {
    self.run = run
    self.device = device
    self.latency = latency
    self.energy = energy
    self.memory = memory
    self.edp = edp
    self.placeProbability = placeProbability
    self.withinProbabilities = withinProbabilities
    self.accuracy = accuracy
  }

  /// In the SI unit of the metric; NaN where it is not known.
  public func value(of metric: Metric) -> Double {
    switch metric {
    case .latency: latency.value.value
    case .energy: energy?.value.value ?? .nan
    case .memory: memory.value.value
    case .edp: edp?.value.value ?? .nan
    }
  }
}

/// A run that has no place, and why.
public struct UnrankedRun: Sendable, Hashable {
  public let run: RunLabel
  public let device: String
  public let reason: String

  public init(run: RunLabel, device: String, reason: String) {
    self.run = run
    self.device = device
    self.reason = reason
  }
}
