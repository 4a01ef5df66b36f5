import Workloads

/// Decoders whose layers differ in their heads or windows: Cohere 2, MiMo V2, Step 3.7, MiniMax M3.
enum MixedAttention: LanguageFamily {
  static let modelTypes = [
    "cohere2", "mimo_v2_flash", "mimo_v2", "step3p7_text", "step3p5", "minimax_m3_text",
    "minimax_m3",
  ]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    switch try file.text("model_type") ?? "" {
    case "cohere2": return try cohere(file, name)
    case "mimo_v2_flash", "mimo_v2": return try miMo(file, name)
    case "minimax_m3_text", "minimax_m3": return try miniMax(file, name)
    default: return try step(file, name)
    }
  }

  private static func cohere(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name, tied: true)
    let window = try file.integer("sliding_window", default: 4096, in: 1...1_000_000_000)
    let interval = try file.integer("sliding_window_pattern", default: 4, in: 1...10_000)
    let masks = try decoder.masks(window: window) {
      ($0 + 1) % interval == 0 ? .causal : .window(window)
    }
    let traits = DecoderTraits.llama.with {
      $0.normalization = .layer(bias: false)
      $0.arrangement = .parallel(norms: 1)
      $0.inputBias = .key("attention_bias", default: false)
      $0.outputBias = .key("attention_bias", default: false)
    }
    return try traits.model(decoder, masks: masks)
  }

  /// Twice the key–value heads, and sinks, in layers with a window; values narrower than keys.
  private static func miMo(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let key = file.has("sliding_window") ? "sliding_window" : "sliding_window_size"
    let window = try file.integer(key, default: 128, in: 1...1_000_000_000)
    var pattern = try file.integers("hybrid_layer_pattern", in: 0...1)
    if pattern?.count != decoder.layerCount { pattern = nil }
    let masks = try decoder.masks(window: window) { index in
      let isWindow = pattern.map { $0[index] == 1 } ?? !(index == 0 || (index + 1) % 6 == 0)
      return isWindow ? .window(window) : .causal
    }
    let sparse = try file.expertLayers(of: decoder.layerCount)
    let valueSize = try file.integer("v_head_dim", default: decoder.headSize)
    let windowHeads = try file.integer(
      "swa_num_key_value_heads", default: 2 * decoder.keyValueHeads)
    let bias = try file.flag("attention_bias", default: false)
    let experts = try file.experts(
      ExpertKeys(shared: [], sharedSize: [], hasBalancingBias: true))
    let dense = try file.integer("intermediate_size")
    var layers: [TransformerLayer] = []
    for (index, mask) in masks.enumerated() {
      var attention = decoder.attention(mask)
      attention.valueSize = valueSize
      attention.hasInputBias = bias
      if mask != .causal {
        attention.keyValueHeads = windowHeads
        attention.hasSinks = true
      }
      guard attention.heads % attention.keyValueHeads == 0 else {
        throw file.wrong(
          "swa_num_key_value_heads",
          "is \(attention.keyValueHeads), which does not divide \(attention.heads) heads")
      }
      let isSparse =
        file.has("moe_layer_freq") || file.has("mlp_layer_types")
        ? sparse[index] : index > 0
      layers.append(
        TransformerLayer(
          .attention(attention),
          [isSparse ? .experts(experts) : .dense(DenseFeedForward(dense, isGated: true))]))
    }
    return decoder.model(layers)
  }

  /// More query heads in layers with a window, a gate for every head.
  private static func step(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    var file = file
    if file.has("num_attention_groups") {
      file = file.completed(with: [
        "num_key_value_heads": .number(Double(try file.integer("num_attention_groups")))
      ])
    }
    if let kinds = try file.texts("layer_types") {
      // Layers that only draft tokens stand behind the others.
      let count = try file.integer("num_hidden_layers", in: StandardDecoder.layerLimit)
      file = file.with(["layer_types": .array(kinds.prefix(count).map { .text($0) })])
    }
    let decoder = try StandardDecoder(file, name: name)
    let window = try file.integer("sliding_window", default: 512, in: 1...1_000_000_000)
    let masks = try decoder.masks(window: window)
    let other = try file.section("attention_other_setting")
    let windowHeads = try file.integer(
      "num_sliding_attention_heads",
      default: try other?.integer("num_attention_heads", default: decoder.heads) ?? decoder.heads)
    var sparse = [Bool](repeating: true, count: decoder.layerCount)
    if let text = try file.text("moe_layers_enum") {
      let listed = Set(text.split(separator: ",").compactMap { Int($0) })
      sparse = sparse.indices.map { listed.contains($0) }
    } else if file.has("mlp_layer_types") {
      sparse = try file.expertLayers(of: decoder.layerCount)
    }
    let experts = try file.experts(
      ExpertKeys(
        count: ["moe_num_experts", "n_routed_experts", "num_local_experts"],
        perToken: ["moe_top_k", "num_experts_per_tok"], shared: [],
        sharedSize: ["share_expert_dim", "share_expert_dims"], hasBalancingBias: true))
    let dense = try file.integer("intermediate_size")
    var layers: [TransformerLayer] = []
    for (index, mask) in masks.enumerated() {
      var attention = decoder.attention(mask)
      if mask != .causal { attention.heads = windowHeads }
      attention.headNormalization = .perHead
      attention.gate = .perHead
      layers.append(
        TransformerLayer(
          .attention(attention),
          [sparse[index] ? .experts(experts) : .dense(DenseFeedForward(dense, isGated: true))]))
    }
    return decoder.model(layers)
  }

  /// Sparse layers pick blocks of keys by an indexer of their own.
  private static func miniMax(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let kinds = try file.texts("layer_types")
    let sparseFlags: [Bool]
    if let kinds {
      guard kinds.count == decoder.layerCount else {
        throw file.wrong(
          "layer_types", "has \(kinds.count) entries for \(decoder.layerCount) layers")
      }
      sparseFlags = kinds.map { $0 != "full_attention" }
    } else if let section = try file.section("sparse_attention_config"),
      let flags = try section.integers("sparse_attention_freq", in: 0...1),
      flags.count == decoder.layerCount
    {
      sparseFlags = flags.map { $0 == 1 }
    } else {
      sparseFlags = [Bool](repeating: false, count: decoder.layerCount)
    }
    let section = try file.section("sparse_attention_config")
    func setting(_ key: String, _ published: String, _ usual: Int) throws(WorkloadError) -> Int {
      if let section, section.has(published) { return try section.integer(published) }
      return try file.integer(key, default: usual)
    }
    let block = try setting("index_block_size", "sparse_block_size", 128)
    let blocks = try setting("index_topk_blocks", "sparse_topk_blocks", 16)
    let indexHeads = try setting("index_n_heads", "sparse_num_index_heads", 4)
    let indexSize = try setting("index_head_dim", "sparse_index_dim", 128)
    guard block <= 1_000_000, blocks <= 1_000_000 else {
      throw file.wrong("index_block_size", "times the blocks is beyond what can be counted")
    }
    var experts = try file.experts(
      ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: [], hasBalancingBias: true))
    let shared = try file.integer("n_shared_experts", default: 1, in: 0...10_000)
    experts.sharedSize = try file.integer(
      "shared_intermediate_size", default: shared * experts.size, in: 0...10_000_000)
    let dense = try file.integer("dense_intermediate_size", default: 4 * experts.size)
    let sparse = try file.expertLayers(of: decoder.layerCount)
    let layers = sparseFlags.enumerated().map { index, picks in
      var attention = decoder.attention(picks ? .selected(block * blocks) : .causal)
      attention.headNormalization = .perHead
      if picks {
        attention.indexer = LatentAttentionLayer.Indexer(
          heads: indexHeads, headSize: indexSize, selected: block * blocks)
      }
      return TransformerLayer(
        .attention(attention),
        [sparse[index] ? .experts(experts) : .dense(DenseFeedForward(dense, isGated: true))])
    }
    return decoder.model(layers)
  }
}
