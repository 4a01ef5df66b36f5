import Devices
import Foundation

/// What a device's events cost and between which powers it runs, resolved once.
///
/// ```
/// E = P_idle·T + a·(P_limit − P_idle)·T + e_flop·FLOP + e_byte·bytes
/// ```
/// A kernel whose own energies would need more than the limit takes longer instead.
public struct PowerProfile: Sendable {
  /// W with nothing to do; 0 where nothing is known of the device's power.
  let idle: Double
  /// W beside it while anything runs.
  let active: Double
  /// W that the board may draw; infinite where nothing is known.
  private(set) var limit: Double
  /// J for one FLOP of a product, and of what is done element by element.
  let matrixFLOP: Double
  let vectorFLOP: Double
  let mainMemoryByte: Double
  let cacheByte: Double
  /// On the energies of arithmetic and traffic, where joules were measured; 1 without.
  let dynamicFactor: Double
  /// What was taken from a table.
  let assumptions: [String]

  init(
    _ device: Device, product: NumberFormat, unit: ExecutionUnit, elementwise: NumberFormat,
    limit: Double? = nil, table: EnergyTable? = nil, calibration: EnergyCalibration? = nil
  ) {
    var assumptions: [String] = []
    let table = table ?? .standard(for: device.deviceClass)
    let design = device.power.thermalDesign?.value.value
    self.limit = limit ?? design ?? .infinity
    dynamicFactor = calibration?.dynamicFactor ?? 1
    if let calibration {
      idle = calibration.idleWatts
    } else if let own = device.power.idle?.value.value {
      idle = own
    } else if let design {
      idle = design * table.idleShare
      assumptions.append(
        "\(device.name) states no idle power; \(Int(100 * table.idleShare)) % of its limit is taken"
      )
    } else {
      idle = 0
    }
    if design == nil {
      assumptions.append(
        "\(device.name) states no power limit; energy is that of its arithmetic and traffic alone")
    }
    active = calibration?.activeWatts ?? max(0, (design ?? idle) - idle) * table.activeShare
    let process = device.processNanometres?.value
    let shrink = table.processFactor(process)
    let vector = table.vectorFLOP * shrink
    let matrix = table.matrixFLOP * shrink / table.processFactor(7)
    let peak = device.peak(product, unit: unit)
    matrixFLOP =
      peak?.energyPerFLOP?.value.value
      ?? (unit == .matrix ? matrix : vector) * table.formatFactor(product)
    vectorFLOP =
      device.peak(elementwise, unit: .vector)?.energyPerFLOP?.value.value
      ?? vector * (elementwise == .fp64 ? 2 : 1)
    let main = device.mainMemory
    mainMemoryByte =
      main?.energyPerByte?.value.value ?? table.mainMemoryByte(technology: main?.technology)
    cacheByte =
      device.memory.dropLast().last?.energyPerByte?.value.value
      ?? table.cacheByte * shrink / table.processFactor(7)
    self.assumptions = assumptions
  }

  /// The same events on a board that may draw what it likes.
  init(unlimited other: PowerProfile) {
    self = other
    limit = .infinity
  }

  /// W that arithmetic and traffic may take.
  var headroom: Double { max(limit - idle - active, 0.05 * limit) }
}
