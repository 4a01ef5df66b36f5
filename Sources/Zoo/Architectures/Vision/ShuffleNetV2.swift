import Workloads

/// ShuffleNet V2: every block works on half of the channels and mixes the halves afterwards.
enum ShuffleNetV2: NetworkFamily {
  struct Configuration: Sendable {
    var width: String
    var channels: [Int]
    var features = 1024
  }

  static let configurations = [
    Configuration(width: "x0_5", channels: [48, 96, 192]),
    Configuration(width: "x1_0", channels: [116, 232, 464]),
    Configuration(width: "x1_5", channels: [176, 352, 704]),
    Configuration(width: "x2_0", channels: [244, 488, 976], features: 2048),
  ]

  private static let repeats = [4, 8, 4]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      "shufflenet_v2_\(configuration.width)", family: "shufflenetv2",
      source: "N. Ma et al., ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture "
        + "Design, ECCV 2018"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = activated(net, net.convolution(image, to: 24, kernel: 3, stride: 2, named: "conv1"))
    x = net.maxPool(x, kernel: 3, stride: 2, padding: .amount(1))
    for (stage, channels) in configuration.channels.enumerated() {
      net.scope("stage\(stage + 2)") {
        for index in 0..<repeats[stage] {
          net.scope("\(index)") { x = block(net, x, to: channels, isFirst: index == 0) }
        }
      }
    }
    x = activated(net, net.convolution(x, to: configuration.features, named: "conv5"))
    return net.linear(net.globalAveragePool(x), to: 1000)
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, to channels: Int, isFirst: Bool
  ) -> ValueID {
    let half = channels / 2
    var kept: ValueID
    var x = input
    if isFirst {
      kept = net.scope("branch1") {
        let spatial = net.batchNorm(net.depthwiseConvolution(input, kernel: 3, stride: 2))
        return activated(net, net.convolution(spatial, to: half))
      }
    } else {
      kept = net.slice(input, axis: 1, count: half)
      x = net.slice(input, axis: 1, count: half)
    }
    x = net.scope("branch2") {
      var x = activated(net, net.convolution(x, to: half))
      x = net.batchNorm(net.depthwiseConvolution(x, kernel: 3, stride: isFirst ? 2 : 1))
      return activated(net, net.convolution(x, to: half))
    }
    let joined = net.concatenate([kept, x], axis: 1)
    return net.transpose(joined, to: net.shape(joined), named: "shuffle")
  }

  private static func activated(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    net.activation(.relu, net.batchNorm(input))
  }
}
