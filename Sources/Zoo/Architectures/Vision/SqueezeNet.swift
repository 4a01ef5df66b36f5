import Workloads

/// Fire modules: a 1×1 convolution to few channels, then 1×1 and 3×3 side by side.
enum SqueezeNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var stemWidth: Int
    var stemKernel: Int
    /// The narrow width of each module, between one maximum and the next; it widens fourfold twice.
    var modules: [[Int]]
  }

  static let configurations = [
    Configuration(
      name: "squeezenet1_0", stemWidth: 96, stemKernel: 7,
      modules: [[16, 16, 32], [32, 48, 48, 64], [64]]),
    Configuration(
      name: "squeezenet1_1", stemWidth: 64, stemKernel: 3,
      modules: [[16, 16], [32, 32], [48, 48, 64, 64]]),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "squeezenet",
      source: "F. Iandola et al., SqueezeNet, arXiv:1602.07360"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    func unit(_ x: ValueID, _ channels: Int, _ kernel: Int, _ label: String) -> ValueID {
      net.activation(
        .relu, net.convolution(x, to: channels, kernel: kernel, bias: true, named: label))
    }
    var x = net.convolution(
      image, to: configuration.stemWidth, kernel: configuration.stemKernel, stride: 2,
      padding: .amount(0), bias: true)
    x = net.activation(.relu, x)
    for widths in configuration.modules {
      x = net.maxPool(x, kernel: 3, stride: 2, roundUp: true)
      for width in widths {
        net.scope("fire") {
          let squeezed = unit(x, width, 1, "squeeze")
          x = net.concatenate(
            [
              unit(squeezed, 4 * width, 1, "expand1x1"), unit(squeezed, 4 * width, 3, "expand3x3"),
            ],
            axis: 1)
        }
      }
    }
    return net.globalAveragePool(unit(x, 1000, 1, "classifier"))
  }
}
