import Workloads

/// Decoders of the generation before Llama: biases, layer norms, learned or linear positions.
enum GPT: LanguageFamily {
  static let modelTypes = [
    "gpt2", "gpt_bigcode", "gpt_neo", "gpt_neox", "gptj", "opt", "bloom", "mpt", "falcon", "phi",
    "megatron-gpt", "palm", "gopher",
  ]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let type = try file.text("model_type") ?? ""
    let hidden = try file.integer(
      anyOf: ["hidden_size", "n_embd", "d_model"], in: 1...1_000_000)
    let count = try file.integer(
      anyOf: ["num_hidden_layers", "n_layer", "num_layers", "n_layers"], in: 1...10_000)
    let heads = try file.integer(
      anyOf: ["num_attention_heads", "n_head", "n_heads", "num_heads"], in: 1...100_000)
    let size = try file.integer("head_dim", default: hidden / heads, in: 1...100_000)
    guard hidden % heads == 0 || file.has("head_dim") else {
      throw file.wrong("num_attention_heads", "is \(heads), which does not divide \(hidden)")
    }
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var attention = AttentionLayer(heads: heads, keyValueHeads: heads, headSize: size)
    attention.isRotary = false
    var normalization = LayerNormalization.layer(bias: true)
    var arrangement = TransformerLayer.Arrangement.before
    var embedding = Embedding(vocabulary: vocabulary)
    var head = Head(
      vocabulary: vocabulary,
      isTied: try file.flag(
        "tie_word_embeddings", default: !["gpt_neox", "gptj", "phi"].contains(type)))
    var innerSize = try innerSize(file, hidden)
    var hasBias = true
    var hasFinalNorm = true
    var isGated = false
    attention.hasInputBias = true
    attention.hasOutputBias = true
    switch type {
    case "gpt2", "gpt_bigcode", "megatron-gpt":
      embedding.positions = try positions(file, "n_positions", "max_position_embeddings")
      if type == "gpt_bigcode", try file.flag("multi_query", default: true) {
        attention.keyValueHeads = 1
      }
    case "gpt_neo":
      embedding.positions = try positions(file, "max_position_embeddings", "n_positions")
      attention.hasInputBias = false
    case "opt":
      // Two rows before the first position.
      embedding.positions = try positions(file, "max_position_embeddings", "n_positions") + 2
      let width = try file.integer("word_embed_proj_dim", default: hidden, in: 1...1_000_000)
      if width != hidden { embedding.width = width }
      embedding.hasWidePositions = true
      let isBefore = try file.flag("do_layer_norm_before", default: true)
      if !isBefore { arrangement = .after }
      hasFinalNorm = isBefore
    case "bloom":
      embedding.hasNormalization = true
    case "mpt":
      normalization = .layer(bias: false)
      hasBias = false
      attention.hasInputBias = false
      attention.hasOutputBias = false
    case "gpt_neox":
      attention.isRotary = true
      arrangement =
        try file.flag("use_parallel_residual", default: true) ? .parallel(norms: 2) : .before
      attention.hasInputBias = try file.flag("attention_bias", default: true)
      attention.hasOutputBias = attention.hasInputBias
    case "gptj":
      attention.isRotary = true
      attention.hasInputBias = false
      attention.hasOutputBias = false
      arrangement = .parallel(norms: 1)
      head.hasBias = true
    case "phi":
      attention.isRotary = true
      attention.keyValueHeads = try file.integer("num_key_value_heads", default: heads)
      arrangement = .parallel(norms: 1)
      head.hasBias = true
    case "falcon":
      attention.isRotary = true
      let bias = try file.flag("bias", default: false)
      let isNew = try file.flag("new_decoder_architecture", default: false)
      let isParallel = try file.flag("parallel_attn", default: true)
      hasBias = bias
      attention.hasInputBias = bias
      attention.hasOutputBias = bias
      if isNew {
        attention.keyValueHeads = try file.integer(
          anyOf: ["num_kv_heads", "n_head_kv"], in: 1...100_000)
        let norms = try file.integer("num_ln_in_parallel_attn", default: 2, in: 1...2)
        arrangement = .parallel(norms: norms)
      } else {
        if try file.flag("multi_query", default: true) { attention.keyValueHeads = 1 }
        arrangement = isParallel ? .parallel(norms: 1) : .before
      }
    case "palm":
      // No biases, one norm for both parts, one key–value head, a gated feed-forward part.
      attention.isRotary = true
      attention.keyValueHeads = 1
      attention.hasInputBias = false
      attention.hasOutputBias = false
      normalization = .layer(bias: false)
      arrangement = .parallel(norms: 1)
      hasBias = false
      isGated = true
      innerSize = try file.integer("intermediate_size")
    default:
      normalization = .rootMeanSquare
    // Transformer-XL positions: a projection of them and two vectors for each layer.
    }
    guard heads % attention.keyValueHeads == 0 else {
      throw file.wrong(
        "num_kv_heads", "is \(attention.keyValueHeads), which does not divide \(heads) heads")
    }
    let masks = try masks(file, type, count)
    let layers = masks.map { mask in
      var attention = attention
      attention.mask = mask
      var layer = TransformerLayer(
        .attention(attention),
        [
          .dense(DenseFeedForward(innerSize, isGated: isGated, hasBias: hasBias, activation: .gelu))
        ],
        arrangement: arrangement)
      if type == "gopher" { layer.extraParameters = hidden * hidden + 2 * hidden }
      return layer
    }
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hidden, embedding: embedding, layers: layers,
      normalization: normalization, head: head, formats: try WeightFormats(configuration: file))
    model.hasFinalNormalization = hasFinalNorm
    model.maximumContext = embedding.positions > 0 ? embedding.positions : nil
    return model
  }

  private static func innerSize(
    _ file: ConfigurationFile, _ hidden: Int
  ) throws(WorkloadError) -> Int {
    for key in ["intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size"] {
      if let size = try file.optionalInteger(key) { return size }
    }
    return 4 * hidden
  }

  private static func positions(
    _ file: ConfigurationFile, _ first: String, _ second: String
  ) throws(WorkloadError) -> Int {
    try file.integer(anyOf: [first, second], in: 1...1_000_000_000)
  }

  /// GPT-Neo alternates full layers with windows.
  private static func masks(
    _ file: ConfigurationFile, _ type: String, _ count: Int
  ) throws(WorkloadError) -> [AttentionMask] {
    guard type == "gpt_neo" else { return [AttentionMask](repeating: .causal, count: count) }
    let window = try file.integer("window_size", default: 256)
    let kinds = try file.texts("attention_layers")
    return (0..<count).map { index in
      let isLocal = kinds.map { index < $0.count && $0[index] == "local" } ?? (index % 2 == 1)
      return isLocal ? .window(window) : .causal
    }
  }
}
