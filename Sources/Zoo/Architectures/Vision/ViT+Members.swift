/// Widths, depths and heads, and the published networks made of them.
extension ViT {
  static let tiny = Size(width: 192, depth: 12, heads: 3, inner: 768)
  static let xsmall = Size(width: 256, depth: 10, heads: 4, inner: 1024)
  static let wee = Size(width: 256, depth: 14, heads: 4, inner: 1280)
  static let little = Size(width: 320, depth: 14, heads: 5, inner: 1792)
  static let small = Size(width: 384, depth: 12, heads: 6, inner: 1536)
  static let smallDeep = Size(width: 384, depth: 36, heads: 6, inner: 1536)
  static let medium = Size(width: 512, depth: 12, heads: 8, inner: 2048)
  static let mediumDeep = Size(width: 512, depth: 20, heads: 8, inner: 2048)
  static let betwixt = Size(width: 640, depth: 12, heads: 10, inner: 2560)
  static let base = Size(width: 768, depth: 12, heads: 12, inner: 3072)
  static let baseOf16Heads = Size(width: 768, depth: 12, heads: 16, inner: 3072)
  static let baseDeep = Size(width: 768, depth: 36, heads: 12, inner: 3072)
  static let basePlus = Size(width: 896, depth: 12, heads: 14, inner: 3584)
  static let shapeOptimized150M = Size(width: 896, depth: 18, heads: 14, inner: 2304)
  static let large = Size(width: 1024, depth: 24, heads: 16, inner: 4096)
  static let shapeOptimized400M = Size(width: 1152, depth: 27, heads: 16, inner: 4304)
  static let huge = Size(width: 1280, depth: 32, heads: 16, inner: 5120)
  static let giant = Size(width: 1408, depth: 40, heads: 16, inner: 6144)
  static let giantDINO = Size(width: 1536, depth: 40, heads: 24, inner: 8192)
  static let gigantic = Size(width: 1664, depth: 48, heads: 16, inner: 8192)

  /// - Source: huggingface/pytorch-image-models, `timm/models/vision_transformer.py` and `deit.py`.
  static let configurations: [Configuration] = [
    Configuration(
      "deit3_base_patch16_224", base, patch: 16, image: 224, [.bareClassToken, .layerScale]),
    Configuration(
      "deit3_base_patch16_384", base, patch: 16, image: 384, [.bareClassToken, .layerScale]),
    Configuration(
      "deit3_huge_patch14_224", huge, patch: 14, image: 224, [.bareClassToken, .layerScale]),
    Configuration(
      "deit3_large_patch16_224", large, patch: 16, image: 224, [.bareClassToken, .layerScale]),
    Configuration(
      "deit3_large_patch16_384", large, patch: 16, image: 384, [.bareClassToken, .layerScale]),
    Configuration(
      "deit3_medium_patch16_224", medium, patch: 16, image: 224, [.bareClassToken, .layerScale]),
    Configuration(
      "deit3_small_patch16_224", small, patch: 16, image: 224, [.bareClassToken, .layerScale]),
    Configuration(
      "deit3_small_patch16_384", small, patch: 16, image: 384, [.bareClassToken, .layerScale]),
    Configuration("deit_base_distilled_patch16_224", base, patch: 16, image: 224, [.distilled]),
    Configuration("deit_base_distilled_patch16_384", base, patch: 16, image: 384, [.distilled]),
    Configuration("deit_base_patch16_224", base, patch: 16, image: 224),
    Configuration("deit_base_patch16_384", base, patch: 16, image: 384),
    Configuration("deit_small_distilled_patch16_224", small, patch: 16, image: 224, [.distilled]),
    Configuration("deit_small_patch16_224", small, patch: 16, image: 224),
    Configuration("deit_tiny_distilled_patch16_224", tiny, patch: 16, image: 224, [.distilled]),
    Configuration("deit_tiny_patch16_224", tiny, patch: 16, image: 224),
    Configuration(
      "vit_base_patch14_dinov2", base, patch: 14, image: 518, [.layerScale], classes: 0),
    Configuration(
      "vit_base_patch14_reg4_dinov2", base, patch: 14, image: 518, [.bareClassToken, .layerScale],
      registers: 4, classes: 0),
    Configuration("vit_base_patch16_18x2_224", baseDeep, patch: 16, image: 224, [.layerScale]),
    Configuration("vit_base_patch16_224", base, patch: 16, image: 224),
    Configuration(
      "vit_base_patch16_224_miil", base, patch: 16, image: 224, [.noQueryBias], classes: 11221),
    Configuration("vit_base_patch16_384", base, patch: 16, image: 384),
    Configuration(
      "vit_base_patch16_clip_224", base, patch: 16, image: 224, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_base_patch16_clip_384", base, patch: 16, image: 384, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_base_patch16_clip_quickgelu_224", base, patch: 16, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 512),
    Configuration(
      "vit_base_patch16_gap_224", baseOf16Heads, patch: 16, image: 224,
      [.noClassToken, .meanPooling]),
    Configuration("vit_base_patch16_plus_240", basePlus, patch: 16, image: 240, [.layerScale]),
    Configuration(
      "vit_base_patch16_reg4_gap_256", base, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .meanPooling], registers: 4),
    Configuration(
      "vit_base_patch16_rpn_224", base, patch: 16, image: 224,
      [.noClassToken, .noQueryBias, .normalizesAfter, .meanPooling]),
    Configuration(
      "vit_base_patch16_siglip_224", base, patch: 16, image: 224,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_base_patch16_siglip_256", base, patch: 16, image: 256,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_base_patch16_siglip_384", base, patch: 16, image: 384,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_base_patch16_siglip_512", base, patch: 16, image: 512,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_base_patch16_siglip_gap_224", base, patch: 16, image: 224,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration(
      "vit_base_patch16_siglip_gap_256", base, patch: 16, image: 256,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration(
      "vit_base_patch16_siglip_gap_384", base, patch: 16, image: 384,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration(
      "vit_base_patch16_siglip_gap_512", base, patch: 16, image: 512,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration("vit_base_patch32_224", base, patch: 32, image: 224),
    Configuration("vit_base_patch32_384", base, patch: 32, image: 384),
    Configuration(
      "vit_base_patch32_clip_224", base, patch: 32, image: 224, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_base_patch32_clip_256", base, patch: 32, image: 256, [.normalizesFirst, .noPatchBias],
      classes: 512),
    Configuration(
      "vit_base_patch32_clip_384", base, patch: 32, image: 384, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_base_patch32_clip_448", base, patch: 32, image: 448, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_base_patch32_clip_quickgelu_224", base, patch: 32, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 512),
    Configuration("vit_base_patch32_plus_256", basePlus, patch: 32, image: 256, [.layerScale]),
    Configuration("vit_base_patch8_224", base, patch: 8, image: 224),
    Configuration(
      "vit_betwixt_patch16_reg1_gap_256", betwixt, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 1),
    Configuration(
      "vit_betwixt_patch16_reg4_gap_256", betwixt, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 4),
    Configuration(
      "vit_betwixt_patch16_reg4_gap_384", betwixt, patch: 16, image: 384,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 4),
    Configuration(
      "vit_betwixt_patch32_clip_224", betwixt, patch: 32, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 512),
    Configuration("vit_giant_patch14_224", giant, patch: 14, image: 224),
    Configuration(
      "vit_giant_patch14_clip_224", giant, patch: 14, image: 224, [.normalizesFirst, .noPatchBias],
      classes: 1024),
    Configuration(
      "vit_giant_patch14_dinov2", giantDINO, patch: 14, image: 518, [.layerScale, .gated],
      classes: 0),
    Configuration(
      "vit_giant_patch14_reg4_dinov2", giantDINO, patch: 14, image: 518,
      [.bareClassToken, .layerScale, .gated], registers: 4, classes: 0),
    Configuration(
      "vit_giant_patch16_gap_224", giant, patch: 16, image: 224, [.noClassToken, .meanPooling],
      classes: 0),
    Configuration("vit_gigantic_patch14_224", gigantic, patch: 14, image: 224),
    Configuration(
      "vit_gigantic_patch14_clip_224", gigantic, patch: 14, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 1280),
    Configuration("vit_huge_patch14_224", huge, patch: 14, image: 224, classes: 0),
    Configuration(
      "vit_huge_patch14_clip_224", huge, patch: 14, image: 224, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_huge_patch14_clip_336", huge, patch: 14, image: 336, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_huge_patch14_clip_378", huge, patch: 14, image: 378, [.normalizesFirst, .noPatchBias],
      classes: 1024),
    Configuration(
      "vit_huge_patch14_clip_quickgelu_224", huge, patch: 14, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 1024),
    Configuration(
      "vit_huge_patch14_clip_quickgelu_378", huge, patch: 14, image: 378,
      [.normalizesFirst, .noPatchBias], classes: 1024),
    Configuration(
      "vit_huge_patch14_gap_224", huge, patch: 14, image: 224, [.noClassToken, .meanPooling],
      classes: 0),
    Configuration(
      "vit_huge_patch16_gap_448", huge, patch: 16, image: 448, [.noClassToken, .meanPooling],
      classes: 0),
    Configuration("vit_large_patch14_224", large, patch: 14, image: 224),
    Configuration(
      "vit_large_patch14_clip_224", large, patch: 14, image: 224, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_large_patch14_clip_336", large, patch: 14, image: 336, [.normalizesFirst, .noPatchBias]),
    Configuration(
      "vit_large_patch14_clip_quickgelu_224", large, patch: 14, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 768),
    Configuration(
      "vit_large_patch14_clip_quickgelu_336", large, patch: 14, image: 336,
      [.normalizesFirst, .noPatchBias], classes: 768),
    Configuration(
      "vit_large_patch14_dinov2", large, patch: 14, image: 518, [.layerScale], classes: 0),
    Configuration(
      "vit_large_patch14_reg4_dinov2", large, patch: 14, image: 518,
      [.bareClassToken, .layerScale], registers: 4, classes: 0),
    Configuration("vit_large_patch16_224", large, patch: 16, image: 224),
    Configuration("vit_large_patch16_384", large, patch: 16, image: 384),
    Configuration(
      "vit_large_patch16_siglip_256", large, patch: 16, image: 256,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_large_patch16_siglip_384", large, patch: 16, image: 384,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_large_patch16_siglip_gap_256", large, patch: 16, image: 256,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration(
      "vit_large_patch16_siglip_gap_384", large, patch: 16, image: 384,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration("vit_large_patch32_224", large, patch: 32, image: 224, classes: 0),
    Configuration("vit_large_patch32_384", large, patch: 32, image: 384),
    Configuration(
      "vit_little_patch16_reg1_gap_256", little, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 1),
    Configuration(
      "vit_little_patch16_reg4_gap_256", little, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 4),
    Configuration(
      "vit_medium_patch16_clip_224", medium, patch: 16, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 512),
    Configuration(
      "vit_medium_patch16_gap_240", medium, patch: 16, image: 240,
      [.noClassToken, .noQueryBias, .layerScale, .meanPooling], classes: 11821),
    Configuration(
      "vit_medium_patch16_gap_256", medium, patch: 16, image: 256,
      [.noClassToken, .noQueryBias, .layerScale, .meanPooling]),
    Configuration(
      "vit_medium_patch16_gap_384", medium, patch: 16, image: 384,
      [.noClassToken, .noQueryBias, .layerScale, .meanPooling]),
    Configuration(
      "vit_medium_patch16_reg1_gap_256", medium, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 1),
    Configuration(
      "vit_medium_patch16_reg4_gap_256", medium, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 4),
    Configuration(
      "vit_medium_patch32_clip_224", medium, patch: 32, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 512),
    Configuration(
      "vit_mediumd_patch16_reg4_gap_256", mediumDeep, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 4),
    Configuration(
      "vit_mediumd_patch16_reg4_gap_384", mediumDeep, patch: 16, image: 384,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 4),
    Configuration(
      "vit_small_patch14_dinov2", small, patch: 14, image: 518, [.layerScale], classes: 0),
    Configuration(
      "vit_small_patch14_reg4_dinov2", small, patch: 14, image: 518,
      [.bareClassToken, .layerScale], registers: 4, classes: 0),
    Configuration("vit_small_patch16_18x2_224", smallDeep, patch: 16, image: 224, [.layerScale]),
    Configuration("vit_small_patch16_224", small, patch: 16, image: 224),
    Configuration("vit_small_patch16_36x1_224", smallDeep, patch: 16, image: 224, [.layerScale]),
    Configuration("vit_small_patch16_384", small, patch: 16, image: 384),
    Configuration("vit_small_patch32_224", small, patch: 32, image: 224),
    Configuration("vit_small_patch32_384", small, patch: 32, image: 384),
    Configuration("vit_small_patch8_224", small, patch: 8, image: 224, classes: 0),
    Configuration(
      "vit_so150m_patch16_reg4_gap_256", shapeOptimized150M, patch: 16, image: 256,
      [.noClassToken, .meanPooling], registers: 4),
    Configuration(
      "vit_so150m_patch16_reg4_map_256", shapeOptimized150M, patch: 16, image: 256,
      [.noClassToken, .attentionPooling], registers: 4),
    Configuration(
      "vit_so400m_patch14_siglip_224", shapeOptimized400M, patch: 14, image: 224,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_so400m_patch14_siglip_384", shapeOptimized400M, patch: 14, image: 384,
      [.noClassToken, .attentionPooling], classes: 0),
    Configuration(
      "vit_so400m_patch14_siglip_gap_224", shapeOptimized400M, patch: 14, image: 224,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration(
      "vit_so400m_patch14_siglip_gap_384", shapeOptimized400M, patch: 14, image: 384,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration(
      "vit_so400m_patch14_siglip_gap_448", shapeOptimized400M, patch: 14, image: 448,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration(
      "vit_so400m_patch14_siglip_gap_896", shapeOptimized400M, patch: 14, image: 896,
      [.noClassToken, .meanPooling], classes: 0),
    Configuration("vit_tiny_patch16_224", tiny, patch: 16, image: 224),
    Configuration("vit_tiny_patch16_384", tiny, patch: 16, image: 384),
    Configuration(
      "vit_wee_patch16_reg1_gap_256", wee, patch: 16, image: 256,
      [.noClassToken, .bareClassToken, .layerScale, .meanPooling], registers: 1),
    Configuration(
      "vit_xsmall_patch16_clip_224", xsmall, patch: 16, image: 224,
      [.normalizesFirst, .noPatchBias], classes: 512),
  ]
}
