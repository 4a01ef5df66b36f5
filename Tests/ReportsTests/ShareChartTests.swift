import Reports
import Testing

@Suite("Share chart") struct ShareChartTests {
  @Test("bars are as long as their share of the column") func lengths() throws {
    let picture = try Picture(
      ShareChart(
        title: "t", subtitle: "s", series: ["parameters", "FLOP"],
        rows: [.init("a", [30, 1]), .init("b", [10, 3])]
      ).svg)
    let x = try picture.ruler("x")
    let bars = picture.all("rect", "bar")
    let shares = bars.map { x.value($0.place.x + $0.number("width")) }
    for (share, expected) in zip(shares, [75.0, 25, 25, 75]) {
      #expect(abs(share - expected) < 0.05)
    }
    #expect(bars.map(\.lines)[3] == ["b", "FLOP: 75 %"])
  }

  @Test("of many parts the small ones are joined") func joined() throws {
    let rows = (0..<20).map { ShareChart.Row("part \($0)", [$0 < 5 ? 0.001 : 1]) }
    let picture = try Picture(
      ShareChart(title: "t", subtitle: "s", series: ["FLOP"], rows: rows).svg)
    let names = picture.all("text", "row").filter {
      $0.classes.last == "row" && $0.attributes["text-anchor"] == "end"
    }.map(\.text)
    #expect(names.count == 16 && names.last == "5 small parts")
  }

  @Test("amounts that are none count as nothing") func refused() throws {
    let picture = try Picture(
      ShareChart(
        title: "t", subtitle: "s", series: ["FLOP"],
        rows: [.init("a", [.nan]), .init("b", [-1]), .init("c", [2]), .init("d", [.infinity])]
      ).svg)
    #expect(picture.all("rect", "bar").map(\.lines) == [["c", "FLOP: 100 %"]])
  }
}
