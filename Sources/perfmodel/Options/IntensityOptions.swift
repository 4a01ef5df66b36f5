import Analytic
import ArgumentParser
import Devices
import Quantities
import Zoo

/// What a byte is worth in FLOP: of a device, or as a paper states it.
struct IntensityOptions: ParsableArguments {
  @Option(help: "Name or JSON file of a device ('perfmodel device list').")
  var device: String?
  @Option(help: "Type of the arithmetic, as bf16 or fp8; default: the device's usual rate.")
  var precision: Precision?
  @Option(
    help: "FLOP for each byte, in the place of a device's peak rate over its bandwidth.",
    transform: { try FLOPPerByte(parsing: $0) })
  var intensity: FLOPPerByte?

  struct Setting {
    let name: String
    let intensity: FLOPPerByte
    /// nil where only the intensity is known.
    let peak: FLOPPerSecond?
    let assumptions: [String]
  }

  func validate() throws {
    guard (device == nil) != (intensity == nil) else {
      throw ValidationError(
        "say what a byte is worth: either --device ('perfmodel device list') or --intensity")
    }
    if let intensity, intensity <= .zero {
      throw ValidationError("--intensity is \(intensity); it is above 0")
    }
    if intensity != nil, precision != nil {
      throw ValidationError("--precision chooses a device's rate; --intensity needs none")
    }
  }

  func setting() throws -> Setting {
    if let intensity {
      return Setting(
        name: "a device", intensity: intensity, peak: nil,
        assumptions: ["one byte costs as much as \(intensity.value) FLOP"])
    }
    let device = try DeviceReference(device ?? "").device
    let rate =
      precision.map { device.peak($0.arithmetic) }
      ?? device.usualPeak(of: .matrix) ?? device.usualPeak(of: .vector)
    guard let rate, let peak = rate.dense?.value, let intensity = device.ridgePoint(of: rate) else {
      throw ValidationError(
        "\(device.name) states no dense peak rate"
          + (precision.map { " of \($0.rawValue)" } ?? "")
          + " or no bandwidth; name another --device, or state --intensity")
    }
    return Setting(
      name: device.name, intensity: intensity, peak: peak,
      assumptions: [
        "one device at its data sheet's \(peak.compactDescription) (\(rate.label), dense), arithmetic "
          + "and traffic one after the other"
      ])
  }
}
