import Analytic
import ArgumentParser
import Devices
import Quantities
import Zoo

/// An array of multipliers with its memories: of a device, or by its sizes.
struct AcceleratorOptions: ParsableArguments {
  @Option(help: "Name or JSON file of an accelerator ('perfmodel device list --class npu').")
  var device: String?

  @Option(
    help: ArgumentHelp(
      "Units of the array, as 16x16.", discussion: "Default: as many as the device has.",
      valueName: "rowsxcolumns"),
    transform: { try AcceleratorOptions.shape($0) })
  var array: SystolicArray.Shape?

  @Option(
    help: ArgumentHelp(
      "The memory that all units share, as 108KiB.", discussion: "Default: the device's own."),
    transform: { try AcceleratorOptions.positive($0, "--buffer") })
  var buffer: Bytes?

  @Option(
    help: ArgumentHelp(
      "The memory of each unit, as 2B in a systolic array.", discussion: "Default: 512 B."),
    transform: { try AcceleratorOptions.positive($0, "--registers") })
  var registers: Bytes?

  @Option(
    help: "What waits in the units: weight-stationary, output-stationary or no-local-reuse.")
  var dataflow = Dataflow.weightStationary

  @Option(help: "How operands are stored: int8, int16, int32, fp16 or fp32.")
  var operands = OperandFormat.int16

  @Option(
    help: ArgumentHelp(
      "The process in nanometres.", discussion: "Default: the device's own, or 65."))
  var process: Double?

  @Option(
    help: "Energies that no device states: relative (to a MAC) or size (of each memory).")
  var costs = SpatialAccelerator.CostSource.relative

  func validate() throws {
    guard device != nil || array != nil && buffer != nil else {
      throw ValidationError("name the accelerator: --device, or --array and --buffer")
    }
    if let process, !(process >= 1 && process <= 10_000) {
      throw ValidationError("--process is \(process); it lies between 1 and 10000 nm")
    }
  }

  /// - Throws: `DeviceError` and `AcceleratorError`.
  func accelerator() throws -> SpatialAccelerator {
    var machine = Device(name: "the array", deviceClass: .npu)
    if let device { machine = try DeviceReference(device).device }
    if let process { machine.processNanometres = Figure(process) }
    return try SpatialAccelerator(
      machine, dataflow: dataflow, format: operands, shape: array,
      registers: registers ?? Bytes(512), buffer: buffer, costs: costs)
  }

  private static func shape(_ text: String) throws -> SystolicArray.Shape {
    let sides = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    guard sides.count == 2, let rows = sides[0], let columns = sides[1] else {
      throw ValidationError("--array is '\(text)'; write rows and columns, as 16x16")
    }
    return .init(rows, columns)
  }

  private static func positive(_ text: String, _ option: String) throws -> Bytes {
    let amount = try Bytes(parsing: text)
    guard amount > .zero else { throw ValidationError("\(option) is \(text); it is above 0") }
    return amount
  }
}

extension Dataflow: ExpressibleByArgument {}
extension OperandFormat: ExpressibleByArgument {}
extension SpatialAccelerator.CostSource: ExpressibleByArgument {}
