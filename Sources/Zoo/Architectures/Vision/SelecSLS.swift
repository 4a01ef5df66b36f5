import Workloads

/// Blocks that join three depths of their own and what the first block of the stage left behind.
enum SelecSLS: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    /// For each stage, channels inside its blocks and their outputs.
    var stages: [(inside: Int, outputs: [Int])]
    /// Kernel, channels and stride of the convolutions at the end.
    var head: [(kernel: Int, channels: Int, stride: Int)]
  }

  private static let stages42: [(inside: Int, outputs: [Int])] = [
    (64, [64, 128]), (144, [144, 288]), (304, [304, 480]),
  ]
  private static let stages60: [(inside: Int, outputs: [Int])] = [
    (64, [64, 128]), (128, [128, 128, 288]), (288, [288, 288, 288, 416]),
  ]
  private static let stages84: [(inside: Int, outputs: [Int])] = [
    (64, [64, 144]), (144, [144, 144, 144, 144, 304]), (304, [304, 304, 304, 304, 304, 512]),
  ]

  static let configurations = [
    Configuration(
      name: "selecsls42", stages: stages42,
      head: [(3, 960, 2), (3, 1024, 1), (3, 1024, 2), (1, 1280, 1)]),
    Configuration(
      name: "selecsls42b", stages: stages42,
      head: [(3, 960, 2), (3, 1024, 1), (3, 1280, 2), (1, 1024, 1)]),
    Configuration(
      name: "selecsls60", stages: stages60,
      head: [(3, 756, 2), (3, 1024, 1), (3, 1024, 2), (1, 1280, 1)]),
    Configuration(
      name: "selecsls60b", stages: stages60,
      head: [(3, 756, 2), (3, 1024, 1), (3, 1280, 2), (1, 1024, 1)]),
    Configuration(
      name: "selecsls84", stages: stages84,
      head: [(3, 960, 2), (3, 1024, 1), (3, 1024, 2), (3, 1280, 1)]),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "selecsls", source: "D. Mehta et al., XNect, SIGGRAPH 2020"
    ) { net, image in
      var x = net.normalizedConvolution(image, to: 32, kernel: 3, stride: 2, named: "stem")
      for stage in configuration.stages {
        var left: ValueID?
        for output in stage.outputs {
          net.scope("block") {
            x = block(net, x, left, inside: stage.inside, to: output)
            left = left ?? x
          }
        }
      }
      for (kernel, channels, stride) in configuration.head {
        x = net.normalizedConvolution(
          x, to: channels, kernel: kernel, stride: stride, named: "head")
      }
      return net.classifier(x)
    }
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, _ left: ValueID?, inside: Int, to output: Int
  ) -> ValueID {
    let first = net.normalizedConvolution(
      input, to: inside, kernel: 3, stride: left == nil ? 2 : 1, named: "conv1")
    var x = net.normalizedConvolution(first, to: inside, named: "conv2")
    let second = net.normalizedConvolution(x, to: inside / 2, kernel: 3, named: "conv3")
    x = net.normalizedConvolution(second, to: inside, named: "conv4")
    let third = net.normalizedConvolution(x, to: inside / 2, kernel: 3, named: "conv5")
    var joined = [first, second, third]
    if let left { joined.append(left) }
    return net.normalizedConvolution(
      net.concatenate(joined, axis: 1), to: output, named: "conv6")
  }
}
