import Workloads

/// Gemma 1 to 4: embeddings tied, heads of a size of their own, norms around each part from the second
/// generation on, windows between full layers.
enum Gemma: LanguageFamily {
  static let modelTypes = [
    "gemma", "gemma2", "gemma3_text", "gemma4_text",
  ]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    switch try file.text("model_type") ?? "" {
    case "gemma": return try first(file, name)
    case "gemma2": return try second(file, name, interval: 2)
    case "gemma3_text": return try second(file, name, interval: 6)
    default: return try fourth(file, name)
    }
  }

  private static func first(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let traits = DecoderTraits.llama.with {
      $0.activation = .gelu
      $0.isTied = true
    }
    let decoder = try StandardDecoder(file, name: name, tied: true)
    return try traits.model(
      decoder, masks: [AttentionMask](repeating: .causal, count: decoder.layerCount))
  }

  /// Every `interval`-th layer sees everything, the others a window.
  private static func second(
    _ file: ConfigurationFile, _ name: String, interval standard: Int
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name, tied: true)
    let window = try file.integer("sliding_window", default: 4096, in: 1...1_000_000_000)
    let interval = try file.integer("sliding_window_pattern", default: standard, in: 1...10_000)
    let masks = try decoder.masks(window: window) { index in
      (index + 1) % interval == 0 ? .causal : .window(window)
    }
    let traits = DecoderTraits.llama.with {
      $0.activation = .gelu
      $0.arrangement = .around
      $0.isTied = true
      $0.headNormalization = standard == 6 ? .perHead : .none
    }
    return try traits.model(decoder, masks: masks)
  }

  /// Full layers with larger heads, few of them for keys, whose keys may serve as values; a dense part
  /// beside the experts; a factor for every layer.
  private static func fourth(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name, tied: true)
    let window = try file.integer("sliding_window", default: 512, in: 1...1_000_000_000)
    let masks = try decoder.masks(window: window) { index in
      (index + 1) % 6 == 0 ? .causal : .window(window)
    }
    let globalSize = try file.integer("global_head_dim", default: 512, in: 1...100_000)
    let globalHeads = try file.integer(
      "num_global_key_value_heads", default: decoder.keyValueHeads, in: 1...100_000)
    let keysAreValues = try file.flag("attention_k_eq_v", default: false)
    let sharedLayers = try file.integer("num_kv_shared_layers", default: 0, in: 0...10_000)
    let bias = try file.flag("attention_bias", default: false)
    let size = try file.integer("intermediate_size")
    let hasExperts = try file.flag("enable_moe_block", default: false)
    let isWide = try file.flag("use_double_wide_mlp", default: false)
    var layers: [TransformerLayer] = []
    for (index, mask) in masks.enumerated() {
      let isShared = index >= decoder.layerCount - sharedLayers && sharedLayers > 0
      var attention = decoder.attention(mask)
      if mask == .causal {
        attention.headSize = globalSize
        attention.valueSize = globalSize
        attention.keyValueHeads = keysAreValues ? globalHeads : decoder.keyValueHeads
        attention.keysAreValues = keysAreValues
      }
      guard attention.heads % attention.keyValueHeads == 0 else {
        throw file.wrong(
          "num_global_key_value_heads",
          "is \(attention.keyValueHeads), which does not divide \(attention.heads) heads")
      }
      attention.sharesCache = isShared
      attention.hasInputBias = bias
      attention.hasOutputBias = bias
      attention.headNormalization = .perHead
      var parts: [FeedForward] = [
        .dense(
          DenseFeedForward(isShared && isWide ? 2 * size : size, isGated: true, activation: .gelu))
      ]
      if hasExperts {
        parts.append(
          .experts(
            try file.experts(
              ExpertKeys(
                size: ["moe_intermediate_size"], activation: .gelu, shared: [], sharedSize: []))))
      }
      var layer = TransformerLayer(.attention(attention), parts, arrangement: .around)
      // The experts have a norm before and after, the dense part one after; the router a scale for
      // every channel and expert; the layer one factor, which is stored but not learned.
      layer.extraNorms = hasExperts ? 3 : 0
      layer.extraParameters =
        hasExperts ? decoder.hiddenSize + (try file.integer(anyOf: ["num_experts"])) : 0
      layers.append(layer)
    }
    var model = decoder.model(layers)
    model.embedding.perLayerSize = try file.integer(
      "hidden_size_per_layer_input", default: 0, in: 0...1_000_000)
    model.embedding.perLayerVocabulary = try file.integer(
      "vocab_size_per_layer_input", default: decoder.vocabulary, in: 1...100_000_000)
    return model
  }
}
