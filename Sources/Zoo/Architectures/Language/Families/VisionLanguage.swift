import Workloads

/// Networks of a vision tower and a language model, each with its own section of the file.
enum VisionLanguage: LanguageFamily {
  /// What stands in `model_type`, with the type of its text where `text_config` does not say.
  private static let textTypes: [String: String] = [
    "qwen2_vl": "qwen2", "qwen2_5_vl": "qwen2", "qwen3_vl": "qwen3", "qwen3_vl_moe": "qwen3_moe",
    "qwen3_5": "qwen3_5_text", "qwen3_5_moe": "qwen3_5_moe_text", "gemma3": "gemma3_text",
    "gemma4": "gemma4_text", "llama4": "llama4_text", "kimi_k25": "kimi_k2",
    "mistral3": "mistral", "llava": "llama", "kimi_k3": "kimi_linear",
    "minimax_m3_vl": "minimax_m3_text", "step3p7": "step3p7_text", "step3p7_flash": "step3p7_text",
    "nemotron_h_omni": "nemotron_h",
  ]

  static let modelTypes = textTypes.keys.sorted()

  static func model(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> LanguageModel {
    let type = try file.text("model_type") ?? ""
    let inherited = ["quantization_config", "torch_dtype", "dtype", "tie_word_embeddings"]
    let key = file.has("text_config") ? "text_config" : "language_config"
    // Older files of Qwen2-VL hold the text's keys at the top.
    let section = try file.section(key, inheriting: inherited) ?? file
    let own = try section.text("model_type") ?? ""
    let known = LanguageRegistry.modelTypes
    var textType = textTypes[type] ?? own
    if section.has("model_type"), own != type, known.contains(own) { textType = own }
    var text = section.with("model_type", textType)
    // What the whole network says about its output holds for its text.
    if file.has("tie_word_embeddings") {
      let isTied = try file.flag("tie_word_embeddings", default: false)
      text = text.with(["tie_word_embeddings": .boolean(isTied)])
    }
    if textType == "gemma3_text" {
      // The smaller networks leave out what their library takes for granted.
      text = text.completed(with: [
        "vocab_size": .number(262_208), "num_attention_heads": .number(8),
        "num_key_value_heads": .number(4), "head_dim": .number(256),
      ])
    }
    var model = try LanguageRegistry.model(text, name: name)
    if let vision = try file.section("vision_config") {
      model.vision = try tower(vision, type, file, hidden: model.hiddenSize)
      model.assumptions.append("no pictures, unless 'images' is set")
    } else {
      model.assumptions.append("vision_config is missing: the language model alone is counted")
    }
    if try file.section("audio_config") != nil {
      model.warnings.append("audio_config: the audio tower is not counted")
    }
    return model
  }

  private static func tower(
    _ vision: ConfigurationFile, _ type: String, _ file: ConfigurationFile, hidden: Int
  ) throws(WorkloadError) -> VisionTower {
    switch type {
    case "qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe", "qwen3_5", "qwen3_5_moe":
      return try VisionTowers.qwen(vision, type, hidden: hidden)
    case "gemma3": return try VisionTowers.siglip(vision, file, hidden: hidden)
    case "gemma4": return try VisionTowers.gemma4(vision, hidden: hidden)
    case "llama4": return try VisionTowers.llama4(vision, hidden: hidden)
    case "kimi_k25", "kimi_k3": return try VisionTowers.moonViT(vision, hidden: hidden)
    case "mistral3": return try VisionTowers.pixtral(vision, file, hidden: hidden)
    case "llava": return try VisionTowers.clip(vision, hidden: hidden)
    case "minimax_m3_vl": return try VisionTowers.miniMax(vision, file, hidden: hidden)
    case "step3p7", "step3p7_flash": return try VisionTowers.step(vision, file, hidden: hidden)
    default:
      throw .unsupported(
        file: file.path, problem: "vision_config: the tower of '\(type)' cannot be counted")
    }
  }
}

extension ConfigurationFile {
  func with(_ key: String, _ text: String) -> ConfigurationFile {
    with([key: .text(text)])
  }
}
