import Quantities

/// Time and energy of a network whose convolutions have groups: few channels in a group leave the
/// multipliers without reuse, and the board's static power runs on meanwhile.
///
/// ```
/// u(G) = min(1, G/G₀)                                     G: channels that one output adds up
/// t    = max(2M/(e · u(G) · F), bytes/(e_bw · W)) + t_launch
/// E    = P·t + e_flop·2M + e_byte·bytes
/// ```
/// A constant G and a constant number of groups can have the same MACs; they differ in how much of
/// the work is starved.
///
/// - Source: the terms follow N. K. Jha et al., *E2GC: Energy-efficient Group Convolution in Deep
///   Neural Networks*, VLSID 2020; the law of u is ours.
public struct GroupConvolutionEnergy: Sendable, Hashable {
  public var peakRate: FLOPPerSecond
  /// e: of the peak rate, where a group is wide enough.
  public var computeShare: Double
  /// G₀: channels of a group that fill the units.
  public var fullGroup: Double
  public var bandwidth: BytesPerSecond
  public var bandwidthShare: Double
  public var launch: Seconds
  public var staticPower: Watts
  public var perFLOP: JoulesPerFLOP
  public var perByte: JoulesPerByte

  public init(
    peakRate: FLOPPerSecond, computeShare: Double, fullGroup: Double, bandwidth: BytesPerSecond,
    bandwidthShare: Double, launch: Seconds, staticPower: Watts, perFLOP: JoulesPerFLOP,
    perByte: JoulesPerByte
  ) {
    self.peakRate = peakRate
    self.computeShare = computeShare
    self.fullGroup = fullGroup
    self.bandwidth = bandwidth
    self.bandwidthShare = bandwidthShare
    self.launch = launch
    self.staticPower = staticPower
    self.perFLOP = perFLOP
    self.perByte = perByte
  }

  /// u: the share of the units that a group of so many channels keeps busy.
  public func utilization(groupSize: Double) -> Double { min(1, groupSize / fullGroup) }

  public func time(of kernel: Kernel) -> Seconds {
    let products = FLOP.multiplyAccumulates(kernel.matrixMACs)
    let share = computeShare * utilization(groupSize: kernel.groupSize)
    let arithmetic = products.value > 0 ? products / (peakRate * share) : .zero
    return max(arithmetic, kernel.bytes / (bandwidth * bandwidthShare)) + launch
  }

  public func energy(of kernel: Kernel) -> Joules {
    staticPower * time(of: kernel) + FLOP.multiplyAccumulates(kernel.matrixMACs) * perFLOP
      + kernel.bytes * perByte
  }

  public func energy(of tally: KernelTally) -> Joules {
    zip(tally.kernels, tally.runs).reduce(.zero) { $0 + energy(of: $1.0) * $1.1 }
  }
}

extension Kernel {
  /// Channels that one output adds up: of a convolution those of its group.
  public var groupSize: Double { depth / window }
}
