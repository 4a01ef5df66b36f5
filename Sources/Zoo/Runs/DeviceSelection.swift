import Devices
import Quantities

/// Devices that a list of names means.
public enum DeviceSelection {
  /// - Parameter texts: each a name, a file, `all` or `class:gpu`, or several with commas between.
  ///   What several of them mean stands once.
  /// - Throws: `DeviceError` as `DeviceReference`; `DeviceSelectionError` for a class that there is
  ///   not, and for a device that is named twice.
  public static func devices(_ texts: [String]) throws -> [Device] {
    var devices: [Device] = []
    var known: Set<String> = []
    var single: Set<String> = []
    for text in texts.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      let text = text.trimmingPrefix { $0 == " " }
      guard !text.isEmpty else { throw DeviceSelectionError.empty }
      if let members = try members(of: String(text)) {
        devices += members.filter { known.insert($0.name).inserted }
        continue
      }
      let device = try DeviceReference(String(text)).device
      guard single.insert(device.name).inserted else {
        throw DeviceSelectionError.twice(device.name)
      }
      if known.insert(device.name).inserted { devices.append(device) }
    }
    return devices
  }

  private static func members(of text: String) throws -> [Device]? {
    if text == "all" { return try DeviceCatalogue.devices() }
    let prefix = "class:"
    guard text.hasPrefix(prefix) else { return nil }
    let name = String(text.dropFirst(prefix.count))
    guard let deviceClass = DeviceClass(rawValue: name) else {
      throw DeviceSelectionError.unknownClass(name)
    }
    return try DeviceCatalogue.devices().filter { $0.deviceClass == deviceClass }
  }
}

/// What can be wrong with a list of devices.
public enum DeviceSelectionError: Error, Equatable, CustomStringConvertible {
  case empty
  case twice(String)
  case unknownClass(String)

  public var description: String {
    switch self {
    case .empty: "a list of devices has an empty name; write names with commas between."
    case .twice(let name): "the device '\(name)' is named twice; name it once."
    case .unknownClass(let name):
      "there is no class '\(name)' of devices."
        + (nearestName(to: name, among: DeviceClass.allCases.map(\.rawValue)).map {
          " Did you mean '\($0)'?"
        } ?? "")
        + " Classes are \(DeviceClass.allCases.map(\.rawValue).joined(separator: ", "))."
    }
  }
}
