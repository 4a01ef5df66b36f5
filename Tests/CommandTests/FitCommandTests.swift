import Foundation
import Testing

@Suite("perfmodel predict on a device, and device fit") struct FitCommandTests {
  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("predict prints latency, energy, memory, method, assumptions and a breakdown")
  func predict() throws {
    let program = try Program()
    let result = try program.run(
      "predict", "ResNet50.a1_in1k", "--device", "rtx 3090", "--batch", "8", "--precision", "amp",
      "--set", "image=288", "--svg", "t.svg", "--format", "json")
    #expect(result.code == 0, "\(result.errors)")
    let json = try object(result.output)
    let latency = try #require(json["latency_s"] as? [String: Double])
    #expect(Set(latency.keys) == ["value", "low", "high", "coverage"])
    #expect(latency["coverage"] == 0.9)
    #expect((json["energy_j"] as? [String: Double])?["value"] ?? 0 > 0)
    #expect((json["peak_memory_bytes"] as? [String: Double])?["value"] ?? 0 > 1e8)
    #expect(json["method"] as? String == "roofline from the data sheet")
    #expect((json["assumptions"] as? [String])?.isEmpty == false)
    let rows = try #require(json["breakdown"] as? [[String: Any]])
    for key in ["operation", "latency_s", "energy_j", "bound", "flop", "bytes"] {
      #expect(rows.allSatisfy { $0[key] != nil }, "\(key)")
    }
    let sum = rows.reduce(0) { $0 + ($1["latency_s"] as? Double ?? .nan) }
    #expect(abs(sum / (latency["value"] ?? .nan) - 1) < 1e-9)
    #expect(program.read("t.svg")?.contains("resnet50") == true)
  }

  @Test("ten measurements of a device are learned, kept and used") func fit() throws {
    let program = try Program()
    try program.write(
      "runs.csv",
      """
      workload,latency_ms,batch,settings,energy_j
      resnet50,80,256,,13
      resnet50,130,256,image=288,
      vit_base_patch16_224,210,256,,40
      mobilenetv2_100,35,256,,
      gemm,2.2,1,m=4096 n=4096 k=4096,

      """)
    let arguments = [
      "device", "fit", "--device", "RTX-3090", "--measurements", "runs.csv", "--precision", "fp16",
    ]
    let table = try program.run(arguments + ["--output", "fit.json"])
    #expect(table.code == 0, "\(table.errors)")
    for part in ["RTX-3090 achieves", "main memory", "rate of matrix products", "measured"] {
      #expect(table.output.contains(part), "\(part)")
    }
    let json = try object(program.run(arguments + ["--format", "json"]).output)
    let peak = try #require(json["achieved_flop_per_s"] as? [String: Double])
    #expect((peak["low"] ?? 0) <= (peak["value"] ?? 0) && (peak["value"] ?? 0) <= 71e12)
    let predict = ["predict", "resnet101", "--device", "RTX-3090", "--precision", "fp16"]
    let after = try program.run(predict + ["--fit", "fit.json", "--format", "json"])
    #expect(after.code == 0, "\(after.errors)")
    #expect(try object(after.output)["method"] as? String == "roofline fitted to 5 measurements")
    // It belongs to that device alone.
    let other = try program.run("predict", "resnet101", "--device", "RTX-4090", "--fit", "fit.json")
    #expect(other.code == 2)
    #expect(
      other.errors
        == "perfmodel: fit.json: fitted to 'RTX-3090', not to 'RTX-4090'; name the device that it "
        + "belongs to.\n")
  }

  @Test("a device without figures gets the rates of an engine from three networks") func rates()
    throws
  {
    let program = try Program()
    try program.write("board.json", "{\"name\": \"board\", \"class\": \"cpu\"}")
    try program.write(
      "three.csv", "workload,latency_ms\nmobilenetv2_100,20\nresnet50,90\nresnet18,45\n")
    let fit = try program.run(
      "device", "fit", "--device", "board.json", "--measurements", "three.csv", "--threads", "4",
      "--output", "fit.json")
    #expect(fit.code == 0, "\(fit.errors)")
    #expect(fit.output.contains("depthwise convolutions"))
    let known = try program.run(
      "predict", "resnet34", "--device", "board.json", "--fit", "fit.json", "--format", "json")
    let blind = try program.run("predict", "resnet34", "--device", "board.json", "--format", "json")
    func width(_ text: String) throws -> Double {
      let latency = try #require(try object(text)["latency_s"] as? [String: Double])
      return (latency["high"] ?? .nan) / (latency["low"] ?? .nan)
    }
    #expect(try width(known.output) < width(blind.output))
    let ranked = try program.run(
      "rank", "resnet34", "resnet18", "--device", "board.json", "--fit", "fit.json", "--format",
      "csv")
    #expect(ranked.output.split(separator: "\n").dropFirst().first?.contains("resnet18") == true)
    let energy = try program.run(
      "rank", "resnet34", "--device", "board.json", "--fit", "fit.json", "--by", "energy")
    #expect(energy.code == 2 && energy.errors.contains("nothing is known of the power of board"))
  }

  @Test(
    "wrong input is one line and exit code 2",
    arguments: [
      (["predict", "resnet50"], "name what to predict on"),
      (["predict", "resnet5O", "--device", "T4"], "Did you mean 'resnet50'?"),
      (["predict", "resnet50", "--device", "T44"], "Did you mean 'T4'?"),
      (["predict", "resnet50", "--device", "A100"], "may be any of A100-SXM-40GB"),
      (
        ["predict", "resnet50", "--device", "Coral-Edge-TPU", "--precision", "fp16"],
        "has no rate for fp16, and none of a wider type; it has int8"
      ),
      (
        ["predict", "llama-2-70b", "--device", "RTX-4090", "--phase", "decode"],
        "llama-2-70b needs 139 GB and RTX-4090 has 24.0 GB, 115 GB too little: weights 138 GB"
      ),
      (
        ["predict", "resnet50", "--device", "T4", "--fit", "none.json"],
        "none.json: the file cannot"
      ),
      (
        ["predict", "resnet50", "--device", "T4", "--fit", "bad.json"],
        "it holds neither 'roofline' nor 'rates'"
      ),
      (
        ["predict", "resnet50", "--device", "T4", "--predictor", "nasbench201"],
        "--predictor knows its device already"
      ),
      (["device", "fit", "--device", "T4", "--measurements", "none.csv"], "none.csv"),
      (
        ["device", "fit", "--device", "T4", "--measurements", "nounit.csv"],
        "it has no column of latencies"
      ),
      (
        ["device", "fit", "--device", "T4", "--measurements", "fast.csv", "--precision", "fp16"],
        "fast.csv, line 2, resnet50: 1.00 µs is faster than T4 can be"
      ),
      (
        ["device", "fit", "--device", "T4", "--measurements", "negative.csv"],
        "negative.csv:2: column 'latency_s'"
      ),
      (
        ["device", "fit", "--device", "T4", "--measurements", "typo.csv"],
        "Did you mean 'resnet50'?"
      ),
      (["device", "fit", "--device", "T4", "--measurements", "extra.csv"], "a column 'colour'"),
      (["device", "fit", "--device", "T4", "--measurements", "empty.csv"], "no measurement"),
      (
        ["device", "fit", "--device", "T4", "--measurements", "fast.csv", "--threads", "0"],
        "--threads is 0"
      ),
      (["replay", "timm", "none.csv", "--device", "T4"], "none.csv"),
      (["replay", "kernels", "none"], "needs data: none"),
      (["replay", "ncnn", "none.csv", "--models", "none"], "none.csv"),
    ])
  func wrongInput(arguments: [String], message: String) throws {
    let program = try Program()
    try program.write("bad.json", "{}")
    try program.write("nounit.csv", "workload,latency\nresnet50,1\n")
    try program.write("fast.csv", "workload,latency_us\nresnet50,1\n")
    try program.write("negative.csv", "workload,latency_s\nresnet50,-1\n")
    try program.write("typo.csv", "workload,latency_s\nresnet5O,1\n")
    try program.write("extra.csv", "workload,latency_s,colour\nresnet50,1,red\n")
    try program.write("empty.csv", "workload,latency_s\n")
    let result = try program.run(arguments)
    #expect(result.code == 2, "\(arguments): \(result.output)")
    #expect(result.errors.contains(message), "\(arguments): \(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }
}
