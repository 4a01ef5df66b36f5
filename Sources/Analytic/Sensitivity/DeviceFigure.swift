import Devices
import Quantities

/// A figure of a device that a prediction rests on and that could be another one.
///
/// The number of compute units is not among them: it is whole, and the rates are stated for all of
/// them.
public enum DeviceFigure: String, CaseIterable, Sendable, Hashable {
  case matrixRates = "matrix rates"
  case vectorRates = "vector rates"
  /// Of what takes cycles beside the stated rates: reductions along rows.
  case clock
  case bandwidth = "main-memory bandwidth"
  case cacheBandwidth = "last-cache bandwidth"
  case cacheCapacity = "last-cache capacity"
  case launchOverhead = "launch overhead"
  /// Of the host, for each kernel.
  case dispatch = "host dispatch"
  /// Of adding up the parts of a product whose reduction is split.
  case splitOverhead = "overhead of split products"
  case powerLimit = "power limit"
  case idlePower = "idle power"
  case arithmeticEnergy = "energy of arithmetic"
  case memoryEnergy = "energy of main-memory traffic"
  case cacheEnergy = "energy of cache traffic"

  /// How a common change of all clocks would move it: rates and powers up, times down.
  var pace: Double? {
    switch self {
    case .matrixRates, .vectorRates, .clock, .bandwidth, .cacheBandwidth, .powerLimit,
      .idlePower:
      1
    case .launchOverhead, .dispatch, .splitOverhead: -1
    case .cacheCapacity, .arithmeticEnergy, .memoryEnergy, .cacheEnergy: nil
    }
  }

  var kind: any Quantity.Type {
    switch self {
    case .matrixRates, .vectorRates: FLOPPerSecond.self
    case .clock: Hertz.self
    case .bandwidth, .cacheBandwidth: BytesPerSecond.self
    case .cacheCapacity: Bytes.self
    case .launchOverhead, .dispatch, .splitOverhead: Seconds.self
    case .powerLimit, .idlePower: Watts.self
    case .arithmeticEnergy: JoulesPerFLOP.self
    case .memoryEnergy, .cacheEnergy: JoulesPerByte.self
    }
  }
}

extension RooflineModel {
  /// The same model of a device that states every figure which the model would otherwise take from
  /// the class: so that each can be changed without the others. Its predictions are the same.
  ///
  /// - Throws: `MachineError` where the device has no rate for the precision.
  public func stated(_ precision: Precision) throws(MachineError) -> RooflineModel {
    let machine = try machine(precision)
    var device = device
    device.clock = Device.Clock(
      base: device.clock?.base, boost: Figure(Hertz(machine.clock), .uncertain))
    device.launchOverhead = Figure(Seconds(machine.launchOverhead), .uncertain)
    if machine.power.limit.isFinite {
      device.power.idle = Figure(Watts(machine.power.idle), .uncertain)
    }
    if let cache = machine.lastCache, machine.cacheBandwidth.isFinite {
      let place = device.memory.count - 2
      // Of each of its copies.
      let copies =
        (device.totalCapacity(of: cache)?.value ?? 1) / (cache.capacity?.value.value ?? 1)
      device.memory[place].bandwidth = Figure(
        BytesPerSecond(machine.cacheBandwidth / copies), .uncertain)
      device.memory[place].energyPerByte = Figure(
        JoulesPerByte(machine.power.cacheByte), .uncertain)
    }
    if !device.memory.isEmpty {
      device.memory[device.memory.count - 1].energyPerByte = Figure(
        JoulesPerByte(machine.power.mainMemoryByte), .uncertain)
    }
    device.state(
      machine.productFormat, machine.usesMatrixUnits ? .matrix : .vector,
      energy: machine.power.matrixFLOP)
    let hasVector = precision.elementwise.selfAndWider.contains {
      device.peak($0, unit: .vector)?.dense != nil
    }
    device.state(
      precision.elementwise, .vector, energy: machine.power.vectorFLOP,
      rate: hasVector ? nil : machine.vectorRate)
    return RooflineModel(
      device, execution, efficiency: efficiency, calibration: calibration)
  }

  /// The model with some figures multiplied. Figures that the device does not state stay unknown.
  public func scaled(_ factors: [DeviceFigure: Double]) -> RooflineModel {
    var device = device
    var efficiency = efficiency
    var calibration = calibration
    for (figure, factor) in factors {
      switch figure {
      case .matrixRates: device.scaleRates(of: .matrix, by: factor)
      case .vectorRates: device.scaleRates(of: .vector, by: factor)
      case .clock: device.clock?.boost?.value.value *= factor
      case .bandwidth: device.scaleMemory(fromLast: 1) { $0.bandwidth?.value.value *= factor }
      case .cacheBandwidth: device.scaleMemory(fromLast: 2) { $0.bandwidth?.value.value *= factor }
      case .cacheCapacity: device.scaleMemory(fromLast: 2) { $0.capacity?.value.value *= factor }
      case .launchOverhead: device.launchOverhead?.value.value *= factor
      case .dispatch: efficiency.dispatch *= factor
      case .splitOverhead:
        efficiency.matrixTiling.splitOverhead *= factor
        efficiency.vectorTiling.splitOverhead *= factor
      case .powerLimit: device.power.thermalDesign?.value.value *= factor
      case .idlePower:
        device.power.idle?.value.value *= factor
        calibration?.energy?.idleWatts *= factor
      case .arithmeticEnergy:
        for place in device.peaks.indices {
          device.peaks[place].energyPerFLOP?.value.value *= factor
        }
      case .memoryEnergy:
        device.scaleMemory(fromLast: 1) { $0.energyPerByte?.value.value *= factor }
      case .cacheEnergy:
        device.scaleMemory(fromLast: 2) { $0.energyPerByte?.value.value *= factor }
      }
    }
    return RooflineModel(
      device, execution, efficiency: efficiency, calibration: calibration)
  }

  /// The amount of a figure in a precision; nil where the device has none.
  func amount(of figure: DeviceFigure, _ machine: Machine) -> Double? {
    let hasCache = machine.lastCache != nil
    switch figure {
    case .matrixRates:
      guard device.peaks.contains(where: { $0.unit == .matrix }) else { return nil }
      return machine.usesMatrixUnits
        ? machine.matrixRate : device.usualPeak(of: .matrix)?.dense?.value.value
    case .vectorRates: return machine.vectorRate
    case .clock: return machine.clock
    case .bandwidth: return machine.bandwidth.isFinite ? machine.bandwidth : nil
    case .cacheBandwidth:
      return hasCache && machine.cacheBandwidth.isFinite ? machine.cacheBandwidth : nil
    case .cacheCapacity: return hasCache ? machine.cacheCapacity : nil
    case .launchOverhead: return machine.launchOverhead
    case .dispatch: return machine.dispatch
    case .splitOverhead:
      let table = machine.efficiency
      return (machine.usesMatrixUnits ? table.matrixTiling : table.vectorTiling).splitOverhead
    case .powerLimit: return machine.power.limit.isFinite ? machine.power.limit : nil
    case .idlePower: return machine.power.idle > 0 ? machine.power.idle : nil
    case .arithmeticEnergy: return machine.power.matrixFLOP
    case .memoryEnergy: return device.mainMemory == nil ? nil : machine.power.mainMemoryByte
    case .cacheEnergy: return hasCache ? machine.power.cacheByte : nil
    }
  }
}

extension Device {
  fileprivate mutating func scaleRates(of unit: ExecutionUnit, by factor: Double) {
    for place in peaks.indices where peaks[place].unit == unit {
      peaks[place].dense?.value.value *= factor
      peaks[place].sparse?.value.value *= factor
      peaks[place].achieved?.value.value *= factor
    }
  }

  fileprivate mutating func scaleMemory(fromLast place: Int, _ change: (inout MemoryLevel) -> Void)
  {
    guard memory.count >= place else { return }
    change(&memory[memory.count - place])
  }

  /// Gives the rate of a format its energy; one that is not there comes with it, as fast as `rate`.
  fileprivate mutating func state(
    _ format: NumberFormat, _ unit: ExecutionUnit, energy: Double, rate: Double? = nil
  ) {
    let energy = Figure(JoulesPerFLOP(energy), .uncertain)
    guard let known = peak(format, unit: unit), let place = peaks.firstIndex(of: known) else {
      peaks.append(
        PeakRate(
          format, unit, dense: rate.map { Figure(FLOPPerSecond($0), .uncertain) },
          energyPerFLOP: energy))
      return
    }
    peaks[place].energyPerFLOP = energy
  }
}
