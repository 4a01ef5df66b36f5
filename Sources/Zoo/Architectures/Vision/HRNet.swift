import Workloads

/// Branches of one, two, three and four resolutions side by side, which read each other after every
/// few blocks.
enum HRNet: NetworkFamily {
  struct Configuration: Sendable {
    var name: String
    /// Channels of the finest branch; each coarser one has twice as many.
    var width: Int
    /// Bottlenecks before the branches, and what their outputs are four times.
    var stemBlocks = 4
    var stemWidth = 64
    /// How often stages of two, three and four branches are repeated.
    var modules = [1, 4, 3]
    /// Blocks of each branch between two exchanges.
    var blocks = 4
    var headHasBias = true
  }

  static let configurations =
    [
      Configuration(
        name: "hrnet_w18_small", width: 16, stemBlocks: 1, stemWidth: 32, modules: [1, 1, 1],
        blocks: 2),
      Configuration(
        name: "hrnet_w18_small_v2", width: 18, stemBlocks: 2, modules: [1, 3, 2], blocks: 2),
      Configuration(name: "hrnet_w18_ssld", width: 18, headHasBias: false),
      Configuration(name: "hrnet_w48_ssld", width: 48, headHasBias: false),
    ] + [18, 30, 32, 40, 44, 48, 64].map { Configuration(name: "hrnet_w\($0)", width: $0) }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "hrnet",
      source: "J. Wang et al., Deep High-Resolution Representation Learning, TPAMI 2020"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = net.normalizedConvolution(image, to: 64, kernel: 3, stride: 2, named: "conv1")
    x = net.normalizedConvolution(x, to: 64, kernel: 3, stride: 2, named: "conv2")
    for _ in 0..<configuration.stemBlocks {
      x = bottleneck(net, x, configuration.stemWidth)
    }
    var branches = [x]
    for (index, repeats) in configuration.modules.enumerated() {
      net.scope("stage\(index + 2)") {
        branches = widened(net, branches, configuration.width)
        for _ in 0..<repeats {
          branches = branches.map { branch in
            var x = branch
            for _ in 0..<configuration.blocks { x = basic(net, x) }
            return x
          }
          branches = exchanged(net, branches)
        }
      }
    }
    return net.scope("head") {
      var y: ValueID?
      for (index, branch) in branches.enumerated() {
        let wide = bottleneck(net, branch, 32 << index)
        guard let finer = y else {
          y = wide
          continue
        }
        let down = net.convolution(
          finer, to: 128 << index, kernel: 3, stride: 2, bias: configuration.headHasBias,
          named: "downsample")
        y = net.add(wide, net.normalizedActivation(down))
      }
      let last = net.convolution(
        y ?? x, to: 2048, bias: configuration.headHasBias, named: "final_layer")
      return net.classifier(net.normalizedActivation(last))
    }
  }

  /// One more branch, half as fine as the last, and the widths of the stage.
  private static func widened(_ net: WorkloadBuilder, _ branches: [ValueID], _ width: Int)
    -> [ValueID]
  {
    var result: [ValueID] = []
    for (index, branch) in branches.enumerated() {
      result.append(
        net.dimension(branch, 1) == width << index
          ? branch
          : net.normalizedConvolution(
            branch, to: width << index, kernel: 3, named: "transition"))
    }
    if let last = branches.last {
      result.append(
        net.normalizedConvolution(
          last, to: width << branches.count, kernel: 3, stride: 2, named: "transition"))
    }
    return result
  }

  /// Every branch becomes the sum of all, each brought to its resolution: up by repeating pixels,
  /// down by convolutions of stride 2.
  private static func exchanged(_ net: WorkloadBuilder, _ branches: [ValueID]) -> [ValueID] {
    var result: [ValueID] = []
    for (to, target) in branches.enumerated() {
      let shape = net.shape(target)
      var sum: ValueID?
      for (from, source) in branches.enumerated() {
        var x = source
        if from > to {
          x = net.normalizedConvolution(x, to: shape[1], activation: nil, named: "fuse")
          x = net.resize(x, height: shape[2], width: shape[3])
        }
        for step in from..<max(from, to) {
          let isLast = step == to - 1
          x = net.normalizedConvolution(
            x, to: isLast ? shape[1] : net.dimension(x, 1), kernel: 3, stride: 2,
            activation: isLast ? nil : .relu, named: "fuse")
        }
        sum = sum.map { net.add($0, x) } ?? x
      }
      result.append(net.activation(.relu, sum ?? target))
    }
    return result
  }

  private static func basic(_ net: WorkloadBuilder, _ input: ValueID) -> ValueID {
    let width = net.dimension(input, 1)
    var x = net.normalizedConvolution(input, to: width, kernel: 3, named: "conv1")
    x = net.normalizedConvolution(x, to: width, kernel: 3, activation: nil, named: "conv2")
    return net.activation(.relu, net.add(x, input))
  }

  private static func bottleneck(_ net: WorkloadBuilder, _ input: ValueID, _ width: Int)
    -> ValueID
  {
    var x = net.normalizedConvolution(input, to: width, named: "conv1")
    x = net.normalizedConvolution(x, to: width, kernel: 3, named: "conv2")
    x = net.normalizedConvolution(x, to: 4 * width, activation: nil, named: "conv3")
    let shortcut =
      net.dimension(input, 1) == 4 * width
      ? input
      : net.normalizedConvolution(input, to: 4 * width, activation: nil, named: "downsample")
    return net.activation(.relu, net.add(x, shortcut))
  }
}
