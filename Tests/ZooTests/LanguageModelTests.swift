import Foundation
import Quantities
import Testing
import Workloads
import Zoo

/// The lines of a file in `Published/`.
func published(_ name: String) throws -> [Substring] {
  let url = try #require(Bundle.module.resourceURL?.appendingPathComponent("Published/\(name)"))
  return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
}

private func model(_ name: String) throws -> LanguageModel {
  try #require(try LanguageRegistry.model(named: name), "no language model '\(name)'")
}

@Suite("Language models have the published number of parameters") struct LanguageParameterTests {
  /// Sums of the tensors in the published weights, as their repositories state them.
  static let exact: [(String, Int)] = [
    ("llama-2-7b", 6_738_415_616), ("llama-2-13b", 13_015_864_320),
    ("llama-2-70b", 68_976_648_192), ("llama-3-8b", 8_030_261_248),
    ("llama-3-70b", 70_553_706_496), ("llama-3.1-405b", 405_853_388_800),
    ("mistral-7b-v0.1", 7_241_732_096), ("mixtral-8x7b", 46_702_792_704),
    ("gpt2", 124_439_808), ("gpt2-xl", 1_557_611_200), ("bert-base-uncased", 109_482_240),
    ("qwen2.5-7b", 7_615_616_512), ("qwen3-0.6b", 596_049_920), ("gemma-2b", 2_506_172_416),
    ("gemma-2-9b", 9_241_705_984), ("falcon-7b", 6_921_720_704), ("phi-2", 2_779_683_840),
    ("phi-3-mini-3.8b", 3_821_079_552), ("gpt-neox-20b", 20_554_567_680),
    ("bloom-560m", 559_214_592), ("opt-125m", 125_239_296),
    ("qwen3-235b-a22b", 235_093_634_560), ("gpt-oss-20b", 20_914_757_184),
    ("gpt-oss-120b", 116_829_156_672), ("deepseek-v3", 671_026_419_200),
  ]

  @Test("the exact integer of networks that state one", arguments: exact)
  func exactIntegers(name: String, parameters: Int) throws {
    let counts = try model(name).workload(.prefill(tokens: 1)).counts()
    #expect(counts.parameters == parameters)
  }

  /// Figures that are names rather than counts.
  static let rounded: [String: String] = [
    "opt-175b": "175 is the name; the layers published sum to 174.6",
    "megatron-22b": "published to two digits",
    "gopher-280b": "published to two digits, the positions' projection not described in full",
    "grok-1": "314 is the name; the published layers sum to 315.7",
    "arctic-480b": "480 is the name; the published layers sum to 478.6",
  ]

  @Test("within 0.1 % of every stated total, but for named exceptions")
  func totals() throws {
    let lines = try published("language.csv").dropFirst()
    #expect(lines.count > 120)
    var misses: Set<String> = []
    for line in lines {
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      let name = String(cells[0])
      let stated = try #require(Double(cells[1]))
      let counted = try model(name).workload(.prefill(tokens: 1)).counts().parameters
      if abs(Double(counted) / 1e9 / stated - 1) > 0.001 { misses.insert(name) }
    }
    #expect(misses == Set(Self.rounded.keys))
  }

  /// Stated to two digits; embeddings are counted here and were left out where named.
  @Test(
    "active parameters of networks with experts",
    arguments: [
      ("mixtral-8x7b", 12.9), ("mixtral-8x22b", 39.1), ("qwen3-30b-a3b", 3.3),
      ("qwen3-235b-a22b", 22), ("qwen2-57b-a14b", 14.2), ("qwen1.5-moe-a2.7b", 2.7),
      ("deepseek-moe-16b", 2.8), ("deepseek-v2", 21), ("deepseek-v3", 37), ("llama-4-scout", 17),
      ("llama-4-maverick", 17), ("dbrx", 36), ("olmoe-1b-7b", 1.3), ("phi-3.5-moe", 6.6),
      ("arctic-480b", 17),
    ])
  func active(name: String, billions: Double) throws {
    let counts = try model(name).workload(.prefill(tokens: 1)).counts()
    let counted = Double(counts.activeParameters) / 1e9
    #expect(abs(counted / billions - 1) < 0.025, "\(counted)")
  }

  @Test("the active parameters of gpt-oss leave the token table out, as its card does")
  func activeWithoutTable() throws {
    let model = try model("gpt-oss-20b")
    let counts = try model.workload(.prefill(tokens: 1)).counts()
    let table = 201_088 * 2880
    #expect(abs(Double(counts.activeParameters - table) / 1e9 - 3.61) < 0.005)
  }
}

/// Small configurations of every family, counted by another library on networks that it built:
/// transformers 5.23 (`sum(p.numel())`) and torch's FlopCounterMode over 64 tokens.
@Suite("Every family agrees with a peer") struct LanguageFamilyTests {
  private struct Row: Decodable {
    let parameters: Int
    let macs: Double?

    enum CodingKeys: String, CodingKey {
      case parameters
      case macs = "macs_64_tokens"
    }
  }

  @Test("parameters to the last one, products to the last one where both compute the same")
  func families() throws {
    let lines = try published("configurations.jsonl")
    #expect(lines.count >= 80)
    var types: Set<String> = []
    for line in lines {
      let data = Data(line.utf8)
      let row = try JSONDecoder().decode(Row.self, from: data)
      let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let config = try #require(object["config"] as? [String: Any])
      let type = try #require(config["model_type"] as? String)
      types.insert(type)
      let model = try LanguageRegistry.model(
        configuration: JSONSerialization.data(withJSONObject: config), path: type, name: type)
      let counts = try model.workload(.prefill(tokens: 64)).counts(hiddenScores: .counted)
      #expect(counts.parameters == row.parameters, "\(type)")
      if let macs = row.macs { #expect(counts.total.matrixMACs == macs, "\(type)") }
    }
    #expect(types.isSubset(of: LanguageRegistry.modelTypes))
  }

  static let folder = "../shared/data/hf_configs"

  /// Sums over networks that transformers 5.23 built from the same files, with the corrections of the
  /// routers, which it does not count.
  static let peers: [(String, Int)] = [
    ("Qwen--Qwen3-0.6B", 596_049_920), ("Qwen--Qwen3-235B-A22B", 235_093_634_560),
    ("Qwen--Qwen3-30B-A3B", 30_532_122_624), ("Qwen--Qwen3-32B-FP8", 32_762_123_264),
    ("Qwen--Qwen3-VL-2B-Instruct", 2_127_532_032), ("Qwen--Qwen3.5-27B", 27_356_728_560),
    ("Qwen--Qwen3.5-35B-A3B", 35_107_181_936),
    ("deepseek-ai--DeepSeek-R1", 671_026_404_352 + 58 * 256),
    ("deepseek-ai--DeepSeek-V3.2", 671_877_929_216 + 58 * 256),
    ("google--gemma-4-26B-A4B", 25_805_933_872),
    ("meta-llama--Meta-Llama-3.1-405B", 405_853_388_800),
    ("meta-llama--Meta-Llama-3.1-8B", 8_030_261_248),
    ("mistralai--Mixtral-8x7B-v0.1", 46_702_792_704),
    ("moonshotai--Kimi-K2-Instruct", 1_026_408_209_408 + 60 * 384),
    ("nvidia--Nemotron-H-56B-Base-8K", 56_324_350_464),
    ("openai--gpt-oss-20b", 20_914_757_184), ("zai-org--GLM-5", 743_911_199_232 + 75 * 256),
    // Without its vision tower, which the file does not describe.
    ("meta-llama--Llama-4-Scout-17B-16E-Instruct", 107_769_861_120),
  ]

  @Test(
    "published files, where they are at hand",
    .enabled(if: FileManager.default.fileExists(atPath: folder), "no \(folder)"),
    arguments: peers)
  func publishedFiles(name: String, parameters: Int) throws {
    let model = try LanguageRegistry.model(path: "\(Self.folder)/\(name).json")
    #expect(try model.workload(.prefill(tokens: 1)).counts().parameters == parameters)
  }

  /// Counted by transformers 5.23 and diffusers 0.42 on networks of these configurations.
  @Test(
    "networks of pictures are read from the same kind of file",
    arguments: [
      (#"{"model_type": "vit", "architectures": ["ViTModel"]}"#, 86_389_248),
      (
        #"{"model_type": "deit", "architectures": ["DeiTForImageClassificationWithTeacher"], "#
          + #""id2label": {"0":"","1":"","2":"","3":"","4":"","5":"","6":"","7":"","8":"","9":""}}"#,
        85_815_572
      ),
      (
        #"{"model_type": "dinov2", "architectures": ["Dinov2Model"], "patch_size": 14}"#, 85_725_696
      ),
      (
        #"{"_class_name": "DiTTransformer2DModel", "in_channels": 4, "out_channels": 8, "#
          + #""num_layers": 28, "sample_size": 32}"#, 749_826_464
      ),
    ])
  func pictures(text: String, parameters: Int) throws {
    let path = NSTemporaryDirectory() + "/\(UUID().uuidString).json"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let workload = try NetworkReference(path).workload(WorkloadRequest())
    #expect(workload.counts().parameters == parameters)
  }

  @Test("declared quantisation decides how weights are stored")
  func quantisation() throws {
    func bits(_ quantization: String) throws -> Double {
      let text = """
        {"model_type": "llama", "hidden_size": 256, "num_hidden_layers": 1,
         "num_attention_heads": 4, "intermediate_size": 512, "vocab_size": 100,
         "torch_dtype": "float16", "quantization_config": \(quantization)}
        """
      let model = try LanguageRegistry.model(
        configuration: Data(text.utf8), path: "test", name: "test")
      return model.formats.feedForward.bitsPerElement
    }
    // Four bits, and a 16-bit scale with a 4-bit zero for 128 elements.
    #expect(try bits(#"{"quant_method": "gptq", "bits": 4, "group_size": 128}"#) == 4 + 20.0 / 128)
    #expect(
      try bits(#"{"quant_method": "fp8", "weight_block_size": [128, 128]}"#) == 8 + 32.0 / 16384)
    // MXFP4 touches experts alone.
    #expect(try bits(#"{"quant_method": "mxfp4"}"#) == 16)
    #expect(throws: WorkloadError.self) { try bits(#"{"quant_method": "new"}"#) }
  }
}

@Suite("Runs of a language model cost what a hand calculation says") struct LanguagePhaseTests {
  /// Two layers, hidden size 8, two heads of 4 over one key–value head, width 16, gated; vocabulary 10.
  static let tiny: LanguageModel = {
    let attention = AttentionLayer(heads: 2, keyValueHeads: 1, headSize: 4)
    let layer = TransformerLayer(
      .attention(attention), [.dense(DenseFeedForward(16, isGated: true))])
    return LanguageModel(
      name: "tiny", source: "", hiddenSize: 8, embedding: Embedding(vocabulary: 10),
      layers: [layer, layer], normalization: .rootMeanSquare,
      head: Head(vocabulary: 10, isTied: false), formats: WeightFormats(.float16))
  }()

  /// Matrices of one layer: q 8·8, k and v 8·4 each, o 8·8, three of 8·16.
  static let matrices = 8 * 8 + 2 * 8 * 4 + 8 * 8 + 3 * 8 * 16

  @Test("parameters: tables, matrices, norms") func parameters() throws {
    let counts = try Self.tiny.workload(.prefill(tokens: 3)).counts()
    #expect(counts.parameters == 2 * 80 + 2 * (Self.matrices + 16) + 8)
    #expect(counts.weightBytes == Bytes(2 * Double(counts.parameters)))
  }

  @Test("a prefill multiplies every token by every matrix, and attends below the diagonal")
  func prefill() throws {
    let counts = try Self.tiny.workload(.prefill(tokens: 5), batch: 3).counts()
    // 1 + 2 + 3 + 4 + 5 pairs, two heads, 4 products for the score and 4 for the value.
    let attention = 15 * 2 * 8
    #expect(counts.total.matrixMACs == Double(3 * (2 * (5 * Self.matrices + attention) + 80)))
    let whole = try Self.tiny.workload(.prefill(tokens: 5), batch: 3)
      .counts(hiddenScores: .counted)
    #expect(whole.total.matrixMACs == Double(3 * (2 * (5 * Self.matrices + 25 * 16) + 80)))
  }

  @Test("a decoded token reads all weights once, and the whole cache of its sequence")
  func decode() throws {
    let counts = try Self.tiny.workload(.decode(context: 7), batch: 3).counts()
    #expect(counts.total.matrixMACs == Double(3 * (2 * (Self.matrices + 7 * 16) + 80)))
    // Keys and values, one head of 4, two bytes, two layers.
    #expect(counts.total.cacheBytesRead == Double(3 * 2 * 2 * 7 * 4 * 2))
    #expect(counts.total.cacheBytesWritten == Double(3 * 2 * 2 * 1 * 4 * 2))
    #expect(counts.cacheBytes == Bytes(Double(3 * 2 * 2 * 7 * 4 * 2)))
    // Of the token table only the three rows that were asked for.
    let table = 80.0
    #expect(
      counts.total.weightBytesRead == 2 * (Double(counts.parameters) - table + 3 * 8))
  }

  @Test("tokens in the cache are attended to, not computed") func cached() throws {
    let counts = try Self.tiny.workload(.prefill(tokens: 2, cached: 3)).counts()
    #expect(counts.total.matrixMACs == Double(2 * (2 * Self.matrices + (4 + 5) * 16) + 80))
  }

  @Test("a training step computes three times its forward pass, and updates every weight")
  func training() throws {
    let forward = try Self.tiny.workload(.training(tokens: 5, optimizer: .adam))
    let counts = forward.counts()
    let pass = 2 * (5 * Self.matrices + 15 * 16) + 5 * 80
    #expect(counts.total.matrixMACs == Double(3 * pass))
    let updates = zip(forward.operations, counts.operations).filter { $0.0.pass == .update }
    let parameters = Double(counts.parameters)
    // 16-bit weight and gradient read, weight written; two moments and a master copy in 32 bits,
    // read and written.
    let moved = updates.reduce(0) {
      $0 + $1.1.bytes.value * forward.instances(of: $1.0)
    }
    #expect(moved == parameters * (2 + 2 + 2 + 2 * 3 * 4))
  }

  @Test("experts: tokens touch as many as random choice expects, and multiply by two of four")
  func experts() throws {
    var model = Self.tiny
    let experts = ExpertFeedForward(experts: 4, perToken: 2, size: 6)
    let layer = TransformerLayer(
      .attention(AttentionLayer(heads: 2, keyValueHeads: 1, headSize: 4)), [.experts(experts)])
    model = LanguageModel(
      name: "experts", source: "", hiddenSize: 8, embedding: Embedding(vocabulary: 10),
      layers: [layer], normalization: .rootMeanSquare, head: Head(vocabulary: 10, isTied: true),
      formats: WeightFormats(.float16))
    let workload = try model.workload(.decode(context: 1), batch: 3)
    let counts = workload.counts()
    let attention = 8 * 8 + 2 * 8 * 4 + 8 * 8 + 16
    #expect(
      counts.total.matrixMACs == Double(3 * (attention + 8 * 4 + 2 * 3 * 8 * 6 + 80)))
    #expect(counts.parameters - counts.activeParameters == 2 * 3 * 8 * 6)
    // 1 − (1 − 2/4)³ of the experts.
    let read = zip(workload.operations, counts.operations).reduce(0) { sum, pair in
      if case .expertMatrixMultiply = pair.0.kind { return sum + pair.1.weightBytesRead }
      return sum
    }
    #expect(read == 2 * 4 * 3 * 8 * 6 * (1 - 0.125))
  }

  @Test("latent attention decodes over the compressed vectors and prefills over whole heads")
  func latent() throws {
    let layer = TransformerLayer(
      .latentAttention(
        LatentAttentionLayer(
          heads: 2, queryRank: 6, latentSize: 5, plainSize: 3, rotarySize: 2, valueSize: 4)), [])
    let model = LanguageModel(
      name: "latent", source: "", hiddenSize: 8, embedding: Embedding(vocabulary: 10),
      layers: [layer], normalization: .rootMeanSquare, head: .none,
      formats: WeightFormats(.float16))
    let projections = 8 * 6 + 6 * 2 * 5 + 8 * 7 + 2 * 4 * 8
    let expansion = 2 * 5 * (3 + 4)
    let decode = try model.workload(.decode(context: 9)).counts()
    #expect(decode.total.matrixMACs == Double(projections + expansion + 9 * 2 * (7 + 5)))
    #expect(decode.total.cacheBytesRead == Double(9 * 7 * 2))
    let prefill = try model.workload(.prefill(tokens: 4)).counts()
    #expect(
      prefill.total.matrixMACs == Double(4 * (projections + expansion) + 10 * 2 * (5 + 4)))
    #expect(prefill.parameters == decode.parameters)
  }

  @Test("a window keeps and reads no more than it shows") func window() throws {
    let attention = AttentionLayer(heads: 2, keyValueHeads: 1, headSize: 4, mask: .window(4))
    let model = LanguageModel(
      name: "window", source: "", hiddenSize: 8, embedding: Embedding(vocabulary: 10),
      layers: [TransformerLayer(.attention(attention), [])], normalization: .rootMeanSquare,
      head: .none, formats: WeightFormats(.float16))
    let counts = try model.workload(.decode(context: 100)).counts()
    #expect(counts.total.cacheBytesRead == Double(2 * 4 * 4 * 2))
    #expect(counts.total.matrixMACs == Double(8 * 8 + 2 * 8 * 4 + 8 * 8 + 4 * 16))
  }

  @Test("numbers that no network can have are refused") func refusals() {
    for phase in [
      LanguagePhase.decode(context: 0), .prefill(tokens: -1), .decode(context: .max),
    ] {
      #expect(throws: WorkloadError.self) { try Self.tiny.workload(phase) }
    }
    #expect(throws: WorkloadError.self) { try Self.tiny.workload(.decode(context: 1), batch: 0) }
    #expect(throws: WorkloadError.self) {
      try Self.tiny.workload(.prefill(tokens: 1_000_000_000), batch: 1_000_000_000)
    }
    #expect(throws: WorkloadError.self) { try Self.tiny.workload(.prefill(tokens: 1), images: 1) }
  }
}

@Suite("A config.json that cannot be counted says what is wrong") struct ConfigurationErrorTests {
  private func problem(_ text: String) -> String {
    do {
      _ = try LanguageRegistry.model(
        configuration: Data(text.utf8), path: "config.json", name: "x")
      return "accepted"
    } catch {
      return "\(error)"
    }
  }

  static let whole = """
    "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4,
    "intermediate_size": 128, "vocab_size": 100
    """

  @Test(
    "file, key, what was found and what is allowed",
    arguments: [
      ("[]", "config.json: holds no JSON object"),
      ("{", "config.json: is not JSON"),
      ("{}", "config.json: model_type: is missing; it says which family the network is of"),
      (
        #"{"model_type": "llama", "hidden_size": -64, \#(whole)}"#,
        "is -64; a whole number between 1 and 1000000 is allowed"
      ),
      (
        #"{"model_type": "llama", \#(whole), "num_key_value_heads": 3}"#,
        "config.json: num_key_value_heads: is 3, which does not divide 4 heads"
      ),
      (
        #"{"model_type": "llama", "num_hidden_layers": 1e30, \#(whole)}"#,
        "num_hidden_layers: is 1e+30; a whole number between 1 and 10000 is allowed"
      ),
      (
        #"{"model_type": "llama", "vocab_size": "many", \#(whole)}"#,
        "vocab_size: is 'many'; a whole number"
      ),
      (
        #"{"model_type": "qwen3", \#(whole), "layer_types": ["full_attention"]}"#,
        "config.json: layer_types: has 1 entries for 2 layers"
      ),
      (
        #"{"model_type": "qwen3", \#(whole), "layer_types": ["full_attention", "telepathy"]}"#,
        "config.json: layer_types[1]: 'telepathy' is a kind that cannot be counted"
      ),
      (
        #"{"model_type": "mixtral", \#(whole), "num_local_experts": 4, "num_experts_per_tok": 5}"#,
        "config.json: num_experts_per_tok: is 5, more than the 4 experts"
      ),
      (
        #"{"model_type": "llama", \#(whole), "torch_dtype": "float7"}"#,
        "config.json: torch_dtype: is 'float7'; float32, float16 and bfloat16 are known"
      ),
    ])
  func messages(text: String, message: String) {
    // Of a key that is given twice the first value holds.
    #expect(problem(text).contains(message), "\(problem(text))")
  }

  @Test("an unknown family is refused by name") func unknownFamily() {
    let text = problem(#"{"model_type": "warp_drive"}"#)
    #expect(text.hasPrefix("config.json: model_type 'warp_drive' cannot be counted; known here: "))
  }

  @Test("deep nesting ends in an error, not in a crash") func nesting() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(problem(#"{"model_type": "llama", "a": "# + deep) == "config.json: is not JSON")
  }
}
