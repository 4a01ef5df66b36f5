import Workloads

/// Every layer reads the outputs of all before it in its block.
enum DenseNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    /// Channels that one layer adds.
    var growth = 32
    var layers: [Int]
    /// Three 3×3 convolutions in the place of one 7×7.
    var hasDeepStem = false
    var isBlurred = false
  }

  static let configurations = [
    Configuration(name: "densenet121", layers: [6, 12, 24, 16]),
    Configuration(name: "densenet161", growth: 48, layers: [6, 12, 36, 24]),
    Configuration(name: "densenet169", layers: [6, 12, 32, 32]),
    Configuration(name: "densenet201", layers: [6, 12, 48, 32]),
    Configuration(name: "densenet264d", growth: 48, layers: [6, 12, 64, 48], hasDeepStem: true),
    Configuration(
      name: "densenetblur121d", layers: [6, 12, 24, 16], hasDeepStem: true, isBlurred: true),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "densenet",
      source: "G. Huang et al., Densely Connected Convolutional Networks, CVPR 2017"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    let growth = configuration.growth
    var x = image
    if configuration.hasDeepStem {
      x = net.normalizedConvolution(x, to: growth, kernel: 3, stride: 2, named: "conv0")
      x = net.normalizedConvolution(x, to: growth, kernel: 3, named: "conv1")
      x = net.normalizedConvolution(x, to: 2 * growth, kernel: 3, named: "conv2")
    } else {
      x = net.normalizedConvolution(x, to: 2 * growth, kernel: 7, stride: 2, named: "conv0")
    }
    x = net.maxPool(x, kernel: 3, stride: configuration.isBlurred ? 1 : 2, padding: .amount(1))
    if configuration.isBlurred { x = net.blurPool(x) }
    for (index, count) in configuration.layers.enumerated() {
      if index > 0 {
        x = net.scope("transition\(index)") {
          let narrow = net.convolution(net.normalizedActivation(x), to: net.dimension(x, 1) / 2)
          return net.averagePool(narrow, kernel: 2, stride: 2, named: "pool")
        }
      }
      net.scope("denseblock\(index + 1)") {
        for layer in 0..<count {
          net.scope("\(layer + 1)") {
            var new = net.normalizedActivation(x, named: "norm1")
            new = net.convolution(new, to: 4 * growth, named: "conv1")
            new = net.normalizedActivation(new, named: "norm2")
            new = net.convolution(new, to: growth, kernel: 3, named: "conv2")
            x = net.concatenate([x, new], axis: 1)
          }
        }
      }
    }
    return net.classifier(net.normalizedActivation(x, named: "norm5"), named: "classifier")
  }
}
