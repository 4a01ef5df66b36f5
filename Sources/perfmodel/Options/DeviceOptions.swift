import Analytic
import ArgumentParser
import Devices
import Workloads
import Zoo

/// How a workload is run on a device.
struct ExecutionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Types of the run: \(Precision.allCases.map(\.rawValue).joined(separator: ", ")).",
      discussion: "amp is automatic mixed precision; w8a16 and w4a16 narrow the weights alone. "
        + "Default: the network's own types."))
  var precision: Precision?

  @Option(help: "Order of an image's dimensions in memory: nhwc or nchw.")
  var layout = TensorLayout.channelsLast

  @Option(
    help: ArgumentHelp(
      "What the runtime joins into one kernel: none, pointwise or epilogue.",
      discussion: "none is an eager framework, pointwise a compiler, epilogue an inference engine. "
        + "Default: none on a gpu, epilogue elsewhere."))
  var fusion: Fusion?

  func execution(on device: Device, precision: Precision? = nil) -> Execution {
    Execution(
      precision: precision ?? self.precision, layout: layout,
      fusion: fusion ?? .standard(for: device.deviceClass))
  }
}

/// What was measured on a device, and what to do where a run does not fit it.
struct FitOptions: ParsableArguments {
  @Option(help: "What 'perfmodel device fit' has learned of the device.")
  var fit: String?

  @Flag(help: "Predict also what does not fit into the device's memory.")
  var ignoreMemory = false

  /// The model of a device, with what was learned of it.
  func model(_ device: Device, _ execution: Execution) throws -> DeviceModel {
    try DeviceModel(
      device, execution, fit: fit.map { try CalibrationFile.read($0, device: device) })
  }

  /// A model of each device; what was learned goes to the device that it was learned of.
  func models(of devices: [Device], execution: (Device) -> Execution) throws -> [DeviceModel] {
    var fits: [String: DeviceFit] = [:]
    if let fit {
      var refusal: CalibrationError?
      for device in devices {
        do throws(CalibrationError) {
          fits[device.name] = try CalibrationFile.read(fit, device: device)
        } catch {
          guard case .otherDevice = error else { throw error }
          refusal = error
        }
      }
      if fits.isEmpty, let refusal { throw refusal }
    }
    return try devices.map { try DeviceModel($0, execution($0), fit: fits[$0.name]) }
  }

  /// The roofline of a device.
  ///
  /// - Throws: `ValidationError` where its figures are not known, or rates were learned instead.
  func roofline(_ device: Device, _ execution: Execution) throws -> RooflineModel {
    guard case .roofline(let model) = try model(device, execution) else {
      throw ValidationError(
        "\(device.name) is known by rates of an engine alone; this command needs its peak rates and "
          + "bandwidth ('perfmodel device show' prints what a device file holds)")
    }
    return model
  }

  func check(_ program: KernelProgram, on device: Device) throws {
    if !ignoreMemory, let shortage = MemoryShortage(program, on: device) { throw shortage }
  }
}

extension Precision: ExpressibleByArgument {}
extension TensorLayout: ExpressibleByArgument {}
extension Fusion: ExpressibleByArgument {}
