import Workloads

/// GhostNet and GhostNet V2: half of the features of every pointwise layer are computed from the
/// other half by a cheap depthwise convolution.
enum GhostNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var width: Double
    /// V2: a gate from long rows and columns, at half the resolution.
    var isGated = false
  }

  static let configurations: [Configuration] = [
    Configuration(name: "ghostnet_050", width: 0.5),
    Configuration(name: "ghostnet_100", width: 1),
    Configuration(name: "ghostnet_130", width: 1.3),
    Configuration(name: "ghostnetv2_100", width: 1, isGated: true),
    Configuration(name: "ghostnetv2_130", width: 1.3, isGated: true),
    Configuration(name: "ghostnetv2_160", width: 1.6, isGated: true),
  ]

  private struct Block {
    var kernel: Int
    var inner: Int
    var channels: Int
    var isSqueezed = false
    var stride = 1
  }

  private static let blocks: [Block] = [
    Block(kernel: 3, inner: 16, channels: 16),
    Block(kernel: 3, inner: 48, channels: 24, stride: 2),
    Block(kernel: 3, inner: 72, channels: 24),
    Block(kernel: 5, inner: 72, channels: 40, isSqueezed: true, stride: 2),
    Block(kernel: 5, inner: 120, channels: 40, isSqueezed: true),
    Block(kernel: 3, inner: 240, channels: 80, stride: 2),
    Block(kernel: 3, inner: 200, channels: 80),
    Block(kernel: 3, inner: 184, channels: 80),
    Block(kernel: 3, inner: 184, channels: 80),
    Block(kernel: 3, inner: 480, channels: 112, isSqueezed: true),
    Block(kernel: 3, inner: 672, channels: 112, isSqueezed: true),
    Block(kernel: 5, inner: 672, channels: 160, isSqueezed: true, stride: 2),
    Block(kernel: 5, inner: 960, channels: 160),
    Block(kernel: 5, inner: 960, channels: 160, isSqueezed: true),
    Block(kernel: 5, inner: 960, channels: 160),
    Block(kernel: 5, inner: 960, channels: 160, isSqueezed: true),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "ghostnet",
      source: configuration.isGated
        ? "Y. Tang et al., GhostNetV2: Enhance Cheap Operation with Long-Range Attention, "
          + "NeurIPS 2022"
        : "K. Han et al., GhostNet: More Features from Cheap Operations, CVPR 2020"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    func scaled(_ channels: Int) -> Int {
      roundedChannels(Double(channels) * configuration.width, divisor: 4)
    }
    var x = net.normalizedConvolution(
      image, to: scaled(16), kernel: 3, stride: 2, .relu, named: "conv_stem")
    for (index, block) in blocks.enumerated() {
      net.scope("blocks.\(index)") {
        x = bottleneck(
          net, x, block, inner: scaled(block.inner), to: scaled(block.channels),
          isGated: configuration.isGated && index > 1)
      }
    }
    x = net.normalizedConvolution(x, to: scaled(960), .relu, named: "blocks.conv")
    x = net.globalAveragePool(x, flatten: false)
    x = net.activation(.relu, net.convolution(x, to: 1280, bias: true, named: "conv_head"))
    return net.linear(net.flatten(x), to: 1000, named: "classifier")
  }

  private static func bottleneck(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: Block, inner: Int, to channels: Int,
    isGated: Bool
  ) -> ValueID {
    let width = net.dimension(input, 1)
    var x = net.scope("ghost1") {
      let features = ghost(net, input, to: inner, .relu)
      return isGated ? net.multiply(features, gate(net, input, like: features)) : features
    }
    if block.stride > 1 {
      x = net.normalizedConvolution(
        x, to: inner, kernel: block.kernel, stride: block.stride, groups: inner, nil,
        named: "conv_dw")
    }
    if block.isSqueezed {
      x = net.squeezeExcite(
        x, reduced: roundedChannels(Double(inner) / 4, divisor: 4), gate: .hardSigmoid)
    }
    x = net.scope("ghost2") { ghost(net, x, to: channels, nil) }
    guard block.stride > 1 || width != channels else { return net.add(x, input) }
    let shortcut = net.scope("shortcut") {
      let spatial = net.normalizedConvolution(
        input, to: width, kernel: block.kernel, stride: block.stride, groups: width, nil,
        named: "dw")
      return net.normalizedConvolution(spatial, to: channels, nil, named: "pw")
    }
    return net.add(x, shortcut)
  }

  private static func ghost(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, _ function: ElementwiseFunction?
  ) -> ValueID {
    let half = (channels + 1) / 2
    let primary = net.normalizedConvolution(input, to: half, function, named: "primary_conv")
    let cheap = net.normalizedConvolution(
      primary, to: half, kernel: 3, groups: half, function, named: "cheap_operation")
    return net.slice(net.concatenate([primary, cheap], axis: 1), axis: 1, count: channels)
  }

  private static func gate(_ net: WorkloadBuilder, _ input: ValueID, like features: ValueID)
    -> ValueID
  {
    net.scope("short_conv") {
      let channels = net.dimension(features, 1)
      var x = net.averagePool(input, kernel: 2, stride: 2)
      x = net.normalizedConvolution(x, to: channels, nil, named: "0")
      for kernel in [(1, 5), (5, 1)] {
        x = net.batchNorm(net.convolution(x, to: channels, kernel: kernel, groups: channels))
      }
      return net.resize(
        net.activation(.sigmoid, x), height: net.dimension(features, 2),
        width: net.dimension(features, 3))
    }
  }
}
