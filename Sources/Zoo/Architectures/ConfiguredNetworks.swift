import Workloads

/// Networks of pictures that are published with a `config.json`.
enum ConfiguredNetworks {
  static let modelTypes = ["deit", "dinov2", "vit"]

  /// nil where the file is of another kind.
  static func network(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> NetworkDefinition? {
    if file.has("_class_name") { return try diffusion(file, name) }
    guard let type = try file.text("model_type"), modelTypes.contains(type) else { return nil }
    let configuration = try visionTransformer(file, type, name)
    let channels = try file.integer("num_channels", default: 3, in: 1...10_000)
    return NetworkDefinition(
      name, family: "vit", source: file.path,
      settings: [NetworkSetting("image", configuration.image, "side of the square picture, pixels")]
    ) { net, settings in
      let side = settings["image"]
      let image = net.input("image", [settings.batch, channels, side, side])
      // DINOv2 keeps the token that stood for hidden patches in training.
      if type == "dinov2" { _ = net.weight("mask_token", [1, configuration.size.width]) }
      net.result(ViT.build(net, image, configuration))
    }
  }

  private static func visionTransformer(
    _ file: ConfigurationFile, _ type: String, _ name: String
  ) throws(WorkloadError) -> ViT.Configuration {
    let width = try file.integer("hidden_size", default: 768, in: 1...1_000_000)
    let heads = try file.integer("num_attention_heads", default: 12, in: 1...100_000)
    guard width % heads == 0 else {
      throw file.wrong("num_attention_heads", "is \(heads), which does not divide \(width)")
    }
    let isGated = try file.flag("use_swiglu_ffn", default: false)
    var inner = try file.integer("intermediate_size", default: 4 * width)
    if type == "dinov2" {
      inner = try file.integer("mlp_ratio", default: 4, in: 1...1000) * width
      // Two thirds, rounded up to eight, for the gate and for what it gates.
      if isGated { inner = 2 * ((inner * 2 / 3 + 7) / 8 * 8) }
    }
    let size = ViT.Size(
      width: width,
      depth: try file.integer("num_hidden_layers", default: 12, in: StandardDecoder.layerLimit),
      heads: heads, inner: inner)
    let architecture = try file.texts("architectures")?.first ?? ""
    var traits: [ViT.Trait] = []
    if try !file.flag("qkv_bias", default: true) { traits.append(.noQueryBias) }
    if type == "dinov2" { traits.append(.layerScale) }
    if isGated { traits.append(.gated) }
    if type == "deit" {
      traits.append(architecture.hasSuffix("WithTeacher") ? .distilled : .distilledWithOneHead)
    }
    let labels = try file.section("id2label")?.keys.count ?? 2
    // Without a classifier there is a dense layer on the class token, but in DINOv2.
    let classes =
      architecture.contains("ForImageClassification") ? labels : type == "dinov2" ? 0 : width
    return ViT.Configuration(
      name, size, patch: try file.integer("patch_size", default: 16, in: 1...100_000),
      image: try file.integer("image_size", default: 224, in: 1...1_000_000), traits,
      classes: classes)
  }

  /// A transformer as the diffusers library publishes it, by its class.
  private static func diffusion(
    _ file: ConfigurationFile, _ name: String
  ) throws(WorkloadError) -> NetworkDefinition {
    let known = ["DiTTransformer2DModel", "Transformer2DModel"]
    let type = try file.text("_class_name") ?? ""
    let norm = try file.text("norm_type") ?? "ada_norm_zero"
    guard known.contains(type), norm == "ada_norm_zero" else {
      throw file.refuse(
        "_class_name", norm == "ada_norm_zero" ? type : "\(type) with \(norm)", known: known)
    }
    let heads = try file.integer("num_attention_heads", default: 16, in: 1...100_000)
    let size = try file.integer("attention_head_dim", default: 72, in: 1...100_000)
    let channels = try file.integer("in_channels", default: 4, in: 1...10_000)
    let output = try file.integer("out_channels", default: channels, in: 1...20_000)
    guard output == channels || output == 2 * channels else {
      throw file.wrong(
        "out_channels", "is \(output); \(channels) or \(2 * channels) fit in_channels")
    }
    var configuration = DiT.Configuration(
      hiddenSize: heads * size,
      depth: try file.integer("num_layers", default: 28, in: StandardDecoder.layerLimit),
      heads: heads, patch: try file.integer("patch_size", default: 2, in: 1...10_000))
    configuration.latentChannels = channels
    configuration.imageSize = 8 * (try file.integer("sample_size", default: 32, in: 1...100_000))
    configuration.classes = try file.integer("num_embeds_ada_norm", default: 1000)
    configuration.learnsSigma = output == 2 * channels
    configuration.embedsInEveryBlock = true
    return DiT.network(name, configuration, source: file.path)
  }
}
