import Workloads

/// Decoders that publish their numbers in sections or lists of their own: DBRX, Arctic, Hunyuan,
/// Ernie 4.5, Nemotron Super.
enum NestedExperts: LanguageFamily {
  static let modelTypes = ["dbrx", "arctic", "hunyuan_v1_moe", "ernie4_5_moe", "nemotron-nas"]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    switch try file.text("model_type") ?? "" {
    case "dbrx": return try dbrx(file, name)
    case "arctic": return try arctic(file, name)
    case "hunyuan_v1_moe": return try hunyuan(file, name)
    case "ernie4_5_moe": return try ernie(file, name)
    default: return try nemotronSuper(file, name)
    }
  }

  private static func dbrx(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    var file = file
    if let attention = try file.section("attn_config"), attention.has("kv_n_heads") {
      file = file.completed(with: [
        "num_key_value_heads": .number(Double(try attention.integer("kv_n_heads")))
      ])
    }
    var decoder = try StandardDecoder(file, name: name)
    decoder.normalization = .layer(bias: false)
    let section = try file.section("ffn_config") ?? file
    let experts = try section.experts(
      ExpertKeys(
        count: ["moe_num_experts"], perToken: ["moe_top_k"], size: ["ffn_hidden_size"],
        shared: [], sharedSize: []))
    let layer = TransformerLayer(.attention(decoder.attention()), [.experts(experts)])
    return decoder.model([TransformerLayer](repeating: layer, count: decoder.layerCount))
  }

  /// A dense part beside the experts of every second layer or of all.
  private static func arctic(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let frequency = try file.integer("moe_layer_frequency", default: 2, in: 1...10_000)
    let key = file.has("use_residual") ? "use_residual" : "parallel_attn_mlp_res"
    let hasResidual = try file.flag(key, default: false)
    let experts = try file.experts(
      ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: []))
    let layers = (0..<decoder.layerCount).map { index in
      let isSparse = (index + 1) % frequency == 0
      let width = isSparse && hasResidual ? decoder.hiddenSize : experts.size
      let dense = FeedForward.dense(DenseFeedForward(width, isGated: true))
      let parts: [FeedForward] =
        isSparse ? (hasResidual ? [dense, .experts(experts)] : [.experts(experts)]) : [dense]
      var layer = TransformerLayer(.attention(decoder.attention()), parts)
      layer.extraNorms = isSparse && hasResidual ? 1 : 0
      return layer
    }
    return decoder.model(layers)
  }

  private static func hunyuan(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name, tied: false)
    func first(_ key: String, _ standard: Int) throws(WorkloadError) -> Int {
      if file.isArray(key) { return try file.integers(key)?.first ?? standard }
      return try file.integer(key, default: standard)
    }
    var experts = ExpertFeedForward(
      experts: try file.integer("num_experts", in: 1...1_000_000),
      perToken: try first("moe_topk", 1),
      size: try first(
        file.has("moe_intermediate_size") ? "moe_intermediate_size" : "intermediate_size", 0))
    guard experts.perToken >= 1, experts.perToken <= experts.experts, experts.size >= 1 else {
      throw file.wrong("moe_topk", "is \(experts.perToken) of \(experts.experts) experts")
    }
    experts.sharedSize = try first("num_shared_expert", 1) * file.integer("intermediate_size")
    var attention = decoder.attention()
    attention.headNormalization = .perHead
    attention.hasInputBias = try file.flag("attention_bias", default: false)
    attention.hasOutputBias = attention.hasInputBias
    let layer = TransformerLayer(.attention(attention), [.experts(experts)])
    return decoder.model([TransformerLayer](repeating: layer, count: decoder.layerCount))
  }

  private static func ernie(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name, tied: true)
    let bias = try file.flag("use_bias", default: false)
    let first = try file.integer("moe_layer_start_index", default: 1, in: 0...10_000)
    let end = try file.integer("moe_layer_end_index", default: -1, in: -1...10_000)
    let last = end < 0 ? decoder.layerCount - 1 : end
    let interval = try file.integer("moe_layer_interval", default: 1, in: 1...10_000)
    var experts = try file.experts(ExpertKeys(sharedSize: [], hasBalancingBias: true))
    experts.hasBias = bias
    let inner = try file.integer("intermediate_size")
    var attention = decoder.attention()
    attention.hasInputBias = bias
    attention.hasOutputBias = bias
    let layers = (0..<decoder.layerCount).map { index in
      let isSparse = (index + 1) % interval == 0 && index >= first && index <= last
      return TransformerLayer(
        .attention(attention),
        [
          isSparse
            ? .experts(experts) : .dense(DenseFeedForward(inner, isGated: true, hasBias: bias))
        ])
    }
    var model = decoder.model(layers)
    model.head.hasBias = bias
    return model
  }

  /// Layers whose parts were searched: fewer key–value heads, narrower or no feed-forward parts, a
  /// matrix in place of one.
  private static func nemotronSuper(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let blocks = try file.sections("block_configs") ?? []
    let count = try file.integer("num_hidden_layers", in: StandardDecoder.layerLimit)
    guard blocks.count == count else {
      throw file.wrong("block_configs", "has \(blocks.count) entries for \(count) layers")
    }
    // The file leaves the number of key–value heads to each layer.
    let decoder = try StandardDecoder(
      file.with(["num_key_value_heads": .null]), name: name)
    let hidden = decoder.hiddenSize
    var layers: [TransformerLayer] = []
    for block in blocks {
      var mixer = TransformerLayer.Mixer.none
      var parts: [FeedForward] = []
      if let attention = try block.section("attention") {
        if try attention.flag("replace_with_linear", default: false) {
          throw .unsupported(
            file: file.path,
            problem: "block_configs: a matrix in place of attention cannot be counted")
        }
        if try !attention.flag("no_op", default: false) {
          var layer = decoder.attention()
          let group = try attention.integer("n_heads_in_group", in: 1...decoder.heads)
          guard decoder.heads % group == 0 else {
            throw attention.wrong("n_heads_in_group", "is \(group) of \(decoder.heads) heads")
          }
          layer.keyValueHeads = decoder.heads / group
          mixer = .attention(layer)
        }
      }
      if let part = try block.section("ffn") {
        if try part.flag("replace_with_linear", default: false) {
          throw .unsupported(
            file: file.path,
            problem: "block_configs: a matrix in place of a feed-forward part cannot be counted")
        }
        if try !part.flag("no_op", default: false) {
          let factor = try part.number("ffn_mult", default: 1)
          guard (0.001...1000).contains(factor) else {
            throw part.wrong("ffn_mult", "is \(factor); between 0.001 and 1000 is allowed")
          }
          // Two thirds, rounded up to 256.
          let size = Int(2 * factor * Double(hidden) / 3)
          parts.append(.dense(DenseFeedForward(max(1, (size + 255) / 256) * 256, isGated: true)))
        }
      }
      layers.append(TransformerLayer(mixer, parts))
    }
    return decoder.model(layers)
  }
}
