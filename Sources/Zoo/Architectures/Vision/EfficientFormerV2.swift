import Workloads

/// EfficientFormer V2: inverted residuals, in the last two stages after attention over the pixels of
/// a small image.
enum EfficientFormerV2: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var widths: [Int]
    /// How much wider each block is inside, by stage.
    var expansions: [[Int]]
    /// How many of the last blocks of the third and of the fourth stage have attention.
    var attentionBlocks: Int
  }

  static let configurations = [
    Configuration(
      name: "efficientformerv2_s0", widths: [32, 48, 96, 176],
      expansions: [[4, 4], [4, 4], [4, 3, 3, 3, 4, 4], [4, 3, 3, 4]], attentionBlocks: 2),
    Configuration(
      name: "efficientformerv2_s1", widths: [32, 48, 120, 224],
      expansions: [[4, 4, 4], [4, 4, 4], [4, 4, 3, 3, 3, 3, 4, 4, 4], [4, 4, 3, 3, 4, 4]],
      attentionBlocks: 2),
    Configuration(
      name: "efficientformerv2_s2", widths: [32, 64, 144, 288],
      expansions: [
        [4, 4, 4, 4], [4, 4, 4, 4], [4, 4, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4],
        [4, 4, 3, 3, 3, 3, 4, 4],
      ], attentionBlocks: 4),
    Configuration(
      name: "efficientformerv2_l", widths: [40, 80, 192, 384],
      expansions: [
        [4, 4, 4, 4, 4], [4, 4, 4, 4, 4], [4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4],
        [4, 4, 4, 3, 3, 3, 3, 4, 4, 4],
      ], attentionBlocks: 6),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "efficientformerv2",
      source: "Y. Li et al., Rethinking Vision Transformers for MobileNet Size and Speed, ICCV 2023"
    ) { net, image in build(net, image, configuration) }
  }

  private static let heads = 8
  /// Values are four times as wide as keys.
  private static let valueRatio = 4

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let widths = configuration.widths
    var x = net.scope("stem") {
      let half = layer(
        net, image, to: widths[0] / 2, kernel: 3, stride: 2, activation: .gelu, named: "conv1")
      return layer(
        net, half, to: widths[0], kernel: 3, stride: 2, activation: .gelu, named: "conv2")
    }
    for (stage, expansions) in configuration.expansions.enumerated() {
      net.scope("stages.\(stage)") {
        if stage > 0 { x = subsample(net, x, to: widths[stage], hasAttention: stage == 3) }
        let firstAttention =
          stage < 2 ? expansions.count : expansions.count - configuration.attentionBlocks
        for (index, expansion) in expansions.enumerated() {
          net.scope("blocks.\(index)") {
            if index >= firstAttention {
              let mixed = attention(net, x, isHalved: stage == 2)
              x = net.add(net.scale(mixed, axis: 1, named: "ls1"), x)
            }
            x = feedForward(net, x, expansion)
          }
        }
      }
    }
    return net.distilledHeads(net.globalAveragePool(net.batchNorm(x, named: "norm")))
  }

  /// Convolution with a bias and batch normalisation.
  private static func layer(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    groups: Int = 1, activation function: ElementwiseFunction? = nil,
    named label: String
  ) -> ValueID {
    net.normalizedConvolution(
      input, to: channels, kernel: kernel, stride: stride, groups: groups, function, bias: true,
      named: label)
  }

  private static func feedForward(_ net: WorkloadBuilder, _ input: ValueID, _ expansion: Int)
    -> ValueID
  {
    let channels = net.dimension(input, 1)
    let inner = expansion * channels
    var x = layer(net, input, to: inner, activation: .gelu, named: "mlp.fc1")
    x = layer(net, x, to: inner, kernel: 3, groups: inner, activation: .gelu, named: "mlp.mid")
    x = layer(net, x, to: channels, named: "mlp.fc2")
    return net.add(net.scale(x, axis: 1, named: "ls2"), input)
  }

  /// A strided convolution, with attention whose queries are every second pixel beside it.
  private static func subsample(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, hasAttention: Bool
  ) -> ValueID {
    net.scope("downsample") {
      let x = layer(net, input, to: channels, kernel: 3, stride: 2, named: "conv")
      guard hasAttention else { return x }
      let mixed = net.scope("attn") {
        let keySize = 16
        let local = net.depthwiseConvolution(
          input, kernel: 3, stride: 2, bias: true, named: "q.local")
        let picked = net.operation("q.pool", .movement(.slice), [input], to: net.shape(local))
        let query = layer(net, net.add(local, picked), to: heads * keySize, named: "q.proj")
        return mix(
          net, query: query, of: input, keySize: keySize, stride: 2, talks: false, to: channels)
      }
      return net.add(mixed, x)
    }
  }

  /// - Parameter isHalved: whether attention sees an image of half the side, enlarged afterwards.
  private static func attention(_ net: WorkloadBuilder, _ input: ValueID, isHalved: Bool)
    -> ValueID
  {
    net.scope("token_mixer") {
      let keySize = 32
      let channels = net.dimension(input, 1)
      var x = input
      if isHalved {
        x = layer(
          net, x, to: channels, kernel: 3, stride: 2, groups: channels, named: "stride_conv")
      }
      let query = layer(net, x, to: heads * keySize, named: "q")
      return mix(
        net, query: query, of: x, keySize: keySize, talks: true, enlargement: isHalved ? 2 : 1,
        to: channels)
    }
  }

  /// Attention of the query's pixels over those of `input`, plus a depthwise convolution of the
  /// values.
  ///
  /// - Parameter talks: whether a matrix mixes the heads before and after the softmax.
  private static func mix(
    _ net: WorkloadBuilder, query: ValueID, of input: ValueID, keySize: Int, stride: Int = 1,
    talks: Bool, enlargement: Int = 1, to channels: Int
  ) -> ValueID {
    let valueSize = valueRatio * keySize
    let width = heads * valueSize
    let key = layer(net, input, to: heads * keySize, named: "k")
    let value = layer(net, input, to: width, named: "v")
    let local = layer(
      net, value, to: width, kernel: 3, stride: stride, groups: width, named: "v_local")

    let (plane, source) = (net.shape(query), net.shape(input))
    let (batch, height, columns) = (plane[0], plane[2], plane[3])
    let (queries, keys) = (height * columns, source[2] * source[3])
    var scores = net.matrixMultiply(
      net.reshape(query, [batch, heads, queries, keySize]),
      net.reshape(key, [batch, heads, keySize, keys]), named: "scores")
    scores = net.add(scores, net.distanceBias(heads: heads, queries: queries, keys: keys))
    if talks { scores = net.convolution(scores, to: heads, bias: true, named: "talking_head1") }
    scores = net.softmax(scores)
    if talks { scores = net.convolution(scores, to: heads, bias: true, named: "talking_head2") }
    let mixed = net.matrixMultiply(
      scores, net.reshape(value, [batch, heads, keys, valueSize]), named: "output")

    var x = net.add(net.transpose(mixed, to: [batch, width, height, columns]), local)
    if enlargement > 1 {
      x = net.resize(x, height: enlargement * height, width: enlargement * columns)
    }
    return layer(net, net.activation(.gelu, x), to: channels, named: "proj")
  }
}
