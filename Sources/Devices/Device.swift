import Quantities

/// A processor with its memory, links and power: what a model of performance asks of hardware.
///
/// What is not known is nil. Every figure says how sure it is; `source` holds for all that name none
/// of their own.
public struct Device: Sendable, Hashable {
  public var name: String
  /// Other names by which it is found, such as the one that its driver reports.
  public var aliases: [String] = []
  public var vendor: String?
  public var deviceClass: DeviceClass
  /// The generation of its design, as the maker calls it: `Ampere`, `CDNA2`.
  public var architecture: String?
  public var releaseYear: Int?
  /// The node's name in nanometres; since about 2000 no length on the chip.
  public var processNanometres: Figure<Double>?
  public var computeUnits: ComputeUnits?
  public var clock: Clock?
  /// One for each format, unit and accumulator.
  public var peaks: [PeakRate] = []
  /// Innermost first; the last is the main memory.
  public var memory: [MemoryLevel] = []
  /// The time by which an empty kernel, one after the other in a queue, is slower than none.
  public var launchOverhead: Figure<Seconds>?
  public var links: [Link] = []
  public var power = Power()
  public var source: String?
  /// Of the figures that do not say their own.
  public var confidence: Confidence = .dataSheet
  public var notes: String = ""

  public init(name: String, deviceClass: DeviceClass) {
    self.name = name
    self.deviceClass = deviceClass
  }
}

/// What kind of thing a device is.
public enum DeviceClass: String, CaseIterable, Sendable {
  case gpu, npu, cpu
  /// The chip of a telephone, tablet or notebook, its parts sharing one memory.
  case mobile
  /// A computer on one board.
  case board
  case fpga, mcu
}

extension Device {
  /// The parts that a chip repeats.
  public struct ComputeUnits: Sendable, Hashable {
    /// `SM`, `CU`, `core`, …
    public var kind: String
    public var count: Figure<Int>

    public init(kind: String, count: Figure<Int>) {
      self.kind = kind
      self.count = count
    }
  }

  public struct Clock: Sendable, Hashable {
    /// Held under any load.
    public var base: Figure<Hertz>?
    /// Reached where power and heat allow; peak rates are usually stated at it.
    public var boost: Figure<Hertz>?

    public init(base: Figure<Hertz>? = nil, boost: Figure<Hertz>? = nil) {
      self.base = base
      self.boost = boost
    }
  }

  public struct Power: Sendable, Hashable {
    /// What cooling is designed for (TDP).
    public var thermalDesign: Figure<Watts>?
    /// Switched on with nothing to do.
    public var idle: Figure<Watts>?
    /// The limits between which its cap can be set.
    public var lowestLimit: Figure<Watts>?
    public var highestLimit: Figure<Watts>?

    public init() {}
  }
}
