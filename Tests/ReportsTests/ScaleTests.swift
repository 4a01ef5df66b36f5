import Quantities
import Reports
import Testing

@Suite("Scales and axes") struct ScaleTests {
  private func ticks(
    _ low: Double, _ high: Double, isLogarithmic: Bool = false, atMost count: Int = 6
  ) -> [Double] {
    ScaleDomain.covering([low, high], isLogarithmic: isLogarithmic).ticks(atMost: count)
  }

  @Test("marks are round") func round() {
    #expect(ticks(0, 10) == [0, 2, 4, 6, 8, 10])
    #expect(ticks(0, 43, atMost: 5) == [0, 20, 40])
    #expect(ticks(-3, 3, atMost: 4) == [-2, 0, 2])
    #expect(ticks(1, 1000, isLogarithmic: true) == [1, 10, 100, 1000])
    #expect(ticks(0.9, 60, isLogarithmic: true) == [1, 2, 5, 10, 20, 50])
    #expect(ticks(3, 7, isLogarithmic: true) == [3, 4, 5, 6, 7])
    #expect(ticks(1e-9, 1e9, isLogarithmic: true, atMost: 7).map(Int.init(exactly:)).count == 7)
  }

  @Test("small marks lie between those with a number") func minor() {
    let domain = ScaleDomain.covering([1, 100], isLogarithmic: true)
    let minor = domain.minorTicks(between: [1, 10, 100])
    #expect(minor == [2, 3, 4, 5, 6, 7, 8, 9, 20, 30, 40, 50, 60, 70, 80, 90])
  }

  @Test("a value and its place lead to each other", arguments: [false, true])
  func inverse(isLogarithmic: Bool) {
    let domain = ScaleDomain.covering([0.02, 700], isLogarithmic: isLogarithmic)
    let scale = Scale(domain: domain, start: 500, end: 40)
    for value in [0.02, 0.5, 3, 41, 699] {
      #expect(abs(scale.value(at: scale.position(value)) / value - 1) < 1e-9)
    }
    #expect(abs(scale.position(0.02) - 500) < 1e-9 && abs(scale.position(700) - 40) < 1e-9)
  }

  @Test(
    "extreme, equal and missing values still give a domain with marks",
    arguments: [
      [], [0], [5], [-2, -2], [.nan, .infinity], [1e300, -1e300], [1e-300, 1e300],
      [.leastNonzeroMagnitude],
      [1e16, 1e16 + 2], [0, .leastNormalMagnitude / 64], [.greatestFiniteMagnitude],
      [1, 1 + 1e-15],
    ], [false, true])
  func extremes(values: [Double], isLogarithmic: Bool) {
    let domain = ScaleDomain.covering(values, isLogarithmic: isLogarithmic, padding: 0.05)
    #expect(domain.low.isFinite && domain.high.isFinite && domain.low < domain.high)
    let ticks = domain.ticks(atMost: 6)
    #expect(!ticks.isEmpty && ticks.count <= 6 && ticks.allSatisfy(\.isFinite))
    let scale = Scale(domain: domain, start: 0, end: 100)
    for value in values where ScaleDomain.holds(value, isLogarithmic: isLogarithmic) {
      #expect((-1...101).contains(scale.position(value)))
    }
  }

  /// A chart whose vertical axis spans the values.
  private func axis<Amount: Quantity>(
    _ kind: Amount.Type, _ low: Double, _ high: Double, _ spacing: ChartAxis.Spacing
  ) throws -> Picture {
    try Picture(
      LineChart(
        title: "t", subtitle: "s", x: .number("x"), y: .quantity("amount", kind, spacing),
        series: [.init("a", [(0, ChartValue(low)), (1, ChartValue(high))])], includesZero: false
      ).svg)
  }

  @Test("an axis has the unit in which Quantities would write its values") func units() throws {
    #expect(
      try axis(Seconds.self, 0, 0.02, .linear).all("text", "y-title")[0].text == "amount (ms)")
    #expect(try axis(Bytes.self, 0, 8e9, .linear).all("text", "y-title")[0].text == "amount (GB)")
    #expect(
      try axis(FLOPPerSecond.self, 1e11, 1e14, .logarithmic).all("text", "y-title")[0].text
        == "amount (TFLOP/s)")
    // Nine decades fit no single unit.
    let wide = try axis(Joules.self, 1e-9, 1, .logarithmic)
    #expect(wide.all("text", "y-title")[0].text == "amount")
    #expect(wide.all("text", "y-tick").map(\.text).contains("10 mJ"))
  }

  @Test(
    "what an axis writes is read back as the value of its place",
    arguments: [1e-9, 1e-4, 0.03, 1, 700, 4e4], [ChartAxis.Spacing.linear, .logarithmic])
  func readBack(size: Double, spacing: ChartAxis.Spacing) throws {
    for ratio in [1.00002, 1.02, 1.5, 8, 90, 4000, 1e7] {
      let picture = try axis(Seconds.self, size, ratio * size, spacing)
      let ruler = try picture.ruler("y", Seconds.self, isLogarithmic: spacing == .logarithmic)
      #expect(ruler.marks.count >= 2)
      let texts = picture.all("text", "y-tick").map(\.text)
      #expect(Set(texts).count == texts.count, "\(texts)")
      for mark in ruler.marks {
        // Between the first and the last number, every other one is where the spacing puts it.
        #expect(abs(ruler.pixel(mark.value) - mark.pixel) < 0.05, "\(texts)")
      }
    }
  }
}
