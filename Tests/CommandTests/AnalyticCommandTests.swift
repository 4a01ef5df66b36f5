import Foundation
import Testing

@Suite("perfmodel roofline, rank, sweep and what-if") struct AnalyticCommandTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  // MARK: - roofline

  @Test("roofline has roofs, memories, reuse and operations, and draws each of them")
  func roofline() throws {
    let program = try Program()
    let arguments = ["roofline", "resnet50", "--device", "RTX-3090", "--precision", "fp16"]
    let table = try program.run(arguments + ["--batch", "8", "--top", "3", "--svg", "r.svg"])
    #expect(table.code == 0, "\(table.errors)")
    for part in [
      "resnet50, batch 8 on RTX-3090\n", "fp16 matrix", "71.0 TFLOP/s", "75.9 FLOP/B",
      "ridge point L2", "936 GB/s", "use of a weight", "of the roof",
    ] {
      #expect(table.output.contains(part), "\(part)")
    }
    let picture = try #require(program.read("r.svg"))
    // Every step is a mark that says its name.
    let json = try object(program.run(arguments + ["--batch", "8", "--format", "json"]).output)
    let operations = try #require(json["operations"] as? [[String: Any]])
    for operation in operations where (operation["flop"] as? Double ?? 0) > 0 {
      #expect(picture.contains("\(operation["operation"] ?? "?")"))
    }
    let csv = try program.run(arguments + ["--batch", "8", "--format", "csv"])
    #expect(csv.output.split(separator: "\n").count == operations.count + 1)
    let shares = operations.compactMap { $0["roof_share"] as? Double }
    #expect(shares.count == operations.count && shares.allSatisfy { $0 >= 0 && $0 <= 1.000001 })
  }

  // MARK: - rank

  @Test("rank orders pairs of workloads and devices, and lists the rest with its reason")
  func rank() throws {
    let program = try Program()
    let result = try program.run(
      "rank", "resnet18", "resnet50", "llama-2-7b", "--device", "T4,Raspberry-Pi-4B-8GB",
      "--precision", "fp16", "--limit", "latency=50ms", "--limit", "energy=10J", "--format", "json")
    #expect(result.code == 0, "\(result.errors)")
    let json = try object(result.output)
    let ranking = try #require(json["ranking"] as? [[String: Any]])
    #expect(ranking.map { $0["rank"] as? Int } == Array(1...ranking.count))
    let latencies = ranking.compactMap { ($0["latency_s"] as? [String: Any])?["value"] as? Double }
    #expect(latencies.count == ranking.count && latencies == latencies.sorted())
    #expect(ranking.first?["workload"] as? String == "resnet18")
    for row in ranking {
      let within = try #require(row["within_limit_probability"] as? [String: Double])
      #expect(Set(within.keys) == ["latency", "energy"] && (within["latency"] ?? 0) >= 0.5)
      let place = try #require(row["place_probability"] as? Double)
      #expect(place > 0 && place <= 1)
    }
    let left = try #require(json["unranked"] as? [[String: Any]])
    #expect(ranking.count + left.count == 6)
    #expect(
      left.contains {
        $0["workload"] as? String == "llama-2-7b"
          && ($0["reason"] as? String)?.contains("too little") == true
      })
    #expect(
      left.contains {
        ($0["reason"] as? String)?.contains("is beyond latency=50.0 ms") == true
      })
  }

  @Test("rank marks and draws the Pareto front of accuracy") func front() throws {
    let program = try Program()
    try program.write(
      "acc.csv",
      "model,top1\nresnet18.a,70\nresnet50.a,80\nresnet50.b,60\nresnet34,75\nresnet101,79\n")
    let arguments = [
      "rank", "resnet18", "resnet34", "resnet50", "resnet101", "--device", "T4", "--precision",
      "fp16", "--batch", "8", "--accuracy", "acc.csv",
    ]
    let csv = try program.run(arguments + ["--svg", "p.svg", "--format", "csv"])
    #expect(csv.code == 0, "\(csv.errors)")
    let lines = csv.output.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let front = try #require(lines[0].firstIndex(of: "pareto_front"))
    // resnet101 is slower than resnet50 and, here, worse.
    for line in lines.dropFirst() {
      #expect(line[front] == (line[1] == "resnet101" ? "false" : "true"), "\(line)")
    }
    #expect(program.read("p.svg")?.contains("on the Pareto front (3)") == true)
    try program.write("other.csv", "model,top1\nvgg16,70\n")
    let none = try program.run("rank", "resnet18", "--device", "T4", "--accuracy", "other.csv")
    #expect(none.code == 2 && none.errors.contains("names none of the ranked workloads"))
  }

  @Test("rank by energy, memory and edp, from a list, the worst first") func metrics() throws {
    let program = try Program()
    try program.write("l.csv", "workload,batch,settings\nresnet18,1,\nresnet18,4,image=128\n")
    for (metric, key) in [
      ("energy", "energy_j"), ("memory", "peak_memory_bytes"), ("edp", "edp_j_s"),
    ] {
      let result = try program.run(
        "rank", "--workloads", "l.csv", "--device", "T4", "--by", metric, "--slowest", "--format",
        "json")
      let json = try object(result.output)
      #expect(json["metric"] as? String == metric)
      let values = try #require(json["ranking"] as? [[String: Any]])
        .compactMap { ($0[key] as? [String: Any])?["value"] as? Double }
      #expect(values.count == 2 && values[0] > values[1], "\(metric) \(values)")
    }
  }

  // MARK: - sweep

  @Test("a sweep is a row for each combination, and the same when it is repeated")
  func sweep() throws {
    let program = try Program()
    let arguments = [
      "sweep", "resnet18", "mobilenetv3_small_100", "--device", "T4", "--device",
      "RTX-3090,Raspberry-Pi-4B", "--batch", "1,8", "--precision", "fp16,int8", "--set",
      "image=128,224", "--layout", "nhwc,nchw", "--fusion", "none,epilogue", "--output", "s.csv",
    ]
    let first = try program.run(arguments)
    #expect(first.code == 0 && first.output.isEmpty, "\(first.errors)")
    #expect(first.errors.hasPrefix("192 points in s.csv: "))
    let table = try #require(program.read("s.csv"))
    #expect(table.split(separator: "\n").count == 1 + 2 * 2 * 2 * 3 * 2 * 2 * 2)
    #expect(table.hasPrefix("workload,batch,settings,device,precision,layout,fusion,latency_s,"))
    #expect(Set(table.split(separator: "\n")).count == 193)
    #expect(try program.run(arguments).code == 0)
    #expect(program.read("s.csv") == table)
    #expect(program.read("s.csv.part") == nil)
  }

  @Test("a killed sweep goes on where it was") func killed() throws {
    let program = try Program()
    let arguments = [
      "sweep", "family:mobilenet", "--device", "all", "--batch", "1,2,4", "--precision",
      "fp32,fp16",
      "--output", "s.csv",
    ]
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Program.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: program.folder)
    process.standardError = FileHandle.nullDevice
    try process.run()
    let part = program.folder + "/s.csv.part"
    func size() -> Int {
      (try? FileManager.default.attributesOfItem(atPath: part))?[.size] as? Int ?? 0
    }
    while process.isRunning, size() < 100_000 { usleep(1000) }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    let kept = try #require(program.read("s.csv.part")).split(separator: "\n").count - 2
    #expect(kept > 100 && program.read("s.csv") == nil)
    // Other settings are refused by name; nothing is lost.
    let other = try program.run(arguments.map { $0 == "1,2,4" ? "1,2" : $0 })
    #expect(other.code == 2 && other.errors.contains("'batch' is '1,2,4'; now it is '1,2'"))
    let resumed = try program.run(arguments)
    #expect(resumed.code == 0, "\(resumed.errors)")
    #expect(resumed.errors.contains("of them from before"))
    let whole = try #require(program.read("s.csv"))
    #expect(try program.run(arguments.map { $0 == "s.csv" ? "t.csv" : $0 }).code == 0)
    #expect(program.read("t.csv") == whole)
  }

  // MARK: - what-if

  @Test("what-if says what holds, what is needed, and what it depends on") func whatIf() throws {
    let program = try Program()
    let arguments = [
      "what-if", "resnet50", "--device", "T4", "--precision", "fp16", "--batch", "8",
    ]
    let table = try program.run(
      arguments + ["--limit", "latency=1ms", "--limit", "memory=1GB", "--svg", "w.svg"])
    #expect(table.code == 0, "\(table.errors)")
    for part in [
      "resnet50, batch 8 on T4\n", "latency=1.00 ms does not hold", "memory=1.00 GB holds",
      "not reachable by this alone", "all of these", "fp16 (now)", "main-memory bandwidth",
      "1 % more of",
    ] {
      #expect(table.output.contains(part), "\(part)")
    }
    #expect(program.read("w.svg")?.contains("limit 1.00 ms") == true)
    let json = try object(
      program.run(arguments + ["--limit", "latency=1ms", "--format", "json"]).output)
    let limits = try #require(json["limits"] as? [[String: Any]])
    #expect(limits.count == 1 && limits[0]["holds"] as? Bool == false)
    #expect((limits[0]["needs"] as? [[String: Any]])?.last?["factor"] as? Double ?? 0 > 1)
    let sum = try #require(json["latency_sensitivity_sum"] as? Double)
    #expect(abs(sum + 1) < 0.02)
    let csv = try program.run(arguments + ["--limit", "latency=1ms", "--format", "csv"])
    #expect(csv.output.contains("\nsensitivity,,,launch overhead,s,"))
  }

  // MARK: - Errors

  @Test(
    "what is wrong is one line and exit code 2",
    arguments: [
      (["roofline", "resnet51", "--device", "T4"], "Did you mean 'resnet"),
      (["roofline", "resnet50", "--device", "T5"], "neither a file nor a built-in device"),
      (["roofline", "resnet50"], "Missing expected argument '--device <device>'"),
      (["roofline", "resnet50", "--device", "T4", "--device", "P4"], "--device is given twice"),
      (
        ["roofline", "resnet50", "--device", "T4", "--batch", "1", "--batch=2"], "--batch is given"
      ),
      (
        ["roofline", "resnet50", "--device", "Myriad-X", "--precision", "fp32"],
        "has no rate for fp32"
      ),
      (["roofline", "llama-2-70b", "--device", "T4"], "too little"),
      (["roofline", "resnet50", "--device", "T4", "--svg", "none/r.svg"], "cannot be written"),
      (["rank", "resnet50"], "--device with workloads, or --predictor"),
      (["rank", "--device", "T4"], "name the workloads to rank"),
      (["rank", "resnet50", "--device", "T4", "--predictor", "p.h5"], "leave --device out"),
      (
        ["rank", "resnet50", "--device", "T4", "--by", "power"],
        "'power' is invalid for '--by <by>'"
      ),
      (["rank", "resnet50", "--device", "T4,T4"], "'T4' is named twice"),
      (["rank", "resnet50", "resnet50", "--device", "T4"], "'resnet50' is named twice"),
      (["rank", "resnet50", "--device", "T4", "--limit", "latncy=5ms"], "Did you mean 'latency'?"),
      (["rank", "resnet50", "--device", "T4", "--limit", "latency=5J"], "a unit of energy"),
      (["rank", "resnet50", "--device", "T4", "--limit", "latency=-5ms"], "above 0"),
      (
        ["rank", "resnet50", "--device", "T4", "--limit", "energy=1J", "--limit", "energy=2J"],
        "two limits of one metric"
      ),
      (
        ["rank", "resnet50", "--device", "T4", "--limit", "latency=1ns"], "nothing is left to rank"
      ),
      (["rank", "llama-2-70b", "--device", "T4"], "nothing is left to rank"),
      (["rank", "resnet50", "--device", "T4", "--accuracy", "none.csv"], "no such file"),
      (["rank", "resnet50", "--device", "T4", "--accuracy-column", "x"], "belongs to --accuracy"),
      (["rank", "--predictor", "p.h5", "--by", "energy"], "knows latencies alone"),
      (["rank", "--predictor", "p.h5", "--limit", "energy=1J"], "knows latencies alone"),
      (["sweep", "resnet50", "--output", "s.csv"], "--device"),
      (["sweep", "resnet50", "--device", "T4"], "--output"),
      (["sweep", "resnet50", "--device", "T4", "--output", "none/s.csv"], "cannot be written"),
      (["sweep", "resnet50", "--device", "T4", "--output", "s.csv.gz"], "leave .gz out"),
      (
        ["sweep", "resnet50", "--device", "T4", "--batch", "1,1", "--output", "s.csv"],
        "--batch names '1' twice"
      ),
      (
        ["sweep", "resnet50", "--device", "T4", "--batch", "0", "--output", "s.csv"],
        "a batch is at least 1"
      ),
      (
        ["sweep", "resnet50", "--device", "T4", "--precision", "fp17", "--output", "s.csv"],
        "--precision has 'fp17'; allowed are fp64, fp32"
      ),
      (
        ["sweep", "resnet50", "--device", "T4", "--set", "imagee=224", "--output", "s.csv"],
        "has no setting 'imagee'"
      ),
      (
        ["sweep", "family:resnett", "--device", "T4", "--output", "s.csv"], "Did you mean 'resnet'"
      ),
      (["sweep", "resnet50", "--device", "class:gpuu", "--output", "s.csv"], "Did you mean 'gpu'"),
      (["what-if", "resnet50", "--device", "T4"], "name a limit"),
      (["what-if", "resnet50", "--limit", "latency=5ms"], "Missing expected argument '--device"),
      (["what-if", "resnet50", "--device", "T4", "--limit", "latency="], "has no value"),
    ])
  func errors(arguments: [String], message: String) throws {
    let program = try Program()
    let result = try program.run(arguments)
    #expect(result.code == 2, "\(result.output)")
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder).isEmpty)
  }

  @Test("help teaches with examples", arguments: ["roofline", "rank", "sweep", "what-if"])
  func help(command: String) throws {
    let help = try Program().run(command, "--help")
    #expect(help.code == 0)
    #expect(help.output.contains("  perfmodel \(command) "))
  }
}
