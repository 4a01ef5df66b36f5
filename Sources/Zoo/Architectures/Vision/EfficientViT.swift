import Workloads

/// EfficientViT of MIT: inverted residuals and linear attention over two scales.
enum EfficientViT: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var widths: [Int]
    var depths: [Int]
    var headSize = 32
    /// Of the classifier.
    var features: [Int]
    /// The L models: dense convolutions in the early stages, GELU, and a block for every stride.
    var isLarge = false

    var activation: ElementwiseFunction { isLarge ? .gelu : .hardSwish }
  }

  static let configurations = [
    Configuration(
      name: "efficientvit_b0", widths: [8, 16, 32, 64, 128], depths: [1, 2, 2, 2, 2],
      headSize: 16, features: [1024, 1280]),
    Configuration(
      name: "efficientvit_b1", widths: [16, 32, 64, 128, 256], depths: [1, 2, 3, 3, 4],
      headSize: 16, features: [1536, 1600]),
    Configuration(
      name: "efficientvit_b2", widths: [24, 48, 96, 192, 384], depths: [1, 3, 4, 4, 6],
      features: [2304, 2560]),
    Configuration(
      name: "efficientvit_b3", widths: [32, 64, 128, 256, 512], depths: [1, 4, 6, 6, 9],
      features: [2304, 2560]),
    Configuration(
      name: "efficientvit_l1", widths: [32, 64, 128, 256, 512], depths: [1, 1, 1, 6, 6],
      features: [3072, 3200], isLarge: true),
    Configuration(
      name: "efficientvit_l2", widths: [32, 64, 128, 256, 512], depths: [1, 2, 2, 8, 8],
      features: [3072, 3200], isLarge: true),
    Configuration(
      name: "efficientvit_l3", widths: [64, 128, 256, 512, 1024], depths: [1, 2, 2, 8, 8],
      features: [6144, 6400], isLarge: true),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "efficientvit",
      source: "H. Cai et al., EfficientViT: Lightweight Multi-Scale Attention for High-Resolution "
        + "Dense Prediction, ICCV 2023"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let function = configuration.activation
    var x = net.normalizedConvolution(
      image, to: configuration.widths[0], kernel: 3, stride: 2, function, named: "stem.in_conv")
    for index in 0..<configuration.depths[0] {
      net.scope("stem.res\(index)") {
        let width = configuration.widths[0]
        var inner = net.normalizedConvolution(
          x, to: width, kernel: 3, groups: configuration.isLarge ? 1 : width, function,
          named: "conv1")
        inner = net.normalizedConvolution(
          inner, to: width, kernel: configuration.isLarge ? 3 : 1, nil, named: "conv2")
        x = net.add(inner, x)
      }
    }
    for stage in 1..<5 {
      net.scope("stages.\(stage - 1)") { x = self.stage(net, x, stage, configuration) }
    }
    x = net.normalizedConvolution(x, to: configuration.features[0], function, named: "head.in_conv")
    x = net.linear(
      net.globalAveragePool(x), to: configuration.features[1], bias: false, named: "head.fc1")
    x = net.activation(function, net.layerNorm(x, named: "head.norm"))
    return net.linear(x, to: 1000, named: "head.fc2")
  }

  private static func stage(
    _ net: WorkloadBuilder, _ input: ValueID, _ stage: Int, _ configuration: Configuration
  ) -> ValueID {
    let (width, depth, isLarge) = (
      configuration.widths[stage], configuration.depths[stage], configuration.isLarge
    )
    let function = configuration.activation
    let attends = stage >= (isLarge ? 4 : 3)
    // The later stages replace normalisations within a block by biases.
    let isNormalized = stage < 3
    let isFused = isLarge && stage < 3
    let first: Double = isLarge ? (attends ? 24 : 16) : 4
    var x = net.scope("blocks.0") {
      isFused
        ? net.fusedResidual(input, to: width, by: first, stride: 2, function)
        : net.invertedResidual(
          input, to: width, by: first, stride: 2, function, isNormalized: isNormalized)
    }
    let count = attends || isLarge ? depth : depth - 1
    for index in 0..<count {
      net.scope("blocks.\(index + 1)") {
        if attends {
          x = net.add(attention(net, x, headSize: configuration.headSize), x)
        }
        let inner =
          isFused
          ? net.fusedResidual(x, to: width, by: 4, function)
          : net.invertedResidual(
            x, to: width, by: isLarge && attends ? 6 : 4, function, isNormalized: isNormalized)
        x = net.add(inner, x)
      }
    }
    return x
  }

  /// Attention without softmax, `relu(Q)·(relu(K)ᵀ·V)`, over the projections and a 5×5 aggregate of
  /// them; a column of ones in V gives the denominator.
  private static func attention(_ net: WorkloadBuilder, _ input: ValueID, headSize: Int)
    -> ValueID
  {
    net.scope("context_module") {
      let shape = net.shape(input)
      let (batch, width, positions) = (shape[0], shape[1], shape[2] * shape[3])
      let heads = width / headSize
      let projected = net.convolution(input, to: 3 * heads * headSize, named: "qkv")
      let aggregate = net.convolution(
        net.depthwiseConvolution(projected, kernel: 5, named: "aggreg.0"),
        to: 3 * heads * headSize, groups: 3 * heads, named: "aggreg.1")
      let joined = net.concatenate([projected, aggregate], axis: 1)
      let query = net.activation(
        .relu, net.reshape(joined, [batch, 2 * heads, positions, headSize], named: "query"))
      let key = net.activation(
        .relu, net.reshape(joined, [batch, 2 * heads, headSize, positions], named: "key"))
      let value = net.operation(
        "value", .movement(.pad),
        [net.reshape(joined, [batch, 2 * heads, positions, headSize])],
        to: [batch, 2 * heads, positions, headSize + 1])
      let state = net.matrixMultiply(key, value, named: "state")
      let output = net.matrixMultiply(query, state, named: "output")
      let quotient = net.elementwise(
        .divide, net.slice(output, axis: 3, count: headSize), net.slice(output, axis: 3, count: 1),
        named: "quotient")
      let image = net.transpose(
        quotient, to: [batch, 2 * heads * headSize, shape[2], shape[3]])
      return net.normalizedConvolution(image, to: width, nil, named: "proj")
    }
  }
}
