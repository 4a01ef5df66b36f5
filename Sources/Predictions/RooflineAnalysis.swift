import Quantities

/// Where the operations of a run stand under the roofs of its device.
///
/// ```
/// least time T₀ = max(Σ FLOP / peak, bytes / bandwidth of each memory)
/// share of the roof = T₀ / T
/// ```
public struct RooflineAnalysis: Sendable {
  /// A rate of arithmetic that cannot be exceeded.
  public struct Peak: Sendable, Hashable {
    /// `fp16 matrix`
    public let name: String
    public let rate: FLOPPerSecond
    /// Whether the run uses it; others stand beside it for comparison.
    public let isUsed: Bool

    public init(name: String, rate: FLOPPerSecond, isUsed: Bool) {
      self.name = name
      self.rate = rate
      self.isUsed = isUsed
    }
  }

  /// A memory, with what the run moves to and from it.
  public struct Level: Sendable, Hashable {
    /// `DRAM`, `L2`
    public let name: String
    /// nil where nothing is known.
    public let bandwidth: BytesPerSecond?
    /// Whether the bandwidth is of the device's class and not its own.
    public let isAssumed: Bool
    public let traffic: Bytes

    public init(name: String, bandwidth: BytesPerSecond?, isAssumed: Bool, traffic: Bytes) {
      self.name = name
      self.bandwidth = bandwidth
      self.isAssumed = isAssumed
      self.traffic = traffic
    }
  }

  public struct Operation: Sendable {
    /// Its bytes are those of the main memory.
    public let cost: OperationCost
    /// All bytes that it reads and writes, whether the cache holds them or not.
    public let cacheTraffic: Bytes
    /// Under the roofs.
    public let leastTime: Seconds
    /// nil for what does not multiply.
    public let reuse: Reuse?

    public init(cost: OperationCost, cacheTraffic: Bytes, leastTime: Seconds, reuse: Reuse?) {
      self.cost = cost
      self.cacheTraffic = cacheTraffic
      self.leastTime = leastTime
      self.reuse = reuse
    }

    /// FLOP in each second of its time.
    public var rate: FLOPPerSecond { cost.flop / cost.latency }
    /// What the roofs allow at its intensity; nil where it does no arithmetic.
    public var attainableRate: FLOPPerSecond? {
      cost.flop > .zero && leastTime > .zero ? cost.flop / leastTime : nil
    }
    /// 1 at the roof, whether of arithmetic or of a memory.
    public var roofShare: Double { cost.latency > .zero ? leastTime / cost.latency : 0 }
  }

  /// How often what is loaded is used: products for each element.
  public struct Reuse: Sendable, Hashable {
    public let arithmeticIntensity: Double
    /// Activations and weights counted by `activationWeight`.
    public let weightedIntensity: Double
    /// nil where nothing is learned, as in attention.
    public let weightReuse: Double?
    public let activationReuse: Double

    public init(
      arithmeticIntensity: Double, weightedIntensity: Double, weightReuse: Double?,
      activationReuse: Double
    ) {
      self.arithmeticIntensity = arithmeticIntensity
      self.weightedIntensity = weightedIntensity
      self.weightReuse = weightReuse
      self.activationReuse = activationReuse
    }
  }

  /// The one of products first.
  public let peaks: [Peak]
  /// The main memory first, then the last cache, where there is one.
  public let levels: [Level]
  /// In the order of the run; waiting for the host last.
  public let operations: [Operation]
  /// Of the sums over all layers.
  public let reuse: Reuse
  /// The mean over the layers that multiply.
  public let meanArithmeticIntensity: Double
  /// α of the weighted intensity.
  public let activationWeight: Double

  public init(
    peaks: [Peak], levels: [Level], operations: [Operation], reuse: Reuse,
    meanArithmeticIntensity: Double, activationWeight: Double
  ) {
    self.peaks = peaks
    self.levels = levels
    self.operations = operations
    self.reuse = reuse
    self.meanArithmeticIntensity = meanArithmeticIntensity
    self.activationWeight = activationWeight
  }

  public var flop: FLOP { operations.reduce(.zero) { $0 + $1.cost.flop } }
  public var time: Seconds { operations.reduce(.zero) { $0 + $1.cost.latency } }
  public var leastTime: Seconds { operations.reduce(.zero) { $0 + $1.leastTime } }

  /// Below this intensity the memory limits, above it the arithmetic.
  public func ridgePoint(_ peak: Peak, _ level: Level) -> FLOPPerByte? {
    level.bandwidth.map { peak.rate / $0 }
  }
}
