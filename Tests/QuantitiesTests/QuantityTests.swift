import Quantities
import Testing

@Suite("Quantities") struct QuantityTests {
  @Test("work over rate is time, energy over time is power") func relations() {
    #expect(FLOP(6e12) / FLOPPerSecond.teraFLOPPerSecond(2) == Seconds(3))
    #expect(Joules(10) / Seconds(4) == Watts(2.5))
    #expect(Bytes.gigabytes(3) / BytesPerSecond.gigabytesPerSecond(1.5) == Seconds(2))
    #expect(FLOPPerSecond(100) / BytesPerSecond(20) == FLOPPerByte(5))
    #expect(Seconds(3) / Seconds(2) == 1.5)
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
        == "'5 parsec' has the unit 'parsec'; allowed are ns, us, µs, ms, s, min, h."
    }
    #expect(throws: QuantityError.self) { try Seconds(parsing: "fast") }
    #expect(throws: QuantityError.self) { try Seconds(parsing: "nan") }
  }

  @Test("the nearest name is offered, a far one is not") func nearest() {
    #expect(nearestName(to: "pixle3", among: ["pixel2", "pixel3", "gold_6240"]) == "pixel3")
    #expect(nearestName(to: "toaster", among: ["pixel2", "gold_6240"]) == nil)
  }
}
