import Workloads

/// Plain 3×3 convolutions that are trained as a sum of a 3×3, a 1×1 and nothing. The trained form is
/// built; merged, each block is one convolution.
enum RepVGG: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var blocks = [4, 6, 16, 1]
    var stem = 64
    var widths: [Int]
    /// Groups of every second block.
    var groups = 1
    var isExcited = false
    var imageSize = 224
  }

  static let configurations = [
    Configuration(
      name: "repvgg_a0", blocks: [2, 4, 14, 1], stem: 48, widths: [48, 96, 192, 1280]),
    Configuration(name: "repvgg_a1", blocks: [2, 4, 14, 1], widths: [64, 128, 256, 1280]),
    Configuration(name: "repvgg_a2", blocks: [2, 4, 14, 1], widths: [96, 192, 384, 1408]),
    Configuration(name: "repvgg_b0", widths: [64, 128, 256, 1280]),
    Configuration(name: "repvgg_b1", widths: [128, 256, 512, 2048]),
    Configuration(name: "repvgg_b1g4", widths: [128, 256, 512, 2048], groups: 4),
    Configuration(name: "repvgg_b2", widths: [160, 320, 640, 2560]),
    Configuration(name: "repvgg_b2g4", widths: [160, 320, 640, 2560], groups: 4),
    Configuration(name: "repvgg_b3", widths: [192, 384, 768, 2560]),
    Configuration(name: "repvgg_b3g4", widths: [192, 384, 768, 2560], groups: 4),
    Configuration(
      name: "repvgg_d2se", blocks: [8, 14, 24, 1], widths: [160, 320, 640, 2560],
      isExcited: true, imageSize: 320),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize, family: "repvgg",
      source: "X. Ding et al., RepVGG: Making VGG-style ConvNets Great Again, CVPR 2021"
    ) { net, image in
      var x = block(net, image, to: configuration.stem, stride: 2, groups: 1, configuration)
      for (stage, count) in configuration.blocks.enumerated() {
        net.scope("stages.\(stage)") {
          for index in 0..<count {
            net.scope("\(index)") {
              x = block(
                net, x, to: configuration.widths[stage], stride: index == 0 ? 2 : 1,
                groups: index % 2 == 1 ? configuration.groups : 1, configuration)
            }
          }
        }
      }
      return net.classifier(x)
    }
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, to width: Int, stride: Int, groups: Int,
    _ configuration: Configuration
  ) -> ValueID {
    var x = net.add(
      net.normalizedConvolution(
        input, to: width, stride: stride, groups: groups, activation: nil, named: "conv_1x1"),
      net.normalizedConvolution(
        input, to: width, kernel: 3, stride: stride, groups: groups, activation: nil,
        named: "conv_kxk"))
    if stride == 1 && net.dimension(input, 1) == width {
      x = net.add(x, net.batchNorm(input, named: "identity"))
    }
    if configuration.isExcited { x = net.squeezeExcite(x, reduced: width / 16) }
    return net.activation(.relu, x)
  }
}
