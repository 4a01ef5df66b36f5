import Workloads

/// EfficientViT of Microsoft, whose heads see one part of the channels each and pass their result
/// on to the next, and CascadedViT, which treats the feed-forward layers likewise.
enum CascadedAttention: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var widths: [Int]
    var depths: [Int]
    var heads: [Int]
    /// Of the depthwise convolution of the queries, for each head.
    var kernels = [7, 5, 3, 3]
    var cascadesFeedForward = false
  }

  static let configurations = [
    Configuration(
      name: "efficientvit_m0", widths: [64, 128, 192], depths: [1, 2, 3], heads: [4, 4, 4],
      kernels: [5, 5, 5, 5]),
    Configuration(
      name: "efficientvit_m1", widths: [128, 144, 192], depths: [1, 2, 3], heads: [2, 3, 3]),
    Configuration(
      name: "efficientvit_m2", widths: [128, 192, 224], depths: [1, 2, 3], heads: [4, 3, 2]),
    Configuration(
      name: "efficientvit_m3", widths: [128, 240, 320], depths: [1, 2, 3], heads: [4, 3, 4],
      kernels: [5, 5, 5, 5]),
    Configuration(
      name: "efficientvit_m4", widths: [128, 256, 384], depths: [1, 2, 3], heads: [4, 4, 4]),
    Configuration(
      name: "efficientvit_m5", widths: [192, 288, 384], depths: [1, 3, 4], heads: [3, 3, 4]),
    Configuration(
      name: "cvit_s", widths: [64, 128, 192], depths: [1, 2, 3], heads: [4, 4, 4],
      kernels: [5, 5, 5, 5], cascadesFeedForward: true),
    Configuration(
      name: "cvit_m", widths: [128, 192, 224], depths: [1, 2, 3], heads: [4, 3, 2],
      cascadesFeedForward: true),
    Configuration(
      name: "cvit_l", widths: [128, 256, 384], depths: [1, 2, 3], heads: [4, 4, 4],
      cascadesFeedForward: true),
    Configuration(
      name: "cvit_xl", widths: [192, 288, 384], depths: [1, 3, 4], heads: [3, 3, 4],
      cascadesFeedForward: true),
  ]

  private static let keySize = 16
  private static let window = 7

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: configuration.cascadesFeedForward ? "cvit" : "efficientvit-m",
      source: configuration.cascadesFeedForward
        ? "S. Sivakumar, F. Qureshi, CascadedViT: Cascaded Chunk-FeedForward and Cascaded Group "
          + "Attention Vision Transformer, arXiv:2511.14111"
        : "X. Liu et al., EfficientViT: Memory Efficient Vision Transformer with Cascaded Group "
          + "Attention, CVPR 2023"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let first = configuration.widths[0]
    var x = image
    net.scope("patch_embed") {
      for (index, channels) in [first / 8, first / 4, first / 2, first].enumerated() {
        x = net.normalizedConvolution(
          x, to: channels, kernel: 3, stride: 2, index < 3 ? .relu : nil,
          named: "conv\(index + 1)")
      }
    }
    for stage in configuration.widths.indices {
      net.scope("stages.\(stage)") {
        if stage > 0 { x = subsample(net, x, to: configuration.widths[stage]) }
        for index in 0..<configuration.depths[stage] {
          net.scope("blocks.\(index)") {
            x = spatial(net, x, "dw0")
            x = feedForward(net, x, "ffn0", isCascaded: configuration.cascadesFeedForward)
            x = net.scope("mixer") {
              net.add(
                windows(net, x, heads: configuration.heads[stage], configuration.kernels), x)
            }
            x = spatial(net, x, "dw1")
            x = feedForward(net, x, "ffn1", isCascaded: configuration.cascadesFeedForward)
          }
        }
      }
    }
    return net.linear(net.batchNorm(net.globalAveragePool(x)), to: 1000, named: "head")
  }

  /// Halves the plane by an inverted residual with squeeze-and-excitation, between two rounds of
  /// depthwise convolution and feed-forward.
  private static func subsample(_ net: WorkloadBuilder, _ input: ValueID, to channels: Int)
    -> ValueID
  {
    net.scope("downsample") {
      var x = feedForward(net, spatial(net, input, "res1.dw"), "res1.ffn", isCascaded: false)
      let inner = 4 * net.dimension(x, 1)
      x = net.normalizedConvolution(x, to: inner, .relu, named: "conv1")
      x = net.normalizedConvolution(
        x, to: inner, kernel: 3, stride: 2, groups: inner, .relu, named: "conv2")
      x = net.squeezeExcite(x, reduced: inner / 4)
      x = net.normalizedConvolution(x, to: channels, nil, named: "conv3")
      return feedForward(net, spatial(net, x, "res2.dw"), "res2.ffn", isCascaded: false)
    }
  }

  private static func spatial(_ net: WorkloadBuilder, _ input: ValueID, _ label: String)
    -> ValueID
  {
    let x = net.normalizedConvolution(
      input, to: net.dimension(input, 1), kernel: 3, groups: net.dimension(input, 1), nil,
      named: label)
    return net.add(x, input)
  }

  /// Twice as wide inside; cascaded, two halves one after the other, 2.5 times as wide each.
  private static func feedForward(
    _ net: WorkloadBuilder, _ input: ValueID, _ label: String, isCascaded: Bool
  ) -> ValueID {
    net.scope(label) {
      let channels = net.dimension(input, 1)
      guard isCascaded else { return net.add(layers(net, input, inner: 2 * channels), input) }
      var parts: [ValueID] = []
      for _ in 0..<2 {
        var part = net.slice(input, axis: 1, count: channels / 2)
        if let last = parts.last { part = net.add(part, last) }
        parts.append(layers(net, part, inner: channels / 2 * 5 / 2))
      }
      return net.add(net.concatenate(parts, axis: 1), input)
    }
  }

  private static func layers(_ net: WorkloadBuilder, _ input: ValueID, inner: Int) -> ValueID {
    let x = net.normalizedConvolution(input, to: inner, .relu, named: "pw1")
    return net.normalizedConvolution(x, to: net.dimension(input, 1), nil, named: "pw2")
  }

  // MARK: - Attention

  /// Attention within windows of at most 7×7, into which the padded plane is cut.
  private static func windows(
    _ net: WorkloadBuilder, _ input: ValueID, heads: Int, _ kernels: [Int]
  ) -> ValueID {
    let shape = net.shape(input)
    let (height, width) = (shape[2], shape[3])
    let side = min(window, height, width)
    guard height != side || width != side else {
      return cascade(net, input, heads: heads, kernels)
    }
    let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
    var x = net.operation(
      "partition", .movement(.transpose), [input],
      to: [shape[0] * rows * columns, shape[1], side, side])
    x = cascade(net, x, heads: heads, kernels)
    return net.transpose(x, to: shape, named: "merge")
  }

  private static func cascade(
    _ net: WorkloadBuilder, _ input: ValueID, heads: Int, _ kernels: [Int]
  ) -> ValueID {
    let shape = net.shape(input)
    let (batch, width, height, positions) = (
      shape[0], shape[1], shape[2], shape[2] * shape[3]
    )
    let valueSize = width / heads
    // One bias for every distance of two positions, by head.
    let table = net.weight("attention_biases", [heads, positions])
    var outputs: [ValueID] = []
    for head in 0..<heads {
      net.scope("heads.\(head)") {
        var part = net.slice(input, axis: 1, count: width / heads)
        if let last = outputs.last { part = net.add(part, last) }
        let joined = net.normalizedConvolution(
          part, to: 2 * keySize + valueSize, nil, named: "qkv")
        let query = net.normalizedConvolution(
          net.slice(joined, axis: 1, count: keySize), to: keySize, kernel: kernels[head],
          groups: keySize, nil, named: "dw")
        let key = net.slice(joined, axis: 1, count: keySize)
        let value = net.slice(joined, axis: 1, count: valueSize)
        var scores = net.matrixMultiply(
          net.reshape(query, [batch, positions, keySize]),
          net.reshape(key, [batch, keySize, positions]), named: "scores")
        let bias = net.operation(
          "bias", .movement(.gather), [table], to: [positions, positions])
        scores = net.softmax(net.add(scores, bias))
        let mixed = net.matrixMultiply(
          net.reshape(value, [batch, valueSize, positions]), scores, transposedRight: true,
          named: "output")
        outputs.append(
          net.reshape(mixed, [batch, valueSize, height, shape[3]]))
      }
    }
    let joined = net.activation(.relu, net.concatenate(outputs, axis: 1))
    return net.normalizedConvolution(joined, to: width, nil, named: "proj")
  }
}
