import Workloads

/// A network of mobile blocks between a strided convolution and a classifier, scaled in width and
/// depth: what MobileNet, MnasNet, EfficientNet, MixNet and their relatives have in common.
///
/// The variants that TensorFlow trained (`tf_…`) pad unevenly, which changes no shape here.
struct MobileNetwork: Sendable {
  enum Head: Sendable {
    case pooling
    /// A pointwise convolution of the last features, then pooling.
    case convolution(Int)
    /// Pooling, then the pointwise convolution (MobileNet V3), normalised in V4.
    case pooledConvolution(Int, bias: Bool, normalized: Bool)
  }

  enum Normalization: Sendable { case batch, group }

  /// What makes the plane smaller where a block has a stride.
  enum Downsampling: Sendable { case stride, averagePooling, blur }

  struct SqueezeExcite: Sendable {
    /// Whether its share is of the expanded channels rather than of the block's input.
    var isOfExpanded = false
    /// Whether the inner channels are rounded as widths are.
    var isRounded = false
    var activation: ElementwiseFunction?
    var gate = ElementwiseFunction.sigmoid
  }

  var name: String
  var stages: [[MobileBlock]]
  var head: Head
  var stem = 32
  var stemKernel = 3
  var isStemScaled = true
  var width = 1.0
  var divisor = 8
  /// The share of a width that rounding must keep.
  var roundingLimit = 0.9
  /// One factor for all stages or one for each.
  var depth = [1.0]
  var roundsDepthUp = true
  var keepsFirstAndLastDepth = false
  var activation = ElementwiseFunction.relu
  var squeezeExcite = SqueezeExcite()
  var normalization = Normalization.batch
  var groupSize: Int?
  var downsampling = Downsampling.stride
  var hasLayerScale = false
  var imageSize = 224

  func definition(family: String, source: String) -> NetworkDefinition {
    let network = scaled()
    return .image(name, size: imageSize, family: family, source: source) { net, image in
      network.build(net, image)
    }
  }

  // MARK: - Scaling

  func scaledChannels(_ channels: Int) -> Int {
    roundedChannels(Double(channels) * width, divisor: divisor, limit: roundingLimit)
  }

  /// The network of these widths and depths, in which `width` and `depth` have done their part.
  private func scaled() -> MobileNetwork {
    var network = self
    if isStemScaled { network.stem = scaledChannels(stem) }
    for stage in stages.indices {
      let isEnd = stage == 0 || stage == stages.count - 1
      let factor = depth.count == 1 ? depth[0] : depth[stage]
      let repeats = scaledRepeats(
        stages[stage].map(\.repeats), by: keepsFirstAndLastDepth && isEnd ? 1 : factor)
      for index in stages[stage].indices {
        network.stages[stage][index].repeats = repeats[index]
        network.stages[stage][index].channels = scaledChannels(stages[stage][index].channels)
        network.stages[stage][index].expandedFrom = stages[stage][index].expandedFrom.map(
          scaledChannels)
        if network.stages[stage][index].groupSize == nil {
          network.stages[stage][index].groupSize = groupSize
        }
      }
    }
    return network
  }

  /// Shares the scaled depth of a stage among its runs, the last first.
  private func scaledRepeats(_ repeats: [Int], by factor: Double) -> [Int] {
    var left = repeats.reduce(0, +)
    let exact = Double(left) * factor
    var scaledLeft = Int(
      roundsDepthUp ? exact.rounded(.up) : max(1, exact.rounded(.toNearestOrEven)))
    var scaled: [Int] = []
    for count in repeats.reversed() {
      let share = Double(count) / Double(left) * Double(scaledLeft)
      let taken = max(1, Int(share.rounded(.toNearestOrEven)))
      scaled.append(taken)
      left -= count
      scaledLeft -= taken
    }
    return scaled.reversed()
  }

  // MARK: - Building

  private func build(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    var x = convolve(
      net, image, to: stem, kernel: stemKernel, stride: 2, activation, "conv_stem", "bn1")
    for (stage, runs) in stages.enumerated() {
      net.scope("blocks.\(stage)") {
        var index = 0
        for run in runs {
          for _ in 0..<run.repeats {
            let stride = index == 0 ? run.stride : 1
            net.scope("\(index)") { x = add(run, to: net, x, stride: stride) }
            index += 1
          }
        }
      }
    }
    switch head {
    case .pooling:
      x = net.globalAveragePool(x)
    case .convolution(let features):
      x = convolve(net, x, to: features, activation, "conv_head", "bn2")
      x = net.globalAveragePool(x)
    case .pooledConvolution(let features, let bias, let normalized):
      x = net.globalAveragePool(x, flatten: false)
      x = net.convolution(x, to: features, bias: bias, named: "conv_head")
      if normalized { x = normalize(net, x, "norm_head") }
      x = net.flatten(net.activation(activation, x))
    }
    return net.linear(x, to: 1000, named: "classifier")
  }

  private func add(_ block: MobileBlock, to net: WorkloadBuilder, _ input: ValueID, stride: Int)
    -> ValueID
  {
    let channels = net.dimension(input, 1)
    let activation = block.activation ?? activation
    let kernel = block.kernels[0]
    var x = input
    switch block.kind {
    case .plain:
      x = convolve(
        net, x, to: block.channels, kernel: kernel, stride: stride, activation, "conv", "bn1")
    case .separable:
      x = depthwise(net, x, block, stride: stride, activation, "conv_dw", "bn1")
      x = squeeze(net, x, block, activation)
      x = convolve(
        net, x, to: block.channels, block.isActivated ? activation : nil, "conv_pw", "bn2")
    case .inverted:
      let inner = roundedChannels(Double(channels) * block.expansion)
      x = pointwise(net, x, to: inner, parts: block.expansionParts, "conv_pw")
      x = net.activation(activation, normalize(net, x, "bn1"))
      x = depthwise(net, x, block, stride: stride, activation, "conv_dw", "bn2")
      x = squeeze(net, x, block, activation)
      x = pointwise(net, x, to: block.channels, parts: block.projectionParts, "conv_pwl")
      x = normalize(net, x, "bn3")
    case .fused:
      let inner = roundedChannels(Double(block.expandedFrom ?? channels) * block.expansion)
      x = convolve(
        net, x, to: inner, kernel: kernel, stride: stride,
        groups: block.groupSize.map { inner / $0 } ?? 1, activation, "conv_exp", "bn1")
      x = squeeze(net, x, block, activation)
      x = convolve(net, x, to: block.channels, nil, "conv_pwl", "bn2")
    case .universal(let before):
      if before > 0 {
        x = convolve(
          net, x, to: channels, kernel: before, stride: kernel > 0 ? 1 : stride, groups: channels,
          nil, "dw_start.conv", "dw_start.bn")
      }
      let inner = roundedChannels(Double(channels) * block.expansion)
      x = convolve(net, x, to: inner, activation, "pw_exp.conv", "pw_exp.bn")
      if kernel > 0 {
        x = depthwise(net, x, block, stride: stride, activation, "dw_mid.conv", "dw_mid.bn")
      }
      x = convolve(net, x, to: block.channels, nil, "pw_proj.conv", "pw_proj.bn")
    case .multiQuery(let heads, let size, let keyStride):
      x = multiQueryAttention(net, x, block, heads: heads, size: size, keyStride: keyStride)
    }
    if hasLayerScale, block.kind.hasLayerScale { x = net.scale(x, axis: 1) }
    guard block.isResidual, stride == 1, channels == block.channels else { return x }
    return net.add(x, input)
  }

  private func multiQueryAttention(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: MobileBlock, heads: Int, size: Int,
    keyStride: Int
  ) -> ValueID {
    let x = normalize(net, input, "norm")
    let (batch, height, width) = (
      net.dimension(x, 0), net.dimension(x, 2), net.dimension(x, 3)
    )
    let query = net.convolution(x, to: heads * size, named: "query")
    var pair: [ValueID] = []
    for label in ["key", "value"] {
      var part = x
      if keyStride > 1 {
        part = net.depthwiseConvolution(
          part, kernel: block.kernels[0], stride: keyStride, named: "\(label)_down")
        part = normalize(net, part, "\(label)_norm")
      }
      part = net.convolution(part, to: size, named: label)
      let positions = net.dimension(part, 2) * net.dimension(part, 3)
      pair.append(net.reshape(part, [batch, 1, positions, size]))
    }
    let mixed = net.attention(
      query: net.reshape(query, [batch, heads, height * width, size]), key: pair[0],
      value: pair[1])
    let image = net.reshape(mixed, [batch, heads * size, height, width])
    return net.convolution(image, to: block.channels, named: "output")
  }

  // MARK: - Layers

  private func normalize(_ net: WorkloadBuilder, _ input: ValueID, _ label: String) -> ValueID {
    normalization == .batch
      ? net.batchNorm(input, named: label) : net.groupNorm(input, named: label)
  }

  /// Convolution, normalisation, activation, and the pooling that may stand for a stride.
  private func convolve(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    groups: Int = 1, _ function: ElementwiseFunction?, _ label: String, _ normLabel: String
  ) -> ValueID {
    let pools = downsampling != .stride && stride > 1 && label != "conv_stem"
    var x = net.convolution(
      input, to: channels, kernel: kernel, stride: pools ? 1 : stride, groups: groups,
      named: label)
    x = normalize(net, x, normLabel)
    if let function { x = net.activation(function, x) }
    guard pools else { return x }
    return downsampling == .blur
      ? net.blurPool(x, stride: stride) : net.averagePool(x, kernel: stride, stride: stride)
  }

  private func depthwise(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: MobileBlock, stride: Int,
    _ function: ElementwiseFunction, _ label: String, _ normLabel: String
  ) -> ValueID {
    let channels = net.dimension(input, 1)
    guard block.kernels.count > 1 else {
      return convolve(
        net, input, to: channels, kernel: block.kernels[0], stride: stride,
        groups: channels / (block.groupSize ?? 1), function, label, normLabel)
    }
    let shares = Self.shares(of: channels, block.kernels.count)
    let parts = block.kernels.indices.map { index in
      net.depthwiseConvolution(
        net.slice(input, axis: 1, count: shares[index]), kernel: block.kernels[index],
        stride: stride, named: label)
    }
    return net.activation(function, normalize(net, net.concatenate(parts, axis: 1), normLabel))
  }

  private func pointwise(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, parts: Int, _ label: String
  ) -> ValueID {
    guard parts > 1 else { return net.convolution(input, to: channels, named: label) }
    let from = Self.shares(of: net.dimension(input, 1), parts)
    let to = Self.shares(of: channels, parts)
    let outputs = (0..<parts).map { part in
      net.convolution(
        net.slice(input, axis: 1, count: from[part]), to: to[part], named: label)
    }
    return net.concatenate(outputs, axis: 1)
  }

  /// Even shares, what is left over going to the first.
  private static func shares(of channels: Int, _ parts: Int) -> [Int] {
    var shares = [Int](repeating: channels / parts, count: parts)
    shares[0] += channels % parts
    return shares
  }

  private func squeeze(
    _ net: WorkloadBuilder, _ input: ValueID, _ block: MobileBlock,
    _ function: ElementwiseFunction
  ) -> ValueID {
    guard block.squeeze > 0 else { return input }
    let expansion = squeezeExcite.isOfExpanded ? 1 : block.expansion
    let exact = Double(net.dimension(input, 1)) * (block.squeeze / expansion)
    let reduced =
      squeezeExcite.isRounded
      ? roundedChannels(exact, limit: roundingLimit) : Int(exact.rounded(.toNearestOrEven))
    return net.squeezeExcite(
      input, reduced: reduced, activation: squeezeExcite.activation ?? function,
      gate: squeezeExcite.gate)
  }
}

extension MobileBlock.Kind {
  fileprivate var hasLayerScale: Bool {
    switch self {
    case .universal, .multiQuery: true
    default: false
    }
  }
}

extension WorkloadBuilder {
  /// A fixed 3×3 binomial filter over every channel, taken at every `stride`-th place.
  ///
  /// - Source: R. Zhang, Making Convolutional Networks Shift-Invariant Again, ICML 2019
  func blurPool(_ input: ValueID, stride: Int, named label: String = "blur") -> ValueID {
    let shape = shape(input)
    guard shape.rank == 4 else {
      fail("an image is [batch, channels, height, width], not \(shape)", at: label)
      return input
    }
    let filter = value("filter", [shape[1], 1, 3, 3], .buffer, weightFormat)
    let kind = OperationKind.convolution(
      Convolution(
        kernel: [3, 3],
        stride: [Int32(truncatingIfNeeded: stride), Int32(truncatingIfNeeded: stride)],
        groups: shape[1]))
    return operation(
      label, kind, [input, filter],
      to: [
        shape[0], shape[1], (shape[2] + stride - 1) / stride, (shape[3] + stride - 1) / stride,
      ])
  }
}
