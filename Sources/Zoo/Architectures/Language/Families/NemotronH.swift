import Workloads

/// Nemotron-H: Mamba 2, attention, feed-forward parts and experts as layers of their own.
enum NemotronH: LanguageFamily {
  static let modelTypes = ["nemotron_h"]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    var kinds: [String] = []
    if let pattern = try file.text("hybrid_override_pattern") {
      kinds = pattern.map(String.init)
      guard kinds.count <= 10_000 else {
        throw file.wrong("hybrid_override_pattern", "has \(kinds.count) layers")
      }
    } else {
      let key = file.has("layers_block_type") ? "layers_block_type" : "layer_types"
      kinds = try file.texts(key) ?? []
    }
    if let count = try file.optionalInteger("num_hidden_layers", in: StandardDecoder.layerLimit),
      count != kinds.count
    {
      throw file.wrong(
        "hybrid_override_pattern", "has \(kinds.count) layers, 'num_hidden_layers' \(count)")
    }
    let hidden = try file.integer("hidden_size", in: 1...1_000_000)
    let heads = try file.integer("num_attention_heads", in: 1...100_000)
    var attention = AttentionLayer(
      heads: heads, keyValueHeads: try file.integer("num_key_value_heads", default: heads),
      headSize: try file.integer(
        anyOf: file.has("attention_head_dim") ? ["attention_head_dim"] : ["head_dim"],
        in: 1...100_000))
    guard heads % attention.keyValueHeads == 0 else {
      throw file.wrong(
        "num_key_value_heads", "is \(attention.keyValueHeads), which does not divide \(heads) heads"
      )
    }
    attention.isRotary = false
    let mamba = RecurrentLayer.mamba2(
      hiddenSize: hidden, heads: try file.integer("mamba_num_heads", in: 1...1_000_000),
      headSize: try file.integer("mamba_head_dim", in: 1...100_000),
      groups: try file.integer("n_groups", in: 1...100_000),
      stateSize: try file.integer("ssm_state_size", in: 1...100_000),
      kernel: try file.integer("conv_kernel", default: 4, in: 1...10_000),
      hasBias: try file.flag("use_bias", default: false),
      hasConvolutionBias: try file.flag("use_conv_bias", default: true))
    let bias = try file.flag("mlp_bias", default: false)
    var layers: [TransformerLayer] = []
    for (index, kind) in kinds.enumerated() {
      switch kind {
      case "M", "mamba", "linear_attention": layers.append(TransformerLayer(.recurrent(mamba), []))
      case "*", "attention", "full_attention":
        layers.append(TransformerLayer(.attention(attention), []))
      case "-", "mlp":
        let size = try file.integer("intermediate_size")
        layers.append(
          TransformerLayer(
            .none,
            [.dense(DenseFeedForward(size, isGated: false, hasBias: bias, activation: .relu))]))
      case "E", "moe":
        var experts = try file.experts(
          ExpertKeys(
            count: ["n_routed_experts"], isGated: false, activation: .relu,
            hasBalancingBias: true))
        experts.latentSize = try file.optionalInteger("moe_latent_size", in: 1...1_000_000)
        layers.append(TransformerLayer(.none, [.experts(experts)]))
      default:
        throw file.refuse(
          "hybrid_override_pattern[\(index)]", kind,
          known: ["M (Mamba 2)", "* (attention)", "- (feed-forward)", "E (experts)"])
      }
    }
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hidden,
      embedding: Embedding(vocabulary: vocabulary), layers: layers,
      normalization: .rootMeanSquare,
      head: Head(
        vocabulary: vocabulary, isTied: try file.flag("tie_word_embeddings", default: false)),
      formats: try WeightFormats(configuration: file))
    model.maximumContext = try file.optionalInteger(
      "max_position_embeddings", in: 1...1_000_000_000)
    return model
  }
}
