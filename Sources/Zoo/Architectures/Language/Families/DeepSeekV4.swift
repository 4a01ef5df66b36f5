import Workloads

/// DeepSeek V4: one shared key–value head, windows with compressed keys behind them, several residual
/// streams.
enum DeepSeekV4: LanguageFamily {
  static let modelTypes = ["deepseek_v4"]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let count = try file.integer("num_hidden_layers", in: StandardDecoder.layerLimit)
    let hidden = try file.integer("hidden_size", in: 1...1_000_000)
    let streams = try file.integer("hc_mult", default: 4, in: 1...1000)
    let base = CompressedAttentionLayer(
      heads: try file.integer("num_attention_heads", in: 1...100_000),
      headSize: try file.integer("head_dim", in: 1...100_000),
      queryRank: try file.integer("q_lora_rank", in: 1...1_000_000),
      outputGroups: try file.integer("o_groups", default: 8, in: 1...100_000),
      outputRank: try file.integer("o_lora_rank", default: 1024, in: 1...1_000_000),
      window: try file.integer("sliding_window", default: 128, in: 1...1_000_000_000))
    guard base.heads % base.outputGroups == 0 else {
      throw file.wrong("o_groups", "is \(base.outputGroups), which does not divide the heads")
    }
    let indexer = LatentAttentionLayer.Indexer(
      heads: try file.integer("index_n_heads", default: 64, in: 1...100_000),
      headSize: try file.integer("index_head_dim", default: 128, in: 1...100_000),
      selected: try file.integer("index_topk", default: 512, in: 1...1_000_000_000))
    let ratios = try ratios(file, count)
    let experts = try file.experts(ExpertKeys(sharedSize: []))
    // Tokens of the first layers are sent to experts by a fixed table.
    let kinds = try file.texts("mlp_layer_types") ?? []
    let hashed = try file.integer(
      "num_hash_layers", default: kinds.filter { $0 == "hash_moe" }.count, in: 0...10_000)
    var layers: [TransformerLayer] = []
    for (index, ratio) in ratios.enumerated() {
      var attention = base
      attention.compression = ratio
      attention.indexer = ratio > 1 && ratio < 64 ? indexer : nil
      var part = experts
      part.hasBalancingBias = index >= hashed
      var layer = TransformerLayer(.compressedAttention(attention), [.experts(part)])
      let mixing = (2 + streams) * streams
      layer.extraParameters = 2 * (mixing * streams * hidden + mixing + 3)
      layers.append(layer)
    }
    let vocabulary = try file.integer("vocab_size", in: 1...100_000_000)
    var model = LanguageModel(
      name: name, source: file.path, hiddenSize: hidden,
      embedding: Embedding(vocabulary: vocabulary), layers: layers,
      normalization: .rootMeanSquare,
      head: Head(
        vocabulary: vocabulary, isTied: try file.flag("tie_word_embeddings", default: false)),
      formats: try WeightFormats(configuration: file))
    model.extraParameters = streams * streams * hidden + streams + 1
    model.maximumContext = try file.optionalInteger(
      "max_position_embeddings", in: 1...1_000_000_000)
    model.assumptions.append(
      "queries of a prefill see, of the compressed keys, those of the mean context")
    TraitDecoders.noteSpeculation(file, &model)
    return model
  }

  /// Tokens that become one compressed key, for each layer; 0 for a window alone.
  private static func ratios(
    _ file: ConfigurationFile, _ count: Int
  ) throws(WorkloadError) -> [Int] {
    if let listed = try file.integers("compress_ratios", in: 0...1_000_000) {
      guard listed.count >= count else {
        throw file.wrong("compress_ratios", "has \(listed.count) entries for \(count) layers")
      }
      return Array(listed.prefix(count))
    }
    guard let kinds = try file.texts("layer_types") else {
      return (0..<count).map { $0 < 2 ? 128 : ($0 % 2 == 0 ? 4 : 128) }
    }
    guard kinds.count >= count else {
      throw file.wrong("layer_types", "has \(kinds.count) entries for \(count) layers")
    }
    var result: [Int] = []
    for (index, kind) in kinds.prefix(count).enumerated() {
      switch kind {
      case "sliding_attention": result.append(0)
      case "compressed_sparse_attention": result.append(4)
      case "heavily_compressed_attention": result.append(128)
      default:
        throw file.refuse(
          "layer_types[\(index)]", kind,
          known: [
            "sliding_attention", "compressed_sparse_attention", "heavily_compressed_attention",
          ])
      }
    }
    return result
  }
}
