import Predictions
import Quantities
import Reports
import Testing

@Suite("Time breakdown chart") struct TimeBreakdownTests {
  private let bars: [TimeBreakdownChart.Bar] = [
    .init(
      "fast", [("matrix", .milliseconds(3)), ("memory", .milliseconds(1))],
      total: Estimate(
        .milliseconds(4), low: .milliseconds(3), high: .milliseconds(6), coverage: 0.9)),
    .init(
      "slow",
      [("memory", .milliseconds(4)), ("matrix", .milliseconds(5)), ("memory", .milliseconds(1))]),
  ]

  @Test("pieces are as long as their time, in the order given, in the colour of their group")
  func absolute() throws {
    let picture = try Picture(TimeBreakdownChart(title: "t", subtitle: "s", bars: bars).svg)
    let x = try picture.ruler("x", Seconds.self, isLogarithmic: false)
    let pieces = picture.all("rect", "piece")
    let ends = pieces.map { (x.value($0.place.x), x.value($0.place.x + $0.number("width"))) }
    let expected = [(0, 3), (3, 4), (0, 5), (5, 10)]
    #expect(ends.count == expected.count)
    for (end, milliseconds) in zip(ends, expected) {
      #expect(abs(end.0 - 1e-3 * Double(milliseconds.0)) < 1e-6)
      #expect(abs(end.1 - 1e-3 * Double(milliseconds.1)) < 1e-6)
    }
    let colors = pieces.map { $0.attributes["fill"] }
    #expect(picture.all("text", "legend").map(\.text).prefix(2) == ["matrix", "memory"])
    #expect(colors[0] == colors[3] && colors[1] == colors[2] && colors[0] != colors[1])
    #expect(pieces[2].lines == ["slow", "memory", "5.00 ms, 50 %"])
    #expect(picture.all("text", "total").map(\.text) == ["4.00 ms", "10.0 ms"])
  }

  @Test("the interval of the whole is a whisker") func whisker() throws {
    let picture = try Picture(TimeBreakdownChart(title: "t", subtitle: "s", bars: bars).svg)
    let x = try picture.ruler("x", Seconds.self, isLogarithmic: false)
    let whiskers = picture.all("line", "interval").filter { $0.classes.contains("bar") }
    #expect(whiskers.count == 1)
    #expect(abs(x.value(whiskers[0].number("x1")) - 0.003) < 1e-6)
    #expect(abs(x.value(whiskers[0].number("x2")) - 0.006) < 1e-6)
    #expect(picture.all("text", "legend").last?.text == "90 % interval of the whole")
  }

  @Test("normalised bars are of one length and write interval and total") func normalized() throws {
    let picture = try Picture(
      TimeBreakdownChart(title: "t", subtitle: "s", bars: bars, lengths: .normalized).svg)
    let x = try picture.ruler("x")
    let widths = picture.all("rect", "piece").map { $0.number("width") }
    #expect(abs(widths[0] + widths[1] - widths[2] - widths[3]) < 0.05)
    #expect(abs(x.value(picture.all("rect", "piece")[1].place.x) - 75) < 0.1)
    #expect(
      picture.all("text", "total").map(\.text) == ["4.00 ms (3.00 ms … 6.00 ms)", "10.0 ms"])
  }

  @Test("shares are written where they fit, and only there") func shares() throws {
    let picture = try Picture(Samples.breakdown(.normalized).svg)
    let shares = picture.all("text", "share")
    let pieces = picture.all("rect", "piece")
    #expect(!shares.isEmpty && shares.count < pieces.count)
    for share in shares {
      let box = share.boxes[0]
      #expect(
        pieces.contains { piece in
          piece.lines[2].hasSuffix(share.text)
            && Box(
              x: piece.place.x, y: piece.place.y, width: piece.number("width"),
              height: piece.number("height")
            ).contains(box)
        }, "\(share.text)")
    }
  }

  @Test("long names leave room for the bars") func longNames() throws {
    let picture = try Picture(Samples.hostileBreakdown(.absolute).svg)
    #expect(picture.all("rect", "piece").contains { $0.number("width") > 300 })
    #expect(picture.all("text", "row").contains { $0.hover.hasPrefix("<&\"'>") })
  }

  @Test("times that are none are left out and counted") func refused() throws {
    let picture = try Picture(
      TimeBreakdownChart(
        title: "t", subtitle: "s",
        bars: [.init("a", [("x", Seconds(.nan)), ("y", Seconds(-1)), ("z", Seconds(1))])]
      ).svg)
    #expect(picture.all("rect", "piece").count == 1)
    #expect(picture.all("text", "note").map(\.text) == ["pieces without a time, not drawn: 2"])
  }
}
