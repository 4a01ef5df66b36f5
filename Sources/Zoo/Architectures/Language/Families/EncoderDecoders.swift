import Workloads

/// Encoder–decoders: T5, mT5 and UMT5 with relative positions, BART and mBART with learned ones.
enum EncoderDecoders: LanguageFamily {
  static let modelTypes = ["t5", "mt5", "umt5", "bart", "mbart"]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let type = try file.text("model_type") ?? ""
    return try type.hasSuffix("t5") ? t5(file, name, type) : bart(file, name, type)
  }

  private static func t5(
    _ file: ConfigurationFile, _ name: String, _ type: String
  ) throws(WorkloadError) -> LanguageModel {
    let hidden = try file.integer("d_model", in: 1...1_000_000)
    let count = try file.integer("num_layers", in: StandardDecoder.layerLimit)
    let decoderCount = try file.integer(
      "num_decoder_layers", default: count, in: StandardDecoder.layerLimit)
    let heads = try file.integer("num_heads", in: 1...100_000)
    let buckets = try file.integer("relative_attention_num_buckets", default: 32, in: 1...1_000_000)
    let projection =
      try file.text("feed_forward_proj") ?? (type == "t5" ? "relu" : "gated-gelu")
    let isGated = projection.hasPrefix("gated")
    var attention = AttentionLayer(
      heads: heads, keyValueHeads: heads,
      headSize: try file.integer("d_kv", default: 64, in: 1...100_000), mask: .full)
    attention.isRotary = false
    let part = FeedForward.dense(
      DenseFeedForward(
        try file.integer("d_ff"), isGated: isGated, activation: isGated ? .gelu : .relu))
    func layers(_ count: Int, _ mask: AttentionMask, cross: Bool) -> [TransformerLayer] {
      (0..<count).map { index in
        var own = attention
        own.mask = mask
        // One table serves the whole stack, except in UMT5.
        own.relativePositions = index == 0 || type == "umt5" ? buckets : 0
        var layer = TransformerLayer(.attention(own), [part])
        layer.crossAttention = cross ? attention : nil
        return layer
      }
    }
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hidden,
      embedding: Embedding(vocabulary: vocabulary),
      layers: layers(decoderCount, .causal, cross: true), normalization: .rootMeanSquare,
      head: Head(
        vocabulary: vocabulary,
        isTied: try file.flag("tie_word_embeddings", default: type == "t5")),
      formats: try WeightFormats(configuration: file, standard: .float32))
    model.encoder = EncoderStack(layers: layers(count, .full, cross: false))
    return model
  }

  private static func bart(
    _ file: ConfigurationFile, _ name: String, _ type: String
  ) throws(WorkloadError) -> LanguageModel {
    let hidden = try file.integer("d_model", in: 1...1_000_000)
    // Two rows before the first position.
    let positions =
      try file.integer("max_position_embeddings", default: 1024, in: 1...1_000_000_000) + 2
    func layers(_ side: String, _ mask: AttentionMask) throws(WorkloadError) -> [TransformerLayer] {
      let heads = try file.integer("\(side)_attention_heads", in: 1...100_000)
      guard hidden % heads == 0 else {
        throw file.wrong("\(side)_attention_heads", "is \(heads), which does not divide \(hidden)")
      }
      var attention = AttentionLayer(
        heads: heads, keyValueHeads: heads, headSize: hidden / heads, mask: mask)
      attention.hasInputBias = true
      attention.hasOutputBias = true
      attention.isRotary = false
      var layer = TransformerLayer(
        .attention(attention),
        [
          .dense(
            DenseFeedForward(
              try file.integer("\(side)_ffn_dim"), isGated: false, hasBias: true,
              activation: .gelu))
        ], arrangement: type == "bart" ? .after : .before)
      layer.crossAttention = side == "decoder" ? attention : nil
      let count = try file.integer("\(side)_layers", in: StandardDecoder.layerLimit)
      return [TransformerLayer](repeating: layer, count: count)
    }
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var embedding = Embedding(vocabulary: vocabulary, positions: positions)
    embedding.hasNormalization = true
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hidden, embedding: embedding,
      layers: try layers("decoder", .causal), normalization: .layer(bias: true),
      head: Head(vocabulary: vocabulary, isTied: true),
      formats: try WeightFormats(configuration: file, standard: .float32))
    model.hasFinalNormalization = type == "mbart"
    model.encoder = EncoderStack(
      layers: try layers("encoder", .full), positions: positions,
      hasEmbeddingNormalization: true, hasFinalNormalization: type == "mbart")
    return model
  }
}
