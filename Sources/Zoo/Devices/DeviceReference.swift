import Devices
import Foundation

/// A device by its name in the catalogue or by a file of the user's own.
public struct DeviceReference: Sendable {
  public let device: Device
  /// nil for a device of the catalogue.
  public let path: String?

  /// - Parameter text: a name, as `A100-SXM-80GB`, or the path of a JSON file, as `mine.json`.
  /// - Throws: `DeviceError` where there is neither, with the nearest name, or the file is wrong.
  public init(_ text: String) throws(DeviceError) {
    if text.lowercased().hasSuffix(".json") || text.contains("/") {
      device = try Device(json: text)
      path = text
      return
    }
    do throws(DeviceError) {
      device = try DeviceCatalogue.device(named: text)
      path = nil
    } catch {
      guard case .unknown = error, FileManager.default.fileExists(atPath: text) else { throw error }
      device = try Device(json: text)
      path = text
    }
  }
}
