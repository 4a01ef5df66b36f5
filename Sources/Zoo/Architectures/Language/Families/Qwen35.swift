import Workloads

/// Qwen3-Next and Qwen3.5: three gated delta networks for each full layer, whose output is gated.
enum Qwen35: LanguageFamily {
  static let modelTypes = [
    "qwen3_next", "qwen3_5_text", "qwen3_5_moe_text",
  ]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let interval = try file.integer("full_attention_interval", default: 4, in: 1...10_000)
    let kinds =
      try file.texts("layer_types")
      ?? (0..<decoder.layerCount).map {
        ($0 + 1) % interval == 0 ? "full_attention" : "linear_attention"
      }
    guard kinds.count == decoder.layerCount else {
      throw file.wrong(
        "layer_types", "has \(kinds.count) entries for \(decoder.layerCount) layers")
    }
    let delta = RecurrentLayer.gatedDelta(
      hiddenSize: decoder.hiddenSize,
      keyHeads: try file.integer("linear_num_key_heads", in: 1...100_000),
      keySize: try file.integer("linear_key_head_dim", in: 1...100_000),
      valueHeads: try file.integer("linear_num_value_heads", in: 1...100_000),
      valueSize: try file.integer("linear_value_head_dim", in: 1...100_000),
      kernel: try file.integer("linear_conv_kernel_dim", default: 4, in: 1...10_000))
    var attention = decoder.attention()
    attention.headNormalization = .perHead
    attention.gate = .perElement
    attention.hasInputBias = try file.flag("attention_bias", default: false)
    attention.hasOutputBias = attention.hasInputBias
    let hasExperts = file.has("num_experts")
    let sparse =
      hasExperts
      ? try file.expertLayers(of: decoder.layerCount)
      : [Bool](repeating: false, count: decoder.layerCount)
    let experts: FeedForward? =
      hasExperts
      ? .experts(try file.experts(ExpertKeys(shared: [], hasSharedGate: true))) : nil
    let dense: FeedForward? =
      sparse.contains(false)
      ? .dense(DenseFeedForward(try file.integer("intermediate_size"), isGated: true)) : nil
    var layers: [TransformerLayer] = []
    for (index, kind) in kinds.enumerated() {
      let part = (sparse[index] ? experts : dense).map { [$0] } ?? []
      switch kind {
      case "full_attention": layers.append(TransformerLayer(.attention(attention), part))
      case "linear_attention": layers.append(TransformerLayer(.recurrent(delta), part))
      default:
        throw file.refuse(
          "layer_types[\(index)]", kind, known: ["full_attention", "linear_attention"])
      }
    }
    var model = decoder.model(layers)
    TraitDecoders.noteSpeculation(file, &model)
    return model
  }
}
