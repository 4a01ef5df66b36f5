import Quantities
import Reports
import Testing

@Suite("Roofline chart") struct RooflineTests {
  private typealias Operation = RooflineChart.Operation

  private func operation(
    _ name: String, _ group: String = "a", work: Double, traffic: Double, time: Double
  ) -> Operation {
    .init(
      name, group: group, work: FLOP(work), traffic: Bytes(traffic), time: Seconds(time),
      bound: "DRAM")
  }

  private func chart(_ operations: [Operation]) -> RooflineChart {
    RooflineChart(
      title: "t", subtitle: "s", peaks: Samples.peaks, bandwidths: Samples.bandwidths,
      operations: operations)
  }

  @Test("every operation lies where the axes say and is as large as its share of the time")
  func places() throws {
    var noise = Samples.Noise(1)
    let amounts = (0..<60).map { _ in
      (
        work: 1e6 * (1 + 1e4 * noise.next()), traffic: 1e5 * (1 + 100 * noise.next()),
        time: 1e-5 * (0.01 + noise.next())
      )
    }
    let picture = try Picture(
      chart(
        amounts.enumerated().map {
          operation("op \($0)", work: $1.work, traffic: $1.traffic, time: $1.time)
        }
      ).svg)
    let x = try picture.ruler("x", FLOPPerByte.self, isLogarithmic: true)
    let y = try picture.ruler("y", FLOPPerSecond.self, isLogarithmic: true)
    let circles = picture.all("circle", "operation")
    #expect(circles.count == amounts.count)
    let largest = circles.map { $0.number("r") }.max() ?? 0
    let longest = amounts.map(\.time).max() ?? 0
    for (index, amount) in amounts.enumerated() {
      let circle = try #require(circles.first { $0.lines[0] == "op \(index)" })
      // A pixel's hundredth is far below a thousandth of a value on these axes.
      #expect(abs(x.value(circle.center.x) / (amount.work / amount.traffic) - 1) < 1e-3)
      #expect(abs(y.value(circle.center.y) / (amount.work / amount.time) - 1) < 1e-3)
      let radius = circle.number("r")
      let area = radius * radius / (largest * largest)
      // What would be smaller than two pixels is drawn with two.
      #expect(radius == 2 || abs(area - amount.time / longest) < 0.005)
      #expect(radius >= 2 && area > amount.time / longest - 0.005)
    }
    #expect(circles.contains { $0.number("r") == 2 })
  }

  @Test("an operation says its name, kind, time, share, intensity, rate and bound") func hover()
    throws
  {
    let picture = try Picture(
      chart([
        operation("conv <1>", "convolution", work: 3e9, traffic: 1e8, time: 0.003),
        operation("copy", "movement", work: 0, traffic: 2e6, time: 0.001),
      ]).svg)
    #expect(
      picture.all("circle", "operation").map(\.lines) == [
        [
          "conv <1>", "convolution", "3.00 ms, 75 % of the time", "30.0 FLOP/B", "1.00 TFLOP/s",
          "bound by DRAM",
        ]
      ])
    #expect(
      picture.all("circle", "movement").map(\.lines) == [
        [
          "copy", "movement", "1.00 ms, 25 % of the time", "no arithmetic, 2.00 GB/s moved",
          "bound by DRAM",
        ]
      ])
  }

  @Test("pure movement stands left of every intensity, the longest lowest") func movement() throws {
    let picture = try Picture(
      chart([
        operation("short", work: 0, traffic: 1, time: 1),
        operation("long", work: 0, traffic: 1, time: 3),
        operation("work", work: 1e9, traffic: 1e9, time: 1),
      ]).svg)
    let moved = picture.all("circle", "movement")
    #expect(moved.map { $0.lines[0] } == ["long", "short"])
    #expect(moved[0].center.y > moved[1].center.y)
    let ticks = picture.all("text", "x-tick").map(\.place.x)
    #expect(moved.allSatisfy { circle in ticks.allSatisfy { circle.center.x < $0 } })
    #expect(picture.all("text", "note").first?.text.contains("2 operations without") == true)
    #expect(picture.all("text", "note").first?.text.contains("80 % of the time") == true)
  }

  @Test("roofs lie at their rates, ridge points where they meet") func roofs() throws {
    let picture = try Picture(Samples.roofsOnly.svg)
    let x = try picture.ruler("x", FLOPPerByte.self, isLogarithmic: true)
    let y = try picture.ruler("y", FLOPPerSecond.self, isLogarithmic: true)
    for (line, peak) in zip(picture.all("line", "peak"), [312e12, 262e12, 19.5e12]) {
      #expect(line.number("y1") == line.number("y2"))
      #expect(abs(y.value(line.number("y1")) / peak - 1) < 1e-3)
    }
    for (line, bandwidth) in zip(picture.all("line", "bandwidth"), [5.1e12, 2.039e12, 1.71e12]) {
      for end in ["1", "2"] {
        let roof = x.value(line.number("x" + end)) * bandwidth
        #expect(abs(y.value(line.number("y" + end)) / roof - 1) < 2e-3)
      }
    }
    #expect(
      picture.all("line", "peak").map { $0.attributes["stroke-dasharray"] != nil } == [
        false, true, false,
      ])
    // Level where the fastest memory of the same standing reaches the peak: 312 over 5.1, 262 over
    // 1.71, 19.5 over 5.1.
    for (line, ridge) in zip(picture.all("line", "peak"), [61.18, 153.2, 3.824]) {
      #expect(abs(x.value(line.number("x1")) / ridge - 1) < 1e-3)
    }
    // 312 TFLOP/s over 2.039 TB/s is 153.0 FLOP/B.
    let ridge = try #require(
      picture.all("circle", "ridge").first { $0.hover.contains("DRAM and fp16 matrix: 153 FLOP/B") }
    )
    #expect(abs(x.value(ridge.center.x) - 153.02) < 0.2)
    #expect(abs(y.value(ridge.center.y) / 312e12 - 1) < 1e-3)
    // Two peaks and two memories by data sheet, one of each achieved.
    #expect(picture.all("circle", "ridge").count == 5)
  }

  @Test("the order of the operations does not matter") func order() {
    let operations = (1...30).map { index in
      operation(
        "op \(index)", "kind \(index % 4)", work: Double(index) * 1e8, traffic: 1e7,
        time: 1e-5 * Double(index * index))
    }
    #expect(chart(operations).svg == chart(operations.reversed()).svg)
  }

  @Test("a key gives each kind its share; small kinds are joined") func legend() throws {
    let operations = (1...12).map { index in
      operation("op", "kind \(index)", work: 1e9, traffic: 1e8, time: Double(index))
    }
    let keys = try Picture(chart(operations).svg).all("text", "legend").map(\.text)
    // 12 of 78 is 15.4 %; kinds 1 … 5 are 15 of 78.
    #expect(keys[0] == "kind 12 15 %")
    #expect(keys[7] == "5 others 19 %")
  }

  @Test("what lacks a time or an amount is counted, not drawn") func leftOut() throws {
    let picture = try Picture(
      chart([
        operation("good", work: 1e9, traffic: 1e8, time: 1),
        operation("no time", work: 1e9, traffic: 1e8, time: 0),
        operation("no number", work: .nan, traffic: 1e8, time: 1),
        operation("negative", work: 1e9, traffic: -1, time: 1),
        operation("endless", work: 1e9, traffic: 1e8, time: .infinity),
        operation("no traffic", work: 1e9, traffic: 0, time: 1),
      ]).svg)
    #expect(picture.all("circle", "operation").map { $0.lines[0] } == ["good", "no traffic"])
    #expect(picture.all("text", "note").first?.text.contains("4 of 6 operations") == true)
    let right = picture.all("line", "peak").map { $0.number("x2") }.max()
    #expect(picture.all("circle", "operation")[1].center.x == right)
  }
}
