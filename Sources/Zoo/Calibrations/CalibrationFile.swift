import Analytic
import Datasets
import Devices
import Features
import Foundation

/// What a fit has learned of a device, as a JSON file.
public enum CalibrationFile {
  private struct Document: Codable {
    var roofline: DeviceCalibration?
    var rates: RateCalibration?
  }

  /// - Throws: `CalibrationError` for a file that is missing, damaged, or of another device.
  public static func read(_ path: String, device: Device) throws(CalibrationError) -> DeviceFit {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path)
    }
    guard data.count < 1 << 24, let document = try? JSONDecoder().decode(Document.self, from: data)
    else {
      throw .malformed(path: path, problem: "it is no output of 'perfmodel device fit'")
    }
    let fit: DeviceFit
    let fitted: String
    switch (document.roofline, document.rates) {
    case (let calibration?, nil):
      try check(calibration, path)
      (fit, fitted) = (.roofline(calibration), calibration.device)
    case (nil, let calibration?):
      try check(calibration, path)
      (fit, fitted) = (.rates(calibration), calibration.device)
    default:
      throw .malformed(path: path, problem: "it holds neither 'roofline' nor 'rates'")
    }
    guard fitted == device.name else {
      throw .otherDevice(path: path, fitted: fitted, asked: device.name)
    }
    return fit
  }

  /// - Throws: `DatasetError.unwritable`.
  public static func write(_ fit: DeviceFit, to path: String) throws {
    let document =
      switch fit {
      case .roofline(let calibration): Document(roofline: calibration)
      case .rates(let calibration): Document(rates: calibration)
      }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try AtomicFile.write(Array(try encoder.encode(document)) + [0x0a], to: path)
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
    guard
      (calibration.logFactors + calibration.covariance.flatMap(\.self)).allSatisfy({
        $0.isFinite && abs($0) < 100
      }), calibration.networkDeviation > 0, calibration.networkDeviation < 10
    else {
      throw .malformed(path: path, problem: "its numbers are out of every range")
    }
  }
}

extension CalibrationFile {
  private static func check(
    _ calibration: RateCalibration, _ path: String
  ) throws(CalibrationError) {
    guard
      calibration.samples.allSatisfy({ sample in
        sample.latency > 0 && sample.latency.isFinite && sample.work.count == WorkClass.count
          && sample.work.allSatisfy { $0 >= 0 && $0.isFinite }
      })
    else {
      throw .malformed(path: path, problem: "its latencies or works are out of every range")
    }
  }
}

public enum CalibrationError: Error, Equatable, CustomStringConvertible {
  case unreadable(path: String)
  case malformed(path: String, problem: String)
  case notInstalled
  case otherDevice(path: String, fitted: String, asked: String)

  public var description: String {
    switch self {
    case .unreadable(let path): "\(path): the file cannot be read."
    case .malformed(let path, let problem): "\(path): \(problem)."
    case .notInstalled: "the learned rates are not beside the program; build it again."
    case .otherDevice(let path, let fitted, let asked):
      "\(path): fitted to '\(fitted)', not to '\(asked)'; name the device that it belongs to."
    }
  }
}
