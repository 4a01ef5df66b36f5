import Devices

/// Energies of single events where a device does not state its own: by process and by memory.
///
/// Figures are of the order of published ones and from memory; each is at the maker's usual clock and
/// includes the registers and caches of the unit.
public struct EnergyTable: Sendable, Hashable {
  /// J for one FLOP of a vector unit in fp32 at 16 nm.
  /// - Source: boards whose power limits their fp32 products, Tesla P4 and T4 (NeuSight's
  ///   measurements): 18 pJ of the whole board's power, 8.3 of what is left beside idle and active.
  public var vectorFLOP = 8.3e-12
  /// J for one FLOP of a matrix unit in fp16 at 7 nm.
  /// - Source: an A100 SXM at its 400 W holds 260 of its 312 TFLOP/s (aiconfigurator's measurements).
  public var matrixFLOP = 0.62e-12
  /// J for one byte of a last cache, at 7 nm.
  public var cacheByte = 8e-12
  /// Part of the power between idle and the limit that any running kernel takes: clocks, schedulers,
  /// leakage of a warm chip.
  /// - Source: training of ResNet-50 in fp32 takes 220 W of a V100's 250 and 231 W of a Quadro RTX
  ///   6000's 260 (Zeus's traces); denoising on an H100 near its 700 W (ML.ENERGY's).
  public var activeShare = 0.5
  /// Idle power over the limit, where a device does not state it.
  public var idleShare = 0.12

  public static let standard = EnergyTable()

  /// The table of a class: boards of graphics processors keep their clocks up while anything runs,
  /// smaller devices gate what has nothing to do.
  public static func standard(for deviceClass: DeviceClass) -> EnergyTable {
    var table = standard
    if deviceClass != .gpu { table.activeShare = 0.25 }
    return table
  }

  /// J for one byte of a main memory, with its interface on both sides.
  public func mainMemoryByte(technology: String?) -> Double {
    guard let technology = technology?.uppercased() else { return 60e-12 }
    for (name, energy) in Self.technologies where technology.hasPrefix(name) { return energy }
    return 60e-12
  }

  /// By the beginning of their names, longer ones first.
  private static let technologies: [(String, Double)] = [
    ("HBM3", 32e-12), ("HBM2", 44e-12), ("HBM", 56e-12), ("GDDR7", 56e-12), ("GDDR6X", 64e-12),
    ("GDDR6", 64e-12), ("GDDR5X", 80e-12), ("GDDR5", 100e-12), ("LPDDR5", 36e-12),
    ("LPDDR4", 44e-12), ("LPDDR", 60e-12), ("DDR5", 110e-12), ("DDR4", 150e-12),
    ("DDR", 200e-12), ("SRAM", 2e-12),
  ]

  /// The factor of a format on the energy of a product, over that of the unit's own format.
  func formatFactor(_ format: NumberFormat) -> Double {
    switch format {
    case .fp64: 3.2
    case .fp32: 1
    case .tf32: 1.5
    case .fp16, .bf16: 1
    case .fp8: 0.62
    case .int8: 0.55
    case .fp4, .int4: 0.35
    }
  }

  /// Energy of an operation at a process over that at 16 nm: between the points along a line.
  func processFactor(_ nanometres: Double?) -> Double {
    guard let nanometres, nanometres > 0 else { return Self.processes[2].energy }
    guard var below = Self.processes.first, nanometres > below.nanometres else {
      return Self.processes[0].energy
    }
    for point in Self.processes {
      if nanometres <= point.nanometres {
        let share = (nanometres - below.nanometres) / max(point.nanometres - below.nanometres, 1e-9)
        return below.energy + share * (point.energy - below.energy)
      }
      below = point
    }
    return below.energy * nanometres / below.nanometres
  }

  /// - Source: 7 nm and 5 nm as the sustained rates of A100 and H100 ask for; the others from memory,
  ///   older nodes in proportion to their length.
  private static let processes: [(nanometres: Double, energy: Double)] = [
    (3, 0.36), (5, 0.45), (7, 0.65), (8, 0.72), (12, 1), (16, 1), (28, 2.2), (45, 4.5),
  ]
}
