import Workloads

/// EfficientNet V2: fused blocks first, squeeze-and-excitation only in the later stages.
enum EfficientNetV2: NetworkFamily {
  static let members: [NetworkDefinition] = networks.map {
    $0.definition(
      family: "efficientnetv2",
      source: "M. Tan, Q. Le, EfficientNetV2: Smaller Models and Faster Training, ICML 2021")
  }

  private static let networks: [MobileNetwork] = {
    var networks: [MobileNetwork] = []
    for prefix in ["", "tf_"] {
      let isOriginal = prefix == "tf_"
      networks += [
        MobileNetwork(
          name: "\(prefix)efficientnetv2_s", stages: smallStages, head: .convolution(1280),
          stem: 24, activation: .silu, imageSize: isOriginal ? 300 : 288),
        MobileNetwork(
          name: "\(prefix)efficientnetv2_m", stages: mediumStages, head: .convolution(1280),
          stem: 24, activation: .silu, imageSize: isOriginal ? 384 : 320),
        MobileNetwork(
          name: "\(prefix)efficientnetv2_l", stages: largeStages, head: .convolution(1280),
          activation: .silu, imageSize: 384),
        MobileNetwork(
          name: "\(prefix)efficientnetv2_xl", stages: extraLargeStages, head: .convolution(1280),
          activation: .silu, imageSize: 384),
      ]
    }
    let bases: [(name: String, width: Double, depth: Double, imageSize: Int)] = [
      ("b0", 1, 1, 192), ("b1", 1, 1.1, 192), ("b2", 1.1, 1.2, 208), ("b3", 1.2, 1.4, 240),
    ]
    networks += bases.map { base in
      MobileNetwork(
        name: "tf_efficientnetv2_\(base.name)", stages: baseStages,
        head: .convolution(roundedChannels(1280 * base.width, limit: 0)), width: base.width,
        roundingLimit: 0, depth: [base.depth], activation: .silu, imageSize: base.imageSize)
    }
    return networks + early
  }()

  /// Readings of the paper's table from before its code was published, and a smaller one.
  private static let early: [MobileNetwork] = {
    var stages = smallStages
    stages[0] = [.fused(24, by: 1, repeats: 2)]
    stages[5][0].channels = 272
    return [
      MobileNetwork(
        name: "efficientnetv2_rw_t", stages: smallStages, head: .convolution(1024), stem: 24,
        width: 0.8, depth: [0.9], activation: .silu),
      MobileNetwork(
        name: "efficientnetv2_rw_s", stages: stages, head: .convolution(1792), stem: 24,
        activation: .silu, imageSize: 288),
      MobileNetwork(
        name: "efficientnetv2_rw_m", stages: stages, head: .convolution(2152), stem: 24,
        width: 1.2, depth: [1.2, 1.2, 1.2, 1.2, 1.6, 1.6], activation: .silu, imageSize: 320),
    ]
  }()

  private static let baseStages: [[MobileBlock]] = [
    [.plain(16, residual: true)],
    [.fused(32, by: 4, stride: 2, repeats: 2)],
    [.fused(48, by: 4, stride: 2, repeats: 2)],
    [.inverted(96, by: 4, stride: 2, repeats: 3, squeeze: 0.25)],
    [.inverted(112, by: 6, repeats: 5, squeeze: 0.25)],
    [.inverted(192, by: 6, stride: 2, repeats: 8, squeeze: 0.25)],
  ]

  private static let smallStages: [[MobileBlock]] = [
    [.plain(24, repeats: 2, residual: true)],
    [.fused(48, by: 4, stride: 2, repeats: 4)],
    [.fused(64, by: 4, stride: 2, repeats: 4)],
    [.inverted(128, by: 4, stride: 2, repeats: 6, squeeze: 0.25)],
    [.inverted(160, by: 6, repeats: 9, squeeze: 0.25)],
    [.inverted(256, by: 6, stride: 2, repeats: 15, squeeze: 0.25)],
  ]

  private static let mediumStages: [[MobileBlock]] = [
    [.plain(24, repeats: 3, residual: true)],
    [.fused(48, by: 4, stride: 2, repeats: 5)],
    [.fused(80, by: 4, stride: 2, repeats: 5)],
    [.inverted(160, by: 4, stride: 2, repeats: 7, squeeze: 0.25)],
    [.inverted(176, by: 6, repeats: 14, squeeze: 0.25)],
    [.inverted(304, by: 6, stride: 2, repeats: 18, squeeze: 0.25)],
    [.inverted(512, by: 6, repeats: 5, squeeze: 0.25)],
  ]

  private static let largeStages: [[MobileBlock]] = [
    [.plain(32, repeats: 4, residual: true)],
    [.fused(64, by: 4, stride: 2, repeats: 7)],
    [.fused(96, by: 4, stride: 2, repeats: 7)],
    [.inverted(192, by: 4, stride: 2, repeats: 10, squeeze: 0.25)],
    [.inverted(224, by: 6, repeats: 19, squeeze: 0.25)],
    [.inverted(384, by: 6, stride: 2, repeats: 25, squeeze: 0.25)],
    [.inverted(640, by: 6, repeats: 7, squeeze: 0.25)],
  ]

  private static let extraLargeStages: [[MobileBlock]] = [
    [.plain(32, repeats: 4, residual: true)],
    [.fused(64, by: 4, stride: 2, repeats: 8)],
    [.fused(96, by: 4, stride: 2, repeats: 8)],
    [.inverted(192, by: 4, stride: 2, repeats: 16, squeeze: 0.25)],
    [.inverted(256, by: 6, repeats: 24, squeeze: 0.25)],
    [.inverted(512, by: 6, stride: 2, repeats: 32, squeeze: 0.25)],
    [.inverted(640, by: 6, repeats: 8, squeeze: 0.25)],
  ]
}
