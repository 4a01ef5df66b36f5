import Workloads

/// Llama 4: one routed and one shared expert, chunks of keys on three layers of four.
enum Llama4: LanguageFamily {
  static let modelTypes = ["llama4_text"]

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let decoder = try StandardDecoder(file, name: name)
    let chunk = try file.integer("attention_chunk_size", default: 8192, in: 1...1_000_000_000)
    let noRope = try file.integers("no_rope_layers", in: 0...1)
    let interval = try file.integer("no_rope_layer_interval", default: 4, in: 1...10_000)
    // A layer without positions sees everything; an empty list means every `interval`-th layer.
    let masks = try decoder.masks(window: nil, chunk: chunk) { index in
      if let noRope, !noRope.isEmpty {
        return index < noRope.count && noRope[index] == 0 ? .causal : .chunk(chunk)
      }
      return (index + 1) % interval == 0 ? .causal : .chunk(chunk)
    }
    let step = try file.integer("interleave_moe_layer_step", default: 1, in: 1...10_000)
    let listed = try file.integers("moe_layers")
    let bias = try file.flag("attention_bias", default: false)
    var experts = try file.experts(
      ExpertKeys(
        count: ["num_local_experts"], size: ["intermediate_size"], shared: [], sharedSize: []))
    experts.sharedSize = experts.size
    let dense = try file.integer("intermediate_size_mlp", default: 16384)
    let layers = masks.enumerated().map { index, mask in
      var attention = decoder.attention(mask)
      attention.hasInputBias = bias
      attention.hasOutputBias = bias
      attention.isRotary = mask != .causal
      let isSparse = listed.map { $0.contains(index) } ?? ((index + 1) % step == 0)
      return TransformerLayer(
        .attention(attention),
        [isSparse ? .experts(experts) : .dense(DenseFeedForward(dense, isGated: true))])
    }
    return decoder.model(layers)
  }
}
