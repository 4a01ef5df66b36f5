import Workloads

/// MobileViT and MobileViT V2: inverted residuals, in the last three stages followed by transformer
/// blocks over the pixels at the same place of every 2×2 patch.
enum MobileViT: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var stem: Int
    var widths: [Int]
    /// Inverted residuals of the second stage; all others have one.
    var secondStageBlocks: Int
    var expansion: Double
    /// Of the transformer blocks in the last three stages.
    var transformerWidths: [Int]
    /// Channels of a last convolution.
    var features: Int?
    /// V2: attention whose cost grows with the number of patches, not with its square.
    var isSeparable = false
  }

  static let configurations =
    [
      Configuration(
        name: "mobilevit_xxs", stem: 16, widths: [16, 24, 48, 64, 80], secondStageBlocks: 3,
        expansion: 2, transformerWidths: [64, 80, 96], features: 320),
      Configuration(
        name: "mobilevit_xs", stem: 16, widths: [32, 48, 64, 80, 96], secondStageBlocks: 3,
        expansion: 4, transformerWidths: [96, 120, 144], features: 384),
      Configuration(
        name: "mobilevit_s", stem: 16, widths: [32, 64, 96, 128, 160], secondStageBlocks: 3,
        expansion: 4, transformerWidths: [144, 192, 240], features: 640),
    ]
    + ["050", "075", "100", "125", "150", "175", "200"].enumerated().map { index, name in
      // In quarters of the plain width.
      separable("mobilevitv2_\(name)", quarters: index + 2)
    }

  private static func separable(_ name: String, quarters: Int) -> Configuration {
    let widths = [64, 128, 256, 384, 512].map { $0 / 4 * quarters }
    return Configuration(
      name: name, stem: 8 * quarters, widths: widths, secondStageBlocks: 2, expansion: 2,
      transformerWidths: widths.suffix(3).map { $0 / 2 }, isSeparable: true)
  }

  private static let transformerDepths = [2, 4, 3]
  private static let patchSide = 2

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: 256,
      family: configuration.isSeparable ? "mobilevitv2" : "mobilevit",
      source: configuration.isSeparable
        ? "S. Mehta, M. Rastegari, Separable Self-attention for Mobile Vision Transformers, "
          + "arXiv:2206.02680"
        : "S. Mehta, M. Rastegari, MobileViT: Light-weight, General-purpose, and Mobile-friendly "
          + "Vision Transformer, ICLR 2022"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = net.normalizedConvolution(
      image, to: configuration.stem, kernel: 3, stride: 2, .silu, named: "stem")
    for (stage, channels) in configuration.widths.enumerated() {
      net.scope("stages.\(stage)") {
        for index in 0..<(stage == 1 ? configuration.secondStageBlocks : 1) {
          net.scope("\(index)") {
            let stride = stage > 0 && index == 0 ? 2 : 1
            let inner = net.invertedResidual(
              x, to: channels, by: configuration.expansion, stride: stride, .silu)
            x = net.shape(inner) == net.shape(x) ? net.add(inner, x) : inner
          }
        }
        guard stage >= 2 else { return }
        let (width, depth) = (
          configuration.transformerWidths[stage - 2], transformerDepths[stage - 2]
        )
        net.scope("1") {
          x =
            configuration.isSeparable
            ? separableBlock(net, x, width: width, depth: depth)
            : block(net, x, width: width, depth: depth)
        }
      }
    }
    if let features = configuration.features {
      x = net.normalizedConvolution(x, to: features, .silu, named: "final_conv")
    }
    return net.linear(net.globalAveragePool(x), to: 1000, named: "head.fc")
  }

  /// The side of the plane in whole patches.
  private static func patches(_ side: Int) -> Int { (side + patchSide - 1) / patchSide }

  /// Brings the plane to whole patches.
  private static func fitted(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    let shape = net.shape(input)
    let (height, width) = (patchSide * patches(shape[2]), patchSide * patches(shape[3]))
    guard height != shape[2] || width != shape[3] else { return input }
    return net.resize(input, height: height, width: width)
  }

  // MARK: - Blocks

  /// A convolution, transformer blocks, and another convolution that sees their result beside the
  /// input.
  private static func block(_ net: WorkloadBuilder, _ input: ValueID, width: Int, depth: Int)
    -> ValueID
  {
    let shape = net.shape(input)
    var x = net.normalizedConvolution(
      input, to: shape[1], kernel: 3, .silu, named: "conv_kxk")
    x = fitted(net, net.convolution(x, to: width, named: "conv_1x1"))
    let plane = net.shape(x)
    let count = patches(plane[2]) * patches(plane[3])
    x = net.transpose(x, to: [shape[0] * patchSide * patchSide, count, width], named: "unfold")
    for index in 0..<depth {
      net.scope("transformer.\(index)") { x = transformerBlock(net, x) }
    }
    x = net.transpose(net.layerNorm(x), to: plane, named: "fold")
    if plane[2] != shape[2] || plane[3] != shape[3] {
      x = net.resize(x, height: shape[2], width: shape[3])
    }
    x = net.normalizedConvolution(x, to: shape[1], .silu, named: "conv_proj")
    return net.normalizedConvolution(
      net.concatenate([input, x], axis: 1), to: shape[1], kernel: 3, .silu, named: "conv_fusion")
  }

  private static func transformerBlock(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    let width = net.dimension(input, -1)
    let normalized = net.layerNorm(input, named: "norm1")
    let mixed = net.add(
      net.scope("attn") { net.selfAttention(normalized, heads: 4) }, input)
    var x = net.linear(net.layerNorm(mixed, named: "norm2"), to: 2 * width, named: "mlp.fc1")
    x = net.linear(net.activation(.silu, x), to: width, named: "mlp.fc2")
    return net.add(x, mixed)
  }

  private static func separableBlock(
    _ net: WorkloadBuilder, _ input: ValueID, width: Int, depth: Int
  ) -> ValueID {
    let channels = net.dimension(input, 1)
    var x = net.normalizedConvolution(
      fitted(net, input), to: channels, kernel: 3, groups: channels, .silu, named: "conv_kxk")
    x = net.convolution(x, to: width, named: "conv_1x1")
    let plane = net.shape(x)
    let count = patches(plane[2]) * patches(plane[3])
    x = net.transpose(x, to: [plane[0], width, patchSide * patchSide, count], named: "unfold")
    for index in 0..<depth {
      net.scope("transformer.\(index)") {
        let mixed = net.add(separableAttention(net, net.groupNorm(x, named: "norm1")), x)
        var inner = net.groupNorm(mixed, named: "norm2")
        inner = net.convolution(inner, to: 2 * width, bias: true, named: "mlp.fc1")
        inner = net.activation(.silu, inner)
        x = net.add(net.convolution(inner, to: width, bias: true, named: "mlp.fc2"), mixed)
      }
    }
    x = net.transpose(net.groupNorm(x), to: plane, named: "fold")
    return net.normalizedConvolution(x, to: channels, nil, named: "conv_proj")
  }

  /// One score for every pixel weighs the keys; their sum is a factor for all values.
  ///
  /// ```
  /// relu(v) · Σ softmax(q) · k
  /// ```
  private static func separableAttention(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    net.scope("attn") {
      let shape = net.shape(input)
      let width = shape[1]
      let joined = net.convolution(input, to: 1 + 2 * width, bias: true, named: "qkv_proj")
      let scores = net.softmax(net.slice(joined, axis: 1, count: 1, named: "query"))
      let keys = net.slice(joined, axis: 1, count: width, named: "key")
      let values = net.slice(joined, axis: 1, count: width, named: "value")
      let context = net.operation(
        "context", .reduction, [net.multiply(keys, scores)],
        to: [shape[0], width, shape[2], 1])
      return net.convolution(
        net.multiply(net.activation(.relu, values), context), to: width, bias: true,
        named: "out_proj")
    }
  }
}
