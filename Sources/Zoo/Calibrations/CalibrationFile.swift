import Analytic
import Datasets
import Devices
import Foundation

/// What a fit has learned of a device, as a JSON file.
public enum CalibrationFile {
  /// - Throws: `CalibrationError` for a file that is missing, damaged, or of another device.
  public static func read(
    _ path: String, device: Device
  ) throws(CalibrationError) -> DeviceCalibration {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path)
    }
    let calibration: DeviceCalibration
    do {
      calibration = try JSONDecoder().decode(DeviceCalibration.self, from: data)
    } catch {
      throw .malformed(path: path, problem: "it is no output of 'perfmodel device fit'")
    }
    try check(calibration, path)
    guard calibration.device == device.name else {
      throw .otherDevice(path: path, fitted: calibration.device, asked: device.name)
    }
    return calibration
  }

  /// - Throws: `DatasetError.unwritable`.
  public static func write(_ calibration: DeviceCalibration, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(Array(try encoder.encode(calibration)) + [0x0a], to: path)
  }

  private static func check(
    _ calibration: DeviceCalibration, _ path: String
  ) throws(CalibrationError) {
    let count = CalibratedTerm.allCases.count
    guard calibration.logFactors.count == count, calibration.covariance.count == count,
      calibration.covariance.allSatisfy({ $0.count == count })
    else {
      throw .malformed(path: path, problem: "it does not have \(count) terms")
    }
    guard (calibration.logFactors + calibration.covariance.flatMap(\.self)).allSatisfy({
      $0.isFinite && abs($0) < 100
    }), calibration.networkDeviation > 0, calibration.networkDeviation < 10
    else {
      throw .malformed(path: path, problem: "its numbers are out of every range")
    }
  }
}

public enum CalibrationError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String)
  case malformed(path: String, problem: String)
  case otherDevice(path: String, fitted: String, asked: String)

  public var description: String {
    switch self {
    case .unreadable(let path): "\(path): the file cannot be read."
    case .malformed(let path, let problem): "\(path): \(problem)."
    case .otherDevice(let path, let fitted, let asked):
      "\(path): fitted to '\(fitted)', not to '\(asked)'; name the device that it belongs to."
    }
  }
}
