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

  private func scaledChannels(_ channels: Int) -> Int {
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
    var x = net.convolution(image, to: stem, kernel: stemKernel, stride: 2, named: "conv_stem")
    x = net.activation(activation, normalize(net, x, "bn1"))
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
}

extension MobileBlock.Kind {
  fileprivate var hasLayerScale: Bool {
    switch self {
    case .universal, .multiQuery: true
    default: false
    }
  }
}
