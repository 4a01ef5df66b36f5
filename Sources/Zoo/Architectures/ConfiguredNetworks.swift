import Workloads

/// Networks of pictures that are published with a `config.json`.
enum ConfiguredNetworks {
  static let modelTypes = ["deit", "dinov2", "vit"]

  /// nil where the file is of another kind.
  static func network(
    _ file: ConfigurationFile, name: String
  ) throws(WorkloadError) -> NetworkDefinition? {
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
}
