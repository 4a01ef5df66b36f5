import Workloads

/// MobileNet V4: universal inverted residuals, in the hybrid models with multi-query attention.
enum MobileNetV4: NetworkFamily {
  static let members: [NetworkDefinition] = networks.map {
    $0.definition(
      family: "mobilenet",
      source: "D. Qin et al., MobileNetV4: Universal Models for the Mobile Ecosystem, ECCV 2024")
  }

  private static let networks: [MobileNetwork] = [
    network("conv_small_035", smallStages, width: 0.35),
    network("conv_small_050", smallStages, width: 0.5),
    network("conv_small", smallStages),
    network("conv_medium", mediumStages),
    network("conv_large", largeStages, stem: 24, imageSize: 384),
    network("conv_aa_medium", mediumStages, downsampling: .averagePooling),
    network("conv_blur_medium", mediumStages, downsampling: .blur),
    network(
      "conv_aa_large", largeStages, stem: 24, downsampling: .averagePooling, imageSize: 384),
    network("hybrid_medium", hybridMediumStages, isHybrid: true),
    network("hybrid_medium_075", hybridMediumStages, width: 0.75, isHybrid: true),
    network(
      "hybrid_large", hybridLargeStages, stem: 24, isHybrid: true, activation: .gelu,
      imageSize: 384),
    network(
      "hybrid_large_075", hybridLargeStages, stem: 24, width: 0.75, isHybrid: true,
      activation: .gelu, imageSize: 256),
  ]

  private static func network(
    _ name: String, _ stages: [[MobileBlock]], stem: Int = 32, width: Double = 1,
    isHybrid: Bool = false, activation: ElementwiseFunction = .relu,
    downsampling: MobileNetwork.Downsampling = .stride, imageSize: Int = 224
  ) -> MobileNetwork {
    MobileNetwork(
      name: "mobilenetv4_\(name)", stages: stages,
      head: .pooledConvolution(1280, bias: false, normalized: true), stem: stem,
      isStemScaled: width >= 1, width: width, activation: activation, downsampling: downsampling,
      hasLayerScale: isHybrid, imageSize: imageSize)
  }

  // MARK: - Stages

  private static let smallStages: [[MobileBlock]] = [
    [.plain(32, stride: 2), .plain(32, kernel: 1)],
    [.plain(96, stride: 2), .plain(64, kernel: 1)],
    [
      .universal(96, by: 3, before: 5, kernel: 5, stride: 2),
      .universal(96, by: 2, before: 0, kernel: 3, repeats: 4),
      .universal(96, by: 4, before: 3, kernel: 0),
    ],
    [
      .universal(128, by: 6, before: 3, kernel: 3, stride: 2),
      .universal(128, by: 4, before: 5, kernel: 5),
      .universal(128, by: 4, before: 0, kernel: 5),
      .universal(128, by: 3, before: 0, kernel: 5),
      .universal(128, by: 4, before: 0, kernel: 3, repeats: 2),
    ],
    [.plain(960, kernel: 1)],
  ]

  private static let mediumStages: [[MobileBlock]] = [
    [.fused(48, by: 4, stride: 2)],
    [
      .universal(80, by: 4, before: 3, kernel: 5, stride: 2),
      .universal(80, by: 2, before: 3, kernel: 3),
    ],
    [
      .universal(160, by: 6, before: 3, kernel: 5, stride: 2),
      .universal(160, by: 4, before: 3, kernel: 3, repeats: 2),
      .universal(160, by: 4, before: 3, kernel: 5),
      .universal(160, by: 4, before: 3, kernel: 3),
      .universal(160, by: 4, before: 3, kernel: 0),
      .universal(160, by: 2, before: 0, kernel: 0),
      .universal(160, by: 4, before: 3, kernel: 0),
    ],
    [
      .universal(256, by: 6, before: 5, kernel: 5, stride: 2),
      .universal(256, by: 4, before: 5, kernel: 5),
      .universal(256, by: 4, before: 3, kernel: 5, repeats: 2),
      .universal(256, by: 4, before: 0, kernel: 0),
      .universal(256, by: 4, before: 3, kernel: 0),
      .universal(256, by: 2, before: 3, kernel: 5),
      .universal(256, by: 4, before: 5, kernel: 5),
      .universal(256, by: 4, before: 0, kernel: 0, repeats: 2),
      .universal(256, by: 2, before: 5, kernel: 0),
    ],
    [.plain(960, kernel: 1)],
  ]

  private static let largeStages: [[MobileBlock]] = [
    [.fused(48, by: 4, stride: 2)],
    [
      .universal(96, by: 4, before: 3, kernel: 5, stride: 2),
      .universal(96, by: 4, before: 3, kernel: 3),
    ],
    [
      .universal(192, by: 4, before: 3, kernel: 5, stride: 2),
      .universal(192, by: 4, before: 3, kernel: 3, repeats: 3),
      .universal(192, by: 4, before: 3, kernel: 5),
      .universal(192, by: 4, before: 5, kernel: 3, repeats: 5),
      .universal(192, by: 4, before: 3, kernel: 0),
    ],
    [
      .universal(512, by: 4, before: 5, kernel: 5, stride: 2, repeats: 4),
      .universal(512, by: 4, before: 5, kernel: 0),
      .universal(512, by: 4, before: 5, kernel: 3),
      .universal(512, by: 4, before: 5, kernel: 0, repeats: 2),
      .universal(512, by: 4, before: 5, kernel: 3),
      .universal(512, by: 4, before: 5, kernel: 5),
      .universal(512, by: 4, before: 5, kernel: 0, repeats: 3),
    ],
    [.plain(960, kernel: 1)],
  ]

  private static let hybridMediumStages: [[MobileBlock]] = {
    let downsampled = MobileBlock.multiQuery(160, heads: 4, size: 64, keyStride: 2)
    let attention = MobileBlock.multiQuery(256, heads: 4, size: 64)
    return [
      [.fused(48, by: 4, stride: 2)],
      [
        .universal(80, by: 4, before: 3, kernel: 5, stride: 2),
        .universal(80, by: 2, before: 3, kernel: 3),
      ],
      [
        .universal(160, by: 6, before: 3, kernel: 5, stride: 2),
        .universal(160, by: 2, before: 0, kernel: 0),
        .universal(160, by: 4, before: 3, kernel: 3),
        .universal(160, by: 4, before: 3, kernel: 5),
        downsampled,
        .universal(160, by: 4, before: 3, kernel: 3),
        downsampled,
        .universal(160, by: 4, before: 3, kernel: 0),
        downsampled,
        .universal(160, by: 4, before: 3, kernel: 3),
        downsampled,
        .universal(160, by: 4, before: 3, kernel: 0),
      ],
      [
        .universal(256, by: 6, before: 5, kernel: 5, stride: 2),
        .universal(256, by: 4, before: 5, kernel: 5),
        .universal(256, by: 4, before: 3, kernel: 5, repeats: 2),
        .universal(256, by: 2, before: 0, kernel: 0),
        .universal(256, by: 2, before: 3, kernel: 5),
        .universal(256, by: 2, before: 0, kernel: 0),
        .universal(256, by: 4, before: 0, kernel: 0),
        attention,
        .universal(256, by: 4, before: 3, kernel: 0),
        attention,
        .universal(256, by: 4, before: 5, kernel: 5),
        attention,
        .universal(256, by: 4, before: 5, kernel: 0),
        attention,
        .universal(256, by: 4, before: 5, kernel: 0),
      ],
      [.plain(960, kernel: 1)],
    ]
  }()

  private static let hybridLargeStages: [[MobileBlock]] = {
    let downsampled = MobileBlock.multiQuery(192, heads: 8, size: 48, keyStride: 2)
    let attention = MobileBlock.multiQuery(512, heads: 8, size: 64)
    return [
      [.fused(48, by: 4, stride: 2)],
      [
        .universal(96, by: 4, before: 3, kernel: 5, stride: 2),
        .universal(96, by: 4, before: 3, kernel: 3),
      ],
      [
        .universal(192, by: 4, before: 3, kernel: 5, stride: 2),
        .universal(192, by: 4, before: 3, kernel: 3, repeats: 3),
        .universal(192, by: 4, before: 3, kernel: 5),
        .universal(192, by: 4, before: 5, kernel: 3, repeats: 2),
        downsampled,
        .universal(192, by: 4, before: 5, kernel: 3),
        downsampled,
        .universal(192, by: 4, before: 5, kernel: 3),
        downsampled,
        .universal(192, by: 4, before: 5, kernel: 3),
        downsampled,
        .universal(192, by: 4, before: 3, kernel: 0),
      ],
      [
        .universal(512, by: 4, before: 5, kernel: 5, stride: 2, repeats: 4),
        .universal(512, by: 4, before: 5, kernel: 0),
        .universal(512, by: 4, before: 5, kernel: 3),
        .universal(512, by: 4, before: 5, kernel: 0, repeats: 2),
        .universal(512, by: 4, before: 5, kernel: 3),
        .universal(512, by: 4, before: 5, kernel: 5),
        attention,
        .universal(512, by: 4, before: 5, kernel: 0),
        attention,
        .universal(512, by: 4, before: 5, kernel: 0),
        attention,
        .universal(512, by: 4, before: 5, kernel: 0),
        attention,
        .universal(512, by: 4, before: 5, kernel: 0),
      ],
      [.plain(960, kernel: 1)],
    ]
  }()
}
