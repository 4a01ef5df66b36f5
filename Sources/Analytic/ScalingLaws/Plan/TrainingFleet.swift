import Devices
import Quantities

/// Devices that train together, as a plan sees them: a rate, a power and a price.
///
/// ```
/// T = C / (n · peak · MFU)      E = n · P · T      money = n · T · price
/// ```
public struct TrainingFleet: Sendable {
  public let device: String
  public let count: Int
  /// Of one device, dense, in the type that is trained in.
  public let peak: FLOPPerSecond
  /// Model FLOP utilisation: the share of the peak that the model's own FLOP take.
  public let utilization: Double
  /// Of one device in training; nil where nothing is known of its power.
  public let power: Watts?
  /// Of one device for an hour, in any currency.
  public let hourlyPrice: Double?

  public init(
    device: String, count: Int, peak: FLOPPerSecond, utilization: Double, power: Watts? = nil,
    hourlyPrice: Double? = nil
  ) {
    self.device = device
    self.count = count
    self.peak = peak
    self.utilization = utilization
    self.power = power
    self.hourlyPrice = hourlyPrice
  }

  public var rate: FLOPPerSecond { FLOPPerSecond(Double(count) * utilization * peak.value) }

  public func time(_ flop: Double) -> Seconds { FLOP(flop) / rate }

  public func energy(_ flop: Double) -> Joules? {
    power.map { Joules(Double(count) * $0.value * time(flop).value) }
  }

  public func money(_ flop: Double) -> Double? {
    hourlyPrice.map { Double(count) * time(flop).value / 3600 * $0 }
  }

  /// FLOP that a budget buys.
  public func flop(in time: Seconds) -> Double { (rate * time).value }

  public func flop(for energy: Joules) -> Double? {
    power.map { flop(in: Seconds(energy.value / (Double(count) * $0.value))) }
  }

  public func flop(forMoney money: Double) -> Double? {
    hourlyPrice.map { flop(in: Seconds(money / (Double(count) * $0) * 3600)) }
  }
}

extension RooflineModel {
  /// The rate and power of this device where it runs a training step, as part of a fleet.
  ///
  /// What devices say to each other, and what a step waits for them, is not in it.
  ///
  /// - Throws: `MachineError`.
  public func fleet(
    training program: KernelProgram, count: Int, hourlyPrice: Double? = nil
  ) throws -> TrainingFleet {
    let peak = try machine(program.precision).peakRate
    let prediction = try predict(program)
    let flop = prediction.breakdown.reduce(FLOP.zero) { $0 + $1.flop }
    let latency = prediction.latency.value
    return TrainingFleet(
      device: device.name, count: count, peak: peak,
      utilization: min(1, flop / latency / peak),
      power: prediction.energy.map { $0.value / latency }, hourlyPrice: hourlyPrice)
  }
}
