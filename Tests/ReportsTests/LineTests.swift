import Predictions
import Quantities
import Reports
import Testing

@Suite("Line chart") struct LineTests {
  @Test("a curve goes through its values, in the order of the axis") func curve() throws {
    let points = [(4.0, 0.004), (1, 0.001), (2, 0.003)]
    let picture = try Picture(
      LineChart(
        title: "t", subtitle: "s", x: .number("batch", .logarithmic, marks: [1, 2, 4]),
        y: .quantity("latency", Seconds.self),
        series: [.init("a", points.map { ($0, ChartValue($1)) })]
      ).svg)
    let x = try picture.ruler("x", isLogarithmic: true)
    let y = try picture.ruler("y", Seconds.self, isLogarithmic: false)
    let line = try #require(picture.all("path", "line").first).corners
    #expect(line.count == 3)
    for (place, point) in zip(line, [(1.0, 0.001), (2, 0.003), (4, 0.004)]) {
      #expect(abs(x.value(place.x) / point.0 - 1) < 1e-3)
      #expect(abs(y.value(place.y) - point.1) < 1e-6)
    }
    #expect(picture.all("text", "x-tick").map(\.text) == ["1", "2", "4"])
    #expect(
      picture.all("circle", "point").map(\.lines)[1] == ["a", "batch: 2", "latency: 3.00 ms"])
  }

  @Test("a missing value is a gap, and counted") func gap() throws {
    let values = [1, 2, .nan, 4, 5, .infinity, 7]
    let picture = try Picture(
      LineChart(
        title: "t", subtitle: "s", x: .number("x"), y: .number("y"),
        series: [.init("a", values.enumerated().map { (Double($0), ChartValue($1)) })]
      ).svg)
    #expect(picture.all("path", "line").map(\.corners.count) == [2, 2, 1])
    #expect(picture.all("text", "note").map(\.text) == ["points without a value, not drawn: 2"])
  }

  @Test("a band encloses its line") func band() throws {
    let picture = try Picture(Samples.sweep.svg)
    let bands = picture.all("path", "band")
    let lines = picture.all("path", "line").map(\.corners)
    #expect(bands.count == 4 && lines.count == 4)
    for (band, line) in zip(bands.map(\.corners), lines) {
      let (upper, lower) = (band.prefix(line.count), band.suffix(line.count).reversed())
      for ((high, low), middle) in zip(zip(upper, lower), line) {
        #expect(high.x == middle.x && low.x == middle.x)
        #expect(high.y < middle.y && middle.y < low.y)
      }
    }
    #expect(
      picture.all("text", "legend").map(\.text) == ["predicted", "90 % interval", "measured"])
  }

  @Test("a prediction and its measurement share a colour, and one name at the end") func names()
    throws
  {
    let picture = try Picture(Samples.sweep.svg)
    #expect(picture.all("text", "label").map(\.text).sorted() == ["A100", "H100", "L4", "T4"])
    let line = try #require(picture.all("path", "line").first { $0.hover == "L4" })
    let dots = picture.all("circle", "dots").filter { $0.lines[0] == "L4" }
    #expect(dots.count == 7)
    #expect(dots.allSatisfy { $0.attributes["fill"] == line.attributes["stroke"] })
  }

  @Test("names move into the key where there are too many for the margin") func manyNames() throws {
    let picture = try Picture(Samples.manyLines.svg)
    #expect(picture.all("text", "label").isEmpty)
    #expect(picture.all("text", "legend").count == 40)
  }

  @Test("names in a column keep order and distance and move as little as possible") func column() {
    #expect(LabelColumn.spread([], spacing: 10, within: 0...100) == [])
    #expect(LabelColumn.spread([50, 20], spacing: 10, within: 0...100) == [50, 20])
    // Two at one place go half the distance each; three at the border go inwards.
    #expect(LabelColumn.spread([50, 50], spacing: 10, within: 0...100) == [45, 55])
    #expect(LabelColumn.spread([100, 99, 98], spacing: 10, within: 0...100) == [100, 90, 80])
    #expect(LabelColumn.spread([1, 2, 3], spacing: 60, within: 0...100) == nil)
  }
}
