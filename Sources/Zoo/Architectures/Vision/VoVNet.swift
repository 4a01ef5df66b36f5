import Workloads

/// Blocks of a few convolutions in a row whose outputs are all joined once, at the end.
enum VoVNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    /// Blocks of each stage, and convolutions of each block.
    var blocks: [Int]
    var layers = 5
    /// Channels of those convolutions and of the outputs.
    var inside = [128, 160, 192, 224]
    var outputs = [256, 512, 768, 1024]
    var stem = [64, 64, 128]
    var isResidual = true
    var isSeparable = false
    var attention = ChannelAttention.effectiveSqueezeExcite
    var usesEvolvedNorm = false
    var imageSize = 224
  }

  private static let slim = [64, 80, 96, 112]
  private static let slimOutputs = [112, 256, 384, 512]

  static let configurations = [
    Configuration(
      name: "vovnet39a", blocks: [1, 1, 2, 2], isResidual: false, attention: .none),
    Configuration(
      name: "vovnet57a", blocks: [1, 1, 4, 3], isResidual: false, attention: .none),
    Configuration(
      name: "ese_vovnet19b_slim_dw", blocks: [1, 1, 1, 1], layers: 3, inside: slim,
      outputs: slimOutputs, stem: [64, 64, 64], isSeparable: true),
    Configuration(
      name: "ese_vovnet19b_dw", blocks: [1, 1, 1, 1], layers: 3, stem: [64, 64, 64],
      isSeparable: true),
    Configuration(
      name: "ese_vovnet19b_slim", blocks: [1, 1, 1, 1], layers: 3, inside: slim,
      outputs: slimOutputs),
    Configuration(name: "ese_vovnet39b", blocks: [1, 1, 2, 2]),
    Configuration(name: "ese_vovnet57b", blocks: [1, 1, 4, 3], imageSize: 256),
    Configuration(name: "ese_vovnet99b", blocks: [1, 3, 9, 3]),
    Configuration(name: "eca_vovnet39b", blocks: [1, 1, 2, 2], attention: .efficient),
    Configuration(name: "ese_vovnet39b_evos", blocks: [1, 1, 2, 2], usesEvolvedNorm: true),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize, family: "vovnet",
      source: "Y. Lee et al., An Energy and GPU-Computation Efficient Backbone, CVPRW 2019"
    ) { net, image in
      var x = unit(net, image, to: configuration.stem[0], kernel: 3, stride: 2, configuration)
      x = spatial(net, x, to: configuration.stem[1], configuration)
      x = spatial(net, x, to: configuration.stem[2], stride: 2, configuration)
      for (stage, count) in configuration.blocks.enumerated() {
        if stage > 0 { x = net.maxPool(x, kernel: 3, stride: 2, roundUp: true) }
        net.scope("stages.\(stage)") {
          for index in 0..<count {
            net.scope("\(index)") {
              x = block(
                net, x, stage: stage, isFirst: index == 0, isLast: index == count - 1,
                configuration)
            }
          }
        }
      }
      return net.classifier(x)
    }
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, stage: Int, isFirst: Bool, isLast: Bool,
    _ configuration: Configuration
  ) -> ValueID {
    let inside = configuration.inside[stage]
    var x = input
    if configuration.isSeparable && net.dimension(x, 1) != inside {
      x = unit(net, x, to: inside, configuration)
    }
    var outputs = [input]
    for _ in 0..<configuration.layers {
      x = spatial(net, x, to: inside, configuration)
      outputs.append(x)
    }
    x = unit(
      net, net.concatenate(outputs, axis: 1), to: configuration.outputs[stage], configuration)
    if isLast { x = configuration.attention(net, x) }
    return configuration.isResidual && !isFirst ? net.add(x, input) : x
  }

  private static func spatial(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, stride: Int = 1,
    _ configuration: Configuration
  ) -> ValueID {
    guard configuration.isSeparable else {
      return unit(net, x, to: channels, kernel: 3, stride: stride, configuration)
    }
    return unit(
      net, net.depthwiseConvolution(x, kernel: 3, stride: stride), to: channels, configuration)
  }

  private static func unit(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    _ configuration: Configuration
  ) -> ValueID {
    guard configuration.usesEvolvedNorm else {
      return net.normalizedConvolution(x, to: channels, kernel: kernel, stride: stride)
    }
    return net.evolvedNorm(net.convolution(x, to: channels, kernel: kernel, stride: stride))
  }
}
