import Workloads

/// Latent attention with routed experts: DeepSeek V2, V3 and V3.2, Kimi K2, GLM 5, MiniCPM 3.
enum DeepSeek: LanguageFamily {
  static let modelTypes = [
    "deepseek_v2", "deepseek_v3", "deepseek_v32", "kimi_k2", "glm_moe_dsa", "glm4_moe_lite",
    "minicpm3",
  ]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let type = try file.text("model_type") ?? ""
    let layerCount = try file.integer("num_hidden_layers", in: StandardDecoder.layerLimit)
    let hasExperts = file.has("n_routed_experts")
    let experts: FeedForward? =
      hasExperts
      ? .experts(
        try file.experts(
          ExpertKeys(sharedSize: [], hasBalancingBias: type != "deepseek_v2"))) : nil
    let sparse =
      hasExperts
      ? try file.expertLayers(of: layerCount) : [Bool](repeating: false, count: layerCount)
    var dense: FeedForward?
    if sparse.contains(false) {
      dense = .dense(DenseFeedForward(try file.integer("intermediate_size"), isGated: true))
    }
    let hasIndexer = file.has("index_topk")
    let shared = try sharedIndexers(file, layerCount)
    let attention = try latentAttention(file)
    var layers: [TransformerLayer] = []
    for (index, isSparse) in sparse.enumerated() {
      var attention = attention
      if hasIndexer {
        var indexer = LatentAttentionLayer.Indexer(
          heads: try file.integer("index_n_heads", in: 1...100_000),
          headSize: try file.integer("index_head_dim", in: 1...100_000),
          selected: try file.integer("index_topk", in: 1...1_000_000_000))
        indexer.isShared = shared[index]
        attention.indexer = indexer
      }
      let part = isSparse ? experts : dense
      layers.append(TransformerLayer(.latentAttention(attention), part.map { [$0] } ?? []))
    }
    let hiddenSize = try file.integer("hidden_size", in: 1...1_000_000)
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hiddenSize,
      embedding: Embedding(vocabulary: vocabulary), layers: layers,
      normalization: .rootMeanSquare,
      head: Head(
        vocabulary: vocabulary,
        isTied: try file.flag("tie_word_embeddings", default: type == "minicpm3")),
      formats: try WeightFormats(configuration: file))
    model.maximumContext = try file.optionalInteger(
      "max_position_embeddings", in: 1...1_000_000_000)
    TraitDecoders.noteSpeculation(file, &model)
    return model
  }

  static func latentAttention(
    _ file: ConfigurationFile
  ) throws(WorkloadError) -> LatentAttentionLayer {
    var layer = LatentAttentionLayer(
      heads: try file.integer("num_attention_heads", in: 1...100_000),
      queryRank: try file.optionalInteger("q_lora_rank", in: 1...1_000_000),
      latentSize: try file.integer("kv_lora_rank", in: 1...1_000_000),
      plainSize: try file.integer("qk_nope_head_dim", in: 1...100_000),
      rotarySize: try file.integer("qk_rope_head_dim", in: 0...100_000),
      valueSize: try file.integer("v_head_dim", in: 1...100_000))
    layer.hasBias = try file.flag("attention_bias", default: false)
    return layer
  }

  /// Layers that use the keys an earlier layer picked.
  private static func sharedIndexers(
    _ file: ConfigurationFile, _ count: Int
  ) throws(WorkloadError) -> [Bool] {
    guard let kinds = try file.texts("indexer_types") else {
      return [Bool](repeating: false, count: count)
    }
    guard kinds.count == count else {
      throw file.wrong("indexer_types", "has \(kinds.count) entries for \(count) layers")
    }
    return kinds.map { $0 == "shared" }
  }
}
