import Workloads

/// State-space decoders and their mixtures with attention: Mamba 1 and 2, Jamba, Bamba, Granite 4,
/// MiniMax-01, LFM 2.
enum Hybrids: LanguageFamily {
  static let modelTypes = [
    "mamba", "mamba2", "falcon_mamba", "jamba", "bamba", "granitemoehybrid", "minimax", "lfm2",
  ]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    switch try file.text("model_type") ?? "" {
    case "mamba", "falcon_mamba": return try mamba(file, name)
    case "mamba2": return try mamba2(file, name)
    case "jamba": return try jamba(file, name)
    case "minimax": return try miniMax(file, name)
    case "lfm2": return try liquid(file, name)
    default: return try mamba2WithAttention(file, name)
    }
  }

  // MARK: - Mamba alone

  private static func pure(
    _ file: ConfigurationFile, _ name: String, _ layer: RecurrentLayer, tied: Bool
  ) throws(WorkloadError) -> LanguageModel {
    let count = try file.integer(
      anyOf: ["num_hidden_layers", "n_layer"], in: StandardDecoder.layerLimit)
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    return LanguageModel(
      name: name, source: file.path, hiddenSize: layer.output.output,
      embedding: Embedding(vocabulary: vocabulary),
      layers: [TransformerLayer](
        repeating: TransformerLayer(.recurrent(layer), []), count: count),
      normalization: .rootMeanSquare,
      head: Head(
        vocabulary: vocabulary, isTied: try file.flag("tie_word_embeddings", default: tied)),
      formats: try WeightFormats(configuration: file))
  }

  private static func mamba(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let hidden = try file.integer(anyOf: ["hidden_size", "d_model"], in: 1...1_000_000)
    let expand = try file.integer("expand", default: 2, in: 1...1000)
    let layer = RecurrentLayer.mamba(
      hiddenSize: hidden,
      inner: try file.integer("intermediate_size", default: expand * hidden),
      stateSize: try file.integer("state_size", default: 16, in: 1...1_000_000),
      rank: try rank(file, "time_step_rank", hidden),
      kernel: try file.integer("conv_kernel", default: 4, in: 1...10_000),
      hasBias: try file.flag("use_bias", default: false),
      hasConvolutionBias: try file.flag("use_conv_bias", default: true))
    return try pure(file, name, layer, tied: true)
  }

  /// A sixteenth of the hidden size where the file says "auto".
  private static func rank(
    _ file: ConfigurationFile, _ key: String, _ hidden: Int
  ) throws(WorkloadError) -> Int {
    if let text = try? file.text(key), text == "auto" { return (hidden + 15) / 16 }
    return try file.integer(key, default: (hidden + 15) / 16)
  }

  private static func mamba2(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let hidden = try file.integer("hidden_size", default: 4096, in: 1...1_000_000)
    let headSize = try file.integer("head_dim", default: 64, in: 1...1_000_000)
    let expand = try file.integer("expand", default: 2, in: 1...1000)
    let layer = RecurrentLayer.mamba2(
      hiddenSize: hidden,
      heads: try file.integer("num_heads", default: max(1, expand * hidden / headSize)),
      headSize: headSize, groups: try file.integer("n_groups", default: 8, in: 1...1_000_000),
      stateSize: try file.integer("state_size", default: 128, in: 1...1_000_000),
      kernel: try file.integer("conv_kernel", default: 4, in: 1...10_000),
      hasBias: try file.flag("use_bias", default: false),
      hasConvolutionBias: try file.flag("use_conv_bias", default: true))
    return try pure(file, name, layer, tied: false)
  }

  // MARK: - With attention

  private static func jamba(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let hidden = decoder.hiddenSize
    let rank = try rank(file, "mamba_dt_rank", hidden)
    let stateSize = try file.integer("mamba_d_state", default: 16, in: 1...1_000_000)
    let mamba = RecurrentLayer.mamba(
      hiddenSize: hidden,
      inner: try file.integer("mamba_expand", default: 2, in: 1...1000) * hidden,
      stateSize: stateSize, rank: rank,
      kernel: try file.integer("mamba_d_conv", default: 4, in: 1...10_000),
      hasBias: try file.flag("mamba_proj_bias", default: false),
      hasConvolutionBias: try file.flag("mamba_conv_bias", default: true),
      innerNorms: rank + 2 * stateSize)
    let attentionPeriod = try file.integer("attn_layer_period", default: 8, in: 1...10_000)
    let attentionOffset = try file.integer("attn_layer_offset", default: 4, in: 0...10_000)
    let expertPeriod = try file.integer("expert_layer_period", default: 2, in: 1...10_000)
    let expertOffset = try file.integer("expert_layer_offset", default: 1, in: 0...10_000)
    let experts = try file.experts(
      ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: []))
    var attention = decoder.attention()
    attention.isRotary = false
    let layers = (0..<decoder.layerCount).map { index in
      let isAttention = index % attentionPeriod == attentionOffset
      let isSparse = index % expertPeriod == expertOffset && experts.experts > 1
      return TransformerLayer(
        isAttention ? .attention(attention) : .recurrent(mamba),
        [isSparse ? .experts(experts) : .dense(DenseFeedForward(experts.size, isGated: true))])
    }
    return decoder.model(layers)
  }

  /// Bamba and Granite 4: Mamba 2 with a few full layers.
  private static func mamba2WithAttention(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let type = try file.text("model_type") ?? ""
    let isGranite = type == "granitemoehybrid"
    let decoder = try StandardDecoder(file, name: name, tied: isGranite)
    let heads = try file.integer("mamba_n_heads", default: 128, in: 1...1_000_000)
    let expand = try file.integer("mamba_expand", default: 2, in: 1...1000)
    var headSize = max(1, expand * decoder.hiddenSize / heads)
    if let text = try? file.text("mamba_d_head"), text == "auto" {
    } else {
      headSize = try file.integer("mamba_d_head", default: headSize)
    }
    let mamba = RecurrentLayer.mamba2(
      hiddenSize: decoder.hiddenSize, heads: heads, headSize: headSize,
      groups: try file.integer("mamba_n_groups", default: 1, in: 1...1_000_000),
      stateSize: try file.integer("mamba_d_state", default: 256, in: 1...1_000_000),
      kernel: try file.integer("mamba_d_conv", default: 4, in: 1...10_000),
      hasBias: try file.flag("mamba_proj_bias", default: false),
      hasConvolutionBias: try file.flag("mamba_conv_bias", default: true))
    let listed = try file.integers("attn_layer_indices") ?? []
    let kinds = try kinds(file, decoder.layerCount, standard: "mamba") { listed.contains($0) }
    var attention = decoder.attention()
    let bias = try file.flag("attention_bias", default: false)
    attention.hasInputBias = bias
    attention.hasOutputBias = bias
    attention.isRotary = try file.text("position_embedding_type") != "nope"
    var part: FeedForward
    if isGranite {
      let shared = try file.integer("shared_intermediate_size", in: 1...10_000_000)
      part = .dense(DenseFeedForward(shared, isGated: true))
      if try file.integer("num_local_experts", default: 0, in: 0...1_000_000) > 0 {
        var experts = try file.experts(
          ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: []))
        experts.sharedSize = shared
        part = .experts(experts)
      }
    } else {
      part = .dense(
        DenseFeedForward(
          try file.integer("intermediate_size"), isGated: true,
          hasBias: try file.flag("mlp_bias", default: false)))
    }
    let layers = kinds.map { isAttention in
      TransformerLayer(isAttention ? .attention(attention) : .recurrent(mamba), [part])
    }
    return decoder.model(layers)
  }

  /// Lightning attention with one full layer in eight.
  private static func miniMax(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let lightning = RecurrentLayer.lightning(
      hiddenSize: decoder.hiddenSize, heads: decoder.heads, headSize: decoder.headSize)
    let flags = try file.integers("attn_type_list", in: 0...1)
    let kinds = try kinds(file, decoder.layerCount, standard: "linear_attention") { index in
      if let flags, index < flags.count { return flags[index] == 1 }
      return index % 2 == 0
    }
    let experts = try file.experts(
      ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: []))
    let attention = decoder.attention()
    return decoder.model(
      kinds.map { isAttention in
        TransformerLayer(
          isAttention ? .attention(attention) : .recurrent(lightning), [.experts(experts)])
      })
  }

  /// Short gated convolutions, and attention on some layers.
  private static func liquid(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    var decoder = try StandardDecoder(file, name: name, tied: true)
    if file.has("tie_embedding") { decoder.isTied = try file.flag("tie_embedding", default: true) }
    let hidden = decoder.hiddenSize
    let kernel = try file.integer("conv_L_cache", default: 3, in: 1...10_000)
    let bias = try file.flag("conv_bias", default: false)
    let convolution = RecurrentLayer(
      projections: [.init("in_proj", hidden, 3 * hidden, bias: bias)],
      output: .init("out_proj", hidden, hidden, bias: bias), convolutionChannels: hidden,
      convolutionKernel: kernel, hasConvolutionBias: bias, rule: nil, vectors: 0,
      normalizedSize: 0)
    let listed = try file.integers("full_attn_idxs") ?? []
    let kinds = try kinds(file, decoder.layerCount, standard: "conv") { listed.contains($0) }
    var attention = decoder.attention()
    attention.headNormalization = .perHead
    var inner = try file.integer(
      anyOf: file.has("block_ff_dim") ? ["block_ff_dim"] : ["intermediate_size"])
    if try file.flag("block_auto_adjust_ff_dim", default: true) {
      let multiple = try file.integer("block_multiple_of", default: 256, in: 1...1_000_000)
      let factor = try file.number("block_ffn_dim_multiplier", default: 1)
      guard (0.001...1000).contains(factor) else {
        throw file.wrong(
          "block_ffn_dim_multiplier", "is \(factor); between 0.001 and 1000 is allowed")
      }
      inner = Int(factor * Double(2 * inner / 3))
      inner = max(1, (inner + multiple - 1) / multiple) * multiple
    }
    let part = FeedForward.dense(DenseFeedForward(inner, isGated: true))
    return decoder.model(
      kinds.map { TransformerLayer($0 ? .attention(attention) : .recurrent(convolution), [part]) })
  }

  /// For every layer whether it attends to all.
  private static func kinds(
    _ file: ConfigurationFile, _ count: Int, standard other: String,
    _ isAttention: (Int) -> Bool
  ) throws(WorkloadError) -> [Bool] {
    let key = file.has("layer_types") ? "layer_types" : "layers_block_type"
    guard let kinds = try file.texts(key) else { return (0..<count).map(isAttention) }
    guard kinds.count == count else {
      throw file.wrong(key, "has \(kinds.count) entries for \(count) layers")
    }
    var result: [Bool] = []
    for (index, kind) in kinds.enumerated() {
      switch kind {
      case "attention", "full_attention": result.append(true)
      case other, "linear_attention", "mamba", "conv": result.append(false)
      default: throw file.refuse("\(key)[\(index)]", kind, known: ["full_attention", other])
      }
    }
    return result
  }
}
