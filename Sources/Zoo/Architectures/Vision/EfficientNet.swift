import Workloads

/// EfficientNet, its Lite and EdgeTPU relatives, and the MobileNets for the EdgeTPU.
enum EfficientNet: NetworkFamily {
  static let members: [NetworkDefinition] =
    networks.map {
      $0.definition(
        family: "efficientnet",
        source: "M. Tan, Q. Le, EfficientNet: Rethinking Model Scaling for Convolutional Neural "
          + "Networks, ICML 2019")
    }
    + edgeNetworks.map {
      $0.definition(
        family: "efficientnet",
        source: "S. Gupta, M. Tan, EfficientNet-EdgeTPU: Creating Accelerator-Optimized Neural "
          + "Networks with AutoML, 2019")
    }
    + edgeMobileNets.map {
      $0.definition(
        family: "mobilenet",
        source: "B. Akin et al., Searching for Efficient Neural Architectures for On-Device ML on "
          + "Edge TPUs, CVPR Workshops 2022")
    }

  /// How much wider and deeper than B0, and the image it was trained on.
  private static let scales: [(name: String, width: Double, depth: Double, imageSize: Int)] = [
    ("b0", 1, 1, 224), ("b1", 1, 1.1, 240), ("b2", 1.1, 1.2, 260), ("b3", 1.2, 1.4, 300),
    ("b4", 1.4, 1.8, 380), ("b5", 1.6, 2.2, 456), ("b6", 1.8, 2.6, 528), ("b7", 2, 3.1, 600),
    ("b8", 2.2, 3.6, 672), ("l2", 4.3, 5.3, 800),
  ]

  private static let liteScales: [(name: String, width: Double, depth: Double, imageSize: Int)] = [
    ("lite0", 1, 1, 224), ("lite1", 1, 1.1, 240), ("lite2", 1.1, 1.2, 260),
    ("lite3", 1.2, 1.4, 300), ("lite4", 1.4, 1.8, 380),
  ]

  private static let networks: [MobileNetwork] = {
    var networks: [MobileNetwork] = []
    for prefix in ["", "tf_"] {
      for scale in scales {
        networks.append(
          network(
            "\(prefix)efficientnet_\(scale.name)", scale.width, scale.depth, scale.imageSize))
      }
      for scale in liteScales {
        networks.append(
          MobileNetwork(
            name: "\(prefix)efficientnet_\(scale.name)", stages: stages(squeeze: 0),
            head: .convolution(1280), isStemScaled: false, width: scale.width,
            depth: [scale.depth], keepsFirstAndLastDepth: true, activation: .clip,
            imageSize: scale.imageSize))
      }
    }
    var blurred = network("efficientnet_blur_b0", 1, 1, 224)
    blurred.downsampling = .blur
    networks.append(blurred)
    // Named after a normalisation that the reference code no longer gives it.
    var grouped = network("efficientnet_b0_g16_evos", 1, 1, 224, divisor: 16)
    grouped.groupSize = 16
    networks.append(grouped)
    // Group normalisation, and groups of 8 channels in place of depthwise convolutions.
    for (scale, divisor) in [(scales[0], 8), (scales[3], 16)] {
      for (suffix, groupSize) in [("gn", nil), ("g8_gn", 8)] as [(String, Int?)] {
        var network = network(
          "efficientnet_\(scale.name)_\(suffix)", scale.width, scale.depth,
          scale.name == "b3" ? 288 : 224, divisor: divisor)
        network.normalization = .group
        network.groupSize = groupSize
        networks.append(network)
      }
    }
    return networks
  }()

  private static func network(
    _ name: String, _ width: Double, _ depth: Double, _ imageSize: Int, divisor: Int = 8
  ) -> MobileNetwork {
    MobileNetwork(
      name: name, stages: stages(squeeze: 0.25),
      head: .convolution(roundedChannels(1280 * width, divisor: divisor)), width: width,
      divisor: divisor, depth: [depth], activation: .silu, imageSize: imageSize)
  }

  static func stages(squeeze: Double) -> [[MobileBlock]] {
    [
      [.separable(16, squeeze: squeeze)],
      [.inverted(24, by: 6, stride: 2, repeats: 2, squeeze: squeeze)],
      [.inverted(40, by: 6, kernel: 5, stride: 2, repeats: 2, squeeze: squeeze)],
      [.inverted(80, by: 6, stride: 2, repeats: 3, squeeze: squeeze)],
      [.inverted(112, by: 6, kernel: 5, repeats: 3, squeeze: squeeze)],
      [.inverted(192, by: 6, kernel: 5, stride: 2, repeats: 4, squeeze: squeeze)],
      [.inverted(320, by: 6, squeeze: squeeze)],
    ]
  }

  // MARK: - EdgeTPU

  private static let edgeNetworks: [MobileNetwork] = {
    let scales: [(names: [String], width: Double, depth: Double, imageSize: Int)] = [
      // Pruning has only set weights to zero.
      (["efficientnet_es", "tf_efficientnet_es", "efficientnet_es_pruned"], 1, 1, 224),
      (["efficientnet_em", "tf_efficientnet_em"], 1, 1.1, 240),
      (["efficientnet_el", "tf_efficientnet_el", "efficientnet_el_pruned"], 1.2, 1.4, 300),
    ]
    return scales.flatMap { scale in
      scale.names.map { name in
        MobileNetwork(
          name: name, stages: edgeStages,
          head: .convolution(roundedChannels(1280 * scale.width)), width: scale.width,
          depth: [scale.depth], imageSize: scale.imageSize)
      }
    }
  }()

  private static let edgeStages: [[MobileBlock]] = [
    [.fused(24, by: 4, residual: false, expandedFrom: 24)],
    [.fused(32, by: 8, stride: 2, repeats: 2)],
    [.fused(48, by: 8, stride: 2, repeats: 4)],
    [.inverted(96, by: 8, kernel: 5, stride: 2, repeats: 5)],
    [.inverted(144, by: 8, kernel: 5, repeats: 4)],
    [.inverted(192, by: 8, kernel: 5, stride: 2, repeats: 2)],
  ]

  private static let edgeMobileNets: [MobileNetwork] = [
    MobileNetwork(
      name: "mobilenet_edgetpu_100",
      stages: [
        [.plain(16, kernel: 1)],
        [.fused(32, by: 8, stride: 2), .fused(32, by: 4, repeats: 3)],
        [.fused(48, by: 8, stride: 2), .fused(48, by: 4, repeats: 3)],
        [.inverted(96, by: 8, stride: 2), .inverted(96, by: 4, repeats: 3)],
        [.inverted(96, by: 8, residual: false), .inverted(96, by: 4, repeats: 3)],
        [
          .inverted(160, by: 8, kernel: 5, stride: 2),
          .inverted(160, by: 4, kernel: 5, repeats: 3),
        ],
        [.inverted(192, by: 8)],
      ], head: .convolution(1280)),
    secondEdgeMobileNet("xs", [16, 32, 48, 96, 144, 160, 192], stem: 32, stemKernel: 3),
    secondEdgeMobileNet("s", [24, 48, 64, 128, 160, 192, 256]),
    secondEdgeMobileNet("m", [32, 64, 80, 160, 192, 240, 320], features: 1344, imageSize: 256),
    secondEdgeMobileNet(
      "l", [32, 64, 96, 192, 240, 256, 384], features: 1408, stemKernel: 7, groupSize: 128),
  ]

  private static func secondEdgeMobileNet(
    _ size: String, _ channels: [Int], features: Int = 1280, stem: Int = 64, stemKernel: Int = 5,
    groupSize: Int = 64, imageSize: Int = 224
  ) -> MobileNetwork {
    MobileNetwork(
      name: "mobilenet_edgetpu_v2_\(size)",
      stages: [
        [.plain(channels[0], kernel: 1)],
        [
          .fused(channels[1], by: 8, stride: 2),
          .fused(channels[1], by: 4, groupSize: groupSize),
        ],
        [
          .fused(channels[2], by: 8, stride: 2),
          .fused(channels[2], by: 4, groupSize: groupSize),
          .fused(channels[2], by: 4),
          .fused(channels[2], by: 4, groupSize: groupSize),
        ],
        [.fused(channels[3], by: 8, stride: 2), .inverted(channels[3], by: 4, repeats: 3)],
        [.inverted(channels[4], by: 8), .inverted(channels[4], by: 4, repeats: 3)],
        [.inverted(channels[5], by: 8, stride: 2), .inverted(channels[5], by: 4, repeats: 3)],
        [.inverted(channels[6], by: 8)],
      ], head: .convolution(features), stem: stem, stemKernel: stemKernel, imageSize: imageSize)
  }
}
