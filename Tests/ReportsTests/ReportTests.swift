import Predictions
import Quantities
import Reports
import Testing

@Suite("Tables, CSV and JSON") struct ReportTests {
  @Test("a table aligns words left and numbers right, without blanks at line ends") func table() {
    var table = TextTable([.init("part", .left), .init("FLOP"), .init("note", .left)])
    table.append(["conv1", "1.5 G", ""])
    table.append(["fc", "12 G", "last"])
    #expect(
      table.text == """
        part    FLOP  note
        ─────  ─────  ────
        conv1  1.5 G
        fc      12 G  last
        """)
  }

  @Test("fields of CSV are quoted where they must be") func csv() {
    #expect(
      CSVReport.text(header: ["a", "b"], rows: [["x,y", "say \"z\""], ["1", "two\nlines"]])
        == "a,b\n\"x,y\",\"say \"\"z\"\"\"\n1,\"two\nlines\"")
  }

  @Test("an estimate is written with its interval in the SI unit") func estimate() throws {
    let estimate = Estimate(
      Seconds.milliseconds(500), low: .milliseconds(250), high: .milliseconds(750), coverage: 0.5)
    #expect(
      try JSONReport.text(EstimateReport(estimate)) == """
        {
          "coverage" : 0.5,
          "high" : 0.75,
          "low" : 0.25,
          "value" : 0.5
        }
        """)
    #expect(throws: EncodingError.self) { try JSONReport.text([Double.nan]) }
  }
}
