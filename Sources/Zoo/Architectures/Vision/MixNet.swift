import Workloads

/// MixNet: depthwise kernels of several sizes in one layer.
enum MixNet: NetworkFamily {
  static let members: [NetworkDefinition] = networks.map {
    $0.definition(
      family: "mixnet",
      source: "M. Tan, Q. Le, MixConv: Mixed Depthwise Convolutional Kernels, BMVC 2019")
  }

  private static let networks: [MobileNetwork] = {
    var networks: [MobileNetwork] = []
    for prefix in ["", "tf_"] {
      networks += [
        MobileNetwork(
          name: "\(prefix)mixnet_s", stages: smallStages, head: .convolution(1536), stem: 16),
        medium("\(prefix)mixnet_m", width: 1), medium("\(prefix)mixnet_l", width: 1.3),
      ]
    }
    return networks + [
      medium("mixnet_xl", width: 1.6, depth: 1.2), medium("mixnet_xxl", width: 2.4, depth: 1.3),
    ]
  }()

  private static func medium(_ name: String, width: Double, depth: Double = 1) -> MobileNetwork {
    MobileNetwork(
      name: name, stages: mediumStages, head: .convolution(1536), stem: 24, width: width,
      depth: [depth], roundsDepthUp: false)
  }

  private static func block(
    _ channels: Int, by expansion: Double, _ kernels: [Int], stride: Int = 1, repeats: Int = 1,
    squeeze: Double, expansionParts: Int = 1, projectionParts: Int = 1
  ) -> MobileBlock {
    .mixed(
      channels, by: expansion, kernels: kernels, stride: stride, repeats: repeats,
      squeeze: squeeze, activation: .silu, expansionParts: expansionParts,
      projectionParts: projectionParts)
  }

  private static let smallStages: [[MobileBlock]] = [
    [.separable(16)],
    [
      .mixed(24, by: 6, kernels: [3], stride: 2, expansionParts: 2, projectionParts: 2),
      .mixed(24, by: 3, kernels: [3], expansionParts: 2, projectionParts: 2),
    ],
    [
      block(40, by: 6, [3, 5, 7], stride: 2, squeeze: 0.5),
      block(40, by: 6, [3, 5], repeats: 3, squeeze: 0.5, expansionParts: 2, projectionParts: 2),
    ],
    [
      block(80, by: 6, [3, 5, 7], stride: 2, squeeze: 0.25, projectionParts: 2),
      block(80, by: 6, [3, 5], repeats: 2, squeeze: 0.25, projectionParts: 2),
    ],
    [
      block(120, by: 6, [3, 5, 7], squeeze: 0.5, expansionParts: 2, projectionParts: 2),
      block(
        120, by: 3, [3, 5, 7, 9], repeats: 2, squeeze: 0.5, expansionParts: 2,
        projectionParts: 2),
    ],
    [
      block(200, by: 6, [3, 5, 7, 9, 11], stride: 2, squeeze: 0.5),
      block(200, by: 6, [3, 5, 7, 9], repeats: 2, squeeze: 0.5, projectionParts: 2),
    ],
  ]

  private static let mediumStages: [[MobileBlock]] = [
    [.separable(24)],
    [
      .mixed(32, by: 6, kernels: [3, 5, 7], stride: 2, expansionParts: 2, projectionParts: 2),
      .mixed(32, by: 3, kernels: [3], expansionParts: 2, projectionParts: 2),
    ],
    [
      block(40, by: 6, [3, 5, 7, 9], stride: 2, squeeze: 0.5),
      block(40, by: 6, [3, 5], repeats: 3, squeeze: 0.5, expansionParts: 2, projectionParts: 2),
    ],
    [
      block(80, by: 6, [3, 5, 7], stride: 2, squeeze: 0.25),
      block(
        80, by: 6, [3, 5, 7, 9], repeats: 3, squeeze: 0.25, expansionParts: 2,
        projectionParts: 2),
    ],
    [
      block(120, by: 6, [3], squeeze: 0.5),
      block(
        120, by: 3, [3, 5, 7, 9], repeats: 3, squeeze: 0.5, expansionParts: 2,
        projectionParts: 2),
    ],
    [
      block(200, by: 6, [3, 5, 7, 9], stride: 2, squeeze: 0.5),
      block(200, by: 6, [3, 5, 7, 9], repeats: 3, squeeze: 0.5, projectionParts: 2),
    ],
  ]
}
