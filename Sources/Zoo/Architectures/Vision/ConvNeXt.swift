import Workloads

/// ConvNeXt and ConvNeXt V2.
enum ConvNeXt: NetworkFamily {
  enum Stem: Sendable {
    /// 4×4 patches.
    case patches
    /// Two overlapping strided convolutions, the first of half the width when `isTiered`.
    case overlapping(isTiered: Bool)
  }

  struct Configuration: Sendable {
    var name: String
    var blocks: [Int]
    /// Channels of the first stage; every stage doubles them.
    var width: Int
    var stem = Stem.patches
    /// V2: a normalisation of the responses in place of layer scale.
    var normalizesResponses = false
    var normalizesBeforePooling = false
    /// Width of a hidden layer of the classifier.
    var hiddenFeatures: Int?
    var imageSize = 224
  }

  static let configurations: [Configuration] = [
    Configuration(name: "convnext_atto", blocks: [2, 2, 6, 2], width: 40),
    Configuration(
      name: "convnext_atto_ols", blocks: [2, 2, 6, 2], width: 40,
      stem: .overlapping(isTiered: true)),
    Configuration(name: "convnext_femto", blocks: [2, 2, 6, 2], width: 48),
    Configuration(
      name: "convnext_femto_ols", blocks: [2, 2, 6, 2], width: 48,
      stem: .overlapping(isTiered: true)),
    Configuration(name: "convnext_pico", blocks: [2, 2, 6, 2], width: 64),
    Configuration(
      name: "convnext_pico_ols", blocks: [2, 2, 6, 2], width: 64,
      stem: .overlapping(isTiered: true)),
    Configuration(name: "convnext_nano", blocks: [2, 2, 8, 2], width: 80),
    Configuration(
      name: "convnext_nano_ols", blocks: [2, 2, 8, 2], width: 80,
      stem: .overlapping(isTiered: false)),
    Configuration(
      name: "convnext_tiny_hnf", blocks: [3, 3, 9, 3], width: 96, normalizesBeforePooling: true),
    Configuration(name: "convnext_tiny", blocks: [3, 3, 9, 3], width: 96),
    Configuration(name: "convnext_small", blocks: [3, 3, 27, 3], width: 96),
    Configuration(name: "convnext_base", blocks: [3, 3, 27, 3], width: 128),
    Configuration(name: "convnext_large", blocks: [3, 3, 27, 3], width: 192),
    Configuration(
      name: "convnext_large_mlp", blocks: [3, 3, 27, 3], width: 192, hiddenFeatures: 1536,
      imageSize: 256),
    Configuration(name: "convnext_xlarge", blocks: [3, 3, 27, 3], width: 256),
    Configuration(name: "convnext_xxlarge", blocks: [3, 4, 30, 3], width: 384, imageSize: 256),
    second("atto", [2, 2, 6, 2], width: 40), second("femto", [2, 2, 6, 2], width: 48),
    second("pico", [2, 2, 6, 2], width: 64), second("nano", [2, 2, 8, 2], width: 80),
    second("tiny", [3, 3, 9, 3], width: 96), second("small", [3, 3, 27, 3], width: 96),
    second("base", [3, 3, 27, 3], width: 128), second("large", [3, 3, 27, 3], width: 192),
    second("huge", [3, 3, 27, 3], width: 352),
  ]

  private static func second(_ size: String, _ blocks: [Int], width: Int) -> Configuration {
    Configuration(
      name: "convnextv2_\(size)", blocks: blocks, width: width, normalizesResponses: true)
  }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize,
      family: configuration.normalizesResponses ? "convnextv2" : "convnext",
      source: configuration.normalizesResponses
        ? "S. Woo et al., ConvNeXt V2: Co-designing and Scaling ConvNets with Masked "
          + "Autoencoders, CVPR 2023"
        : "Z. Liu et al., A ConvNet for the 2020s, CVPR 2022"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = net.scope("stem") { stem(net, image, configuration) }
    for (stage, count) in configuration.blocks.enumerated() {
      net.scope("stages.\(stage)") {
        if stage > 0 {
          net.scope("downsample") {
            x = net.convolution(
              net.channelNorm(x), to: configuration.width << stage, kernel: 2, stride: 2,
              padding: .amount(0), bias: true)
          }
        }
        for index in 0..<count {
          net.scope("blocks.\(index)") {
            x = block(net, x, normalizesResponses: configuration.normalizesResponses)
          }
        }
      }
    }
    if configuration.normalizesBeforePooling {
      x = net.globalAveragePool(net.channelNorm(x, named: "norm_pre"))
    } else {
      x = net.layerNorm(net.globalAveragePool(x), named: "head.norm")
    }
    if let features = configuration.hiddenFeatures {
      x = net.activation(.gelu, net.linear(x, to: features, named: "head.pre_logits"))
    }
    return net.linear(x, to: 1000, named: "head.fc")
  }

  private static func stem(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let width = configuration.width
    switch configuration.stem {
    case .patches:
      let patches = net.convolution(
        image, to: width, kernel: 4, stride: 4, padding: .amount(0), bias: true)
      return net.channelNorm(patches)
    case .overlapping(let isTiered):
      let inner = isTiered ? roundedChannels(Double(width / 2)) : width
      let x = net.convolution(image, to: inner, kernel: 3, stride: 2, bias: true, named: "conv1")
      return net.channelNorm(
        net.convolution(x, to: width, kernel: 3, stride: 2, bias: true, named: "conv2"))
    }
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, normalizesResponses: Bool
  ) -> ValueID {
    let channels = net.dimension(input, 1)
    var x = net.channelNorm(net.depthwiseConvolution(input, kernel: 7, bias: true))
    x = net.activation(.gelu, net.convolution(x, to: 4 * channels, bias: true, named: "mlp.fc1"))
    if normalizesResponses { x = responseNorm(net, x) }
    x = net.convolution(x, to: channels, bias: true, named: "mlp.fc2")
    if !normalizesResponses { x = net.scale(x, axis: 1) }
    return net.add(x, input)
  }

  /// Every channel's norm over the plane relative to the mean of all channels, as a learned factor.
  private static func responseNorm(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    net.scope("mlp.grn") {
      let shape = net.shape(input)
      let response = net.operation(
        "norm", .reduction, [input], to: [shape[0], shape[1], 1, 1])
      let mean = net.operation("mean", .reduction, [response], to: [shape[0], 1, 1, 1])
      let relative = net.elementwise(.divide, response, mean, named: "relative")
      var x = net.scale(net.multiply(input, relative), axis: 1, named: "weight")
      x = net.addParameter(x, [shape[1], 1, 1], named: "bias")
      return net.add(x, input)
    }
  }
}
