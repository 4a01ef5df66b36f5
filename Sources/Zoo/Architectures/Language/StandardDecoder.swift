import Workloads

/// The numbers that nearly every decoder publishes under the same keys.
struct StandardDecoder {
  static let layerLimit = 1...10_000

  let file: ConfigurationFile
  let name: String
  var hiddenSize: Int
  var layerCount: Int
  var heads: Int
  var keyValueHeads: Int
  var headSize: Int
  var vocabulary: Int
  var isTied: Bool
  var formats: WeightFormats
  var maximumContext: Int?
  var normalization = LayerNormalization.rootMeanSquare

  /// - Parameter tied: whether the output scores use the token table where the file does not say.
  init(_ file: ConfigurationFile, name: String, tied: Bool = false) throws(WorkloadError) {
    self.file = file
    self.name = name
    hiddenSize = try file.integer(
      anyOf: ["hidden_size", "n_embd", "d_model"], in: 1...1_000_000)
    layerCount = try file.integer(
      anyOf: ["num_hidden_layers", "n_layer", "n_layers", "num_layers"], in: Self.layerLimit)
    heads = try file.integer(
      anyOf: ["num_attention_heads", "n_head", "n_heads"], in: 1...100_000)
    keyValueHeads = try file.integer("num_key_value_heads", default: heads, in: 1...100_000)
    if file.has("head_dim") {
      headSize = try file.integer("head_dim", in: 1...100_000)
    } else {
      headSize = hiddenSize / heads
      guard headSize * heads == hiddenSize else {
        throw file.wrong(
          "num_attention_heads",
          "is \(heads), which does not divide the hidden size \(hiddenSize); 'head_dim' would say "
            + "how large a head is")
      }
    }
    guard heads % keyValueHeads == 0 else {
      throw file.wrong(
        "num_key_value_heads", "is \(keyValueHeads), which does not divide \(heads) heads")
    }
    vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    isTied = try file.flag("tie_word_embeddings", default: tied)
    formats = try WeightFormats(configuration: file)
    maximumContext = try file.optionalInteger("max_position_embeddings", in: 1...1_000_000_000)
  }

  func attention(_ mask: AttentionMask = .causal) -> AttentionLayer {
    AttentionLayer(heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, mask: mask)
  }

  func model(_ layers: [TransformerLayer]) -> LanguageModel {
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hiddenSize,
      embedding: Embedding(vocabulary: vocabulary), layers: layers, normalization: normalization,
      head: Head(vocabulary: vocabulary, isTied: isTied), formats: formats)
    model.maximumContext = maximumContext
    return model
  }

  // MARK: - Masks

  /// One mask for each layer, from `layer_types` where it is there.
  ///
  /// - Parameter standard: what a layer does where the file does not say.
  func masks(
    window: Int?, chunk: Int? = nil, standard: (Int) -> AttentionMask = { _ in .causal }
  ) throws(WorkloadError) -> [AttentionMask] {
    guard let kinds = try file.texts("layer_types") else { return (0..<layerCount).map(standard) }
    guard kinds.count == layerCount else {
      throw file.wrong(
        "layer_types", "has \(kinds.count) entries for \(layerCount) layers")
    }
    var masks: [AttentionMask] = []
    for (index, kind) in kinds.enumerated() {
      switch kind {
      case "full_attention", "attention", "global", "global_attention": masks.append(.causal)
      case "sliding_attention", "local", "sliding_window":
        guard let window else {
          throw file.wrong("sliding_window", "is missing for 'layer_types[\(index)]'")
        }
        masks.append(.window(window))
      case "chunked_attention":
        guard let chunk else {
          throw file.wrong("attention_chunk_size", "is missing for 'layer_types[\(index)]'")
        }
        masks.append(.chunk(chunk))
      default:
        throw file.refuse(
          "layer_types[\(index)]", kind,
          known: ["full_attention", "sliding_attention", "chunked_attention"])
      }
    }
    return masks
  }

  /// The window that all layers have, or the late ones of Qwen.
  func windowMasks() throws(WorkloadError) -> [AttentionMask] {
    let given = try file.optionalInteger("sliding_window", in: 0...1_000_000_000)
    let window = given == 0 ? nil : given
    let isUsed = try file.flag("use_sliding_window", default: true)
    let first =
      file.has("use_sliding_window")
      ? try file.integer("max_window_layers", default: 0, in: 0...Self.layerLimit.upperBound) : 0
    return try masks(window: window) { index in
      guard let window, isUsed, index >= first else { return .causal }
      return .window(window)
    }
  }
}

extension WeightFormats {
  /// Data types and quantisation as a file declares them.
  ///
  /// - Parameter standard: the type where the file is silent.
  init(
    configuration file: ConfigurationFile, standard: DataType = .bfloat16
  ) throws(WorkloadError) {
    let names = ["dtype", "torch_dtype"]
    var type = standard
    for key in names where file.has(key) {
      let text = try file.text(key) ?? ""
      guard let known = Self.type(named: text) else {
        throw file.wrong(
          key, "is '\(text.prefix(40))'; float32, float16 and bfloat16 are known")
      }
      type = known
      break
    }
    self.init(type)
    guard let quantization = try file.section("quantization_config") else { return }
    let format = try StorageFormat(quantization: quantization)
    let lists = ["modules_to_not_convert", "ignore", "ignored_layers"]
    let kept = try quantization.texts(lists.first { quantization.has($0) } ?? lists[0]) ?? []
    let keepsAttention = kept.contains { $0.contains("attn") || $0.contains("attention") }
    // MXFP4 checkpoints hold experts in four bits and the rest as it was.
    let isExpertsOnly = try quantization.text("quant_method") == "mxfp4"
    experts = format
    if !isExpertsOnly {
      feedForward = format
      if !keepsAttention { attention = format }
    }
  }

  private static func type(named text: String) -> DataType? {
    switch text {
    case "float32", "float", "auto": .float32
    case "float16", "half": .float16
    case "bfloat16": .bfloat16
    case "float64": .float64
    case "float8_e4m3fn", "float8_e5m2": .float8
    default: nil
    }
  }
}

extension StorageFormat {
  /// What a `quantization_config` declares, its scales included.
  ///
  /// - Source: OCP Microscaling Formats 1.0 (32 elements share an 8-bit scale); the documentation of
  ///   each method for its group size and scale type.
  init(quantization file: ConfigurationFile) throws(WorkloadError) {
    let method = try file.text(file.has("quant_method") ? "quant_method" : "quant_algo") ?? ""
    switch method.lowercased() {
    case "fp8", "fbgemm_fp8":
      let block = try file.integers("weight_block_size") ?? []
      // One fp32 scale for a block, or for a whole row.
      let group = block.count == 2 ? Double(max(1, block[0])) * Double(max(1, block[1])) : 4096
      self.init(.float8, scaleBits: 32, groupSize: group)
    case "mxfp4":
      self.init(.float4, scaleBits: 8, groupSize: 32)
    case "nvfp4":
      self.init(.float4, scaleBits: 8, groupSize: 16)
    case "gptq", "awq", "auto-round", "aqlm", "hqq", "gptq_marlin":
      let bits = try file.integer(
        anyOf: ["bits", "w_bit", "nbits"], in: 1...16)
      let group = try file.optionalInteger("group_size", in: -1...1_000_000) ?? 128
      // A half-precision scale and a zero of the weight's width for each group; −1 is a whole row.
      self.init(
        bits: bits, scaleBits: 16 + Double(bits), groupSize: group > 0 ? Double(group) : 4096)
    case "bitsandbytes":
      let isFourBits = try file.flag("load_in_4bit", default: false)
      // Blocks of 64 with an 8-bit scale, and 256 of those with an fp32 one (double quantisation).
      self =
        isFourBits
        ? StorageFormat(.int4, scaleBits: 8 + 32.0 / 256, groupSize: 64)
        : StorageFormat(.int8, scaleBits: 32, groupSize: 4096)
    case "compressed-tensors", "modelopt", "quark":
      self = try Self.grouped(file)
    default:
      throw file.refuse(
        "quant_method", method,
        known: [
          "fp8", "mxfp4", "nvfp4", "gptq", "awq", "bitsandbytes", "compressed-tensors", "modelopt",
        ])
    }
  }

  private static func grouped(_ file: ConfigurationFile) throws(WorkloadError) -> StorageFormat {
    var weights: ConfigurationFile?
    if let groups = try file.section("config_groups") {
      for key in groups.keys {
        weights = try groups.section(key)?.section("weights")
        if weights != nil { break }
      }
    }
    guard let weights else {
      let algorithm = try file.text("quant_algo") ?? ""
      switch algorithm.uppercased() {
      case "FP8": return StorageFormat(.float8)
      case "NVFP4": return StorageFormat(.float4, scaleBits: 8, groupSize: 16)
      default:
        throw file.wrong("config_groups", "is missing; it says how weights are stored")
      }
    }
    let bits = try weights.integer("num_bits", in: 1...16)
    let group = try weights.optionalInteger("group_size", in: -1...1_000_000) ?? -1
    let isFloat = try weights.text("type") == "float"
    let size = group > 0 ? Double(group) : 4096
    if isFloat, bits == 4 { return StorageFormat(.float4, scaleBits: 8, groupSize: size) }
    if isFloat, bits == 8 { return StorageFormat(.float8, scaleBits: 16, groupSize: size) }
    return StorageFormat(bits: bits, scaleBits: 16, groupSize: size)
  }

  private init(bits: Int, scaleBits: Double, groupSize: Double) {
    switch bits {
    case ...2: self.init(.int2, scaleBits: scaleBits, groupSize: groupSize)
    case 3:
      // Packed: three bits for each element.
      self.init(.int2, scaleBits: scaleBits + groupSize, groupSize: groupSize)
    case 4: self.init(.int4, scaleBits: scaleBits, groupSize: groupSize)
    case 5...8: self.init(.int8, scaleBits: scaleBits, groupSize: groupSize)
    default: self.init(.float16)
    }
  }
}
