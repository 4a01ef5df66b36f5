import Workloads

/// The vision towers of multimodal models, each as its family publishes it.
enum VisionTowers {
  typealias Projection = RecurrentLayer.Projection

  /// One transformer layer of a tower.
  private static func layer(
    _ hidden: Int, heads: Int, inner: Int, bias: Bool, isGated: Bool = false,
    headNormalization: AttentionLayer.HeadNormalization = .none,
    arrangement: TransformerLayer.Arrangement = .before, headSize: Int? = nil
  ) -> TransformerLayer {
    var attention = AttentionLayer(
      heads: heads, keyValueHeads: heads, headSize: headSize ?? hidden / max(1, heads), mask: .full)
    attention.hasInputBias = bias
    attention.hasOutputBias = bias
    attention.headNormalization = headNormalization
    return TransformerLayer(
      .attention(attention),
      [.dense(DenseFeedForward(inner, isGated: isGated, hasBias: bias, activation: .gelu))],
      arrangement: arrangement)
  }

  private struct Common {
    let hidden: Int
    let heads: Int
    let inner: Int
    let depth: Int
    let patch: Int
    let channels: Int

    init(
      _ file: ConfigurationFile, heads: KeyNames = ["num_heads", "num_attention_heads"],
      depth: KeyNames = ["depth", "num_hidden_layers"], hidden: KeyNames = ["hidden_size"]
    ) throws(WorkloadError) {
      self.hidden = try file.integer(anyOf: hidden, in: 1...1_000_000)
      self.heads = try file.integer(anyOf: heads, in: 1...100_000)
      self.depth = try file.integer(anyOf: depth, in: 1...10_000)
      patch = try file.integer(
        anyOf: ["patch_size", "spatial_patch_size"], in: 1...100_000)
      channels = try file.integer(
        anyOf: file.has("in_chans")
          ? ["in_chans"]
          : file.has("in_channels")
            ? ["in_channels"]
            : file.has("num_channels") ? ["num_channels"] : ["patch_size"], in: 1...100_000)
      let ratio = try file.number("mlp_ratio", default: 4)
      inner =
        try file.optionalInteger("intermediate_size")
        .map { $0 } ?? Int(max(1, min(1e7, Double(self.hidden) * ratio)))
      guard self.hidden % self.heads == 0 else {
        throw file.wrong("num_heads", "is \(self.heads), which does not divide \(self.hidden)")
      }
    }

    func layers(_ layer: TransformerLayer) -> [TransformerLayer] {
      [TransformerLayer](repeating: layer, count: depth)
    }
  }

  private static func side(_ file: ConfigurationFile, _ standard: Int) throws(WorkloadError) -> Int
  {
    try file.integer("image_size", default: standard, in: 1...1_000_000)
  }

  /// Qwen2-VL to Qwen3.5: patches of two frames, four patches to a token.
  static func qwen(
    _ file: ConfigurationFile, _ type: String, hidden: Int
  ) throws(WorkloadError) -> VisionTower {
    let isSecond = type == "qwen2_vl"
    let isGated = type == "qwen2_5_vl"
    let file =
      file.has("in_channels") || file.has("in_chans")
      ? file : file.completed(with: ["in_channels": .number(3)])
    let common = try Common(
      file, hidden: isSecond ? ["embed_dim", "hidden_size"] : ["hidden_size"])
    let merge = try file.integer("spatial_merge_size", default: 2, in: 1...1000)
    let frames = try file.integer("temporal_patch_size", default: 2, in: 1...1000)
    let isThird = !isSecond && !isGated
    let output = try file.integer(
      anyOf: isSecond
        ? ["hidden_size"] : file.has("out_hidden_size") ? ["out_hidden_size"] : ["hidden_size"])
    let merged = common.hidden * merge * merge
    let positions =
      isThird ? try file.integer("num_position_embeddings", default: 2304, in: 0...100_000_000) : 0
    let deep = try file.integers("deepstack_visual_indexes") ?? []
    let norm = isGated ? 1 : 2
    var projections = [
      Projection("merger_fc1", merged, merged, bias: true),
      Projection("merger_fc2", merged, output, bias: true),
    ]
    var norms = [norm * common.hidden]
    for index in deep {
      projections.append(Projection("deepstack\(index)_fc1", merged, merged, bias: true))
      projections.append(Projection("deepstack\(index)_fc2", merged, output, bias: true))
      norms.append(norm * merged)
    }
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(common.hidden, heads: common.heads, inner: common.inner, bias: true, isGated: isGated)
      ),
      normalization: isGated ? .rootMeanSquare : .layer(bias: true),
      patchElements: common.channels * frames * common.patch * common.patch,
      hasPatchBias: isThird, positions: positions, patches: positions > 0 ? positions : 1024,
      patchesPerToken: merge * merge, projections: projections, projectionNorms: norms)
  }

  /// Gemma 3: SigLIP, its patches averaged to 256 tokens.
  static func siglip(
    _ vision: ConfigurationFile, _ file: ConfigurationFile, hidden: Int
  ) throws(WorkloadError) -> VisionTower {
    let common = try Common(vision.completed(with: ["num_channels": .number(3)]))
    let side = try side(vision, 896) / common.patch
    let tokens = try file.integer("mm_tokens_per_image", default: 256, in: 1...1_000_000)
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(common.hidden, heads: common.heads, inner: common.inner, bias: true)),
      normalization: .layer(bias: true),
      patchElements: common.channels * common.patch * common.patch, hasPatchBias: true,
      positions: side * side, outerNorms: 1, patches: max(1, side * side),
      patchesPerToken: max(1, side * side / tokens),
      projections: [Projection("projection", common.hidden, hidden)],
      projectionNorms: [common.hidden])
  }

  /// Gemma 4: a table of positions for each axis, norms around each part, heads normalised.
  static func gemma4(_ file: ConfigurationFile, hidden: Int) throws(WorkloadError) -> VisionTower {
    let common = try Common(file.completed(with: ["num_channels": .number(3)]))
    let rows = try file.integer("position_embedding_size", default: 10240, in: 1...100_000_000)
    let pool = try file.integer("pooling_kernel_size", default: 3, in: 1...1000)
    let tokens = try file.integer("default_output_length", default: 280, in: 1...1_000_000)
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(
          common.hidden, heads: common.heads, inner: common.inner, bias: false, isGated: true,
          headNormalization: .perHead, arrangement: .around,
          headSize: try file.integer("head_dim", default: common.hidden / common.heads))),
      normalization: .rootMeanSquare,
      patchElements: 3 * common.patch * common.patch, hasPatchBias: false, positions: 2 * rows,
      patches: tokens * pool * pool, patchesPerToken: pool * pool,
      projections: [Projection("projection", common.hidden, hidden)])
  }

  /// Llama 4: pixels shuffled to quarter the tokens, two linear layers, one into the text.
  static func llama4(_ file: ConfigurationFile, hidden: Int) throws(WorkloadError) -> VisionTower {
    let common = try Common(file.completed(with: ["num_channels": .number(3)]))
    let side = try side(file, 448) / common.patch
    let input = try file.integer("projector_input_dim", default: 4096)
    let output = try file.integer("projector_output_dim", default: 4096)
    let last = try file.integer("vision_output_dim", default: output)
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(common.hidden, heads: common.heads, inner: common.inner, bias: true)),
      normalization: .layer(bias: true),
      patchElements: common.channels * common.patch * common.patch, hasPatchBias: false,
      positions: side * side + 1, outerNorms: 2, extraParameters: common.hidden,
      patches: max(1, side * side), patchesPerToken: 4,
      projections: [
        Projection("fc1", 4 * common.hidden, input), Projection("fc2", output, output),
        Projection("projection", last, hidden),
      ])
  }

  /// MoonViT of Kimi: a learned grid of positions, four patches to a token.
  static func moonViT(_ file: ConfigurationFile, hidden: Int) throws(WorkloadError) -> VisionTower {
    let names: [String: KeyNames] = [
      "hidden": ["hidden_size", "vt_hidden_size"],
      "heads": ["num_attention_heads", "vt_num_attention_heads"],
      "depth": ["num_hidden_layers", "vt_num_hidden_layers"],
    ]
    var file = file.completed(with: ["num_channels": .number(3)])
    if !file.has("intermediate_size"), file.has("vt_intermediate_size") {
      file = file.completed(with: [
        "intermediate_size": .number(Double(try file.integer("vt_intermediate_size")))
      ])
    }
    let common = try Common(
      file, heads: names["heads"] ?? [], depth: names["depth"] ?? [], hidden: names["hidden"] ?? [])
    let height = try file.integer(
      anyOf: file.has("pos_emb_height") ? ["pos_emb_height"] : ["init_pos_emb_height"],
      in: 1...10_000)
    let width = try file.integer(
      anyOf: file.has("pos_emb_width") ? ["pos_emb_width"] : ["init_pos_emb_width"], in: 1...10_000)
    let merged = 4 * common.hidden
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(common.hidden, heads: common.heads, inner: common.inner, bias: true)),
      normalization: .layer(bias: true), patchElements: 3 * common.patch * common.patch,
      hasPatchBias: true, positions: height * width, outerNorms: 1, patches: height * width,
      patchesPerToken: 4,
      projections: [
        Projection("in_proj", merged, merged, bias: true),
        Projection("out_proj", merged, hidden, bias: true),
      ], projectionNorms: [2 * common.hidden])
  }

  /// Pixtral: no biases, gated, patches merged by a linear layer.
  static func pixtral(
    _ vision: ConfigurationFile, _ file: ConfigurationFile, hidden: Int
  ) throws(WorkloadError) -> VisionTower {
    let common = try Common(vision.completed(with: ["num_channels": .number(3)]))
    let merge = try file.integer("spatial_merge_size", default: 2, in: 1...1000)
    let bias = try file.flag("multimodal_projector_bias", default: false)
    let side = try side(vision, 1540) / common.patch
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(common.hidden, heads: common.heads, inner: common.inner, bias: false, isGated: true)),
      normalization: .rootMeanSquare,
      patchElements: common.channels * common.patch * common.patch, hasPatchBias: false,
      positions: 0, outerNorms: 1, patches: max(1, side * side), patchesPerToken: merge * merge,
      projections: [
        Projection("merging_layer", common.hidden * merge * merge, common.hidden),
        Projection("linear_1", common.hidden, hidden, bias: bias),
        Projection("linear_2", hidden, hidden, bias: bias),
      ], projectionNorms: [common.hidden])
  }

  /// CLIP as LLaVA uses it: two linear layers to the text.
  static func clip(_ file: ConfigurationFile, hidden: Int) throws(WorkloadError) -> VisionTower {
    let common = try Common(file.completed(with: ["num_channels": .number(3)]))
    let side = try side(file, 336) / common.patch
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(common.hidden, heads: common.heads, inner: common.inner, bias: true)),
      normalization: .layer(bias: true),
      patchElements: common.channels * common.patch * common.patch, hasPatchBias: false,
      positions: side * side + 1, outerNorms: 2, extraParameters: common.hidden,
      patches: max(1, side * side), patchesPerToken: 1,
      projections: [
        Projection("linear_1", common.hidden, hidden, bias: true),
        Projection("linear_2", hidden, hidden, bias: true),
      ])
  }

  /// MiniMax M3: patches of two frames; four tokens are merged after they reached the text's width.
  static func miniMax(
    _ vision: ConfigurationFile, _ file: ConfigurationFile, hidden: Int
  ) throws(WorkloadError) -> VisionTower {
    let common = try Common(vision.completed(with: ["num_channels": .number(3)]))
    let merge = try vision.integer("spatial_merge_size", default: 2, in: 1...1000)
    let frames = try vision.integer("temporal_patch_size", default: 2, in: 1...1000)
    let width = try file.integer("projector_hidden_size", default: hidden)
    let side = try side(vision, 2016) / common.patch
    return VisionTower(
      hiddenSize: common.hidden,
      layers: common.layers(
        layer(common.hidden, heads: common.heads, inner: common.inner, bias: true)),
      normalization: .layer(bias: true),
      patchElements: common.channels * frames * common.patch * common.patch, hasPatchBias: false,
      positions: 0, outerNorms: 1, patches: max(1, side * side), patchesPerToken: 1,
      projections: [
        Projection("linear_1", common.hidden, width, bias: true),
        Projection("linear_2", width, hidden, bias: true),
        Projection("merge_linear_1", hidden * merge * merge, width, bias: true),
        Projection("merge_linear_2", width, hidden, bias: true),
      ])
  }

  /// Step 3.7: layer scales, two convolutions of stride two, one linear layer.
  static func step(
    _ vision: ConfigurationFile, _ file: ConfigurationFile, hidden: Int
  ) throws(WorkloadError) -> VisionTower {
    let common = try Common(
      vision.completed(with: ["num_channels": .number(3)]),
      heads: ["num_attention_heads", "heads"], depth: ["num_hidden_layers", "layers"],
      hidden: ["hidden_size", "width"])
    let side = try side(vision, 728) / common.patch
    var block = layer(common.hidden, heads: common.heads, inner: common.inner, bias: true)
    block.extraParameters = 2 * common.hidden
    let bias = try file.flag("projector_bias", default: false)
    return VisionTower(
      hiddenSize: common.hidden, layers: common.layers(block), normalization: .layer(bias: true),
      patchElements: common.channels * common.patch * common.patch, hasPatchBias: false,
      positions: side * side, outerNorms: 1, patches: max(1, side * side), patchesPerToken: 1,
      projections: [
        Projection("downsampler1", 9 * common.hidden, 2 * common.hidden, bias: true),
        Projection("downsampler2", 18 * common.hidden, 4 * common.hidden, bias: true),
        Projection("projection", 4 * common.hidden, hidden, bias: bias),
      ])
  }
}
