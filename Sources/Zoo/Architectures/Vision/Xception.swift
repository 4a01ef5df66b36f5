import Workloads

/// Separable convolutions throughout: 3×3 in every channel by itself, then 1×1 across channels.
enum Xception: NetworkFamily {
  /// Three separable convolutions with a shortcut.
  struct Module: Sendable {
    var widths: [Int]
    var stride = 1
    var hasShortcut = true
  }

  /// The layout that DeepLab aligned with its segmentation maps.
  struct Configuration: Sendable {
    var name: String
    var modules: [Module]
    /// Normalisation before each convolution instead of after it.
    var isPreactivated = false
  }

  private static func module(_ width: Int, stride: Int = 1) -> Module {
    Module(widths: [width, width, width], stride: stride)
  }

  private static let entry = [128, 256, 728].map { module($0, stride: 2) }
  private static let longEntry = [
    module(128, stride: 2), module(256), module(256, stride: 2), module(728),
    module(728, stride: 2),
  ]
  private static let exit = [
    Module(widths: [728, 1024, 1024], stride: 2),
    Module(widths: [1536, 1536, 2048], hasShortcut: false),
  ]
  private static func middle(_ count: Int) -> [Module] {
    Array(repeating: module(728), count: count)
  }

  static let configurations = [
    Configuration(name: "xception41", modules: entry + middle(8) + exit),
    Configuration(name: "xception65", modules: entry + middle(16) + exit),
    Configuration(name: "xception71", modules: longEntry + middle(16) + exit),
    Configuration(name: "xception41p", modules: entry + middle(8) + exit, isPreactivated: true),
    Configuration(name: "xception65p", modules: entry + middle(16) + exit, isPreactivated: true),
  ]

  static let members =
    [
      NetworkDefinition.image(
        "legacy_xception", size: 299, family: "xception",
        source: "F. Chollet, Xception, CVPR 2017", buildOriginal)
    ]
    + configurations.map { configuration in
      NetworkDefinition.image(
        configuration.name, size: 299, family: "xception",
        source: "L.-C. Chen et al., Encoder-Decoder with Atrous Separable Convolution, ECCV 2018"
      ) { net, image in build(net, image, configuration) }
    }

  // MARK: - Aligned

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let isPreactivated = configuration.isPreactivated
    var x = net.normalizedConvolution(image, to: 32, kernel: 3, stride: 2, named: "stem.0")
    x =
      isPreactivated
      ? net.convolution(x, to: 64, kernel: 3, named: "stem.1")
      : net.normalizedConvolution(x, to: 64, kernel: 3, named: "stem.1")
    for (index, module) in configuration.modules.enumerated() {
      net.scope("blocks.\(index)") {
        x = isPreactivated ? preactivated(net, x, module) : postactivated(net, x, module)
      }
    }
    return net.classifier(isPreactivated ? net.activation(.relu, x) : x)
  }

  private static func postactivated(_ net: WorkloadBuilder, _ input: ValueID, _ module: Module)
    -> ValueID
  {
    var x = input
    for (index, width) in module.widths.enumerated() {
      if module.hasShortcut { x = net.activation(.relu, x) }
      x = net.batchNorm(
        net.depthwiseConvolution(x, kernel: 3, stride: index == 2 ? module.stride : 1))
      if !module.hasShortcut { x = net.activation(.relu, x) }
      x = net.batchNorm(net.convolution(x, to: width))
      if !module.hasShortcut { x = net.activation(.relu, x) }
    }
    guard module.hasShortcut else { return x }
    guard module.stride != 1 || net.dimension(input, 1) != net.dimension(x, 1) else {
      return net.add(x, input)
    }
    return net.add(
      x,
      net.normalizedConvolution(
        input, to: net.dimension(x, 1), stride: module.stride, activation: nil,
        named: "shortcut"))
  }

  private static func preactivated(_ net: WorkloadBuilder, _ input: ValueID, _ module: Module)
    -> ValueID
  {
    let start = net.normalizedActivation(input)
    var x = start
    for (index, width) in module.widths.enumerated() {
      if index > 0 { x = net.normalizedActivation(x) }
      x = net.depthwiseConvolution(x, kernel: 3, stride: index == 2 ? module.stride : 1)
      x = net.convolution(x, to: width)
    }
    guard module.hasShortcut else { return x }
    guard module.stride != 1 || net.dimension(input, 1) != net.dimension(x, 1) else {
      return net.add(x, start)
    }
    return net.add(
      x,
      net.convolution(
        start, to: net.dimension(x, 1), stride: module.stride, named: "shortcut"))
  }

  // MARK: - Original

  @Sendable private static func buildOriginal(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    var x = net.normalizedConvolution(
      image, to: 32, kernel: 3, stride: 2, padding: .amount(0), named: "conv1")
    x = net.normalizedConvolution(x, to: 64, kernel: 3, padding: .amount(0), named: "conv2")
    x = block(net, x, [128, 128], startsWithActivation: false)
    x = block(net, x, [256, 256])
    x = block(net, x, [728, 728])
    for _ in 0..<8 { x = block(net, x, [728, 728, 728], stride: 1) }
    x = block(net, x, [728, 1024])
    for width in [1536, 2048] {
      x = net.activation(.relu, net.batchNorm(separable(net, x, width)))
    }
    return net.classifier(x)
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, _ widths: [Int], stride: Int = 2,
    startsWithActivation: Bool = true
  ) -> ValueID {
    net.scope("block") {
      var x = input
      for (index, width) in widths.enumerated() {
        if index > 0 || startsWithActivation { x = net.activation(.relu, x) }
        x = net.batchNorm(separable(net, x, width))
      }
      guard stride != 1 else { return net.add(x, input) }
      x = net.maxPool(x, kernel: 3, stride: stride, padding: .amount(1))
      let shortcut = net.normalizedConvolution(
        input, to: net.dimension(x, 1), stride: stride, activation: nil, named: "skip")
      return net.add(x, shortcut)
    }
  }

  private static func separable(_ net: WorkloadBuilder, _ x: ValueID, _ width: Int) -> ValueID {
    net.convolution(net.depthwiseConvolution(x, kernel: 3), to: width, named: "pointwise")
  }
}
