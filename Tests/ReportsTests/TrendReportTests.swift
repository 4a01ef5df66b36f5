import Reports
import Testing

@Suite("Trend report") struct TrendReportTests {
  private static func report(unit: String?, high: Double?) -> TrendReport {
    let points = [(year: 2000.0, value: 1e9), (2001, 2e9), (2002, 4e9), (2002.5, 1e8)]
    return TrendReport(
      data: .init(
        table: "folder/chips.csv", x: "day", y: "rate (FLOP/s)", unit: unit, conditions: [],
        selected: 5, empty: 1, points: points),
      fits: [
        .init(
          name: "frontier", coverage: 0.9, points: Array(points.prefix(3)),
          growth: .init(2, low: 1.9, high: 2.1), twoYears: .init(4, low: 3.6, high: 4.4),
          doubling: .init(1, low: 0.9, high: high), determination: 1,
          forecasts: [(2003, .init(8e9, low: 7e9, high: 9e9))],
          curve: [
            (2000, .init(1e9, low: 9e8, high: 1.1e9)), (2003, .init(8e9, low: 7e9, high: 9e9)),
          ])
      ], warnings: ["far"])
  }

  @Test("values are written in their own units, and open ends as such") func text() {
    let text = Self.report(unit: "FLOP/s", high: nil).text
    for part in [
      "rate (FLOP/s) by day, folder/chips.csv\n", "4 of 5 rows; 1 without a date or a value",
      "8.00 GFLOP/s", "7.00 GFLOP/s – 9.00 GFLOP/s", "0.9 – …", "note: far",
    ] {
      #expect(text.contains(part), "\(part): \(text)")
    }
    #expect(
      Self.report(unit: nil, high: 2).text.hasPrefix("rate (FLOP/s) (unit not stated) by day"))
  }

  @Test("the picture has the fit with its band, its points and the other rows") func picture()
    throws
  {
    let picture = try Picture(Self.report(unit: "FLOP/s", high: 2).chart.svg)
    #expect(picture.all("path", "band").count == 1)
    #expect(picture.all("path", "line").count == 1)
    #expect(picture.all("circle", "dots").count == 4)
    #expect(picture.all("text", "label").map(\.text).sorted() == ["frontier", "other rows"])
  }

  @Test("what is not finite is left out of JSON and CSV") func infinite() throws {
    let report = TrendReport(
      data: .init(
        table: "t", x: "x", y: "y", unit: nil, conditions: [], selected: 3, empty: 0, points: []),
      fits: [
        .init(
          name: "f", coverage: 0.9, points: [], growth: .init(1, low: nil, high: .infinity),
          twoYears: .init(1, low: 1, high: 1), doubling: .init(.infinity, low: nil, high: nil),
          determination: 0, forecasts: [], curve: [])
      ], warnings: [])
    #expect(try !report.json().contains("inf"))
    #expect(!report.csv.contains("inf"))
    #expect(report.text.contains("never"))
  }
}
