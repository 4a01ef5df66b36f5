import Foundation
import Mathematics
import Quantities

/// How a device differs from its class, as measurements on it say.
///
/// Each term is a factor on rates (on times, for the overhead) with a log-normal uncertainty.
public struct DeviceCalibration: Sendable, Hashable, Codable {
  public var device: String
  /// Natural logarithms of the factors, one for each `CalibratedTerm`.
  public var logFactors: [Double]
  /// Their covariance, row by row.
  public var covariance: [[Double]]
  /// What is left of one network beside another: the standard deviation of ln(measured ÷ predicted).
  public var networkDeviation: Double
  /// How many measurements it rests on.
  public var measurements: Int
  /// Factors on idle, arithmetic and traffic energies, where joules were measured.
  public var energy: EnergyCalibration?

  /// Names in a file.
  private enum CodingKeys: String, CodingKey {
    case device, covariance, measurements, energy
    case logFactors = "log_factors"
    case networkDeviation = "network_deviation"
  }

  /// No measurement: the class as it is, unsure by its own deviation.
  public init(device: String, table: EfficiencyTable) {
    self.device = device
    logFactors = CalibratedTerm.allCases.map { _ in 0 }
    covariance = CalibratedTerm.allCases.map { _ in CalibratedTerm.allCases.map { _ in 0 } }
    networkDeviation = table.networkDeviation
    measurements = 0
  }

  public var factors: [Double] { logFactors.map { exp($0) } }

  /// The factor of one term with its interval.
  public func factor(_ term: CalibratedTerm) -> FactorEstimate {
    let index = term.rawValue
    let value = exp(logFactors[index])
    let spread = exp(
      RooflineModel.normalQuantile * max(covariance[index][index], 0).squareRoot())
    return FactorEstimate(
      value: value, low: value / spread, high: value * spread, coverage: RooflineModel.coverage)
  }
}

/// A number without a unit and the interval that should hold it.
public struct FactorEstimate: Sendable, Hashable, Encodable {
  public let value: Double
  public let low: Double
  public let high: Double
  public let coverage: Double
}

/// How a device's power differs from what its figures say.
public struct EnergyCalibration: Sendable, Hashable, Codable {
  /// W while nothing runs and while anything runs.
  public var idleWatts: Double
  public var activeWatts: Double
  /// On the energies of arithmetic and traffic.
  public var dynamicFactor: Double
  /// The standard deviation of ln(measured ÷ predicted) joules.
  public var deviation: Double

  private enum CodingKeys: String, CodingKey {
    case idleWatts = "idle_w"
    case activeWatts = "active_w"
    case dynamicFactor = "dynamic_factor"
    case deviation
  }
}
