import Workloads

/// EfficientMod: a wide layer multiplied with its context, in place of attention.
enum EfficientMod: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var widths: [Int]
    /// Modulation blocks of each stage, of which every other one expands its width.
    var blocks: [Int]
    /// Attention blocks after them.
    var attention = [0, 0, 0, 0]
    var expansion = 6
    /// Of the feed-forward layers behind the attention.
    var attentionExpansion = [4, 4, 4, 4]
  }

  static let configurations = [
    Configuration(
      name: "efficientmod_xxs", widths: [32, 64, 128, 256], blocks: [2, 2, 6, 2],
      attention: [0, 0, 1, 2]),
    Configuration(
      name: "efficientmod_xs", widths: [32, 64, 144, 288], blocks: [3, 3, 4, 2],
      attention: [0, 0, 3, 3], expansion: 4),
    Configuration(
      name: "efficientmod_s", widths: [32, 64, 144, 312], blocks: [4, 4, 8, 4],
      attention: [0, 0, 4, 4], attentionExpansion: [4, 4, 4, 5]),
    Configuration(name: "efficientmod_s_conv", widths: [40, 80, 160, 344], blocks: [4, 4, 12, 8]),
  ]

  private static let heads = 8

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "efficientmod",
      source: "X. Ma et al., Efficient Modulation for Vision Networks, ICLR 2024"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = image
    for stage in configuration.widths.indices {
      net.scope("layers.\(stage)") {
        x = net.convolution(
          x, to: configuration.widths[stage], kernel: stage == 0 ? 7 : 3,
          stride: stage == 0 ? 4 : 2, bias: true, named: "patch_embed")
        x = net.channelNorm(x, named: "patch_norm")
        for index in 0..<configuration.blocks[stage] {
          net.scope("blocks.\(index)") {
            x = modulation(
              net, x, expansion: index.isMultiple(of: 2) ? 1 : configuration.expansion)
          }
        }
        for index in 0..<configuration.attention[stage] {
          net.scope("blocks.\(configuration.blocks[stage] + index)") {
            x = attention(net, x, expansion: configuration.attentionExpansion[stage])
          }
        }
      }
    }
    return net.linear(net.globalAveragePool(net.channelNorm(x)), to: 1000, named: "head")
  }

  /// ```
  /// fc2(act(fc1(x)) · g(act(dw(f(x)))))
  /// ```
  private static func modulation(_ net: WorkloadBuilder, _ input: ValueID, expansion: Int)
    -> ValueID
  {
    let channels = net.dimension(input, 1)
    let normalized = net.channelNorm(input)
    var context = net.convolution(normalized, to: channels, bias: true, named: "context.f")
    context = net.depthwiseConvolution(context, kernel: 7, bias: true, named: "context.dw")
    context = net.convolution(
      net.activation(.gelu, context), to: channels, bias: true, named: "context.g")
    var x = net.convolution(normalized, to: expansion * channels, bias: true, named: "fc1")
    if expansion > 1 {
      x = net.activation(.gelu, x)
      context = net.operation(
        "repeat", .movement(.expand), [context], to: net.shape(x))
    }
    x = net.convolution(net.multiply(x, context), to: channels, bias: true, named: "fc2")
    return net.add(net.scale(x, axis: 1, named: "gamma_1"), input)
  }

  private static func attention(_ net: WorkloadBuilder, _ input: ValueID, expansion: Int)
    -> ValueID
  {
    let shape = net.shape(input)
    let (batch, channels, positions) = (shape[0], shape[1], shape[2] * shape[3])
    let size = max(channels / heads, 32)
    let tokens = net.tokens(input)
    let joined = net.linear(
      net.layerNorm(tokens, named: "norm1"), to: 3 * heads * size, bias: false, named: "qkv")
    let parts = (0..<3).map { _ in net.reshape(joined, [batch, heads, positions, size]) }
    let mixed = net.attention(query: parts[0], key: parts[1], value: parts[2])
    let merged = net.reshape(mixed, [batch, positions, heads * size])
    var x = net.add(net.linear(merged, to: channels, named: "proj"), tokens)
    let inner = net.linear(
      net.layerNorm(x, named: "norm2"), to: expansion * channels, named: "mlp.fc1")
    x = net.add(net.linear(net.activation(.gelu, inner), to: channels, named: "mlp.fc2"), x)
    return net.image(x, height: shape[2], width: shape[3])
  }
}
