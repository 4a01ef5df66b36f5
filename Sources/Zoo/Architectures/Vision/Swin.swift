import Workloads

/// Swin Transformer: attention within windows, which every second block moves by half their side.
enum Swin: NetworkFamily {
  /// Where blocks normalise and how attention knows the positions in a window.
  enum Version: Sendable {
    /// Normalisation before each layer; a table of biases.
    case first
    /// Normalisation after each layer; cosine attention; biases from a small network that reads
    /// the logarithms of all distances.
    case second
    /// Version 2 as C. Reich reimplemented it: the small network reads every pair of positions,
    /// windows are an eighth of the plane, and some blocks end with a normalisation.
    case secondByPairs
  }

  struct Configuration: Sendable {
    var name: String
    var version = Version.first
    /// Of the first stage; every stage doubles width and heads.
    var width: Int
    var heads: Int
    var depths: [Int]
    /// Sides of the windows by stage.
    var windows: [Int] = []
    var imageSize: Int
    /// Whether every stage ends with a normalisation, not only the last.
    var normalizesStages = false
    /// Every so many blocks a normalisation follows.
    var normalizationPeriod: Int?
    var classes = 1000
  }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize, family: family(configuration.version),
      source: source(configuration)
    ) { net, image in build(net, image, configuration) }
  }

  private static func family(_ version: Version) -> String {
    switch version {
    case .first: "swin"
    case .second: "swinv2"
    case .secondByPairs: "swinv2_cr"
    }
  }

  private static func source(_ configuration: Configuration) -> String {
    if configuration.name.hasPrefix("swin_s3") {
      return "M. Chen et al., Searching the Search Space of Vision Transformer, NeurIPS 2021"
    }
    return configuration.version == .first
      ? "Z. Liu et al., Swin Transformer: Hierarchical Vision Transformer using Shifted Windows, "
        + "ICCV 2021"
      : "Z. Liu et al., Swin Transformer V2: Scaling Up Capacity and Resolution, CVPR 2022"
  }

  // MARK: - Stages

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let version = configuration.version
    var x = net.scope("patch_embed") {
      let patches = net.convolution(
        image, to: configuration.width, kernel: 4, stride: 4, padding: .amount(0), bias: true,
        named: "proj")
      let shape = net.shape(patches)
      return net.layerNorm(net.transpose(patches, to: [shape[0], shape[2], shape[3], shape[1]]))
    }
    let grid = net.dimension(x, 1)
    let last = configuration.depths.count - 1
    for (stage, depth) in configuration.depths.enumerated() {
      net.scope("layers.\(stage)") {
        if stage > 0 { x = merge(net, x, version) }
        let window = version == .secondByPairs ? max(1, grid / 8) : configuration.windows[stage]
        let endsWithNorm =
          version == .secondByPairs && (configuration.normalizesStages || stage == last)
        for index in 0..<depth {
          net.scope("blocks.\(index)") {
            x = block(
              net, x, heads: configuration.heads << stage, window: window,
              isShifted: index % 2 == 1, version)
            var isNormalized = endsWithNorm && index == depth - 1
            if let period = configuration.normalizationPeriod {
              isNormalized = isNormalized || (index + 1) % period == 0
            }
            if isNormalized { x = net.layerNorm(x, named: "norm3") }
          }
        }
      }
    }
    if version != .secondByPairs { x = net.layerNorm(x) }
    let shape = net.shape(x)
    let mean = net.mean(net.reshape(x, [shape[0], shape[1] * shape[2], shape[3]]), axis: 1)
    return net.linear(mean, to: configuration.classes, named: "head.fc")
  }

  /// Four neighbours become one token of twice the width.
  private static func merge(_ net: WorkloadBuilder, _ input: ValueID, _ version: Version)
    -> ValueID
  {
    net.scope("downsample") {
      let shape = net.shape(input)
      let (height, width) = ((shape[1] + 1) / 2, (shape[2] + 1) / 2)
      var x = input
      if shape[1] % 2 != 0 || shape[2] % 2 != 0 {
        x = net.operation(
          "pad", .movement(.pad), [x], to: [shape[0], 2 * height, 2 * width, shape[3]])
      }
      x = net.transpose(x, to: [shape[0], height, width, 4 * shape[3]])
      if version != .second { x = net.layerNorm(x) }
      x = net.linear(x, to: 2 * shape[3], bias: false, named: "reduction")
      return version == .second ? net.layerNorm(x) : x
    }
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, heads: Int, window: Int, isShifted: Bool,
    _ version: Version
  ) -> ValueID {
    let isFirst = version == .first
    var x = isFirst ? net.layerNorm(input, named: "norm1") : input
    x = windowAttention(net, x, heads: heads, window: window, isShifted: isShifted, version)
    if !isFirst { x = net.layerNorm(x, named: "norm1") }
    let mixed = net.add(x, input)
    x = isFirst ? net.layerNorm(mixed, named: "norm2") : mixed
    let width = net.dimension(x, -1)
    x = net.activation(.gelu, net.linear(x, to: 4 * width, named: "mlp.fc1"))
    x = net.linear(x, to: width, named: "mlp.fc2")
    if !isFirst { x = net.layerNorm(x, named: "norm2") }
    return net.add(x, mixed)
  }

  // MARK: - Attention

  /// The plane is padded to whole windows; a window as large as the plane is not moved.
  private static func windowAttention(
    _ net: WorkloadBuilder, _ input: ValueID, heads: Int, window: Int, isShifted: Bool,
    _ version: Version
  ) -> ValueID {
    net.scope("attn") {
      let shape = net.shape(input)
      let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
      let side = min(window, height, width)
      let (rows, columns) = ((height + side - 1) / side, (width + side - 1) / side)
      let isShifted = isShifted && rows * columns > 1
      let padded: Shape = [batch, rows * side, columns * side, channels]
      let cut = OperationKind.movement(rows * columns > 1 ? .transpose : .view)

      var x = input
      if isShifted { x = net.operation("shift", .movement(.copy), [x], to: shape) }
      if padded != shape { x = net.operation("pad", .movement(.pad), [x], to: padded) }
      x = net.operation(
        "partition", cut, [x], to: [batch * rows * columns, side * side, channels])
      x = attention(
        net, x, heads: heads, side: side, maskedWindows: isShifted ? rows * columns : nil, version)
      x = net.operation("merge", cut, [x], to: padded)
      if padded != shape { x = net.operation("crop", .movement(.slice), [x], to: shape) }
      return isShifted ? net.operation("unshift", .movement(.copy), [x], to: shape) : x
    }
  }

  /// - Parameter maskedWindows: how many windows a mask tells apart, because a shift has joined
  ///   tokens of opposite borders in some.
  private static func attention(
    _ net: WorkloadBuilder, _ input: ValueID, heads: Int, side: Int, maskedWindows: Int?,
    _ version: Version
  ) -> ValueID {
    let shape = net.shape(input)
    let (tokens, channels) = (shape[1], shape[2])
    let joined = projection(net, input, version)
    let headShape: Shape = [shape[0], heads, tokens, channels / heads]
    var query = net.reshape(joined, headShape, named: "query")
    var key = net.reshape(joined, headShape, named: "key")
    let value = net.reshape(joined, headShape, named: "value")
    if version != .first {
      let norm = OperationKind.normalization(.rootMeanSquare)
      query = net.operation("normalize", norm, [query], to: headShape)
      key = net.operation("normalize", norm, [key], to: headShape)
      query = net.multiply(query, net.weight("logit_scale", [heads, 1, 1]), named: "scale")
    }
    var terms = [positionBias(net, heads: heads, side: side, version)]
    if let maskedWindows {
      terms.append(net.value("attn_mask", [maskedWindows, tokens, tokens], .buffer))
    }
    let mixed = net.biasedAttention(query: query, key: key, value: value, adding: terms)
    return net.linear(net.reshape(mixed, shape), to: channels, named: "proj")
  }

  /// Queries, keys and values; version 2 gives the keys no bias, cosines being free of it.
  private static func projection(_ net: WorkloadBuilder, _ input: ValueID, _ version: Version)
    -> ValueID
  {
    let shape = net.shape(input)
    let channels = shape[2]
    guard version == .second else { return net.linear(input, to: 3 * channels, named: "qkv") }
    return net.operation(
      "qkv", .matrixMultiply(MatrixMultiply(transposedRight: true)),
      [
        input, net.weight("weight", [3 * channels, channels]), net.weight("q_bias", [channels]),
        net.weight("v_bias", [channels]),
      ], to: shape.replacing(-1, with: 3 * channels))
  }

  /// What is added to the scores of two tokens of a window: `[heads, tokens, tokens]`.
  private static func positionBias(
    _ net: WorkloadBuilder, heads: Int, side: Int, _ version: Version
  ) -> ValueID {
    let tokens = side * side
    let distances = (2 * side - 1) * (2 * side - 1)
    switch version {
    case .first:
      let table = net.weight("relative_position_bias_table", [distances, heads])
      return net.operation("bias", .movement(.gather), [table], to: [heads, tokens, tokens])
    case .second:
      var table = net.value("relative_coords_table", [distances, 2], .buffer)
      table = net.activation(.relu, net.linear(table, to: 512, named: "cpb_mlp.0"))
      table = net.linear(table, to: heads, bias: false, named: "cpb_mlp.2")
      return net.activation(
        .sigmoid,
        net.operation("bias", .movement(.gather), [table], to: [heads, tokens, tokens]))
    case .secondByPairs:
      var pairs = net.value("relative_coordinates_log", [tokens * tokens, 2], .buffer)
      pairs = net.activation(.relu, net.linear(pairs, to: 384, named: "meta_mlp.fc1"))
      pairs = net.linear(pairs, to: heads, named: "meta_mlp.fc2")
      return net.transpose(pairs, to: [heads, tokens, tokens], named: "bias")
    }
  }
}

// MARK: - Configurations

extension Swin {
  static let configurations = first + searched + second + byPairs

  private static let tinyDepths = [2, 2, 6, 2]
  private static let depths = [2, 2, 18, 2]

  private static let first = [
    first("tiny", 96, 3, tinyDepths), first("small", 96, 3, depths),
    first("base", 128, 4, depths), first("base", 128, 4, depths, window: 12, imageSize: 384),
    first("large", 192, 6, depths), first("large", 192, 6, depths, window: 12, imageSize: 384),
  ]

  private static func first(
    _ size: String, _ width: Int, _ heads: Int, _ depths: [Int], window: Int = 7,
    imageSize: Int = 224
  ) -> Configuration {
    Configuration(
      name: "swin_\(size)_patch4_window\(window)_\(imageSize)", width: width, heads: heads,
      depths: depths, windows: [window, window, window, window], imageSize: imageSize)
  }

  private static let searched = [
    Configuration(
      name: "swin_s3_tiny_224", width: 96, heads: 3, depths: tinyDepths, windows: [7, 7, 14, 7],
      imageSize: 224),
    Configuration(
      name: "swin_s3_small_224", width: 96, heads: 3, depths: depths, windows: [14, 14, 14, 7],
      imageSize: 224),
    Configuration(
      name: "swin_s3_base_224", width: 96, heads: 3, depths: [2, 2, 30, 2],
      windows: [7, 7, 14, 7], imageSize: 224),
  ]

  /// `12to16_192to256`: trained with windows of 12 on pictures of 192, then tuned with 16 on 256.
  private static let second = [
    second("tiny_window8_256", 96, 3, tinyDepths, window: 8, imageSize: 256),
    second("tiny_window16_256", 96, 3, tinyDepths, window: 16, imageSize: 256),
    second("small_window8_256", 96, 3, depths, window: 8, imageSize: 256),
    second("small_window16_256", 96, 3, depths, window: 16, imageSize: 256),
    second("base_window8_256", 128, 4, depths, window: 8, imageSize: 256),
    second("base_window12_192", 128, 4, depths, classes: 21_841, window: 12, imageSize: 192),
    second("base_window16_256", 128, 4, depths, window: 16, imageSize: 256),
    second("base_window12to16_192to256", 128, 4, depths, window: 16, imageSize: 256),
    second("base_window12to24_192to384", 128, 4, depths, window: 24, imageSize: 384),
    second("large_window12_192", 192, 6, depths, classes: 21_841, window: 12, imageSize: 192),
    second("large_window12to16_192to256", 192, 6, depths, window: 16, imageSize: 256),
    second("large_window12to24_192to384", 192, 6, depths, window: 24, imageSize: 384),
  ]

  private static func second(
    _ name: String, _ width: Int, _ heads: Int, _ depths: [Int], classes: Int = 1000, window: Int,
    imageSize: Int
  ) -> Configuration {
    Configuration(
      name: "swinv2_\(name)", version: .second, width: width, heads: heads, depths: depths,
      windows: [window, window, window, window], imageSize: imageSize, classes: classes)
  }

  private static let byPairs = [
    byPairs("tiny_224", 96, 3, tinyDepths), byPairs("tiny_384", 96, 3, tinyDepths, imageSize: 384),
    byPairs("tiny_ns_224", 96, 3, tinyDepths, normalizesStages: true),
    byPairs("small_224", 96, 3, depths), byPairs("small_384", 96, 3, depths, imageSize: 384),
    byPairs("small_ns_224", 96, 3, depths, normalizesStages: true),
    byPairs("small_ns_256", 96, 3, depths, imageSize: 256, normalizesStages: true),
    byPairs("base_224", 128, 4, depths), byPairs("base_384", 128, 4, depths, imageSize: 384),
    byPairs("base_ns_224", 128, 4, depths, normalizesStages: true),
    byPairs("large_224", 192, 6, depths), byPairs("large_384", 192, 6, depths, imageSize: 384),
    byPairs("huge_224", 352, 8, depths, period: 6),
    byPairs("huge_384", 352, 11, depths, imageSize: 384, period: 6),
    byPairs("giant_224", 512, 16, [2, 2, 42, 2], period: 6),
    byPairs("giant_384", 512, 16, [2, 2, 42, 2], imageSize: 384, period: 6),
  ]

  private static func byPairs(
    _ name: String, _ width: Int, _ heads: Int, _ depths: [Int], imageSize: Int = 224,
    normalizesStages: Bool = false, period: Int? = nil
  ) -> Configuration {
    Configuration(
      name: "swinv2_cr_\(name)", version: .secondByPairs, width: width, heads: heads,
      depths: depths, imageSize: imageSize, normalizesStages: normalizesStages,
      normalizationPeriod: period)
  }
}
