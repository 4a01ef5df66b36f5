import Workloads

/// Residual networks whose 3×3 convolution is split into several: Res2Net, ResNeSt, SKNet.
enum SplitResNet: NetworkFamily {
  enum Split: Sendable {
    /// Parts of so many channels for 64 of the block's width, each read by the next (Res2Net).
    case chain(width: Int, parts: Int, groups: Int)
    /// `radix` parallel convolutions, weighed against each other (ResNeSt); `shrinksFirst`: a mean
    /// shrinks before the convolution instead of after it.
    case attention(radix: Int, width: Int, groups: Int, shrinksFirst: Bool)
    /// A narrow and a dilated convolution, weighed against each other (SKNet); each reads half of
    /// the channels when `halves`.
    case kernels(width: Int, groups: Int, ratio: Int, least: Int, halves: Bool)

    var source: String {
      switch self {
      case .chain: "S. Gao et al., Res2Net, TPAMI 2021"
      case .attention: "H. Zhang et al., ResNeSt, CVPRW 2022"
      case .kernels: "X. Li et al., Selective Kernel Networks, CVPR 2019"
      }
    }
  }

  struct Configuration: Sendable {
    var residual: ResNet.Configuration
    var split: Split
  }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.residual.name, size: configuration.residual.imageSize, family: "resnet",
      source: configuration.split.source
    ) { net, image in
      ResNet.build(net, image, configuration.residual) { net, input, width, stride, shortcut in
        let isBottleneck = configuration.residual.isBottleneck
        var x = input
        switch configuration.split {
        case .chain(let base, let parts, let groups):
          x = chain(
            net, x, width * base / 64 * groups, parts, stride, groups,
            isFirst: shortcut != input)
        case .attention(let radix, let base, let groups, let shrinksFirst):
          let inside = width * base / 64 * groups
          x = net.normalizedConvolution(x, to: inside, named: "conv1")
          if shrinksFirst && stride > 1 { x = shrink(net, x) }
          x = splitAttention(net, x, radix: radix, groups: groups)
          if !shrinksFirst && stride > 1 { x = shrink(net, x) }
        case .kernels(let base, let groups, let ratio, let least, let halves):
          let inside = width * base / 64 * groups
          if isBottleneck { x = net.normalizedConvolution(x, to: inside, named: "conv1") }
          x = selectiveKernels(
            net, x, to: inside, stride, groups: groups, reduced: max(least, inside / ratio),
            halves: halves)
        }
        x = net.normalizedConvolution(
          x, to: isBottleneck ? 4 * width : width, kernel: isBottleneck ? 1 : 3, activation: nil,
          named: "conv3")
        return net.activation(.relu, net.add(x, shortcut))
      }
    }
  }

  private static func shrink(_ net: WorkloadBuilder, _ x: ValueID) -> ValueID {
    net.averagePool(x, kernel: 3, stride: 2, padding: .amount(1), named: "avd")
  }

  /// Parts of `width` channels, each but the first added to the output of the one before.
  static func chain(
    _ net: WorkloadBuilder, _ input: ValueID, _ width: Int, _ parts: Int, _ stride: Int,
    _ groups: Int, isFirst: Bool
  ) -> ValueID {
    let x = net.normalizedConvolution(input, to: width * parts, named: "conv1")
    var outputs: [ValueID] = []
    for index in 0..<(parts - 1) {
      var part = net.slice(x, axis: 1, count: width)
      if index > 0 && !isFirst { part = net.add(part, outputs[index - 1]) }
      outputs.append(
        net.normalizedConvolution(
          part, to: width, kernel: 3, stride: stride, groups: groups, named: "convs"))
    }
    let last = net.slice(x, axis: 1, count: width)
    outputs.append(
      isFirst
        ? net.averagePool(last, kernel: 3, stride: stride, padding: .amount(1), named: "pool")
        : last)
    return net.concatenate(outputs, axis: 1)
  }

  private static func splitAttention(
    _ net: WorkloadBuilder, _ input: ValueID, radix: Int, groups: Int
  ) -> ValueID {
    net.scope("conv2") {
      let width = net.dimension(input, 1)
      let x = net.normalizedConvolution(
        input, to: width * radix, kernel: 3, groups: groups * radix)
      let image = net.shape(x)
      guard image.rank == 4 else { return x }
      let split: Shape = [image[0], radix, width, image[2], image[3]]
      let parts = net.reshape(x, split)
      let sum = radix > 1 ? net.mean(parts, axis: 1, named: "sum") : x
      var factors = net.globalAveragePool(sum, flatten: false)
      factors = net.convolution(
        factors, to: max(32, width * radix / 4), groups: groups, bias: true, named: "fc1")
      factors = net.normalizedActivation(factors)
      factors = net.convolution(
        factors, to: width * radix, groups: groups, bias: true, named: "fc2")
      guard radix > 1 else { return net.multiply(x, net.activation(.sigmoid, factors)) }
      let weights = net.softmax(net.reshape(factors, [image[0], radix, width, 1, 1]))
      return net.mean(net.multiply(parts, weights), axis: 1, named: "sum")
    }
  }

  private static func selectiveKernels(
    _ net: WorkloadBuilder, _ input: ValueID, to width: Int, _ stride: Int, groups: Int,
    reduced: Int, halves: Bool
  ) -> ValueID {
    net.scope("conv2") {
      let half = net.dimension(input, 1) / 2
      let paths = [1, 2].map { dilation -> ValueID in
        let part = halves ? net.slice(input, axis: 1, count: half) : input
        let x = net.convolution(
          part, to: width, kernel: 3, stride: stride, dilation: dilation, groups: groups,
          named: "path")
        return net.activation(.relu, net.batchNorm(x))
      }
      var factors = net.globalAveragePool(net.add(paths[0], paths[1]), flatten: false)
      factors = net.normalizedConvolution(factors, to: reduced, named: "fc_reduce")
      factors = net.convolution(factors, to: 2 * width, named: "fc_select")
      factors = net.softmax(
        net.reshape(factors, [net.dimension(input, 0), 2, width, 1, 1]))
      let weighed = paths.map { path in
        let share = net.slice(factors, axis: 1, count: 1)
        return net.multiply(
          path, net.reshape(share, [net.dimension(input, 0), width, 1, 1]))
      }
      return net.add(weighed[0], weighed[1])
    }
  }
}

// MARK: - Configurations

extension SplitResNet {
  private static let depth26 = [2, 2, 2, 2]
  private static let depth50 = [3, 4, 6, 3]
  private static let depth101 = [3, 4, 23, 3]

  static let configurations = chained + attentive + selective

  private static let chained = [
    chain("res2net50_26w_4s", depth50, 26, 4), chain("res2net101_26w_4s", depth101, 26, 4),
    chain("res2net50_26w_6s", depth50, 26, 6), chain("res2net50_26w_8s", depth50, 26, 8),
    chain("res2net50_48w_2s", depth50, 48, 2), chain("res2net50_14w_8s", depth50, 14, 8),
    chain("res2next50", depth50, 4, 4, groups: 8),
    chain("res2net50d", depth50, 26, 4, variant: .d),
    chain("res2net101d", depth101, 26, 4, variant: .d),
  ]

  private static let attentive = [
    attention("resnest14d", [1, 1, 1, 1]), attention("resnest26d", depth26),
    attention("resnest50d", depth50),
    attention("resnest101e", depth101, variant: .e, size: 256),
    attention("resnest200e", [3, 24, 36, 3], variant: .e, size: 320),
    attention("resnest269e", [3, 30, 48, 8], variant: .e, size: 416),
    attention(
      "resnest50d_4s2x40d", depth50, radix: 4, width: 40, groups: 2, shrinksFirst: true),
    attention(
      "resnest50d_1s4x24d", depth50, radix: 1, width: 24, groups: 4, shrinksFirst: true),
  ]

  private static let selective = [
    kernels("skresnet18", depth26, isBottleneck: false, ratio: 8, least: 16),
    kernels("skresnet34", depth50, isBottleneck: false, ratio: 8, least: 16),
    kernels("skresnet50", depth50, ratio: 16, least: 8),
    kernels("skresnet50d", depth50, variant: .d, ratio: 16, least: 8),
    kernels(
      "skresnext50_32x4d", depth50, width: 4, groups: 32, ratio: 16, least: 32, halves: false),
  ]

  private static func chain(
    _ name: String, _ blocks: [Int], _ width: Int, _ parts: Int, groups: Int = 1,
    variant: ResNet.Variant = .original
  ) -> Configuration {
    Configuration(
      residual: ResNet.Configuration(name: name, blocks: blocks, variant: variant),
      split: .chain(width: width, parts: parts, groups: groups))
  }

  private static func attention(
    _ name: String, _ blocks: [Int], variant: ResNet.Variant = .d, radix: Int = 2,
    width: Int = 64, groups: Int = 1, shrinksFirst: Bool = false, size: Int = 224
  ) -> Configuration {
    Configuration(
      residual: ResNet.Configuration(
        name: name, blocks: blocks, variant: variant, imageSize: size),
      split: .attention(radix: radix, width: width, groups: groups, shrinksFirst: shrinksFirst))
  }

  private static func kernels(
    _ name: String, _ blocks: [Int], variant: ResNet.Variant = .original,
    isBottleneck: Bool = true, width: Int = 64, groups: Int = 1, ratio: Int, least: Int,
    halves: Bool = true
  ) -> Configuration {
    Configuration(
      residual: ResNet.Configuration(
        name: name, blocks: blocks, variant: variant, isBottleneck: isBottleneck),
      split: .kernels(
        width: width, groups: groups, ratio: ratio, least: least, halves: halves))
  }
}
