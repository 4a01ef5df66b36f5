import Devices
import Quantities

extension SpatialAccelerator {
  /// Whose energies per action are taken where a device states none.
  public enum CostSource: String, CaseIterable, Sendable {
    /// Multiples of a MAC, as published.
    case relative
    /// Of static memories, by how large they are.
    case size
  }

  /// The array of a device: as many units as its peak rate needs at its clock, as square as they can be,
  /// and the level before its main memory as the buffer.
  ///
  /// What the device states of energies holds: `energyPerByte` of the buffer, of the main memory and of
  /// a level inside each unit, `energyPerFLOP` of the format. A main memory without one has that of its
  /// technology.
  ///
  /// - Parameters:
  ///   - shape, registers, buffer: instead of the device's own.
  /// - Throws: `AcceleratorError` where the device is none, or does not say what is needed.
  public init(
    _ device: Device, dataflow: Dataflow, format: OperandFormat = .int16,
    shape: SystolicArray.Shape? = nil, registers: Bytes = Bytes(512), buffer: Bytes? = nil,
    costs source: CostSource = .relative
  ) throws(AcceleratorError) {
    guard device.deviceClass == .npu || device.deviceClass == .fpga else {
      throw .device(
        name: device.name,
        missing: "is no accelerator with one array; take a device of class npu or fpga, or --array")
    }
    let caches = device.memory.dropLast()
    guard let shape = shape ?? Self.shape(of: device) else {
      throw .device(
        name: device.name, missing: "states no clock and peak rate to count units by; add --array")
    }
    guard let capacity = buffer ?? caches.last.flatMap({ device.totalCapacity(of: $0) }) else {
      throw .device(
        name: device.name, missing: "states no buffer beside its main memory; add --buffer")
    }
    let main = device.mainMemory
    let mainMemory =
      main?.energyPerByte?.value
      ?? main?.technology.map {
        JoulesPerByte(EnergyTable.standard.mainMemoryByte(technology: $0))
      }
    let process = device.processNanometres?.value
    var costs =
      switch source {
      case .relative:
        ComponentCosts.relative(
          format, process: process ?? ComponentCosts.relativeCostsProcess, mainMemory: mainMemory)
      case .size:
        ComponentCosts.bySize(
          format, registers: registers, buffer: capacity,
          process: process ?? ComponentCosts.relativeCostsProcess, mainMemory: mainMemory)
      }
    let word = format.bytes(words: 1)
    if let own = caches.last?.energyPerByte?.value { costs.buffer.energy = word * own }
    if caches.count > 1, let first = caches.first, first.scope == .computeUnit,
      let own = first.energyPerByte?.value
    {
      costs.registerFile.energy = word * own
    }
    if let own = format.numberFormat.flatMap({ device.peak($0)?.energyPerFLOP?.value }) {
      costs.multiplyAccumulate.energy = FLOP.multiplyAccumulates(1) * own
    }
    try self.init(
      rows: shape.rows, columns: shape.columns, dataflow: dataflow, format: format,
      registers: registers, buffer: capacity, costs: costs)
  }

  /// Units by the peak rate and the clock at which it is stated.
  private static func shape(of device: Device) -> SystolicArray.Shape? {
    guard let peak = device.usualPeak(of: .matrix)?.dense?.value,
      let clock = (device.clock?.boost ?? device.clock?.base)?.value, clock.value > 0
    else { return nil }
    let units = (peak.value / (2 * clock.value)).rounded()
    guard units >= 1, units <= 4e9 else { return nil }
    // A divisor that is not far from the root; else the few units that are left over are not counted.
    let root = Int(units.squareRoot())
    let rows =
      stride(from: root, through: max(1, root / 2), by: -1).first { Int(units) % $0 == 0 } ?? root
    return .init(rows, Int(units) / rows)
  }
}

extension OperandFormat {
  /// The same among the formats of devices.
  var numberFormat: NumberFormat? {
    switch self {
    case .int8: .int8
    case .fp16: .fp16
    case .fp32: .fp32
    case .int16, .int32: nil
    }
  }
}
