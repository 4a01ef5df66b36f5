import Workloads

/// Residual networks of basic and bottleneck blocks, with what later papers changed about the stem,
/// the shortcut and the channels.
enum ResNet: NetworkFamily {
  /// How the stem and the shortcuts differ from the paper, by the letter at the end of a name
  /// (T. He et al., Bag of Tricks for Image Classification, CVPR 2019).
  enum Variant: Sendable {
    /// One 7×7 convolution; shortcuts shrink by their stride.
    case original
    /// The original stem; shortcuts shrink by a mean over 2×2.
    case averaged
    /// Three 3×3 convolutions of 32, 32 and 64 channels.
    case c
    /// `c` with averaged shortcuts.
    case d
    /// `s` with averaged shortcuts.
    case e
    /// Three 3×3 convolutions of 64, 64 and 128 channels.
    case s
    /// Three 3×3 convolutions of 24, 32 and 64 channels, averaged shortcuts.
    case t

    var stem: [Int] {
      switch self {
      case .original, .averaged: []
      case .c, .d: [32, 32, 64]
      case .e, .s: [64, 64, 128]
      case .t: [24, 32, 64]
      }
    }

    var averagesShortcut: Bool {
      switch self {
      case .original, .c, .s: false
      case .averaged, .d, .e, .t: true
      }
    }
  }

  /// What shrinks a picture after a convolution of stride 1, instead of the convolution itself.
  enum Antialiasing: Sendable { case none, blur, average }

  struct Configuration: Sendable {
    var name: String
    var blocks: [Int]
    var variant = Variant.original
    var isBottleneck = true
    var cardinality = 1
    var baseWidth = 64
    var attention = ChannelAttention.none
    var antialiasing = Antialiasing.none
    var usesGroupNorm = false
    /// Whether a convolution takes the place of the stem's maximum (ResNet-RS).
    var convolvesStem = false
    /// What the first convolution of a block is narrower by, and the kernel of shrinking shortcuts
    /// (SENet-154).
    var firstReduction = 1
    var shortcutKernel = 1
    var imageSize = 224
  }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize, family: "resnet",
      source: source(configuration)
    ) { net, image in build(net, image, configuration) }
  }

  private static func source(_ configuration: Configuration) -> String {
    if configuration.convolvesStem { return "I. Bello et al., Revisiting ResNets, NeurIPS 2021" }
    if configuration.baseWidth > 64 {
      return "S. Zagoruyko, N. Komodakis, Wide Residual Networks, BMVC 2016"
    }
    switch (configuration.attention, configuration.cardinality) {
    case (.squeezeExcite, _):
      return "J. Hu et al., Squeeze-and-Excitation Networks, CVPR 2018"
    case (.efficient, _): return "Q. Wang et al., ECA-Net, CVPR 2020"
    case (.none, 2...):
      return "S. Xie et al., Aggregated Residual Transformations, CVPR 2017"
    default: return "K. He et al., Deep Residual Learning for Image Recognition, CVPR 2016"
    }
  }

  static func build(_ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration)
    -> ValueID
  {
    build(net, image, configuration) { net, input, width, stride, shortcut in
      configuration.isBottleneck
        ? bottleneck(net, input, width, stride, shortcut, configuration)
        : basic(net, input, width, stride, shortcut, configuration)
    }
  }

  /// One residual block: its input, its width, its stride, and the shortcut to add.
  typealias Block = (WorkloadBuilder, ValueID, Int, Int, ValueID) -> ValueID

  /// The stem, four stages of `block` and the classifier.
  static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration, block: Block
  ) -> ValueID {
    var x = stem(net, image, configuration)
    for (stage, count) in configuration.blocks.enumerated() {
      let width = 64 << stage
      let output = configuration.isBottleneck ? 4 * width : width
      net.scope("layer\(stage + 1)") {
        for index in 0..<count {
          let stride = stage > 0 && index == 0 ? 2 : 1
          net.scope("\(index)") {
            let shortcut = shortcut(net, x, to: output, stride: stride, configuration)
            x = block(net, x, width, stride, shortcut)
          }
        }
      }
    }
    return net.classifier(x)
  }

  private static func stem(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let widths = configuration.variant.stem
    var x = image
    if widths.isEmpty {
      x = net.convolution(x, to: 64, kernel: 7, stride: 2, named: "conv1")
      x = net.activation(.relu, norm(net, x, configuration, named: "bn1"))
    } else {
      for (index, width) in widths.enumerated() {
        x = net.convolution(x, to: width, kernel: 3, stride: index == 0 ? 2 : 1, named: "conv1")
        x = net.activation(.relu, norm(net, x, configuration, named: "bn1"))
      }
    }
    if configuration.convolvesStem {
      return net.normalizedConvolution(
        x, to: net.dimension(x, 1), kernel: 3, stride: 2, named: "maxpool")
    }
    switch configuration.antialiasing {
    case .none: return net.maxPool(x, kernel: 3, stride: 2, padding: .amount(1))
    case .blur: return net.blurPool(net.maxPool(x, kernel: 3, stride: 1, padding: .amount(1)))
    case .average: return net.averagePool(x, kernel: 2, stride: 2, named: "maxpool")
    }
  }

  private static func basic(
    _ net: WorkloadBuilder, _ input: ValueID, _ width: Int, _ stride: Int, _ shortcut: ValueID,
    _ configuration: Configuration
  ) -> ValueID {
    var x = spatial(net, input, to: width, stride: stride, configuration, named: "conv1", "bn1")
    x = net.convolution(x, to: width, kernel: 3, named: "conv2")
    x = configuration.attention(net, norm(net, x, configuration, named: "bn2"))
    return net.activation(.relu, net.add(x, shortcut))
  }

  private static func bottleneck(
    _ net: WorkloadBuilder, _ input: ValueID, _ width: Int, _ stride: Int, _ shortcut: ValueID,
    _ configuration: Configuration
  ) -> ValueID {
    let inner = width * configuration.baseWidth / 64 * configuration.cardinality
    var x = net.convolution(input, to: inner / configuration.firstReduction, named: "conv1")
    x = net.activation(.relu, norm(net, x, configuration, named: "bn1"))
    x = spatial(net, x, to: inner, stride: stride, configuration, named: "conv2", "bn2")
    x = net.convolution(x, to: 4 * width, named: "conv3")
    x = configuration.attention(net, norm(net, x, configuration, named: "bn3"))
    return net.activation(.relu, net.add(x, shortcut))
  }

  /// The 3×3 convolution that may shrink the picture, or be followed by what does.
  private static func spatial(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, stride: Int,
    _ configuration: Configuration, named label: String, _ normLabel: String
  ) -> ValueID {
    let isAntialiased = configuration.antialiasing != .none && stride == 2
    var x = net.convolution(
      input, to: channels, kernel: 3, stride: isAntialiased ? 1 : stride,
      groups: configuration.cardinality, named: label)
    x = net.activation(.relu, norm(net, x, configuration, named: normLabel))
    guard isAntialiased else { return x }
    return configuration.antialiasing == .blur
      ? net.blurPool(x, named: "aa") : net.averagePool(x, kernel: 2, stride: 2, named: "aa")
  }

  private static func shortcut(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, stride: Int,
    _ configuration: Configuration
  ) -> ValueID {
    guard stride != 1 || net.dimension(input, 1) != channels else { return input }
    return net.scope("downsample") {
      var x = input
      if configuration.variant.averagesShortcut {
        if stride == 2 { x = net.averagePool(x, kernel: 2, stride: 2, roundUp: true) }
        x = net.convolution(x, to: channels)
      } else {
        let kernel = stride == 1 ? 1 : configuration.shortcutKernel
        x = net.convolution(x, to: channels, kernel: kernel, stride: stride)
      }
      return norm(net, x, configuration, named: "norm")
    }
  }

  private static func norm(
    _ net: WorkloadBuilder, _ x: ValueID, _ configuration: Configuration, named label: String
  ) -> ValueID {
    configuration.usesGroupNorm ? net.groupNorm(x, named: label) : net.batchNorm(x, named: label)
  }
}

// MARK: - Configurations

extension ResNet {
  private static let depth26 = [2, 2, 2, 2]
  private static let depth50 = [3, 4, 6, 3]
  private static let depth101 = [3, 4, 23, 3]
  private static let depth152 = [3, 8, 36, 3]
  private static let depth200 = [3, 24, 36, 3]
  private static let depth269 = [3, 30, 48, 8]

  static let configurations =
    plain + aggregated + squeezeExcited + efficient + antialiased + rescaled

  private static let plain = [
    Configuration(
      name: "resnet10t", blocks: [1, 1, 1, 1], variant: .t, isBottleneck: false, imageSize: 176),
    Configuration(name: "resnet14t", blocks: [1, 1, 1, 1], variant: .t, imageSize: 176),
    Configuration(name: "resnet18", blocks: depth26, isBottleneck: false),
    Configuration(name: "resnet18d", blocks: depth26, variant: .d, isBottleneck: false),
    Configuration(name: "resnet34", blocks: depth50, isBottleneck: false),
    Configuration(name: "resnet34d", blocks: depth50, variant: .d, isBottleneck: false),
    Configuration(name: "resnet26", blocks: depth26),
    Configuration(name: "resnet26d", blocks: depth26, variant: .d),
    Configuration(name: "resnet26t", blocks: depth26, variant: .t, imageSize: 256),
    Configuration(name: "resnet50", blocks: depth50),
    Configuration(name: "resnet50c", blocks: depth50, variant: .c),
    Configuration(name: "resnet50d", blocks: depth50, variant: .d),
    Configuration(name: "resnet50s", blocks: depth50, variant: .s),
    Configuration(name: "resnet50t", blocks: depth50, variant: .t),
    Configuration(name: "resnet50_gn", blocks: depth50, usesGroupNorm: true),
    Configuration(name: "resnet101", blocks: depth101),
    Configuration(name: "resnet101c", blocks: depth101, variant: .c),
    Configuration(name: "resnet101d", blocks: depth101, variant: .d, imageSize: 256),
    Configuration(name: "resnet101s", blocks: depth101, variant: .s),
    Configuration(name: "resnet152", blocks: depth152),
    Configuration(name: "resnet152c", blocks: depth152, variant: .c),
    Configuration(name: "resnet152d", blocks: depth152, variant: .d, imageSize: 256),
    Configuration(name: "resnet152s", blocks: depth152, variant: .s),
    Configuration(name: "resnet200", blocks: depth200),
    Configuration(name: "resnet200d", blocks: depth200, variant: .d, imageSize: 256),
    Configuration(name: "wide_resnet50_2", blocks: depth50, baseWidth: 128),
    Configuration(name: "wide_resnet101_2", blocks: depth101, baseWidth: 128),
  ]

  private static let aggregated = [
    Configuration(name: "resnext50_32x4d", blocks: depth50, cardinality: 32, baseWidth: 4),
    Configuration(
      name: "resnext50d_32x4d", blocks: depth50, variant: .d, cardinality: 32, baseWidth: 4),
    Configuration(name: "resnext101_32x4d", blocks: depth101, cardinality: 32, baseWidth: 4),
    Configuration(name: "resnext101_32x8d", blocks: depth101, cardinality: 32, baseWidth: 8),
    Configuration(name: "resnext101_32x16d", blocks: depth101, cardinality: 32, baseWidth: 16),
    Configuration(name: "resnext101_32x32d", blocks: depth101, cardinality: 32, baseWidth: 32),
    Configuration(name: "resnext101_32x48d", blocks: depth101, cardinality: 32, baseWidth: 48),
    Configuration(name: "resnext101_64x4d", blocks: depth101, cardinality: 64, baseWidth: 4),
  ]

  private static let squeezeExcited = [
    Configuration(
      name: "seresnet18", blocks: depth26, isBottleneck: false, attention: .squeezeExcite),
    Configuration(
      name: "seresnet34", blocks: depth50, isBottleneck: false, attention: .squeezeExcite),
    Configuration(name: "seresnet50", blocks: depth50, attention: .squeezeExcite),
    Configuration(name: "seresnet50t", blocks: depth50, variant: .t, attention: .squeezeExcite),
    Configuration(name: "seresnet101", blocks: depth101, attention: .squeezeExcite),
    Configuration(name: "seresnet152", blocks: depth152, attention: .squeezeExcite),
    Configuration(
      name: "seresnet152d", blocks: depth152, variant: .d, attention: .squeezeExcite,
      imageSize: 256),
    Configuration(
      name: "seresnet200d", blocks: depth200, variant: .d, attention: .squeezeExcite,
      imageSize: 256),
    Configuration(
      name: "seresnet269d", blocks: depth269, variant: .d, attention: .squeezeExcite,
      imageSize: 256),
    Configuration(
      name: "seresnext26d_32x4d", blocks: depth26, variant: .d, cardinality: 32, baseWidth: 4,
      attention: .squeezeExcite),
    Configuration(
      name: "seresnext26t_32x4d", blocks: depth26, variant: .t, cardinality: 32, baseWidth: 4,
      attention: .squeezeExcite),
    Configuration(
      name: "seresnext50_32x4d", blocks: depth50, cardinality: 32, baseWidth: 4,
      attention: .squeezeExcite),
    Configuration(
      name: "seresnext101_32x4d", blocks: depth101, cardinality: 32, baseWidth: 4,
      attention: .squeezeExcite),
    Configuration(
      name: "seresnext101_32x8d", blocks: depth101, cardinality: 32, baseWidth: 8,
      attention: .squeezeExcite),
    Configuration(
      name: "seresnext101d_32x8d", blocks: depth101, variant: .d, cardinality: 32, baseWidth: 8,
      attention: .squeezeExcite),
    Configuration(
      name: "seresnext101_64x4d", blocks: depth101, cardinality: 64, baseWidth: 4,
      attention: .squeezeExcite),
    Configuration(
      name: "senet154", blocks: depth152, variant: .s, cardinality: 64, baseWidth: 4,
      attention: .squeezeExcite, firstReduction: 2, shortcutKernel: 3),
  ]

  private static let efficient = [
    Configuration(
      name: "ecaresnet26t", blocks: depth26, variant: .t, attention: .efficient, imageSize: 256),
    Configuration(name: "ecaresnet50d", blocks: depth50, variant: .d, attention: .efficient),
    Configuration(
      name: "ecaresnet50t", blocks: depth50, variant: .t, attention: .efficient, imageSize: 256),
    Configuration(
      name: "ecaresnetlight", blocks: [1, 1, 11, 3], variant: .averaged, attention: .efficient),
    Configuration(name: "ecaresnet101d", blocks: depth101, variant: .d, attention: .efficient),
    Configuration(
      name: "ecaresnet200d", blocks: depth200, variant: .d, attention: .efficient, imageSize: 256),
    Configuration(
      name: "ecaresnet269d", blocks: depth269, variant: .d, attention: .efficient, imageSize: 320),
    Configuration(
      name: "ecaresnext26t_32x4d", blocks: depth26, variant: .t, cardinality: 32, baseWidth: 4,
      attention: .efficient),
    Configuration(
      name: "ecaresnext50t_32x4d", blocks: depth50, variant: .t, cardinality: 32, baseWidth: 4,
      attention: .efficient),
  ]

  private static let antialiased = [
    Configuration(
      name: "resnetblur18", blocks: depth26, isBottleneck: false, antialiasing: .blur),
    Configuration(name: "resnetblur50", blocks: depth50, antialiasing: .blur),
    Configuration(name: "resnetblur50d", blocks: depth50, variant: .d, antialiasing: .blur),
    Configuration(name: "resnetblur101d", blocks: depth101, variant: .d, antialiasing: .blur),
    Configuration(
      name: "resnetaa34d", blocks: depth50, variant: .d, isBottleneck: false,
      antialiasing: .average),
    Configuration(name: "resnetaa50", blocks: depth50, antialiasing: .average),
    Configuration(name: "resnetaa50d", blocks: depth50, variant: .d, antialiasing: .average),
    Configuration(name: "resnetaa101d", blocks: depth101, variant: .d, antialiasing: .average),
    Configuration(
      name: "seresnetaa50d", blocks: depth50, variant: .d, attention: .squeezeExcite,
      antialiasing: .average),
    Configuration(
      name: "seresnextaa101d_32x8d", blocks: depth101, variant: .d, cardinality: 32, baseWidth: 8,
      attention: .squeezeExcite, antialiasing: .average, imageSize: 288),
    Configuration(
      name: "seresnextaa201d_32x8d", blocks: [3, 24, 36, 4], variant: .e, cardinality: 32,
      baseWidth: 8, attention: .squeezeExcite, antialiasing: .average, imageSize: 384),
  ]

  private static let rescaled = [
    ("resnetrs50", depth50, 160), ("resnetrs101", depth101, 192), ("resnetrs152", depth152, 256),
    ("resnetrs200", depth200, 256), ("resnetrs270", [4, 29, 53, 4], 256),
    ("resnetrs350", [4, 36, 72, 4], 288), ("resnetrs420", [4, 44, 87, 4], 320),
  ].map { name, blocks, size in
    Configuration(
      name: name, blocks: blocks, variant: .d, attention: .squeezeExcite(ratio: 0.25),
      convolvesStem: true, imageSize: size)
  }
}
