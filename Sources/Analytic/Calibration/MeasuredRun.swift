import Quantities

/// A run of a workload on the device that is to be fitted.
public struct MeasuredRun: Sendable {
  /// For messages: the row of a file.
  public let label: String
  public let tally: KernelTally
  public let latency: Seconds
  public let energy: Joules?

  public init(label: String, tally: KernelTally, latency: Seconds, energy: Joules? = nil) {
    self.label = label
    self.tally = tally
    self.latency = latency
    self.energy = energy
  }
}

/// Why measurements cannot be of the device that they are said to be of.
public enum FitError: Error, Equatable, Sendable, CustomStringConvertible {
  case noMeasurement
  /// Faster than the data sheet's peak or bandwidth allow.
  case impossible(label: String, measured: Seconds, least: Seconds, device: String)
  case notSolvable

  public var description: String {
    switch self {
    case .noMeasurement: "there is no measurement to fit to; at least one run is needed."
    case .impossible(let label, let measured, let least, let device):
      "\(label): \(measured) is faster than \(device) can be: its peak rate and bandwidth allow no "
        + "less than \(least). Is it another unit, another batch, another precision?"
    case .notSolvable:
      "the fit has no solution; are the latencies finite and of this device?"
    }
  }
}
