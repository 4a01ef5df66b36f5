import Workloads

/// Stages of plain 3×3 convolutions, each halved by a maximum.
enum VGG: NetworkFamily {
  /// How many convolutions the stages of 64, 128, 256, 512 and 512 channels have.
  private static let depths = [
    ("vgg11", [1, 1, 2, 2, 2]), ("vgg13", [2, 2, 2, 2, 2]),
    ("vgg16", [2, 2, 3, 3, 3]), ("vgg19", [2, 2, 4, 4, 4]),
  ]

  static let members = depths.flatMap { name, counts in
    [false, true].map { isNormalized in
      NetworkDefinition.image(
        isNormalized ? name + "_bn" : name, family: "vgg",
        source: "K. Simonyan, A. Zisserman, Very Deep Convolutional Networks, ICLR 2015"
      ) { net, image in build(net, image, counts, isNormalized: isNormalized) }
    }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ counts: [Int], isNormalized: Bool
  ) -> ValueID {
    var x = image
    net.scope("features") {
      for (stage, count) in counts.enumerated() {
        for _ in 0..<count {
          x = net.convolution(x, to: min(64 << stage, 512), kernel: 3, bias: true)
          if isNormalized { x = net.batchNorm(x) }
          x = net.activation(.relu, x)
        }
        x = net.maxPool(x, kernel: 2, stride: 2)
      }
    }
    x = net.flatten(net.adaptiveAveragePool(x, size: 7))
    return net.scope("classifier") {
      for label in ["0", "3"] {
        x = net.activation(.relu, net.linear(x, to: 4096, named: label))
      }
      return net.linear(x, to: 1000, named: "6")
    }
  }
}
