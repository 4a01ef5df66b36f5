import Foundation
import Testing

/// Doubles every year, with a gap, another kind of row, and a comma in a name.
private let chips = """
  name,kind,date,rate (FLOP/s),power
  a,gpu,2010-07-02,1e9,100
  b,gpu,2011-07-02,2e9,110
  "c, d",gpu,2012-07-01,4e9,
  e,gpu,2013-07-02,8e9,120
  f,gpu,2014-07-02,,130
  g,cpu,2012,1e6,10

  """

/// Made up: a large model in one sample, a small one in several.
private let table = """
  model,trials,tokens,coverage
  qwen3-0.6b,1,12000,0.2
  qwen3-0.6b,32,12000,0.4
  qwen3-14b,1,9000,0.8
  qwen3-4b,4,10000,0.75

  """

private func object(_ text: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
}

@Suite("perfmodel scaling trend") struct TrendCommandTests {
  @Test("a table's pace, its doubling time and a forecast that is told to be one") func text()
    throws
  {
    let program = try Program()
    try program.write("chips.csv", chips)
    let result = try program.run(
      "scaling", "trend", "chips.csv", "--x", "date", "--y", "rate (FLOP/s)", "--where", "kind=GPU",
      "--at", "2015-07-02", "--svg", "trend.svg")
    #expect(result.code == 0, "\(result.errors)")
    for part in [
      "rate (FLOP/s) by date, chips.csv, where kind=GPU\n",
      "4 of 5 rows; 1 without a date or a value\n", "all rows by least squares  4  2010.5 – 2013.5",
      "1 years", "2015.5", "note: 2015.5 lies 2.0 years outside the data",
    ] {
      #expect(result.output.contains(part), "\(part): \(result.output)")
    }
    #expect(program.read("trend.svg")?.hasPrefix("<svg ") == true)
    #expect(result.errors == "drawn: trend.svg\n")
  }

  @Test("JSON and CSV carry what was read, the fit and its intervals") func formats() throws {
    let program = try Program()
    try program.write("chips.csv", chips)
    let start = [
      "scaling", "trend", "chips.csv", "--x", "date", "--y", "rate (FLOP/s)", "--where",
      "kind=gpu", "--at", "2015-07-02",
    ]
    for method in [[], ["--robust"]] {
      let json = try object(try program.run(start + method + ["--format", "json"]).output)
      #expect(json["unit"] as? String == "FLOP/s")
      #expect(json["rows_selected"] as? Int == 5 && json["rows_empty"] as? Int == 1)
      #expect((json["warnings"] as? [String])?.count == 1)
      let fit = try #require((json["fits"] as? [[String: Any]])?.first)
      func value(_ key: String) -> Double {
        (fit[key] as? [String: Any])?["value"] as? Double ?? .nan
      }
      #expect(abs(value("growth_per_year") - 2) < 0.01)
      #expect(abs(value("growth_per_two_years") - 4) < 0.04)
      #expect(abs(value("doubling_time_years") - 1) < 0.01)
      let forecast = try #require((fit["forecasts"] as? [[String: Any]])?.first)
      let in2015 = (forecast["value"] as? [String: Any])?["value"] as? Double ?? .nan
      #expect(abs(in2015 / 32e9 - 1) < 0.02)
    }
    let csv = try program.run(start + ["--format", "csv"])
    let lines = csv.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(csv.errors.hasPrefix("note: 2015.5 lies"))
    #expect(lines.count == 3 && lines.allSatisfy { $0.count == lines[0].count })
    #expect(lines[0].first == "fit" && lines[0].last == "unit" && lines[2].last == "FLOP/s")
  }

  @Test("the project's devices need no file") func devices() throws {
    let result = try Program().run(
      "scaling", "trend", "devices", "--y", "bandwidth", "--where", "class=gpu", "--where",
      "vendor=NVIDIA,AMD", "--frontier", "--at", "2030")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("bandwidth (B/s) by year, devices"))
    #expect(result.output.contains("frontier by least squares"))
    #expect(result.output.contains("TB/s"))
  }

  @Test("what shrinks halves") func halving() throws {
    let program = try Program()
    try program.write("size.csv", "year,size (nm)\n2000,8\n2001,4\n2002,2\n2003,1\n")
    let result = try program.run("scaling", "trend", "size.csv", "--x", "year", "--y", "size (nm)")
    #expect(result.output.contains("halves in 1 years"), "\(result.output)")
  }

  @Test("a missing unit is asked for, and taken") func unit() throws {
    let program = try Program()
    try program.write("chips.csv", chips)
    let start = ["scaling", "trend", "chips.csv", "--x", "date", "--y", "power"]
    let without = try program.run(start)
    #expect(without.output.contains("note: the unit of 'power' is not in its name"))
    let stated = try program.run(start + ["--unit", "W"])
    #expect(stated.output.hasPrefix("power (W) by date"))
    #expect(!stated.output.contains("note:"))
  }

  @Test(
    "what cannot be is one line and exit code 2",
    arguments: [
      (["chips.csv", "--y", "power"], "name the column of dates: --x"),
      (["chips.csv", "--x", "date"], "Missing expected argument '--y"),
      (
        ["chips.csv", "--x", "dat", "--y", "power"], "Did you mean 'date'? It has name, kind, date"
      ),
      (["devices", "--y", "bandwith"], "Did you mean 'bandwidth'?"),
      (["nothing.csv", "--x", "date", "--y", "power"], "there is no such file"),
      (["chips.csv", "--x", "date", "--y", "name"], "chips.csv:2: column 'name' is 'a'"),
      (["chips.csv", "--x", "name", "--y", "power"], "'a'; write a date as"),
      (["chips.csv", "--x", "date", "--y", "power", "--where", "kind"], "write column=value"),
      (["chips.csv", "--x", "date", "--y", "power", "--where", "kin=gpu"], "Did you mean 'kind'?"),
      (
        ["chips.csv", "--x", "date", "--y", "power", "--where", "kind=gpus"],
        "no row has 'gpus' in 'kind'. Did you mean 'gpu'? It has cpu, gpu."
      ),
      (
        ["chips.csv", "--x", "date", "--y", "power", "--where", "kind=cpu", "--where", "name=a"],
        "no row meets all conditions"
      ),
      (
        ["chips.csv", "--x", "date", "--y", "power", "--where", "kind=cpu"],
        "a trend of 1 point has no interval"
      ),
      (["zero.csv", "--x", "year", "--y", "v"], "zero.csv:4: column 'v' is '0'; an exponential"),
      (["minus.csv", "--x", "year", "--y", "v"], "minus.csv:3: column 'v' is '-2'"),
      (["one.csv", "--x", "year", "--y", "v"], "all 3 points are of one date"),
      (["date.csv", "--x", "year", "--y", "v"], "date.csv:3: column 'year' is '2016-13'"),
      (["empty.csv", "--x", "year", "--y", "v"], "it is empty"),
      (["chips.csv", "--x", "date", "--y", "power", "--at", "soon"], "--at has 'soon'"),
      (["chips.csv", "--x", "date", "--y", "power", "--at", "2030,"], "--at has ''"),
      (["chips.csv", "--x", "date", "--y", "power", "--coverage", "90"], "--coverage is 90"),
      (["chips.csv", "--x", "date", "--y", "power", "--coverage", "nan"], "--coverage is nan"),
      (["chips.csv", "--x", "date", "--y", "power", "--top", "0"], "--top is 0"),
      (
        ["chips.csv", "--x", "date", "--y", "power", "--top", "2", "--frontier"],
        "--frontier is --top 1"
      ),
    ])
  func errors(arguments: [String], message: String) throws {
    let program = try Program()
    try program.write("chips.csv", chips)
    try program.write("zero.csv", "year,v\n2001,1\n2002,2\n2003,0\n")
    try program.write("minus.csv", "year,v\n2001,1\n2002,-2\n2003,4\n")
    try program.write("one.csv", "year,v\n2001,1\n2001,2\n2001,4\n")
    try program.write("date.csv", "year,v\n2001,1\n2016-13,2\n2003,4\n")
    try program.write("empty.csv", "")
    let result = try program.run(["scaling", "trend"] + arguments)
    #expect(result.code == 2, "\(arguments): \(result.output)")
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }
}

@Suite("perfmodel scaling test-time") struct TestTimeCommandTests {
  @Test("every attention, length and number of samples is a row") func costs() throws {
    let program = try Program()
    let start = [
      "scaling", "test-time", "qwen3-8b", "--intensity", "562.5", "--samples", "1,8", "--tokens",
      "1000,2000", "--prompt", "100", "--attention", "dense,block-topk", "--kv-budget", "320",
      "--local-window", "64", "--block", "16",
    ]
    let text = try program.run(start)
    #expect(text.code == 0, "\(text.errors)")
    #expect(text.output.contains("562 FLOP/B: eFLOP = FLOP + bytes × that"))
    #expect(text.output.contains("assumed: one byte costs as much as 562.5 FLOP"))
    let json = try object(try program.run(start + ["--format", "json"]).output)
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 8)
    // By hand, dense, N = 8, c = 100, g = 2000: 100·2000 + 8·2000·2001/2 positions are read, each of
    // 36 layers · 8 heads · 256 elements · 2 bytes.
    let row = try #require(
      rows.first {
        $0["attention"] as? String == "dense" && $0["samples"] as? Int == 8
          && $0["generated_tokens"] as? Double == 2000
      })
    let read = 100.0 * 2000 + 8 * 2000 * 2001 / 2
    let bytes = read * 36 * 8 * 256 * 2
    let traffic = row["traffic_bytes"] as? Double ?? 0
    #expect(abs(traffic / bytes - 1) < 1e-12)
    let attended = 8.0 * (100 * 2000 + 2000 * 2001 / 2)
    let products = attended * 36 * 32 * 256 * 2
    let attention = row["attention_flop"] as? Double ?? 0
    #expect(abs(attention / products - 1) < 1e-12)
    #expect(row["time_s"] == nil && row["coverage"] == nil)
    #expect(rows.filter { ($0["search_flop"] as? Double ?? 0) > 0 }.count == 4)
    let csv = try program.run(start + ["--format", "csv"]).output.split(separator: "\n")
    #expect(csv.count == 9)
  }

  @Test("a table of coverage gives the frontier, the best choice and a picture") func frontier()
    throws
  {
    let program = try Program()
    try program.write("coverage.csv", table)
    let start = [
      "scaling", "test-time", "--coverage", "coverage.csv", "--device", "B200-SXM", "--budget",
      "100PFLOP",
    ]
    let result = try program.run(start + ["--svg", "frontier.svg"])
    #expect(result.code == 0, "\(result.errors)")
    #expect(program.read("frontier.svg")?.hasPrefix("<svg ") == true)
    #expect(result.output.contains("within 100 PFLOP\n  by arithmetic and traffic: qwen3-14b × 1"))
    let json = try object(try program.run(start + ["--format", "json"]).output)
    let rows = try #require(json["rows"] as? [[String: Any]])
    let front = rows.filter { $0["on_frontier"] as? Bool == true }.compactMap {
      $0["model"] as? String
    }
    // One sample of the 14B model costs less than four of the 4B model, or 32 of the smallest.
    #expect(front.last == "qwen3-14b" && !front.contains("qwen3-4b"))
    let best = try #require((json["choice"] as? [String: Any])?["by_equivalent"] as? [String: Any])
    #expect(best["model"] as? String == "qwen3-14b")
    #expect((best["time_s"] as? Double ?? 0) > 0)
    let none = try program.run(Array(start.dropLast()) + ["1FLOP"])
    #expect(none.output.contains("nothing costs so little"))
  }

  @Test("questions are averaged: the cost of a mean length is not the mean cost") func questions()
    throws
  {
    let program = try Program()
    try program.write(
      "coverage.csv",
      "model,trials,tokens,coverage,question,prompt\nqwen3-8b,2,1000,0,a,50\nqwen3-8b,2,3000,1,b,70\n"
    )
    let json = try object(
      try program.run(
        "scaling", "test-time", "--coverage", "coverage.csv", "--intensity", "100", "--format",
        "json"
      ).output)
    let rows = try #require(json["rows"] as? [[String: Any]])
    #expect(rows.count == 1)
    #expect(rows[0]["coverage"] as? Double == 0.5 && rows[0]["generated_tokens"] as? Double == 2000)
    // Half of c·g + 2·g·(g + 1)/2 of each question.
    let first = 50.0 * 1000 + 1000 * 1001
    let second = 70.0 * 3000 + 3000 * 3001
    let bytes = (first + second) / 2 * 36 * 8 * 256 * 2
    let traffic = rows[0]["traffic_bytes"] as? Double ?? 0
    #expect(abs(traffic / bytes - 1) < 1e-12)
  }

  @Test(
    "what cannot be is one line and exit code 2",
    arguments: [
      (["qwen3-8b"], "either --device"),
      (["qwen3-8b", "--device", "T4", "--intensity", "3"], "either --device"),
      (["--device", "T4"], "either a language model"),
      (["qwen3-8b", "--coverage", "good.csv", "--device", "T4"], "either a language model"),
      (["qwen3-8c", "--device", "T4"], "Did you mean 'qwen3-8b'"),
      (["resnet50", "--device", "T4"], "'resnet50' is no language model"),
      (["deepseek-v3", "--device", "T4"], "without plain grouped-query attention"),
      (["qwen3-8b", "--device", "B201-SXM"], "Did you mean"),
      (["qwen3-8b", "--device", "T4", "--precision", "fp4"], "no dense peak rate of fp4"),
      (["qwen3-8b", "--intensity", "0"], "--intensity is 0"),
      (["qwen3-8b", "--intensity", "3", "--samples", "0"], "--samples has 0"),
      (["qwen3-8b", "--intensity", "3", "--tokens", "1,1"], "names '1' twice"),
      (["qwen3-8b", "--intensity", "3", "--prompt", "-1"], "prompt"),
      (["qwen3-8b", "--intensity", "3", "--attention", "sparse"], "allowed are dense, topk"),
      (
        ["qwen3-8b", "--intensity", "3", "--attention", "block-topk", "--kv-budget", "100"],
        "no whole number of blocks of 16"
      ),
      (["qwen3-8b", "--intensity", "3", "--kv-budget", "0"], "--kv-budget is 0"),
      (["qwen3-8b", "--intensity", "3", "--budget", "1PFLOP"], "bring a table with --coverage"),
      (["--coverage", "good.csv", "--intensity", "3", "--tokens", "8"], "leave the options out"),
      (["--coverage", "good.csv", "--intensity", "3", "--budget", "0"], "it is above 0"),
      (
        ["--coverage", "good.csv", "--intensity", "3", "--attention", "dense,local"],
        "one kind of attention"
      ),
      (["--coverage", "none.csv", "--intensity", "3"], "there is no such file"),
      (
        ["--coverage", "share.csv", "--intensity", "3"], "share.csv:2: column 'coverage' is '80.0'"
      ),
      (["--coverage", "trials.csv", "--intensity", "3"], "trials.csv:2: column 'trials' is '1.5'"),
      (["--coverage", "column.csv", "--intensity", "3"], "no column 'coverage'"),
      (["--coverage", "other.csv", "--intensity", "3"], "a column 'extra'"),
      (["--coverage", "empty.csv", "--intensity", "3"], "it has no row"),
    ])
  func errors(arguments: [String], message: String) throws {
    let program = try Program()
    try program.write("good.csv", table)
    try program.write("share.csv", "model,trials,tokens,coverage\nqwen3-8b,1,100,80\n")
    try program.write("trials.csv", "model,trials,tokens,coverage\nqwen3-8b,1.5,100,0.8\n")
    try program.write("column.csv", "model,trials,tokens\nqwen3-8b,1,100\n")
    try program.write("other.csv", "model,trials,tokens,coverage,extra\nqwen3-8b,1,100,1,1\n")
    try program.write("empty.csv", "model,trials,tokens,coverage\n")
    let result = try program.run(["scaling", "test-time"] + arguments)
    #expect(result.code == 2, "\(arguments): \(result.output)")
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test("help teaches with examples", arguments: ["trend", "test-time"])
  func help(command: String) throws {
    let help = try Program().run("scaling", command, "--help")
    #expect(help.code == 0)
    #expect(help.output.contains("  perfmodel scaling \(command) "))
  }
}
