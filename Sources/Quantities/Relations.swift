// Products and quotients of different kinds that mean something. What is not here does not.

@inlinable public func / (work: FLOP, rate: FLOPPerSecond) -> Seconds {
  Seconds(work.value / rate.value)
}
@inlinable public func / (work: FLOP, time: Seconds) -> FLOPPerSecond {
  FLOPPerSecond(work.value / time.value)
}
@inlinable public func * (rate: FLOPPerSecond, time: Seconds) -> FLOP {
  FLOP(rate.value * time.value)
}
@inlinable public func / (data: Bytes, rate: BytesPerSecond) -> Seconds {
  Seconds(data.value / rate.value)
}
@inlinable public func / (data: Bytes, time: Seconds) -> BytesPerSecond {
  BytesPerSecond(data.value / time.value)
}
@inlinable public func * (rate: BytesPerSecond, time: Seconds) -> Bytes {
  Bytes(rate.value * time.value)
}
@inlinable public func / (energy: Joules, time: Seconds) -> Watts {
  Watts(energy.value / time.value)
}
@inlinable public func / (energy: Joules, power: Watts) -> Seconds {
  Seconds(energy.value / power.value)
}
@inlinable public func * (power: Watts, time: Seconds) -> Joules {
  Joules(power.value * time.value)
}
/// The energy–delay product.
@inlinable public func * (energy: Joules, delay: Seconds) -> JouleSeconds {
  JouleSeconds(energy.value * delay.value)
}
/// Arithmetic intensity.
@inlinable public func / (work: FLOP, data: Bytes) -> FLOPPerByte {
  FLOPPerByte(work.value / data.value)
}
/// Ridge point of a roofline.
@inlinable public func / (peak: FLOPPerSecond, bandwidth: BytesPerSecond) -> FLOPPerByte {
  FLOPPerByte(peak.value / bandwidth.value)
}
@inlinable public func * (intensity: FLOPPerByte, bandwidth: BytesPerSecond) -> FLOPPerSecond {
  FLOPPerSecond(intensity.value * bandwidth.value)
}
@inlinable public func * (work: FLOP, cost: JoulesPerFLOP) -> Joules {
  Joules(work.value * cost.value)
}
@inlinable public func * (data: Bytes, cost: JoulesPerByte) -> Joules {
  Joules(data.value * cost.value)
}
/// A number of cycles.
@inlinable public func * (time: Seconds, clock: Hertz) -> Double { time.value * clock.value }
