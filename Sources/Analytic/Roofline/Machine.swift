import Devices
import Quantities

/// A device as one precision uses it: every rate and constant that a kernel's time needs, resolved
/// once.
///
/// What the device does not state is taken from its class, and said in `assumptions`.
public struct Machine: Sendable {
  public let device: Device
  public let precision: Precision
  public let efficiency: EfficiencyTable
  /// Of products, FLOP/s.
  private(set) var matrixRate: Double
  /// Whether matrix units take them.
  let usesMatrixUnits: Bool
  /// Of what is done element by element, FLOP/s.
  private(set) var vectorRate: Double
  /// Of depthwise windows, whose sums graphics processors keep in fp32.
  private(set) var windowRate: Double
  /// Of the main memory, B/s; infinite where nothing is known.
  let bandwidth: Double
  /// The share of the bandwidth that the kind of memory leaves.
  let memoryShare: Double
  /// The share of the bandwidth that reading rows of weights leaves on vector units.
  let weightRowShare: Double
  /// Over the rated clock, for products.
  let clockHeadroom: Double
  /// Of the last cache.
  private(set) var cacheBandwidth: Double
  let cacheCapacity: Double
  let units: Double
  /// Hz.
  private(set) var clock: Double
  let launchOverhead: Double
  let dispatch: Double
  /// One factor for each `CalibratedTerm`.
  private(set) var factors: [Double]
  private(set) var power: PowerProfile
  public let assumptions: [String]

  public var peakRate: FLOPPerSecond { FLOPPerSecond(matrixRate) }
  public var peakBandwidth: BytesPerSecond { BytesPerSecond(bandwidth) }
}

/// Why a device cannot run what is asked of it.
public enum MachineError: Error, Equatable, Sendable, CustomStringConvertible {
  case noRate(device: String, precision: String, known: [String])

  public var description: String {
    switch self {
    case .noRate(let device, let precision, let known):
      known.isEmpty
        ? "\(device) states no rate of arithmetic; fit it to measurements with 'perfmodel device fit'."
        : "\(device) has no rate for \(precision), and none of a wider type; it has "
          + known.joined(separator: ", ") + "."
    }
  }
}

extension Machine {
  /// - Parameter calibration: what measurements say of the device; its class alone without.
  /// - Throws: `MachineError` where the device has no rate for the precision nor for a wider one.
  public init(
    _ device: Device, precision: Precision, efficiency: EfficiencyTable? = nil,
    calibration: DeviceCalibration? = nil
  ) throws(MachineError) {
    self.device = device
    self.precision = precision
    let table = efficiency ?? .standard(for: device)
    self.efficiency = table
    var assumptions: [String] = []
    let product = try Self.rate(device, precision.arithmetic, precision, &assumptions)
    matrixRate = product.rate
    usesMatrixUnits = product.unit == .matrix
    if let own = Self.vectorRate(device, precision.elementwise) {
      vectorRate = own
    } else {
      vectorRate = matrixRate * table.vectorRatio
      assumptions.append(
        "\(device.name) states no vector rate; \(table.vectorRatio) of its matrix rate is taken")
    }
    let single =
      device.deviceClass == .gpu ? device.peak(.fp32, unit: .vector)?.dense?.value.value : nil
    windowRate = min(vectorRate, single ?? vectorRate)
    if let stated = device.bandwidth?.value.value {
      bandwidth = stated
    } else {
      bandwidth = .infinity
      assumptions.append(
        "\(device.name) states no bandwidth of its main memory; traffic is taken as free")
    }
    let technology = device.mainMemory?.technology ?? ""
    let isGraphicsMemory = technology.hasPrefix("GDDR")
    memoryShare = isGraphicsMemory && technology.contains("ECC") ? table.inlineECCShare : 1
    weightRowShare =
      usesMatrixUnits ? 1 : device.architecture.flatMap { table.weightRowShares[$0] } ?? 1
    clockHeadroom = isGraphicsMemory ? table.clockHeadroom : 1
    let cache = device.memory.dropLast().last
    cacheCapacity = cache.flatMap { device.totalCapacity(of: $0) }?.value ?? 0
    cacheBandwidth =
      cache.flatMap { device.totalBandwidth(of: $0) }?.value
      ?? bandwidth * table.cacheBandwidthRatio
    units = Double(device.computeUnits?.count.value ?? 1)
    clock = device.clock?.boost?.value.value ?? device.clock?.base?.value.value ?? table.clock
    launchOverhead = device.launchOverhead?.value.value ?? table.launchOverhead
    dispatch = table.dispatch
    factors =
      calibration?.factors ?? [Double](repeating: 1, count: CalibratedTerm.allCases.count)
    power = PowerProfile(
      device, product: product.format, unit: product.unit, elementwise: precision.elementwise,
      calibration: calibration?.energy)
    self.assumptions = assumptions
  }

  /// The same machine under other factors.
  init(_ other: Machine, factors: [Double]) {
    self = other
    self.factors = factors
  }

  /// The same machine without a limit of its power, its core clock at a share of the full one: rates of
  /// arithmetic and of the last cache go with the clock, the main memory and launches do not.
  init(_ other: Machine, unlimitedAtClock share: Double) {
    self = other
    matrixRate *= share
    vectorRate *= share
    windowRate *= share
    cacheBandwidth *= share
    clock *= share
    power = PowerProfile(unlimited: other.power)
  }

  // MARK: - Rates

  /// The fastest of the format and all wider ones: narrow operands can be widened, never the other way
  /// round.
  private static func rate(
    _ device: Device, _ format: NumberFormat, _ precision: Precision,
    _ assumptions: inout [String]
  ) throws(MachineError) -> (rate: Double, unit: ExecutionUnit, format: NumberFormat) {
    var best: (rate: Double, unit: ExecutionUnit, format: NumberFormat)?
    for candidate in format.selfAndWider {
      guard let peak = device.peak(candidate), let dense = peak.dense?.value.value else { continue }
      if best.map({ dense > $0.rate }) ?? true { best = (dense, peak.unit, candidate) }
    }
    guard let best else {
      throw .noRate(
        device: device.name, precision: precision.rawValue,
        known: device.peaks.map { $0.type.rawValue }.reduce(into: []) {
          if !$0.contains($1) { $0.append($1) }
        })
    }
    if best.format != format {
      assumptions.append(
        "\(device.name) multiplies \(format.rawValue) as \(best.format.rawValue), its fastest rate "
          + "that holds it")
    }
    return best
  }

  private static func vectorRate(_ device: Device, _ format: NumberFormat) -> Double? {
    format.selfAndWider.compactMap {
      device.peak($0, unit: .vector)?.dense?.value.value
    }.max()
  }
}

extension NumberFormat {
  /// The formats in which its products can be taken without loss, itself first.
  var selfAndWider: [NumberFormat] {
    switch self {
    case .fp64: [.fp64]
    case .fp32: [.fp32, .fp64]
    case .tf32: [.tf32, .fp32]
    case .fp16: [.fp16, .tf32, .fp32]
    case .bf16: [.bf16, .tf32, .fp32]
    case .fp8: [.fp8, .fp16, .bf16, .tf32, .fp32]
    case .fp4: [.fp4, .fp8, .fp16, .bf16, .tf32, .fp32]
    case .int8: [.int8, .fp16, .bf16, .tf32, .fp32]
    case .int4: [.int4, .int8, .fp16, .bf16, .tf32, .fp32]
    }
  }
}
