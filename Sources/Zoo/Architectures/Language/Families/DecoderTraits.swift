import Workloads

/// How a family of decoders departs from Llama: everything that its configuration file leaves
/// unsaid.
struct DecoderTraits: Sendable {
  var normalization = LayerNormalization.rootMeanSquare
  var arrangement = TransformerLayer.Arrangement.before
  var isGated = true
  var activation = ElementwiseFunction.silu
  var inputBias = BiasRule.never
  var outputBias = BiasRule.never
  var feedForwardBias = BiasRule.never
  var headBias = BiasRule.never
  var headNormalization = AttentionLayer.HeadNormalization.none
  var isTied = false
  /// Learned elements of each layer's activation function.
  var activationParameters = 0
  /// nil: no experts.
  var experts: ExpertKeys?

  static let llama = DecoderTraits()

  func with(_ change: (inout DecoderTraits) -> Void) -> DecoderTraits {
    var copy = self
    change(&copy)
    return copy
  }

  /// Reads a configuration of this family.
  func model(
    _ decoder: StandardDecoder, masks: [AttentionMask]? = nil
  ) throws(WorkloadError) -> LanguageModel {
    var decoder = decoder
    decoder.normalization = normalization
    let file = decoder.file
    var allMasks = masks ?? []
    if masks == nil { allMasks = try decoder.windowMasks() }
    var attention = decoder.attention()
    attention.hasInputBias = try inputBias.holds(in: file)
    attention.hasOutputBias = try outputBias.holds(in: file)
    attention.headNormalization = headNormalization
    let bias = try feedForwardBias.holds(in: file)
    let sparse: [Bool]
    var routed: FeedForward?
    if let experts {
      sparse = try file.expertLayers(of: decoder.layerCount)
      routed = .experts(try file.experts(experts))
    } else {
      sparse = [Bool](repeating: false, count: decoder.layerCount)
    }
    var dense: FeedForward?
    if sparse.contains(false) {
      let size = try file.integer(anyOf: [
        "intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size",
      ])
      dense = .dense(
        DenseFeedForward(size, isGated: isGated, hasBias: bias, activation: activation))
    }
    let layers = allMasks.enumerated().map { index, mask in
      attention.mask = mask
      let part = sparse[index] ? routed : dense
      var layer = TransformerLayer(
        .attention(attention), part.map { [$0] } ?? [], arrangement: arrangement)
      layer.extraParameters = activationParameters
      return layer
    }
    var model = decoder.model(layers)
    model.head.hasBias = try headBias.holds(in: file)
    return model
  }
}

/// Decoders that differ from Llama by a few traits: a line for each.
enum TraitDecoders: LanguageFamily {
  static let traits: [String: DecoderTraits] = {
    let llama = DecoderTraits.llama.with {
      $0.inputBias = .key("attention_bias", default: false)
      $0.outputBias = .key("attention_bias", default: false)
      $0.feedForwardBias = .key("mlp_bias", default: false)
    }
    let mistral = DecoderTraits.llama
    let qwen2 = DecoderTraits.llama.with { $0.inputBias = .always }
    let qwen3 = DecoderTraits.llama.with {
      $0.inputBias = .key("attention_bias", default: false)
      $0.outputBias = .key("attention_bias", default: false)
      $0.headNormalization = .perHead
    }
    let olmo2 = llama.with {
      $0.arrangement = .after
      $0.headNormalization = .full
      $0.feedForwardBias = .never
    }
    let glm4 = DecoderTraits.llama.with { $0.inputBias = .key("attention_bias", default: true) }
    return [
      "llama": llama, "yi": llama, "internlm3": llama, "helium": llama,
      "arcee": llama.with {
        $0.isGated = false
        $0.activation = .relu
      },
      "granite": llama.with { $0.isTied = true },
      "seed_oss": llama.with {
        $0.inputBias = .key("attention_bias", default: true)
        $0.outputBias = .key("attention_out_bias", default: false)
      },
      "smollm3": llama.with { $0.isTied = true },
      "internlm2": llama.with {
        $0.inputBias = .key("bias", default: false)
        $0.outputBias = .key("bias", default: false)
      },
      "baichuan": mistral, "deepseek_llm": mistral,
      "mistral": mistral, "ministral": mistral, "ministral3": mistral,
      "exaone4": mistral.with {
        $0.arrangement = .after
        $0.headNormalization = .perHead
      },
      "hunyuan_v1_dense": llama.with { $0.headNormalization = .perHead },
      "ernie4_5": llama.with {
        $0.inputBias = .key("use_bias", default: false)
        $0.outputBias = .key("use_bias", default: false)
        $0.feedForwardBias = .key("use_bias", default: false)
        $0.isTied = true
      },
      "apertus": llama.with {
        $0.isGated = false
        $0.headNormalization = .perHead
        $0.activationParameters = 2
      },
      "qwen2": qwen2, "qwen3": qwen3, "mimo": qwen2,
      "phi3": mistral,
      "olmo": llama.with {
        $0.normalization = .plain
        $0.feedForwardBias = .never
      },
      "olmo2": olmo2, "olmo3": olmo2,
      "glm": glm4, "chatglm": glm4.with { $0.inputBias = .always },
      "glm4": glm4.with { $0.arrangement = .around },
      "stablelm": mistral.with {
        $0.normalization = .layer(bias: true)
        $0.inputBias = .key("use_qkv_bias", default: false)
      },
      "starcoder2": DecoderTraits.llama.with {
        $0.normalization = .layer(bias: true)
        $0.isGated = false
        $0.activation = .gelu
        $0.inputBias = .key("use_bias", default: true)
        $0.outputBias = .key("use_bias", default: true)
        $0.feedForwardBias = .key("use_bias", default: true)
        $0.isTied = true
      },
      "cohere": llama.with {
        $0.normalization = .layer(bias: false)
        $0.arrangement = .parallel(norms: 1)
        $0.feedForwardBias = .never
        $0.isTied = true
      },
      "nemotron": llama.with {
        $0.normalization = .layer(bias: true)
        $0.isGated = false
        $0.activation = .relu
      },
      // With experts.
      "mixtral": mistral.with {
        $0.experts = ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: [])
      },
      "qwen2_moe": qwen2.with {
        $0.experts = ExpertKeys(shared: [], hasSharedGate: true)
      },
      "qwen3_moe": qwen3.with { $0.experts = ExpertKeys(shared: [], sharedSize: []) },
      "phimoe": mistral.with {
        $0.normalization = .layer(bias: true)
        $0.inputBias = .key("attention_bias", default: false)
        $0.outputBias = .key("attention_bias", default: false)
        $0.headBias = .key("lm_head_bias", default: false)
        $0.experts = ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: [])
      },
      "olmoe": llama.with {
        $0.headNormalization = .full
        $0.experts = ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: [])
      },
      "granitemoe": llama.with {
        $0.experts = ExpertKeys(size: ["intermediate_size"], shared: [], sharedSize: [])
      },
      "deepseek": llama.with {
        $0.experts = ExpertKeys(sharedSize: [])
      },
      "glm4_moe": DecoderTraits.llama.with {
        $0.inputBias = .key("attention_bias", default: false)
        $0.experts = ExpertKeys(sharedSize: [], hasBalancingBias: true)
      },
      "minimax_m2": mistral.with {
        $0.headNormalization = .full
        $0.experts = ExpertKeys(
          size: ["intermediate_size"], shared: [], sharedSize: [], hasBalancingBias: true)
      },
      "grok-1": mistral.with {
        $0.arrangement = .around
        $0.isTied = true
        $0.activation = .gelu
        $0.experts = ExpertKeys(
          size: ["intermediate_size"], activation: .gelu, shared: [], sharedSize: [])
      },
    ]
  }()

  static let modelTypes = traits.keys.sorted()

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let type = try file.text("model_type") ?? ""
    let traits = traits[type] ?? .llama
    var decoder = try StandardDecoder(file, name: name, tied: traits.isTied)
    // The names of the first GLM.
    if type == "chatglm", file.has("multi_query_group_num") {
      decoder.keyValueHeads = try file.integer("multi_query_group_num", in: 1...100_000)
    }
    var model = try traits.model(decoder)
    if type == "glm4_moe", try file.flag("use_qk_norm", default: false) {
      model = try traits.with { $0.headNormalization = .perHead }.model(decoder)
    }
    if type == "qwen3_moe" || type == "qwen3" || type == "qwen2" || type == "mimo" {
      noteSpeculation(file, &model)
    }
    return model
  }

  /// Layers that only draft further tokens are published with some networks and not run by others.
  static func noteSpeculation(_ file: ConfigurationFile, _ model: inout LanguageModel) {
    for key in ["num_nextn_predict_layers", "mtp_num_hidden_layers"] {
      if let count = try? file.optionalInteger(key, in: 0...1000), count > 0 {
        model.assumptions.append(
          "\(count) layer\(count == 1 ? "" : "s") for multi-token prediction (\(key)) not counted")
        return
      }
    }
  }
}
