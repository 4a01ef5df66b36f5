import Analytic
import Devices
import Foundation
import Predictions
import Predictors
import Quantities
import Workloads

/// What measurements say of a device: a roofline moved by a few factors, where its figures are known, or
/// the rates of an inference engine, where they are not.
public enum DeviceFit: Sendable {
  case roofline(DeviceCalibration)
  case rates(RateCalibration)

  public enum Method: String, CaseIterable, Sendable { case roofline, rates }

  /// Rates for a device that states no rate of arithmetic.
  public static func standardMethod(_ device: Device) -> Method {
    device.peaks.isEmpty ? .rates : .roofline
  }
}

/// The model that answers for a device, with or without measurements on it.
public enum DeviceModel: Sendable {
  case roofline(RooflineModel)
  /// With the device's name.
  case rates(RateModel, device: String)

  /// - Throws: `CalibrationError`, `LinearAlgebraError`.
  public init(_ device: Device, _ execution: Execution, fit: DeviceFit?) throws {
    switch fit {
    case .roofline(let calibration):
      self = .roofline(RooflineModel(device, execution, calibration: calibration))
    case .rates(let calibration):
      self = .rates(try calibration.model(), device: device.name)
    case nil:
      switch DeviceFit.standardMethod(device) {
      case .roofline: self = .roofline(RooflineModel(device, execution))
      case .rates: self = .rates(try RateCalibration(device).model(), device: device.name)
      }
    }
  }

  public var model: any PerformanceModel {
    switch self {
    case .roofline(let model): model
    case .rates(let model, _): model
    }
  }

  public var device: String {
    switch self {
    case .roofline(let model): model.device.name
    case .rates(_, let device): device
    }
  }
}
