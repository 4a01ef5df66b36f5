import Foundation
import Predictions
import Quantities
import Reports
import Testing

@Suite("Curves over power limits") struct PowerCurveTests {
  private func point(_ limit: Double?, _ time: Double, _ power: Double, isMet: Bool = true)
    -> PowerPoint
  {
    func estimate<Amount: Quantity>(_ value: Double, _ kind: Amount.Type) -> Estimate<Amount> {
      Estimate(Amount(value), low: Amount(value / 2), high: Amount(2 * value), coverage: 0.9)
    }
    return PowerPoint(
      limit: limit.map { Watts($0) }, clockShare: 0.5, clock: .gigahertz(0.75),
      time: estimate(time, Seconds.self), power: estimate(power, Watts.self),
      energy: estimate(time * power, Joules.self), isMet: isMet)
  }

  private func curve(_ run: String = "job") -> PowerCurve {
    PowerCurve(
      run: run, device: "board",
      points: [point(50, 4, 60, isMet: false), point(100, 3, 100), point(200, 2, 200)],
      reference: point(200, 2, 200),
      optima: [
        PowerOptimum(
          objective: "energy", point: point(100, 3, 100), lockedClock: point(nil, 3.5, 90))
      ],
      traits: PowerTraits(
        fullClockTime: Seconds(2), neededPower: Watts(220), clockShare: 0.6, busyShare: 0.9),
      measurements: [PowerMeasurement(limit: Watts(200), time: Seconds(2.1), power: Watts(199))],
      method: "by hand", assumptions: ["one thing"])
  }

  @Test("text has limits, intervals, the best of them, and what is not met") func text() {
    let lines = PowerCurveReport([curve()]).text.split(separator: "\n").map(String.init)
    #expect(lines[0] == "job on board: by hand")
    #expect(
      lines.contains(
        "100 W  750 MHz  3.00 s  1.50 s – 6.00 s   100 W  50.0 W – 200 W   300 J  150 J – 600 J"))
    #expect(lines.contains { $0.hasPrefix("200 W") && $0.hasSuffix("2.10 s  199 W") })
    // Three halves of the time, three quarters of the energy.
    #expect(lines.contains { $0.hasPrefix("energy") && $0.contains("+50.0 %, -25.0 %") })
    #expect(lines.contains("Not met while busy, not even at the lowest clock: 50 W."))
    #expect(lines.last == "assumed: one thing")
  }

  @Test("what two curves assume alike stands once") func assumptions() {
    let text = PowerCurveReport([curve("a"), curve("b")]).text
    #expect(text.components(separatedBy: "assumed: one thing").count == 2)
    #expect(text.contains("a on board") && text.contains("b on board"))
  }

  @Test("one curve is drawn as time, power and energy, several as their energies") func chart() {
    let one = PowerCurveReport([curve()]).chart.svg
    for name in ["time", "power", "energy"] { #expect(one.contains(">\(name)<")) }
    #expect(one.contains("least energy under 100 W, at 750 MHz"))
    let two = PowerCurveReport([curve("first"), curve("second")]).chart.svg
    #expect(two.contains(">first<") && two.contains(">second<") && !two.contains(">power<"))
  }
}
