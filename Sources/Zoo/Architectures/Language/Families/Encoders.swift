import Workloads

/// Encoders of the BERT family.
enum Encoders: LanguageFamily {
  static let modelTypes = [
    "bert", "roberta", "xlm-roberta", "camembert", "distilbert", "albert", "electra", "modernbert",
  ]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let type = try file.text("model_type") ?? ""
    if type == "modernbert" { return try modern(file, name) }
    let hidden = try file.integer(anyOf: ["hidden_size", "dim"], in: 1...1_000_000)
    let count = try file.integer(
      anyOf: ["num_hidden_layers", "n_layers"], in: StandardDecoder.layerLimit)
    let heads = try file.integer(anyOf: ["num_attention_heads", "n_heads"], in: 1...100_000)
    guard hidden % heads == 0 else {
      throw file.wrong("num_attention_heads", "is \(heads), which does not divide \(hidden)")
    }
    let inner = try file.integer(anyOf: ["intermediate_size", "hidden_dim"])
    var attention = AttentionLayer(
      heads: heads, keyValueHeads: heads, headSize: hidden / heads, mask: .full)
    attention.hasInputBias = true
    attention.hasOutputBias = true
    attention.isRotary = false
    let layer = TransformerLayer(
      .attention(attention),
      [.dense(DenseFeedForward(inner, isGated: false, hasBias: true, activation: .gelu))],
      arrangement: .after)
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var embedding = Embedding(
      vocabulary: vocabulary,
      positions: try file.integer("max_position_embeddings", default: 512, in: 1...1_000_000_000))
    embedding.segments =
      type == "distilbert" ? 0 : try file.integer("type_vocab_size", default: 2, in: 0...1000)
    embedding.hasNormalization = true
    if type == "albert" || type == "electra" {
      let width = try file.integer("embedding_size", default: 128, in: 1...1_000_000)
      if width != hidden {
        embedding.width = width
        embedding.hasProjectionBias = true
      }
    }
    let isMasked =
      try file.texts("architectures")?.contains { $0.hasSuffix("ForMaskedLM") } ?? false
    var head = Head.none
    if isMasked, type != "electra" {
      head = Head(
        vocabulary: vocabulary, isTied: try file.flag("tie_word_embeddings", default: true))
      head.dense = embedding.width ?? hidden
      head.denseIsPerToken = true
      head.denseIsNormalized = true
      head.hasBias = true
    } else if type != "distilbert", type != "electra" {
      head.dense = hidden
    }
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hidden, embedding: embedding,
      layers: [TransformerLayer](repeating: layer, count: count),
      normalization: .layer(bias: true), head: head,
      formats: try WeightFormats(configuration: file, standard: .float32))
    model.hasFinalNormalization = false
    model.isEncoder = true
    model.sharesLayers = type == "albert"
    model.maximumContext = embedding.positions
    return model
  }

  /// ModernBERT: rotary positions, no biases, windows on two layers of three.
  private static func modern(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name, tied: true)
    let interval = try file.integer("global_attn_every_n_layers", default: 3, in: 1...10_000)
    let window = try file.integer("local_attention", default: 128, in: 1...1_000_000_000)
    let masks = try decoder.masks(window: window) { index in
      index % interval == 0 ? .causal : .window(window)
    }
    let bias = try file.flag("attention_bias", default: false)
    let innerBias = try file.flag("mlp_bias", default: false)
    let inner = try file.integer("intermediate_size")
    let layers = masks.enumerated().map { index, mask in
      var attention = decoder.attention(mask == .causal ? .full : mask)
      attention.hasInputBias = bias
      attention.hasOutputBias = bias
      var layer = TransformerLayer(
        .attention(attention),
        [.dense(DenseFeedForward(inner, isGated: true, hasBias: innerBias, activation: .gelu))])
      layer.skipsFirstNorm = index == 0
      return layer
    }
    var model = decoder.model(layers)
    model.normalization = .layer(bias: try file.flag("norm_bias", default: false))
    model.embedding.hasNormalization = true
    model.isEncoder = true
    model.head = .none
    if try file.texts("architectures")?.contains(where: { $0.hasSuffix("ForMaskedLM") }) ?? false {
      model.head = Head(vocabulary: decoder.vocabulary, isTied: decoder.isTied)
      model.head.dense = decoder.hiddenSize
      model.head.denseHasBias = try file.flag("classifier_bias", default: false)
      model.head.denseIsPerToken = true
      model.head.denseIsNormalized = true
      model.head.hasBias = try file.flag("decoder_bias", default: true)
    }
    return model
  }
}
