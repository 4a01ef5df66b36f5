import Workloads

/// LowFormer: fused inverted residuals, and attention at half the width and resolution.
enum LowFormer: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var widths: [Int]
    var depths: [Int]
    /// Of the blocks that halve the plane.
    var expansion = 6.0
    /// Of the blocks behind the first convolution.
    var firstExpansion = 2.0
    /// Of the classifier.
    var features = [1536, 1600]
    var hasAttention = true
    /// Whether normalisations and a feed-forward layer go with the attention.
    var hasFeedForward = true
  }

  static let configurations = [
    Configuration(
      name: "lowformer_b0", widths: [16, 32, 64, 128, 256], depths: [0, 1, 1, 3, 4], expansion: 4),
    Configuration(
      name: "lowformer_b1", widths: [16, 32, 64, 128, 256], depths: [0, 1, 1, 5, 5]),
    Configuration(
      name: "lowformer_b15", widths: [20, 40, 80, 160, 320], depths: [0, 1, 1, 6, 6],
      features: [2304, 2560]),
    Configuration(
      name: "lowformer_b2", widths: [24, 48, 96, 192, 384], depths: [0, 1, 1, 6, 6],
      features: [2304, 2560]),
    Configuration(
      name: "lowformer_b3", widths: [32, 64, 128, 256, 512], depths: [1, 2, 3, 6, 6],
      firstExpansion: 4),
    // For edge GPUs, without attention or with nothing but it.
    Configuration(
      name: "lowformer_e1", widths: [20, 40, 80, 160, 320], depths: [0, 1, 1, 4, 4],
      features: [2304, 2560], hasAttention: false),
    Configuration(
      name: "lowformer_e2", widths: [32, 64, 128, 256, 512], depths: [1, 2, 3, 4, 4],
      firstExpansion: 4, hasAttention: false),
    Configuration(
      name: "lowformer_e3", widths: [32, 64, 128, 256, 512], depths: [1, 2, 3, 6, 6],
      firstExpansion: 4, hasFeedForward: false),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "lowformer",
      source: "M. Nottebaum et al., LowFormer: Hardware Efficient Design for Convolutional "
        + "Transformer Backbones, WACV 2025"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = net.normalizedConvolution(
      image, to: configuration.widths[0], kernel: 3, stride: 2, .hardSwish, named: "stem")
    for index in 0..<configuration.depths[0] {
      net.scope("stem.\(index)") {
        let inner = net.fusedResidual(
          x, to: configuration.widths[0], by: configuration.firstExpansion, .hardSwish)
        x = net.add(inner, x)
      }
    }
    for stage in 1..<5 {
      let width = configuration.widths[stage]
      net.scope("stages.\(stage - 1)") {
        net.scope("0") {
          x = net.fusedResidual(
            x, to: width, by: configuration.expansion, stride: 2, .hardSwish)
        }
        // In the first two stages the block that halves the plane is one of them.
        let count = configuration.depths[stage] - (stage < 3 ? 1 : 0)
        for index in 0..<max(0, count) {
          net.scope("\(index + 1)") {
            if stage >= 3, configuration.hasAttention {
              x = attentionBlock(
                net, x, stride: stage == 3 ? 2 : 1,
                hasFeedForward: configuration.hasFeedForward)
            }
            let inner =
              stage >= 3 && width >= 256
              ? net.invertedResidual(x, to: width, by: 4, .hardSwish, isNormalized: false)
              : net.fusedResidual(x, to: width, by: 4, .hardSwish, bias: stage >= 3)
            x = net.add(inner, x)
          }
        }
      }
    }
    x = net.normalizedConvolution(
      x, to: configuration.features[0], .hardSwish, named: "head.conv")
    x = net.linear(
      net.globalAveragePool(x), to: configuration.features[1], bias: false, named: "head.fc1")
    x = net.activation(.hardSwish, net.layerNorm(x, named: "head.norm"))
    return net.linear(x, to: 1000, named: "head.fc2")
  }

  private static func attentionBlock(
    _ net: WorkloadBuilder, _ input: ValueID, stride: Int, hasFeedForward: Bool
  ) -> ValueID {
    guard hasFeedForward else { return net.add(attention(net, input, stride: stride), input) }
    let channels = net.dimension(input, 1)
    var x = net.add(attention(net, net.groupNorm(input, named: "norm1"), stride: stride), input)
    let inner = net.convolution(
      net.groupNorm(x, named: "norm2"), to: 4 * channels, bias: true, named: "mlp.fc1")
    x = net.add(
      net.convolution(net.activation(.gelu, inner), to: channels, bias: true, named: "mlp.fc2"), x)
    return x
  }

  /// Convolutions that make the plane and the channels smaller, attention, and a transposed
  /// convolution that undoes both.
  private static func attention(_ net: WorkloadBuilder, _ input: ValueID, stride: Int) -> ValueID {
    let shape = net.shape(input)
    let channels = shape[1]
    let heads = max(1, channels / 60)
    let size = channels / heads / 2
    var x = net.depthwiseConvolution(
      input, kernel: stride > 1 ? 5 : 3, stride: stride, named: "conv_proj")
    x = net.convolution(net.batchNorm(x), to: 3 * heads * size, named: "pwise")
    let (height, width) = (net.dimension(x, 2), net.dimension(x, 3))
    let parts = (0..<3).map { _ in net.reshape(x, [shape[0], heads, height * width, size]) }
    let mixed = net.attention(query: parts[0], key: parts[1], value: parts[2])
    x = net.transposedConvolution(
      net.reshape(mixed, [shape[0], heads * size, height, width]), to: channels,
      kernel: stride > 1 ? 4 : 3, stride: stride, padding: 1, bias: true, named: "upsampling")
    // An odd plane was rounded up on the way down.
    return net.slice(
      net.slice(x, axis: 2, count: shape[2]), axis: 3, count: shape[3])
  }
}
