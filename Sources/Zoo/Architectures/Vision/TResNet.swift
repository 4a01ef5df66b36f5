import Workloads

/// Residual networks laid out for a GPU: blocks of 4×4 pixels become channels, filters blur before
/// shrinking, squeeze and excitation in all stages but the last.
enum TResNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var blocks: [Int]
    /// Channels of the stem; each stage doubles them.
    var width: Int
    /// Whether the first two stages have bottlenecks too.
    var isBottleneckOnly = false
  }

  static let configurations = [
    Configuration(name: "tresnet_m", blocks: [3, 4, 11, 3], width: 64),
    Configuration(name: "tresnet_l", blocks: [4, 5, 18, 3], width: 76),
    Configuration(name: "tresnet_xl", blocks: [4, 5, 24, 3], width: 83),
    Configuration(
      name: "tresnet_v2_l", blocks: [3, 4, 23, 3], width: 64, isBottleneckOnly: true),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "tresnet", source: "T. Ridnik et al., TResNet, WACV 2021"
    ) { net, image in
      let shape = net.shape(image)
      guard shape[2] % 4 == 0, shape[3] % 4 == 0 else {
        net.fail("the side of a picture must be a multiple of 4, not \(shape[2])")
        return image
      }
      var x = net.transpose(
        image, to: [shape[0], 16 * shape[1], shape[2] / 4, shape[3] / 4],
        named: "space_to_depth")
      x = net.normalizedConvolution(
        x, to: configuration.width, kernel: 3, activation: .leakyReLU, named: "conv1")
      for (stage, count) in configuration.blocks.enumerated() {
        net.scope("layer\(stage + 1)") {
          for index in 0..<count {
            net.scope("\(index)") {
              x = block(
                net, x, width: configuration.width << stage,
                stride: stage > 0 && index == 0 ? 2 : 1,
                isBottleneck: stage > 1 || configuration.isBottleneckOnly,
                isExcited: stage < 3)
            }
          }
        }
      }
      return net.classifier(x)
    }
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, width: Int, stride: Int, isBottleneck: Bool,
    isExcited: Bool
  ) -> ValueID {
    let output = isBottleneck ? 4 * width : width
    var shortcut = input
    if stride != 1 || net.dimension(input, 1) != output {
      if stride == 2 {
        shortcut = net.averagePool(shortcut, kernel: 2, stride: 2, roundUp: true)
      }
      shortcut = net.normalizedConvolution(
        shortcut, to: output, activation: nil, named: "downsample")
    }
    var x = input
    if isBottleneck {
      x = net.normalizedConvolution(x, to: width, activation: .leakyReLU, named: "conv1")
    }
    x = net.normalizedConvolution(
      x, to: width, kernel: 3, activation: .leakyReLU, named: "conv2")
    if stride == 2 { x = net.blurPool(x) }
    if isBottleneck && isExcited { x = net.squeezeExcite(x, reduced: max(64, width / 2)) }
    x = net.normalizedConvolution(
      x, to: output, kernel: isBottleneck ? 1 : 3, activation: nil, named: "conv3")
    if !isBottleneck && isExcited { x = net.squeezeExcite(x, reduced: max(64, width / 4)) }
    return net.activation(.relu, net.add(x, shortcut))
  }
}
