import Workloads

/// MobileNets V1, V2 and V3.
enum MobileNet: NetworkFamily {
  static let members: [NetworkDefinition] =
    version1.map {
      $0.definition(
        family: "mobilenet",
        source: "A. Howard et al., MobileNets: Efficient Convolutional Neural Networks for Mobile "
          + "Vision Applications, arXiv:1704.04861")
    }
    + version2.map {
      $0.definition(
        family: "mobilenet",
        source: "M. Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, "
          + "CVPR 2018")
    }
    + version3.map {
      $0.definition(
        family: "mobilenet",
        source: "A. Howard et al., Searching for MobileNetV3, ICCV 2019")
    }

  // MARK: - V1

  private static let separableStages: [[MobileBlock]] = [
    (64, 1), (128, 2), (256, 2), (512, 6), (1024, 2),
  ]
  .map { channels, repeats in
    [
      .separable(
        channels, stride: channels == 64 ? 1 : 2, repeats: repeats, residual: false,
        activated: true)
    ]
  }

  private static let version1: [MobileNetwork] = [
    MobileNetwork(
      name: "mobilenetv1_100", stages: separableStages, head: .pooling, activation: .clip),
    MobileNetwork(
      name: "mobilenetv1_100h", stages: separableStages, head: .convolution(1024),
      activation: .clip),
    MobileNetwork(
      name: "mobilenetv1_125", stages: separableStages, head: .pooling, width: 1.25,
      activation: .clip),
  ]

  // MARK: - V2

  private static let invertedStages: [[MobileBlock]] = [
    [.separable(16)],
    [.inverted(24, by: 6, stride: 2, repeats: 2)],
    [.inverted(32, by: 6, stride: 2, repeats: 3)],
    [.inverted(64, by: 6, stride: 2, repeats: 4)],
    [.inverted(96, by: 6, repeats: 3)],
    [.inverted(160, by: 6, stride: 2, repeats: 3)],
    [.inverted(320, by: 6)],
  ]

  private static let version2: [MobileNetwork] =
    [("035", 0.35), ("050", 0.5), ("075", 0.75), ("100", 1), ("140", 1.4)].map { name, width in
      // The last convolution is widened but never narrowed.
      MobileNetwork(
        name: "mobilenetv2_\(name)", stages: invertedStages,
        head: .convolution(max(1280, roundedChannels(1280 * width))), width: width,
        activation: .clip)
    }
    + [("110d", 1.1, 1.2), ("120d", 1.2, 1.4)].map { name, width, depth in
      MobileNetwork(
        name: "mobilenetv2_\(name)", stages: invertedStages, head: .convolution(1280),
        isStemScaled: false, width: width, depth: [depth], keepsFirstAndLastDepth: true,
        activation: .clip)
    }

  // MARK: - V3

  private static let largeStages: [[MobileBlock]] = [
    [.separable(16, activation: .relu)],
    [.inverted(24, by: 4, stride: 2, activation: .relu), .inverted(24, by: 3, activation: .relu)],
    [.inverted(40, by: 3, kernel: 5, stride: 2, repeats: 3, squeeze: 0.25, activation: .relu)],
    [
      .inverted(80, by: 6, stride: 2), .inverted(80, by: 2.5), .inverted(80, by: 2.3, repeats: 2),
    ],
    [.inverted(112, by: 6, repeats: 2, squeeze: 0.25)],
    [.inverted(160, by: 6, kernel: 5, stride: 2, repeats: 3, squeeze: 0.25)],
    [.plain(960, kernel: 1)],
  ]

  private static let smallStages: [[MobileBlock]] = [
    [.separable(16, stride: 2, squeeze: 0.25, activation: .relu)],
    [
      .inverted(24, by: 4.5, stride: 2, activation: .relu),
      .inverted(24, by: 3.67, activation: .relu),
    ],
    [
      .inverted(40, by: 4, kernel: 5, stride: 2, squeeze: 0.25),
      .inverted(40, by: 6, kernel: 5, repeats: 2, squeeze: 0.25),
    ],
    [.inverted(48, by: 3, kernel: 5, repeats: 2, squeeze: 0.25)],
    [.inverted(96, by: 6, kernel: 5, stride: 2, repeats: 3, squeeze: 0.25)],
    [.plain(576, kernel: 1)],
  ]

  /// Without squeeze-and-excitation, larger kernels and hard swish.
  private static func minimal(_ stages: [[MobileBlock]]) -> [[MobileBlock]] {
    stages.map { stage in
      stage.map { block in
        var block = block
        block.squeeze = 0
        block.activation = .relu
        if block.kernels == [5] { block.kernels = [3] }
        return block
      }
    }
  }

  static let squeezeExcite = MobileNetwork.SqueezeExcite(
    isOfExpanded: true, isRounded: true, activation: .relu, gate: .hardSigmoid)

  private static func version3(
    _ name: String, _ stages: [[MobileBlock]], features: Int, width: Double = 1,
    depth: Double = 1, activation: ElementwiseFunction = .hardSwish, imageSize: Int = 224
  ) -> MobileNetwork {
    MobileNetwork(
      name: name, stages: stages,
      head: .pooledConvolution(features, bias: true, normalized: false), stem: 16,
      isStemScaled: width >= 0.75, width: width, depth: [depth], activation: activation,
      squeezeExcite: squeezeExcite, imageSize: imageSize)
  }

  private static let version3: [MobileNetwork] = {
    var networks = [
      version3(
        "mobilenetv3_large_150d", largeStages, features: 1280, width: 1.5, depth: 1.2,
        imageSize: 256),
      version3("mobilenetv3_small_050", smallStages, features: 1024, width: 0.5),
    ]
    for prefix in ["", "tf_"] {
      for (name, width) in [("075", 0.75), ("100", 1.0)] {
        networks += [
          version3("\(prefix)mobilenetv3_large_\(name)", largeStages, features: 1280, width: width),
          version3("\(prefix)mobilenetv3_small_\(name)", smallStages, features: 1024, width: width),
        ]
      }
    }
    networks += [
      version3(
        "tf_mobilenetv3_large_minimal_100", minimal(largeStages), features: 1280,
        activation: .relu),
      version3(
        "tf_mobilenetv3_small_minimal_100", minimal(smallStages), features: 1024,
        activation: .relu),
    ]
    // An earlier reading of the paper.
    var early = version3("mobilenetv3_rw", largeStages, features: 1280)
    early.stages[0][0].isResidual = false
    early.head = .pooledConvolution(1280, bias: false, normalized: false)
    early.squeezeExcite = MobileNetwork.SqueezeExcite(isOfExpanded: true, gate: .hardSigmoid)
    return networks + [early]
  }()
}
