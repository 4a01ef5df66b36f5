import Workloads

/// Residual networks that normalise before each convolution, among them Big Transfer.
enum ResNetV2: NetworkFamily {
  /// Each with its activation.
  enum Norm: Sendable { case batch, group, evolved, filterResponse }

  struct Configuration: Sendable {
    var name: String
    var blocks: [Int]
    var isBottleneck = true
    /// What all widths are multiplied by.
    var width = 1
    /// The three convolutions of the stem, or none for one 7×7.
    var stem: [Int] = []
    var averagesShortcut = false
    var norm = Norm.batch
    var standardizesWeights = false
    var imageSize = 224
  }

  private static let depth18 = [2, 2, 2, 2]
  private static let depth50 = [3, 4, 6, 3]
  private static let depth101 = [3, 4, 23, 3]
  private static let depth152 = [3, 8, 36, 3]

  static let configurations = plain + transfer

  private static let plain =
    [
      ("resnetv2_18", depth18, false), ("resnetv2_34", depth50, false),
      ("resnetv2_50", depth50, true), ("resnetv2_101", depth101, true),
      ("resnetv2_152", depth152, true),
    ].flatMap { name, blocks, isBottleneck in
      [
        Configuration(name: name, blocks: blocks, isBottleneck: isBottleneck),
        Configuration(
          name: name + "d", blocks: blocks, isBottleneck: isBottleneck, stem: [32, 32, 64],
          averagesShortcut: true),
      ]
    } + [
      Configuration(
        name: "resnetv2_50t", blocks: depth50, stem: [24, 32, 64], averagesShortcut: true),
      Configuration(
        name: "resnetv2_50d_gn", blocks: depth50, stem: [32, 32, 64], averagesShortcut: true,
        norm: .group),
      Configuration(
        name: "resnetv2_50d_evos", blocks: depth50, stem: [32, 32, 64], averagesShortcut: true,
        norm: .evolved),
      Configuration(
        name: "resnetv2_50d_frn", blocks: depth50, stem: [32, 32, 64], averagesShortcut: true,
        norm: .filterResponse),
    ]

  private static let transfer = [
    ("resnetv2_50x1_bit", depth50, 1, 224), ("resnetv2_50x3_bit", depth50, 3, 448),
    ("resnetv2_101x1_bit", depth101, 1, 448), ("resnetv2_101x3_bit", depth101, 3, 448),
    ("resnetv2_152x2_bit", depth152, 2, 224), ("resnetv2_152x4_bit", depth152, 4, 480),
  ].map { name, blocks, width, size in
    Configuration(
      name: name, blocks: blocks, width: width, norm: .group, standardizesWeights: true,
      imageSize: size)
  }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize, family: "resnetv2",
      source: configuration.standardizesWeights
        ? "A. Kolesnikov et al., Big Transfer, ECCV 2020"
        : "K. He et al., Identity Mappings in Deep Residual Networks, ECCV 2016"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = image
    if configuration.stem.isEmpty {
      x = convolution(
        net, x, to: 64 * configuration.width, kernel: 7, stride: 2, configuration,
        named: "stem.conv")
    }
    for (index, width) in configuration.stem.enumerated() {
      if index > 0 { x = normalized(net, x, configuration) }
      x = convolution(
        net, x, to: width, kernel: 3, stride: index == 0 ? 2 : 1, configuration,
        named: "stem.conv")
    }
    x = net.maxPool(x, kernel: 3, stride: 2, padding: .amount(1))
    for (stage, count) in configuration.blocks.enumerated() {
      let output = (configuration.isBottleneck ? 256 : 64) << stage
      net.scope("stages.\(stage)") {
        for index in 0..<count {
          net.scope("\(index)") {
            x = block(
              net, x, to: output * configuration.width, stride: stage > 0 && index == 0 ? 2 : 1,
              isFirst: index == 0, configuration)
          }
        }
      }
    }
    return net.classifier(normalized(net, x, configuration))
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, to output: Int, stride: Int, isFirst: Bool,
    _ configuration: Configuration
  ) -> ValueID {
    let start = normalized(net, input, configuration)
    var shortcut = input
    if isFirst && (configuration.isBottleneck || stride != 1) {
      shortcut = start
      if configuration.averagesShortcut && stride == 2 {
        shortcut = net.averagePool(shortcut, kernel: 2, stride: 2, roundUp: true)
      }
      shortcut = convolution(
        net, shortcut, to: output, stride: configuration.averagesShortcut ? 1 : stride,
        configuration, named: "downsample")
    }
    var x: ValueID
    if configuration.isBottleneck {
      x = convolution(net, start, to: output / 4, configuration, named: "conv1")
      x = convolution(
        net, normalized(net, x, configuration), to: output / 4, kernel: 3, stride: stride,
        configuration, named: "conv2")
      x = convolution(
        net, normalized(net, x, configuration), to: output, configuration, named: "conv3")
    } else {
      x = convolution(
        net, start, to: output, kernel: 3, stride: stride, configuration, named: "conv1")
      x = convolution(
        net, normalized(net, x, configuration), to: output, kernel: 3, configuration,
        named: "conv2")
    }
    return net.add(x, shortcut)
  }

  private static func convolution(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    _ configuration: Configuration, named label: String
  ) -> ValueID {
    configuration.standardizesWeights
      ? net.standardizedConvolution(x, to: channels, kernel: kernel, stride: stride, named: label)
      : net.convolution(x, to: channels, kernel: kernel, stride: stride, named: label)
  }

  private static func normalized(
    _ net: WorkloadBuilder, _ x: ValueID, _ configuration: Configuration
  ) -> ValueID {
    switch configuration.norm {
    case .batch: net.normalizedActivation(x)
    case .group: net.activation(.relu, net.groupNorm(x))
    case .evolved: net.evolvedNorm(x)
    case .filterResponse: net.filterResponseNorm(x)
    }
  }
}
