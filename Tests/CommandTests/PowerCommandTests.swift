import Foundation
import Testing

/// Measured under the lowest and the highest limit of a V100: the public Zeus traces' ResNet-50 of 256
/// pictures.
private let runs = """
  job,limit_w,time_s,power_w
  resnet50,100,6781.17,98.38
  resnet50,250,3514.99,220.25
  other,250,17.15,123.09

  """

private func rows(_ text: String) -> [[String]] {
  text.split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }
}

@Suite("perfmodel power") struct PowerCommandTests {
  @Test("measurements give each job's curve, its intervals and its best limits") func measured()
    throws
  {
    let program = try Program()
    try program.write("runs.csv", runs)
    let result = try program.run(
      "power", "--measurements", "runs.csv", "--device", "V100-PCIe-32GB", "--floor", "36.22W",
      "--limits", "100,150W,250", "--svg", "power.svg")
    #expect(result.code == 0, "\(result.errors)")
    for part in [
      "resnet50 on V100-PCIe-32GB: power-limit model, fitted to 2 measurements",
      "other on V100-PCIe-32GB: power-limit model, fitted to 1 measurement\n",
      "least            limit", "energy × time", "cost at η = 0.5", "assumed: constants of the",
    ] {
      #expect(result.output.contains(part), "\(part)")
    }
    #expect(program.read("power.svg")?.hasPrefix("<svg ") == true)
    #expect(result.errors == "drawn: power.svg\n")
  }

  @Test("CSV and JSON carry units, and what a program needs") func formats() throws {
    let program = try Program()
    try program.write("runs.csv", runs)
    let start = [
      "power", "--measurements", "runs.csv", "--device", "V100-PCIe-32GB", "--floor", "36.22",
      "--limits", "100,150,250",
    ]
    let csv = rows(try program.run(start + ["--format", "csv"]).output)
    #expect(
      csv[0].joined(separator: ",")
        == "run,device,row,limit_w,clock_share,clock_hz,time_s,time_low_s,time_high_s,power_w,"
        + "power_low_w,power_high_w,energy_j,energy_low_j,energy_high_j")
    // Three limits and three best ones for each of two jobs.
    #expect(csv.count == 1 + 2 * 6)
    // An independent implementation has 4153.7 s and 141.40 W at 150 W.
    let middle = csv[2]
    #expect(middle[0...3] == ["resnet50", "V100-PCIe-32GB", "limit", "150.0"])
    #expect(abs((Double(middle[6]) ?? 0) / 4153.7 - 1) < 0.003)
    #expect(abs((Double(middle[9]) ?? 0) / 141.4 - 1) < 0.003)
    let json = try program.run(start + ["--format", "json", "--eta", "1"]).output
    let curves = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    #expect(curves.compactMap { $0["run"] as? String } == ["resnet50", "other"])
    let best = try #require(curves[0]["best"] as? [String: [String: Any]])
    #expect(best.keys.sorted() == ["cost", "energy", "energy_delay"])
    func limit(_ name: String) -> Double? {
      (best[name]?["under_limit"] as? [String: Any])?["limit_w"] as? Double
    }
    // η = 1 is the energy alone.
    #expect(abs((limit("cost") ?? 0) - (limit("energy") ?? 1)) < 0.01)
    let points = try #require(curves[0]["curve"] as? [[String: Any]])
    #expect((points[0]["time_s"] as? [String: Any])?["coverage"] as? Double == 0.9)
  }

  @Test("a workload needs no measurement, and says so") func workload() throws {
    let result = try Program().run(
      "power", "resnet50", "--device", "V100-PCIe-32GB", "--batch", "8")
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.output.hasPrefix("resnet50 on V100-PCIe-32GB: roofline from the data sheet"))
    #expect(result.output.contains("assumed: no measurement under a limit"))
    // From the lowest to the highest limit of the device.
    #expect(result.output.contains("\n100 W ") && result.output.contains("\n250 W "))
  }

  @Test("predict holds a power limit or a clock, and says what it took to be so") func predict()
    throws
  {
    let program = try Program()
    func values(_ arguments: String...) throws -> (time: Double, energy: Double, method: String) {
      let result = try program.run(
        ["predict", "resnet50", "--device", "V100-PCIe-32GB", "--batch", "32", "--format", "json"]
          + arguments)
      #expect(result.code == 0, "\(result.errors)")
      let report = try #require(
        try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
      func value(_ key: String) -> Double {
        (report[key] as? [String: Any])?["value"] as? Double ?? .nan
      }
      return (value("latency_s"), value("energy_j"), report["method"] as? String ?? "")
    }
    let plain = try values()
    let same = try values("--power-limit", "250W")
    let low = try values("--power-limit", "100")
    let slow = try values("--clock", "0.69GHz")
    #expect(abs(same.time / plain.time - 1) < 1e-9 && abs(same.energy / plain.energy - 1) < 1e-6)
    #expect(low.time > plain.time && low.energy < plain.energy)
    #expect(low.energy / low.time <= 100.0001)
    #expect(slow.time > plain.time && slow.time < 2.001 * plain.time)
    #expect(low.method == "roofline from the data sheet, under 100 W")
    #expect(slow.method == "roofline from the data sheet, at 690 MHz")
  }

  @Test(
    "what cannot be is one line and exit code 2",
    arguments: [
      (["power", "resnet50"], "Missing expected argument '--device"),
      (["power", "--device", "T4"], "either a workload"),
      (
        ["power", "resnet50", "--measurements", "runs.csv", "--device", "T4"], "either a workload"
      ),
      (["power", "resnet50", "--device", "T4", "--eta", "1.5"], "--eta is 1.5"),
      (["power", "resnet50", "--device", "T4", "--eta", "nan"], "--eta is nan"),
      (["power", "resnet50", "--device", "T4", "--limits", "50,9V"], "'9V' has the unit 'V'"),
      (["power", "resnet50", "--device", "T4", "--limits", "50,"], "'' is not an amount"),
      (["power", "resnet50", "--device", "T4", "--limits", "0"], "it is above 0"),
      (["power", "resnet50", "--device", "T4", "--limits", "500"], "the highest is"),
      (["power", "resnet50", "--device", "T4", "--floor", "0W"], "--floor is"),
      (["power", "resnet50", "--device", "T4", "--floor", "90W"], "a floor lies between"),
      (["power", "resnet51", "--device", "T4"], "Did you mean 'resnet50'"),
      (["power", "resnet50", "--device", "nopower.json"], "no design power"),
      (["power", "--measurements", "none.csv", "--device", "T4"], "there is no such file"),
      (["power", "--measurements", "column.csv", "--device", "T4"], "no column 'power_w'"),
      (["power", "--measurements", "other.csv", "--device", "T4"], "a column 'watts'"),
      (["power", "--measurements", "zero.csv", "--device", "T4"], "zero.csv:2: column 'time_s'"),
      (["power", "--measurements", "gap.csv", "--device", "T4"], "gap.csv:2: column 'power_w'"),
      (["power", "--measurements", "empty.csv", "--device", "T4"], "it has no row"),
      (
        ["power", "--measurements", "runs.csv", "--device", "T4", "--batch", "8"],
        "leave the workload's options out"
      ),
      (["predict", "resnet50", "--device", "T4", "--power-limit", "1W"], "the lowest is"),
      (["predict", "resnet50", "--device", "T4", "--power-limit", "500W"], "the highest is"),
      (["predict", "resnet50", "--device", "T4", "--power-limit", "many"], "not an amount"),
      (["predict", "resnet50", "--device", "T4", "--clock", "9GHz"], "does not run at 9 GHz"),
      (["predict", "resnet50", "--device", "T4", "--clock", "1MHz"], "does not run at 1 MHz"),
      (
        ["predict", "resnet50", "--device", "T4", "--clock", "1GHz", "--power-limit", "50W"],
        "exclude each other"
      ),
      (
        ["predict", "resnet50", "--device", "nopower.json", "--power-limit", "50W"],
        "no design power"
      ),
      (
        ["predict", "--predictor", "nasbench201", "--architecture", "x", "--power-limit", "50W"],
        "belong to --device"
      ),
      (["replay", "power", "nowhere"], "needs data: nowhere"),
      (["replay", "power", "broken"], "batch_size"),
    ])
  func errors(arguments: [String], message: String) throws {
    let program = try Program()
    try program.write("runs.csv", runs)
    try program.write("column.csv", "job,limit_w,time_s\na,100,1\n")
    try program.write("other.csv", "job,limit_w,time_s,power_w,watts\na,100,1,50,50\n")
    try program.write("zero.csv", "job,limit_w,time_s,power_w\na,100,0,50\n")
    try program.write("gap.csv", "job,limit_w,time_s,power_w\na,100,1,\n")
    try program.write("empty.csv", "job,limit_w,time_s,power_w\n")
    try program.write(
      "nopower.json",
      """
      {"name": "nopower", "class": "gpu",
       "peaks": [{"type": "fp32", "unit": "vector", "dense_flop_per_s": 1e13}],
       "memory": [{"level": "DRAM", "capacity_bytes": 8e9, "bandwidth_b_per_s": 5e11}]}
      """)
    try FileManager.default.createDirectory(
      atPath: program.folder + "/broken", withIntermediateDirectories: true)
    try program.write(
      "broken/summary_power_v100.csv",
      """
      dataset,network,batch_size,optimizer,power_limit,time_per_epoch,average_power
      cifar100,shufflenetv2,many,adam,100,11,87

      """)
    let result = try program.run(arguments)
    #expect(result.code == 2, "\(arguments): \(result.output)")
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test("help teaches with examples", arguments: [["power"], ["replay", "power"]])
  func help(command: [String]) throws {
    let help = try Program().run(command + ["--help"])
    #expect(help.code == 0)
    #expect(help.output.contains((["  perfmodel"] + command).joined(separator: " ")))
  }
}

/// The public Zeus traces, where they are at hand.
@Suite("perfmodel replay power") struct PowerReplayCommandTests {
  static let folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
    .appendingPathComponent("../shared/data/zeus").path
  static let isPresent = FileManager.default.fileExists(atPath: folder)

  @Test("scores every method on every board", .enabled(if: isPresent, "no ../shared/data/zeus"))
  func replay() throws {
    let result = try Program().run("replay", "power", Self.folder, "--quick", "--format", "csv")
    #expect(result.code == 0)
    let table = rows(result.output)
    // Five methods on four sets of boards and three of jobs; the roofline on one of jobs.
    #expect(table.count == 1 + 5 * 4 * 3 + 4)
    let model = try #require(
      table.first { $0[0] == "all" && $0[1] == "all" && $0[2].hasPrefix("model, lowest") }
        ?? table.first { $0[0] == "all" })
    #expect(model[0] == "all")
    #expect(result.errors.contains("constants of the model were fitted on these traces"))
    #expect(result.errors.contains("36.2 W"))
  }
}
