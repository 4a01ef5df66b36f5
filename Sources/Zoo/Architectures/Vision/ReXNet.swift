import Workloads

/// ReXNet: inverted residuals whose width grows by the same step from block to block.
enum ReXNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var width: Double
    /// What every number of channels is a multiple of.
    var divisor = 1
  }

  static let configurations: [Configuration] = [
    Configuration(name: "rexnet_100", width: 1), Configuration(name: "rexnet_130", width: 1.3),
    Configuration(name: "rexnet_150", width: 1.5), Configuration(name: "rexnet_200", width: 2),
    Configuration(name: "rexnet_300", width: 3),
    Configuration(name: "rexnetr_100", width: 1, divisor: 8),
    Configuration(name: "rexnetr_130", width: 1.3, divisor: 8),
    Configuration(name: "rexnetr_150", width: 1.5, divisor: 8),
    Configuration(name: "rexnetr_200", width: 2, divisor: 8),
    Configuration(name: "rexnetr_300", width: 3, divisor: 16),
  ]

  private static let stages: [(blocks: Int, stride: Int)] = [
    (1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (5, 2),
  ]
  private static let blockCount = stages.reduce(0) { $0 + $1.blocks }
  /// The channels of the first block and what all blocks together add to them, at width 1.
  private static let channels = (first: 16.0, growth: 180.0)

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "rexnet",
      source: "D. Han et al., Rethinking Channel Dimensions for Efficient Model Design, CVPR 2021"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    func rounded(_ value: Double) -> Int {
      roundedChannels(value, divisor: configuration.divisor)
    }
    let width = configuration.width
    var x = net.normalizedConvolution(
      image, to: rounded((32 * width).rounded(.toNearestOrEven)), kernel: 3, stride: 2, .silu,
      named: "stem")
    var base = channels.first
    var index = 0
    for (stage, plan) in stages.enumerated() {
      for place in 0..<plan.blocks {
        let output = rounded((base * width).rounded(.toNearestOrEven))
        net.scope("features.\(index)") {
          var inner = net.dimension(x, 1)
          if stage > 0 { inner = rounded(Double(6 * inner)) }
          x = block(
            net, x, inner: inner, to: output, stride: place == 0 ? plan.stride : 1,
            squeezed: stage > 1 ? rounded((Double(inner) / 12).rounded(.down)) : nil)
        }
        base += channels.growth / Double(blockCount)
        index += 1
      }
    }
    x = net.normalizedConvolution(
      x, to: rounded(1280 * width), .silu, named: "features.\(index)")
    return net.linear(net.globalAveragePool(x), to: 1000, named: "head.fc")
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, inner: Int, to channels: Int, stride: Int,
    squeezed: Int?
  ) -> ValueID {
    let width = net.dimension(input, 1)
    var x = input
    if inner != width {
      x = net.normalizedConvolution(x, to: inner, .silu, named: "conv_exp")
    }
    x = net.normalizedConvolution(
      x, to: inner, kernel: 3, stride: stride, groups: inner, nil, named: "conv_dw")
    if let squeezed { x = squeezeExcite(net, x, reduced: squeezed) }
    x = net.normalizedConvolution(
      net.activation(.clip, x), to: channels, nil, named: "conv_pwl")
    guard stride == 1, width <= channels else { return x }
    // The shortcut reaches the channels that the input has.
    let sum = net.add(net.slice(x, axis: 1, count: width), input)
    guard width < channels else { return sum }
    return net.concatenate([sum, net.slice(x, axis: 1, count: channels - width)], axis: 1)
  }

  /// Squeeze and excitation with a normalisation in between.
  private static func squeezeExcite(_ net: WorkloadBuilder, _ input: ValueID, reduced: Int)
    -> ValueID
  {
    net.scope("se") {
      let pooled = net.globalAveragePool(input, flatten: false)
      var weights = net.batchNorm(net.convolution(pooled, to: reduced, bias: true, named: "fc1"))
      weights = net.convolution(
        net.activation(.relu, weights), to: net.dimension(input, 1), bias: true, named: "fc2")
      return net.multiply(input, net.activation(.sigmoid, weights))
    }
  }
}
