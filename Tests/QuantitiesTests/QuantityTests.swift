import Quantities
import Testing

@Suite("Quantities") struct QuantityTests {
  @Test("work over rate is time, energy over time is power") func relations() {
    #expect(FLOP(6e12) / FLOPPerSecond.teraFLOPPerSecond(2) == Seconds(3))
    #expect(Joules(10) / Seconds(4) == Watts(2.5))
    #expect(Bytes.gigabytes(3) / BytesPerSecond.gigabytesPerSecond(1.5) == Seconds(2))
    #expect(FLOPPerSecond(100) / BytesPerSecond(20) == FLOPPerByte(5))
    #expect(Seconds(3) / Seconds(2) == 1.5)
    #expect(Seconds(2) * Hertz.gigahertz(1.5) == 3e9)
    #expect(Hertz.megahertz(4).period == .microseconds(0.25))
    #expect(FLOP(3e12) * JoulesPerFLOP(2e-12) == Joules(6))
    #expect(Bytes(4) * JoulesPerByte(0.5) == Joules(2))
    #expect(Joules(4) * Seconds(0.5) == JouleSeconds(2))
  }

  @Test("a MAC is two FLOP, a gibibyte is not a gigabyte") func constants() {
    #expect(FLOP.multiplyAccumulates(5) == FLOP(10))
    #expect(Bytes.gibibytes(1).value == 1_073_741_824)
    #expect(Bytes.gigabytes(1).value == 1e9)
  }

  @Test(
    "text has three digits in the unit that needs no zeros",
    arguments: [
      (Seconds(0.0123), "12.3 ms"), (Seconds(0), "0.00 s"), (Seconds(2), "2.00 s"),
      (Seconds(9.996e-4), "1.00 ms"), (Seconds(4.5e-7), "450 ns"),
    ]) func text(quantity: Seconds, expected: String)
  {
    #expect(quantity.description == expected)
  }

  @Test("short text has no zeros that say nothing, caches are counted in 1024s") func shortText() {
    #expect(BytesPerSecond(1e9).compactDescription == "1 GB/s")
    #expect(Hertz(1.395e9).compactDescription == "1.4 GHz")
    #expect(Watts(350).compactDescription == "350 W")
    #expect(Bytes(6_291_456).binaryDescription == "6 MiB")
    #expect(Hertz(1.755e9).text(significantDigits: 6) == "1.755 GHz")
    #expect(FLOPPerSecond(0).text(significantDigits: 6) == "0 FLOP/s")
    #expect(FLOPPerByte(1234.5).compactDescription == "1234 FLOP/B")
    #expect(Bytes(24.75 * 1_048_576).binaryDescription == "24.75 MiB")
    #expect(Bytes(512).binaryDescription == "512 B")
  }

  @Test(
    "text with and without a unit is read",
    arguments: [("5ms", 0.005), ("5 ms", 0.005), ("2", 2), ("1e-3s", 0.001), ("250us", 250e-6)])
  func reading(text: String, seconds: Double) throws {
    #expect(abs(try Seconds(parsing: text).value - seconds) < 1e-15)
  }

  @Test("an unknown unit is refused with those that are allowed") func unknownUnit() {
    #expect {
      try Seconds(parsing: "5 parsec")
    } throws: { error in
      "\(error)"
        == "'5 parsec' has the unit 'parsec'; allowed are ns, us, µs, ms, s, min, h, d."
    }
    #expect(throws: QuantityError.self) { try Seconds(parsing: "fast") }
    #expect(throws: QuantityError.self) { try Seconds(parsing: "nan") }
  }

  @Test("the nearest name is offered, a far one is not") func nearest() {
    #expect(nearestName(to: "pixle3", among: ["pixel2", "pixel3", "gold_6240"]) == "pixel3")
    #expect(nearestName(to: "toaster", among: ["pixel2", "gold_6240"]) == nil)
  }
}
