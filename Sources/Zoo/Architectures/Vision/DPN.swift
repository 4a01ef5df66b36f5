import Workloads

/// Dual paths: of every block's output one part is added, as in ResNet, and one joined, as in
/// DenseNet.
enum DPN: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    var isSmall = false
    var stemWidth: Int
    /// Channels inside the blocks of the first stage; each stage doubles them.
    var inside: Int
    var groups: Int
    var blocks: [Int]
    /// Channels that a block of each stage adds to the joined part.
    var growth: [Int]
    /// Whether the two parts have convolutions of their own.
    var separates = false
    var activation = ElementwiseFunction.relu
  }

  static let configurations = [
    Configuration(
      name: "dpn48b", isSmall: true, stemWidth: 10, inside: 128, groups: 32,
      blocks: [3, 4, 6, 3], growth: [16, 32, 32, 64], separates: true, activation: .silu),
    Configuration(
      name: "dpn68", isSmall: true, stemWidth: 10, inside: 128, groups: 32,
      blocks: [3, 4, 12, 3], growth: [16, 32, 32, 64]),
    Configuration(
      name: "dpn68b", isSmall: true, stemWidth: 10, inside: 128, groups: 32,
      blocks: [3, 4, 12, 3], growth: [16, 32, 32, 64], separates: true),
    Configuration(
      name: "dpn92", stemWidth: 64, inside: 96, groups: 32, blocks: [3, 4, 20, 3],
      growth: [16, 32, 24, 128]),
    Configuration(
      name: "dpn98", stemWidth: 96, inside: 160, groups: 40, blocks: [3, 6, 20, 3],
      growth: [16, 32, 32, 128]),
    Configuration(
      name: "dpn131", stemWidth: 128, inside: 160, groups: 40, blocks: [4, 8, 28, 3],
      growth: [16, 32, 32, 128]),
    Configuration(
      name: "dpn107", stemWidth: 128, inside: 200, groups: 50, blocks: [4, 8, 20, 3],
      growth: [20, 64, 64, 128]),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "dpn", source: "Y. Chen et al., Dual Path Networks, NeurIPS 2017"
    ) { net, image in
      var x = net.normalizedConvolution(
        image, to: configuration.stemWidth, kernel: configuration.isSmall ? 3 : 7, stride: 2,
        activation: configuration.activation, named: "conv1_1")
      x = net.maxPool(x, kernel: 3, stride: 2, padding: .amount(1))
      for (stage, count) in configuration.blocks.enumerated() {
        net.scope("conv\(stage + 2)") {
          for index in 0..<count {
            net.scope("\(index + 1)") {
              x = block(net, x, stage: stage, isFirst: index == 0, configuration)
            }
          }
        }
      }
      return net.classifier(net.normalizedActivation(x))
    }
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, stage: Int, isFirst: Bool,
    _ configuration: Configuration
  ) -> ValueID {
    func unit(
      _ x: ValueID, _ channels: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
      _ label: String
    ) -> ValueID {
      net.convolution(
        net.normalizedActivation(x, configuration.activation), to: channels, kernel: kernel,
        stride: stride, groups: groups, named: label)
    }
    let added = (configuration.isSmall ? 64 : 256) << stage
    let inside = configuration.inside << stage
    let growth = configuration.growth[stage]
    let stride = isFirst && stage > 0 ? 2 : 1
    let path =
      isFirst ? unit(input, added + 2 * growth, stride: stride, "c1x1_w") : input
    var x = unit(input, inside, "c1x1_a")
    x = unit(
      x, inside, kernel: 3, stride: stride, groups: configuration.groups, "c3x3_b")
    let change: ValueID
    let new: ValueID
    if configuration.separates {
      x = net.normalizedActivation(x, configuration.activation)
      change = net.convolution(x, to: added, named: "c1x1_c1")
      new = net.convolution(x, to: growth, named: "c1x1_c2")
    } else {
      x = unit(x, added + growth, "c1x1_c")
      change = net.slice(x, axis: 1, count: added)
      new = net.slice(x, axis: 1, count: growth)
    }
    let sum = net.add(net.slice(path, axis: 1, count: added), change)
    let joined = net.slice(path, axis: 1, count: max(0, net.dimension(path, 1) - added))
    return net.concatenate([sum, joined, new], axis: 1)
  }
}
