import Workloads

/// Residual networks of basic and bottleneck blocks.
enum ResNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var blocks: [Int]
    var isBottleneck = true
    var baseWidth = 64
    var cardinality = 1
    var imageSize = 224
  }

  static let configurations = [
    Configuration(name: "resnet18", blocks: [2, 2, 2, 2], isBottleneck: false),
    Configuration(name: "resnet34", blocks: [3, 4, 6, 3], isBottleneck: false),
    Configuration(name: "resnet50", blocks: [3, 4, 6, 3]),
    Configuration(name: "resnet101", blocks: [3, 4, 23, 3]),
    Configuration(name: "resnet152", blocks: [3, 8, 36, 3]),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize, family: "resnet",
      source: "K. He et al., Deep Residual Learning for Image Recognition, CVPR 2016"
    ) { net, image in build(net, image, configuration) }
  }

  static func build(_ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration)
    -> ValueID
  {
    var x = net.convolution(image, to: 64, kernel: 7, stride: 2, named: "conv1")
    x = net.activation(.relu, net.batchNorm(x, named: "bn1"))
    x = net.maxPool(x, kernel: 3, stride: 2, padding: .amount(1))
    for (stage, count) in configuration.blocks.enumerated() {
      net.scope("layer\(stage + 1)") {
        for index in 0..<count {
          net.scope("\(index)") {
            x = block(
              net, x, width: 64 << stage, stride: stage > 0 && index == 0 ? 2 : 1, configuration)
          }
        }
      }
    }
    return net.linear(net.globalAveragePool(x), to: 1000, named: "fc")
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, width: Int, stride: Int,
    _ configuration: Configuration
  ) -> ValueID {
    let output = configuration.isBottleneck ? 4 * width : width
    var x: ValueID
    if configuration.isBottleneck {
      let inner = width * configuration.baseWidth / 64 * configuration.cardinality
      x = net.batchNorm(net.convolution(input, to: inner, named: "conv1"), named: "bn1")
      x = net.convolution(
        net.activation(.relu, x), to: inner, kernel: 3, stride: stride,
        groups: configuration.cardinality, named: "conv2")
      x = net.activation(.relu, net.batchNorm(x, named: "bn2"))
      x = net.batchNorm(net.convolution(x, to: output, named: "conv3"), named: "bn3")
    } else {
      x = net.convolution(input, to: width, kernel: 3, stride: stride, named: "conv1")
      x = net.activation(.relu, net.batchNorm(x, named: "bn1"))
      x = net.batchNorm(net.convolution(x, to: width, kernel: 3, named: "conv2"), named: "bn2")
    }
    var shortcut = input
    if stride != 1 || net.dimension(input, 1) != output {
      shortcut = net.scope("downsample") {
        net.batchNorm(net.convolution(input, to: output, stride: stride, named: "0"), named: "1")
      }
    }
    return net.activation(.relu, net.add(x, shortcut))
  }
}
