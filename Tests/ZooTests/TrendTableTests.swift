import Analytic
import Datasets
import Foundation
import Quantities
import Testing
import Zoo

@Suite("Tables of trends and of coverage") struct TrendTableTests {
  private func file(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "/trend-\(UUID().uuidString).csv"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("every figure of the devices is a column with its unit") func devices() throws {
    let table = try TrendTable(named: TrendTable.devicesName)
    #expect(table.header.contains("bandwidth") && table.header.contains("interconnect"))
    #expect(table.unit(of: "bandwidth") == "B/s" && table.unit(of: "tdp") == "W")
    #expect(table.unit(of: "efficiency") == "FLOP/J" && table.unit(of: "name") == nil)
    // One card alone, by its data sheet: 312 TFLOP/s over 400 W.
    for (column, value) in [("peak", 312e12), ("tdp", 400), ("efficiency", 312e12 / 400)] {
      let rows = try table.points(
        x: "year", y: column, where: [.init(column: "name", values: ["a100-sxm-40gb"])])
      #expect(rows.points == [.init(year: 2020.5, value: value)], "\(column)")
    }
  }

  @Test("rows without a date or a value are counted, conditions on one column are alternatives")
  func conditions() throws {
    let table = try TrendTable(
      csv: file("kind,day,size (W)\na,2001,1\nb,2002,2\nc,2003,4\na,,5\nb,2005,\n"))
    let some = try table.points(
      x: "day", y: "size (W)", where: [.init(column: "kind", values: ["A", "b"])])
    #expect(some.points == [.init(year: 2001.5, value: 1), .init(year: 2002.5, value: 2)])
    #expect(some.selected == 4 && some.empty == 2 && some.unit == "W")
    #expect(throws: ZooError.self) {
      try table.points(
        x: "day", y: "size (W)",
        where: [.init(column: "kind", values: ["a"]), .init(column: "day", values: ["2002"])])
    }
  }

  @Test("rows of a question are one point, rows without are a point each") func coverage() throws {
    let plain = try CoverageTable(
      file("model,trials,tokens,coverage\nm,1,10,0.5\nm,1,20,0.6\n"))
    #expect(plain.points.map { $0.rows.map(\.tokens) } == [[10], [20]])
    let questions = try CoverageTable(
      file("model,trials,tokens,coverage,question\nm,1,10,0,a\nm,2,10,1,a\nm,1,30,1,b\n"))
    #expect(questions.points.map(\.samples) == [1, 2])
    #expect(questions.points.map { $0.rows.map(\.tokens) } == [[10, 30], [10]])
    #expect(throws: DatasetError.self) {
      try CoverageTable(
        file("model,trials,tokens,coverage,question\nm,1,10,0,a\nm,1,30,1,a\n"))
    }
  }
}
