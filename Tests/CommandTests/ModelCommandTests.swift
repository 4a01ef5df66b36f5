import Foundation
import Testing

@Suite("perfmodel model") struct ModelCommandTests {
  private func json(_ arguments: String...) throws -> [String: Any] {
    let result = try Program().run(["model", "count"] + arguments + ["--format", "json"])
    #expect(result.code == 0, "\(result.errors)")
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    return try #require(object as? [String: Any])
  }

  @Test("count prints what programs need") func count() throws {
    let report = try json("resnet50")
    #expect(report["parameters"] as? Int == 25_557_032)
    #expect(report["weight_bytes"] as? Int == 4 * 25_557_032)
    let operations = try #require(report["operations"] as? [[String: Any]])
    let macs = operations.reduce(0.0) {
      $0 + ($1["macs"] as? Double ?? 0) * ($1["instances"] as? Double ?? 0)
    }
    #expect(macs == report["macs"] as? Double)
    #expect(try json("resnet50", "--batch", "4")["macs"] as? Double == 4 * macs)
  }

  @Test("a name, a notation, a folder and a file are all networks") func references() throws {
    let program = try Program()
    try program.write(
      "config.json",
      """
      {"model_type": "llama", "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
       "intermediate_size": 16, "vocab_size": 10}
      """)
    for reference in [
      "llama-2-7b", "nasbench201:|nor_conv_3x3~0|+|none~0|none~1|+|skip_connect~0|none~1|none~2|",
      "config.json", program.folder,
    ] {
      let result = try program.run("model", "count", reference)
      #expect(result.code == 0, "\(reference): \(result.errors)")
    }
  }

  @Test("show names the parts, what was assumed and the source, and draws") func show() throws {
    let program = try Program()
    let result = try program.run(
      "model", "show", "llama-2-70b", "--phase", "decode", "--batch", "8", "--context", "4096",
      "--svg", "p.svg")
    #expect(result.code == 0)
    #expect(result.output.contains("parameters          68976648192"))
    #expect(result.output.contains("layers.0–79.attention"))
    // 80 layers, keys and values, 8 heads of 128, 2 bytes, 8 sequences of 4096: 10.7 GB.
    #expect(result.output.contains("cache               10.7 GB"))
    #expect(program.read("p.svg")?.hasPrefix("<svg ") == true)
  }

  @Test("diff shows totals and the parts that differ") func diff() throws {
    let result = try Program().run("model", "diff", "resnet50", "wide_resnet50_2", "--depth", "1")
    #expect(result.code == 0)
    #expect(result.output.contains("+43326208"))
    #expect(result.output.contains("layer4"))
    #expect(!result.output.contains("maxpool"))
  }

  @Test("list knows its families and suggests one") func list() throws {
    let program = try Program()
    #expect(
      try program.run("model", "list", "--family", "vit").output.contains("vit_base_patch16_224"))
    let wrong = try program.run("model", "list", "--family", "resnett")
    #expect(wrong.code == 2)
    #expect(wrong.errors.contains("Did you mean 'resnet'?"))
  }

  @Test(
    "what cannot be counted is one line and exit code 2",
    arguments: [
      (["resnet51"], "Did you mean 'resnet"),
      (["vgg16", "--set", "image=8"], "does not fit a side"),
      (["resnet50", "--set", "depth=3"], "has no setting 'depth'; it has 'image'"),
      (["resnet50", "--set", "image"], "write name=number"),
      (["resnet50", "--batch", "0"], "a batch of 0"),
      (["resnet50", "--phase", "decode"], "not described as a language model"),
      (["llama-2-7b", "--phase", "decode", "--context", "0"], "between 1 and 1000000000"),
      (["bert-base-uncased", "--phase", "decode"], "is an encoder"),
      (["moonshotai/Kimi-K3"], "name its config.json"),
      (["nasbench201:|sort~0|"], "nasbench201"),
    ])
  func errors(arguments: [String], message: String) throws {
    let result = try Program().run(["model", "count"] + arguments)
    #expect(result.code == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }

  // MARK: - reuse

  @Test("reuse ranks by a measure, and says who multiplies nothing") func reuse() throws {
    let program = try Program()
    func ranking(_ arguments: String...) throws -> [[String: Any]] {
      let result = try program.run(["model", "reuse"] + arguments + ["--format", "json"])
      #expect(result.code == 0, "\(result.errors)")
      let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
      return try #require((object as? [String: Any])?["ranking"] as? [[String: Any]])
    }
    // One layer of 3→8 channels, 5×5 pixels, 3×3 windows, by hand.
    try program.write(
      "one.json",
      """
      {"format": "perfmodel-network-1", "inputs": [{"name": "x", "shape": [1, 3, 5, 5]}],
       "operations": [{"type": "convolution", "channels": 8, "kernel": 3}]}
      """)
    let one = try #require(try ranking("one.json").first)
    let (macs, weights, activations) = (5400.0, 216.0, 75.0 + 200)
    #expect(one["macs"] as? Double == macs)
    #expect(one["intensity_mac_per_element"] as? Double == macs / (weights + activations))
    #expect(one["weight_reuse"] as? Double == 25)
    for (measure, key) in [
      ("intensity", "intensity_mac_per_element"), ("mean", "mean_intensity_mac_per_element"),
      ("weighted", "weighted_intensity_mac_per_element"), ("weights", "weight_reuse"),
      ("activations", "activation_reuse"),
    ] {
      let rows = try ranking("family:resnet", "vgg16", "--by", measure)
      let values = rows.compactMap { $0[key] as? Double }
      #expect(values.count == rows.count && values.count > 3)
      #expect(values == values.sorted(by: >), "\(measure)")
      #expect(rows.map { $0["rank"] as? Int } == Array(1...rows.count))
    }
    // With α = 1/2 the weighted intensity is twice the other.
    let even = try #require(
      try ranking("resnet18", "--activation-weight", "0.5", "--batch", "2").first)
    let weighted = try #require(even["weighted_intensity_mac_per_element"] as? Double)
    let plain = try #require(even["intensity_mac_per_element"] as? Double)
    #expect(abs(weighted / plain - 2) < 1e-12)
    #expect(even["batch"] as? Int == 2)
    let table = try program.run("model", "reuse", "resnet18", "resnet34", "relu", "--top", "1")
    #expect(table.code == 0)
    #expect(table.output.contains("… and 1 more"))
    #expect(table.output.contains("relu: multiplies nothing"))
    let csv = try program.run("model", "reuse", "resnet18", "relu", "--format", "csv")
    #expect(csv.output.split(separator: "\n").count == 3)
    #expect(csv.output.hasSuffix("multiplies nothing\n"))
  }

  // MARK: - energy

  @Test("energy is the sum over components, and over operations") func energy() throws {
    let program = try Program()
    let arguments = ["model", "energy", "alexnet", "--device", "Eyeriss-v1", "--batch", "16"]
    let table = try program.run(arguments)
    #expect(table.code == 0, "\(table.errors)")
    #expect(table.output.hasPrefix("alexnet, weight-stationary on 12x14 int16 units with "))
    for part in ["component", "register file", "main memory", "share", "for each MAC"] {
      #expect(table.output.contains(part))
    }
    let result = try program.run(arguments + ["--format", "json"])
    let object = try JSONSerialization.jsonObject(with: Data(result.output.utf8))
    let json = try #require(object as? [String: Any])
    let total = try #require(json["energy_j"] as? Double)
    for key in ["components", "operations"] {
      let rows = try #require(json[key] as? [[String: Any]])
      let sum = rows.reduce(0.0) { $0 + ($1["energy_j"] as? Double ?? 0) }
      #expect(abs(sum / total - 1) < 1e-9, "\(key)")
    }
    let lines = try program.run(arguments + ["--by", "operation", "--format", "csv"])
      .output.split(separator: "\n")
    #expect(lines[0].hasPrefix("operation,instances,macs,energy_j,mac_j,vector_unit_j,"))
    #expect(lines.count == 1 + ((json["operations"] as? [Any])?.count ?? 0))
  }

  @Test("an array of one's own has its sizes and its way") func array() throws {
    let program = try Program()
    let arguments = ["model", "energy", "resnet18", "--array", "16x16", "--buffer", "108KiB"]
    func joules(_ more: String...) throws -> Double {
      let result = try program.run(arguments + more + ["--format", "csv"])
      #expect(result.code == 0, "\(result.errors)")
      return result.output.split(separator: "\n").dropFirst().reduce(0) {
        $0 + (Double($1.split(separator: ",")[3]) ?? 0)
      }
    }
    let waiting = try joules()
    #expect(try joules("--dataflow", "no-local-reuse") > waiting)
    #expect(try joules("--registers", "2B") > waiting)
    #expect(try joules("--registers", "1e300B") <= waiting)
    #expect(try joules("--operands", "int8") < waiting)
    #expect(try joules("--process", "28") < waiting)
    #expect(try joules("--costs", "size") != waiting)
  }

  @Test(
    "what cannot be ranked or added up is one line and exit code 2",
    arguments: [
      (["reuse"], "Missing expected argument"),
      (["reuse", "resnet51"], "Did you mean 'resnet"),
      (["reuse", "family:resnett"], "Did you mean 'resnet'?"),
      (["reuse", "relu"], "nothing is left to rank: relu: multiplies nothing"),
      (["reuse", "resnet18", "--top", "0"], "at least 1 is shown"),
      (["reuse", "resnet18", "--activation-weight", "1.5"], "lies between 0 and 1"),
      (["reuse", "resnet18", "--activation-weight", "nan"], "lies between 0 and 1"),
      (["reuse", "resnet18", "--by", "size"], "--by"),
      (["energy", "resnet18"], "name the accelerator: --device, or --array and --buffer"),
      (["energy", "resnet18", "--array", "16x16"], "--array and --buffer"),
      (["energy", "resnet18", "--array", "16", "--buffer", "1MiB"], "write rows and columns"),
      (["energy", "resnet18", "--array", "0x4", "--buffer", "1MiB"], "between 1 and 65536"),
      (["energy", "resnet18", "--array", "4x4", "--buffer", "0"], "--buffer is 0"),
      (["energy", "resnet18", "--array", "4x4", "--buffer", "4B"], "holds less than the array"),
      (["energy", "resnet18", "--array", "4x4", "--buffer", "4Q"], "has the unit 'Q'"),
      (["energy", "resnet18", "--device", "T4"], "T4 is no accelerator"),
      (["energy", "resnet18", "--device", "Groq-LPU1"], "add --buffer"),
      (["energy", "resnet18", "--device", "Hailo-8"], "add --array"),
      (["energy", "resnet18", "--device", "Eyeriss-v1", "--process", "nan"], "--process is nan"),
      (["energy", "resnet51", "--device", "Eyeriss-v1"], "Did you mean 'resnet"),
    ])
  func otherErrors(arguments: [String], message: String) throws {
    let result = try Program().run(["model"] + arguments)
    #expect(result.code == 2)
    #expect(result.output.isEmpty)
    #expect(result.errors.contains(message), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
  }
}
