import Quantities

/// A group of cores with a last cache of their own and a share of the main memory.
///
/// ```
/// T = max(FLOP/(e·F), bytes/W_cache, misses(C)/W_memory, misses(C)/line · latency/(cores·outstanding))
/// ```
/// with `bytes` all that passes between the first-level caches and the last one, and `misses(C)` what
/// that does not hold. Nothing overlaps imperfectly, so that it is a bound from below.
public struct CacheRoofline: Sendable, Hashable {
  public var name: String
  public var cores: Double
  public var clock: Hertz
  /// In one cycle of one core.
  public var flopPerCycle: Double
  public var cacheCapacity: Bytes
  public var cacheBandwidth: BytesPerSecond
  public var memoryBandwidth: BytesPerSecond
  public var memoryLatency: Seconds
  public var lineSize: Bytes
  /// Lines that one core waits for at once.
  public var outstanding: Double

  public init(
    _ name: String, cores: Double, clock: Hertz, flopPerCycle: Double, cacheCapacity: Bytes,
    cacheBandwidth: BytesPerSecond, memoryBandwidth: BytesPerSecond,
    memoryLatency: Seconds = .zero, lineSize: Bytes = Bytes(256), outstanding: Double = 16
  ) {
    self.name = name
    self.cores = cores
    self.clock = clock
    self.flopPerCycle = flopPerCycle
    self.cacheCapacity = cacheCapacity
    self.cacheBandwidth = cacheBandwidth
    self.memoryBandwidth = memoryBandwidth
    self.memoryLatency = memoryLatency
    self.lineSize = lineSize
    self.outstanding = outstanding
  }

  public var peakRate: FLOPPerSecond { FLOPPerSecond(cores * clock.value * flopPerCycle) }

  /// One round of a loop that goes on for long.
  public func time(of nest: LoopNest) -> Seconds {
    let misses = nest.profile(cacheCapacity).misses(capacity: cacheCapacity)
    let waiting =
      memoryLatency * (misses / lineSize) / (cores * outstanding)
    return max(
      leastTime(of: nest), nest.profile(cacheCapacity).total / cacheBandwidth,
      misses / memoryBandwidth, waiting)
  }

  /// The same if data moved at no cost: the arithmetic alone.
  public func leastTime(of nest: LoopNest) -> Seconds { nest.flop / (peakRate * nest.efficiency) }

  /// What passes between the cores and the last cache in a second.
  public func bandwidth(of nest: LoopNest) -> BytesPerSecond {
    nest.profile(cacheCapacity).total / time(of: nest)
  }
}

/// A loop by its arithmetic and the distances at which it uses its data again.
public struct LoopNest: Sendable {
  public let name: String
  /// Of one round.
  public let flop: FLOP
  /// Of the peak rate, where all data are at hand.
  public let efficiency: Double
  /// What passes the first-level caches in one round; a blocked loop chooses its blocks for the cache.
  public let profile: @Sendable (_ cache: Bytes) -> ReuseProfile

  public init(
    _ name: String, flop: FLOP, efficiency: Double,
    profile: @escaping @Sendable (_ cache: Bytes) -> ReuseProfile
  ) {
    self.name = name
    self.flop = flop
    self.efficiency = efficiency
    self.profile = profile
  }
}
