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
}
