import Foundation
import Testing

@Suite("perfmodel zoo") struct ZooCommandTests {
  @Test("list has every publication, filtered by state, room and relevance") func list() throws {
    let program = try Program()
    let all = try program.run("zoo", "list")
    #expect(all.code == 0)
    let lines = all.output.split(separator: "\n")
    #expect(lines.count == 121)
    #expect(
      lines[0].split(separator: " ") == ["no.", "id", "state", "relevance", "rooms"])
    #expect(lines.contains { $0.hasPrefix(" 92  tresnet ") && $0.contains("  modelled ") })
    #expect(all.errors.hasPrefix("119 publications, "))
    let some = try program.run(
      "zoo", "list", "--modelled", "--room", "analytic", "--relevance", "Core", "--format", "csv")
    let rows = some.output.split(separator: "\n")
    #expect(rows[0] == "number,id,state,relevance,kind,rooms,title")
    #expect(rows.count > 5 && rows.dropFirst().allSatisfy { $0.contains(",core,") })
    #expect(!some.output.contains("not modelled"))
  }

  @Test("a study whose tables are not there says so in the list") func needsData() throws {
    let result = try Program().run("zoo", "list", "--format", "json", "--data", "nowhere")
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    #expect(rows.count == 119)
    let row = try #require(rows.first { $0["number"] as? Int == 32 })
    #expect(row["state"] as? String == "needs data")
    #expect(row["rooms"] as? [String] == ["Analytic/Roofline"])
  }

  @Test("show has the setting, the calibration and each figure beside what was reported")
  func show() throws {
    let program = try Program()
    let result = try program.run("zoo", "show", "LowFormer")
    #expect(result.code == 0, "\(result.errors)")
    for text in [
      "49 lowformer\n", "\nsetting     LowFormer on pictures", "\ncalibrated  two shares",
      "B0, MACs ", "reported", "±1 %", "README of altair199797/LowFormer",
    ] {
      #expect(result.output.contains(text), "\(text)")
    }
    let head = result.output.split(separator: "\n").prefix(6)
    #expect(head.allSatisfy { $0.count <= 100 })
    #expect(try program.run("zoo", "show", "49").output == result.output)
    let other = try program.run("zoo", "show", "1")
    #expect(other.code == 0 && other.output.hasPrefix("1 ptq-qat-quantization\n"))
    let absent = try program.run("zoo", "show", "32", "--data", "nowhere")
    #expect(absent.code == 0)
    #expect(absent.output.contains("needs data: nowhere/timm/benchmark-infer-amp-nchw"))
  }

  @Test("run prints the checks and a summary, and exits 0 where nothing has broken")
  func run() throws {
    let result = try Program().run("zoo", "run", "cascaded-vit", "92")
    #expect(result.code == 0, "\(result.errors)")
    let lines = result.output.split(separator: "\n")
    #expect(
      lines[0].split(separator: " ") == [
        "study", "what", "reported", "predicted", "unit", "tolerance", "verdict",
      ])
    #expect(lines.contains { $0.hasPrefix("70 cascaded-vit  M, MACs ") && $0.hasSuffix("within") })
    #expect(
      lines.last?.wholeMatch(of: /2 studies, \d+ checks: \d+ within, \d+ outside\./) != nil)
  }

  @Test("JSON is stable: every key, and nothing where nothing is known") func json() throws {
    let program = try Program()
    let list = try program.run("zoo", "list", "--format", "csv").output
    // Until every publication is modelled, one that is not.
    let open = list.split(separator: "\n").first { $0.contains(",not modelled yet,") }
      .map { String($0.prefix { $0 != "," }) }
    let result = try program.run(
      ["zoo", "run", "44", "32"] + [open].compactMap { $0 }
        + ["--format", "json", "--data", "nowhere"])
    #expect(result.code == 0)
    let document = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let studies = try #require(document["studies"] as? [[String: Any]])
    let states = ["modelled", "needs data"] + (open == nil ? [] : ["not modelled yet"])
    #expect(studies.map { $0["state"] as? String } == states)
    #expect(
      Set(studies[0].keys) == [
        "number", "id", "title", "kind", "relevance", "rooms", "state", "setting", "model",
        "calibrated", "notes", "checks",
      ])
    #expect((studies[1]["missing"] as? String)?.hasPrefix("nowhere/timm/") == true)
    let checks = try #require(studies[0]["checks"] as? [[String: Any]])
    let best = try #require(checks.first { $0["what"] as? String == "MobileNet-V1, best gain" })
    #expect(
      Set(best.keys) == [
        "what", "reported", "predicted", "unit", "tolerance", "verdict", "recorded", "confidence",
        "source",
      ])
    #expect(best["reported"] as? Double == 10.8)
    #expect(checks.contains { $0["explanation"] != nil })
    let summary = try #require(document["summary"] as? [String: Any])
    #expect(summary["studies"] as? Int == 1)
    #expect(summary["need_data"] as? Int == 1)
    #expect(summary["not_modelled"] as? Int == (open == nil ? 0 : 1))
    #expect(summary["broken"] as? Int == 0)
    #expect(summary["checks"] as? Int == checks.count)
    #expect(result.errors.contains("data-type-aware-reuse: needs data: nowhere/timm/"))
  }

  @Test("CSV has a header and a line for each check") func csv() throws {
    let result = try Program().run("zoo", "run", "78", "--format", "csv")
    let lines = result.output.split(separator: "\n")
    #expect(
      lines[0]
        == "number,id,what,reported,predicted,unit,tolerance,verdict,recorded,confidence,source")
    #expect(lines.count == 10 && lines.dropFirst().allSatisfy { $0.hasPrefix("78,larc-3d-cache,") })
  }

  @Test(
    "what is not there is one line and exit code 2",
    arguments: [
      (["show", "lowfromer"], "there is no study 'lowfromer'. Did you mean 'lowformer'?"),
      (["run", "tresnet", "500"], "there is no study '500'."),
      (["list", "--room", "Analytic/Enery"], "Did you mean 'Analytic/Energy'?"),
      (["list", "--relevance", "much"], "Allowed: core, peripheral, supporting"),
      (["show"], "Missing expected argument '<id>'"),
      (["run", "--format", "xml"], "'xml' is invalid for '--format <format>'"),
    ])
  func errors(arguments: [String], message: String) throws {
    let result = try Program().run(["zoo"] + arguments)
    #expect(result.code == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  @Test("help teaches with examples", arguments: [[], ["list"], ["show"], ["run"]])
  func help(command: [String]) throws {
    let help = try Program().run(["zoo"] + command + ["--help"])
    #expect(help.code == 0)
    #expect(help.output.contains((["  perfmodel zoo"] + command).joined(separator: " ")))
  }
}
