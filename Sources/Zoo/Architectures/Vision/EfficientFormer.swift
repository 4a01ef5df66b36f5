import Workloads

/// EfficientFormer: pooling mixes the pixels of an image in all blocks but the last few, which are
/// transformer blocks over tokens.
enum EfficientFormer: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var widths: [Int]
    var depths: [Int]
    /// How many of the last blocks are transformer blocks.
    var transformerBlocks: Int
  }

  static let configurations = [
    Configuration(
      name: "efficientformer_l1", widths: [48, 96, 224, 448], depths: [3, 2, 6, 4],
      transformerBlocks: 1),
    Configuration(
      name: "efficientformer_l3", widths: [64, 128, 320, 512], depths: [4, 4, 12, 6],
      transformerBlocks: 4),
    Configuration(
      name: "efficientformer_l7", widths: [96, 192, 384, 768], depths: [6, 6, 18, 8],
      transformerBlocks: 8),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "efficientformer",
      source: "Y. Li et al., EfficientFormer: Vision Transformers at MobileNet Speed, NeurIPS 2022"
    ) { net, image in build(net, image, configuration) }
  }

  private static let heads = 8
  private static let keySize = 32
  private static let valueSize = 128

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let widths = configuration.widths
    var x = net.scope("stem") {
      let half = net.normalizedConvolution(
        image, to: widths[0] / 2, kernel: 3, stride: 2, .relu, bias: true, named: "conv1")
      return net.normalizedConvolution(
        half, to: widths[0], kernel: 3, stride: 2, .relu, bias: true, named: "conv2")
    }
    for (stage, depth) in configuration.depths.enumerated() {
      let isLast = stage == configuration.depths.count - 1
      let pooled = isLast ? depth - configuration.transformerBlocks : depth
      net.scope("stages.\(stage)") {
        if stage > 0 {
          x = net.normalizedConvolution(
            x, to: widths[stage], kernel: 3, stride: 2, nil, bias: true, named: "downsample")
        }
        for index in 0..<pooled {
          net.scope("blocks.\(index)") { x = poolingBlock(net, x) }
        }
        guard isLast else { return }
        x = net.tokens(x)
        for index in pooled..<depth {
          net.scope("blocks.\(index)") { x = transformerBlock(net, x) }
        }
      }
    }
    return net.distilledHeads(net.mean(net.layerNorm(x), axis: 1))
  }

  private static func poolingBlock(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    let channels = net.dimension(input, 1)
    let pooled = net.averagePool(input, kernel: 3, stride: 1, padding: .half, named: "pool")
    var x = net.elementwise(.subtract, pooled, input, named: "token_mixer")
    let mixed = net.add(net.scale(x, axis: 1, named: "ls1"), input)
    x = net.normalizedConvolution(mixed, to: 4 * channels, .gelu, bias: true, named: "mlp.fc1")
    x = net.normalizedConvolution(x, to: channels, nil, bias: true, named: "mlp.fc2")
    return net.add(net.scale(x, axis: 1, named: "ls2"), mixed)
  }

  private static func transformerBlock(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    let channels = net.dimension(input, -1)
    var x = attention(net, net.layerNorm(input, named: "norm1"))
    let mixed = net.add(net.scale(x, named: "ls1"), input)
    x = net.linear(net.layerNorm(mixed, named: "norm2"), to: 4 * channels, named: "mlp.fc1")
    x = net.linear(net.activation(.gelu, x), to: channels, named: "mlp.fc2")
    return net.add(net.scale(x, named: "ls2"), mixed)
  }

  /// Values are four times as wide as keys.
  private static func attention(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    net.scope("token_mixer") {
      let shape = net.shape(input)
      let (batch, tokens) = (shape[0], shape[1])
      let joined = net.linear(input, to: heads * (2 * keySize + valueSize), named: "qkv")
      let query = net.reshape(joined, [batch, heads, tokens, keySize], named: "query")
      let key = net.reshape(joined, [batch, heads, tokens, keySize], named: "key")
      let value = net.reshape(joined, [batch, heads, tokens, valueSize], named: "value")
      let mixed = net.biasedAttention(
        query: query, key: key, value: value,
        adding: [net.distanceBias(heads: heads, queries: tokens, keys: tokens)])
      return net.linear(
        net.reshape(mixed, [batch, tokens, heads * valueSize]), to: net.dimension(input, -1),
        named: "proj")
    }
  }
}

extension WorkloadBuilder {
  /// Two classifiers, one trained on labels and one on a teacher, whose mean counts.
  func distilledHeads(_ features: ValueID) -> ValueID {
    let labels = linear(features, to: 1000, named: "head")
    let teacher = linear(features, to: 1000, named: "head_dist")
    return add(labels, teacher, named: "head_mean")
  }
}
