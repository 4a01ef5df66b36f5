import Workloads

/// Inverted residuals in which half of every layer's channels come from a cheap depthwise
/// convolution of the other half.
enum GhostNet: NetworkFamily {
  enum Kind: Sendable {
    /// Both halves are joined.
    case joined
    /// With long rows and columns that gate the wide layers (Y. Tang et al., GhostNetV2, 2022).
    case gated
    /// Both halves are added, in the form that is trained (C. Chen et al., RepGhost, 2022).
    case added
  }

  struct Block: Sendable {
    var kernel = 3
    var inside: Int
    var output: Int
    var isExcited = false
    var stride = 1
  }

  private static let blocks = [
    Block(inside: 16, output: 16), Block(inside: 48, output: 24, stride: 2),
    Block(inside: 72, output: 24),
    Block(kernel: 5, inside: 72, output: 40, isExcited: true, stride: 2),
    Block(kernel: 5, inside: 120, output: 40, isExcited: true),
    Block(inside: 240, output: 80, stride: 2), Block(inside: 200, output: 80),
    Block(inside: 184, output: 80), Block(inside: 184, output: 80),
    Block(inside: 480, output: 112, isExcited: true),
    Block(inside: 672, output: 112, isExcited: true),
    Block(kernel: 5, inside: 672, output: 160, isExcited: true, stride: 2),
    Block(kernel: 5, inside: 960, output: 160),
    Block(kernel: 5, inside: 960, output: 160, isExcited: true),
    Block(kernel: 5, inside: 960, output: 160),
    Block(kernel: 5, inside: 960, output: 160, isExcited: true),
  ]

  /// The insides of RepGhost: halved, and 240 in the eighth and ninth.
  private static let addedInsides = [
    8, 24, 36, 36, 60, 120, 100, 120, 120, 240, 336, 336, 480, 480, 480, 480,
  ]

  static let configurations: [(name: String, kind: Kind, width: Double)] = [
    ("ghostnet_050", .joined, 0.5), ("ghostnet_100", .joined, 1), ("ghostnet_130", .joined, 1.3),
    ("ghostnetv2_100", .gated, 1), ("ghostnetv2_130", .gated, 1.3),
    ("ghostnetv2_160", .gated, 1.6), ("repghostnet_050", .added, 0.5),
    ("repghostnet_058", .added, 0.58), ("repghostnet_080", .added, 0.8),
    ("repghostnet_100", .added, 1), ("repghostnet_111", .added, 1.11),
    ("repghostnet_130", .added, 1.3), ("repghostnet_150", .added, 1.5),
    ("repghostnet_200", .added, 2),
  ]

  static let members = configurations.map { name, kind, width in
    NetworkDefinition.image(
      name, family: "ghostnet",
      source: "K. Han et al., GhostNet: More Features from Cheap Operations, CVPR 2020"
    ) { net, image in build(net, image, kind, width) }
  }

  /// `width` times as many channels, in whole fours and not below nine tenths.
  private static func scaled(_ channels: Int, _ width: Double) -> Int {
    let exact = Double(channels) * width
    let whole = max(4, Int(exact + 2) / 4 * 4)
    return Double(whole) < 0.9 * exact ? whole + 4 : whole
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ kind: Kind, _ width: Double
  ) -> ValueID {
    var x = net.normalizedConvolution(
      image, to: scaled(16, width), kernel: 3, stride: 2, named: "conv_stem")
    for (index, block) in blocks.enumerated() {
      let inside = kind == .added ? addedInsides[index] : block.inside
      net.scope("blocks.\(index)") {
        x = bottleneck(
          net, x, block, inside: scaled(inside, width), to: scaled(block.output, width),
          kind: kind == .gated && index < 2 ? .joined : kind)
      }
    }
    x = net.normalizedConvolution(x, to: scaled(960, width), named: "conv_last")
    x = net.convolution(
      net.globalAveragePool(x, flatten: false), to: 1280, bias: true, named: "conv_head")
    return net.linear(net.flatten(net.activation(.relu, x)), to: 1000, named: "classifier")
  }

  private static func bottleneck(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: Block, inside: Int, to output: Int,
    kind: Kind
  ) -> ValueID {
    var x = ghost(net, input, to: inside, kind: kind, activation: .relu, named: "ghost1")
    if block.stride > 1 {
      x = net.batchNorm(
        net.depthwiseConvolution(x, kernel: block.kernel, stride: block.stride))
    }
    if block.isExcited {
      x = net.squeezeExcite(x, reduced: scaled(inside, 0.25), gate: .hardSigmoid)
    }
    x = ghost(
      net, x, to: output, kind: kind == .gated ? .joined : kind, activation: nil,
      named: "ghost2")
    guard block.stride != 1 || net.dimension(input, 1) != output else {
      return net.add(x, input)
    }
    let shortcut = net.batchNorm(
      net.depthwiseConvolution(input, kernel: block.kernel, stride: block.stride))
    return net.add(
      x, net.normalizedConvolution(shortcut, to: output, activation: nil, named: "shortcut"))
  }

  private static func ghost(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, kind: Kind,
    activation function: ElementwiseFunction?, named label: String
  ) -> ValueID {
    net.scope(label) {
      func activated(_ x: ValueID) -> ValueID {
        guard let function else { return x }
        return net.activation(function, x)
      }
      let first = net.normalizedConvolution(
        input, to: kind == .added ? channels : (channels + 1) / 2, activation: function,
        named: "primary_conv")
      let cheap = net.batchNorm(
        net.depthwiseConvolution(first, kernel: 3, named: "cheap_operation"))
      if kind == .added {
        return activated(net.add(cheap, net.batchNorm(first, named: "fusion_bn")))
      }
      let joined = net.slice(
        net.concatenate([first, activated(cheap)], axis: 1), axis: 1, count: channels)
      guard kind == .gated else { return joined }
      var gate = net.averagePool(input, kernel: 2, stride: 2)
      gate = net.normalizedConvolution(gate, to: channels, activation: nil, named: "short_conv")
      for kernel in [(1, 5), (5, 1)] {
        gate = net.normalizedConvolution(
          gate, to: channels, kernel: kernel, groups: channels, activation: nil,
          named: "short_conv")
      }
      gate = net.resize(
        net.activation(.sigmoid, gate), height: net.dimension(joined, 2),
        width: net.dimension(joined, 3))
      return net.multiply(joined, gate)
    }
  }
}
