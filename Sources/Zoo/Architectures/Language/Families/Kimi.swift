import Workloads

/// Kimi Linear: three delta-attention layers for each latent one, experts in nearly all.
enum Kimi: LanguageFamily {
  static let modelTypes = ["kimi_linear"]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let count = try file.integer("num_hidden_layers", in: StandardDecoder.layerLimit)
    let hidden = try file.integer("hidden_size", in: 1...1_000_000)
    let linear = try file.section("linear_attn_config")
    let heads = try file.integer("num_attention_heads", in: 1...100_000)
    let delta: RecurrentLayer
    if let linear {
      delta = RecurrentLayer.kimiDelta(
        hiddenSize: hidden, heads: try linear.integer("num_heads", in: 1...100_000),
        headSize: try linear.integer("head_dim", in: 1...100_000),
        kernel: try linear.integer("short_conv_kernel_size", default: 4, in: 1...10_000))
    } else {
      delta = RecurrentLayer.kimiDelta(
        hiddenSize: hidden,
        heads: try file.integer("linear_num_heads", default: heads, in: 1...100_000),
        headSize: try file.integer("linear_head_dim", default: 128, in: 1...100_000),
        kernel: try file.integer("linear_conv_kernel_dim", default: 4, in: 1...10_000))
    }
    var latent = try DeepSeek.latentAttention(file)
    latent.hasBias = false
    // Layers are counted from 1 in the published lists.
    let full = Set(try linear?.integers("full_attn_layers") ?? [])
    let kinds = try file.texts("layer_types")
    if let kinds, kinds.count != count {
      throw file.wrong("layer_types", "has \(kinds.count) entries for \(count) layers")
    }
    let dense = try file.integer("first_k_dense_replace", default: 1, in: 0...10_000)
    let experts = try file.experts(
      ExpertKeys(
        count: ["num_experts", "num_local_experts", "n_routed_experts"],
        perToken: ["num_experts_per_token", "num_experts_per_tok"], sharedSize: [],
        hasBalancingBias: true))
    let inner = try file.integer("intermediate_size")
    var layers: [TransformerLayer] = []
    for index in 0..<count {
      let isFull: Bool
      if let kinds {
        isFull = kinds[index] == "full_attention"
      } else {
        isFull = full.isEmpty ? (index + 1) % 4 == 0 : full.contains(index + 1)
      }
      layers.append(
        TransformerLayer(
          isFull ? .latentAttention(latent) : .recurrent(delta),
          [index < dense ? .dense(DenseFeedForward(inner, isGated: true)) : .experts(experts)]))
    }
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hidden,
      embedding: Embedding(vocabulary: vocabulary), layers: layers,
      normalization: .rootMeanSquare,
      head: Head(
        vocabulary: vocabulary, isTied: try file.flag("tie_word_embeddings", default: false)),
      formats: try WeightFormats(configuration: file))
    TraitDecoders.noteSpeculation(file, &model)
    return model
  }
}
