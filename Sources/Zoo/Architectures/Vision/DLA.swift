import Workloads

/// Trees of residual blocks whose outputs are joined at every root.
enum DLA: NetworkFamily {
  enum Block: Sendable {
    case basic
    /// Inside, `width` channels for 64 of the output in each of `groups`, halved.
    case bottleneck(width: Int, groups: Int)
    /// The same in four parts, each read by the next.
    case chain(width: Int, groups: Int)
  }

  struct Configuration: Sendable {
    var name: String
    /// Convolutions of the first two levels, then the heights of four trees.
    var levels: [Int]
    var widths = [16, 32, 128, 256, 512, 1024]
    var block = Block.bottleneck(width: 64, groups: 1)
    /// Whether the first of what a root joins is added to it.
    var rootsAdd = false
  }

  private static let compact = [16, 32, 64, 64, 128, 256]

  static let configurations = [
    Configuration(
      name: "dla34", levels: [1, 1, 1, 2, 2, 1], widths: [16, 32, 64, 128, 256, 512],
      block: .basic),
    Configuration(name: "dla46_c", levels: [1, 1, 1, 2, 2, 1], widths: compact),
    Configuration(
      name: "dla46x_c", levels: [1, 1, 1, 2, 2, 1], widths: compact,
      block: .bottleneck(width: 4, groups: 32)),
    Configuration(
      name: "dla60x_c", levels: [1, 1, 1, 2, 3, 1], widths: compact,
      block: .bottleneck(width: 4, groups: 32)),
    Configuration(name: "dla60", levels: [1, 1, 1, 2, 3, 1]),
    Configuration(
      name: "dla60x", levels: [1, 1, 1, 2, 3, 1], block: .bottleneck(width: 4, groups: 32)),
    Configuration(
      name: "dla60_res2net", levels: [1, 1, 1, 2, 3, 1], block: .chain(width: 28, groups: 1)),
    Configuration(
      name: "dla60_res2next", levels: [1, 1, 1, 2, 3, 1], block: .chain(width: 4, groups: 8)),
    Configuration(name: "dla102", levels: [1, 1, 1, 3, 4, 1], rootsAdd: true),
    Configuration(
      name: "dla102x", levels: [1, 1, 1, 3, 4, 1], block: .bottleneck(width: 4, groups: 32),
      rootsAdd: true),
    Configuration(
      name: "dla102x2", levels: [1, 1, 1, 3, 4, 1], block: .bottleneck(width: 4, groups: 64),
      rootsAdd: true),
    Configuration(name: "dla169", levels: [1, 1, 2, 3, 5, 1], rootsAdd: true),
  ]

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, family: "dla", source: "F. Yu et al., Deep Layer Aggregation, CVPR 2018"
    ) { net, image in
      let (levels, widths) = (configuration.levels, configuration.widths)
      var x = net.normalizedConvolution(image, to: widths[0], kernel: 7, named: "base_layer")
      for level in 0..<2 {
        for index in 0..<levels[level] {
          x = net.normalizedConvolution(
            x, to: widths[level], kernel: 3, stride: level == 1 && index == 0 ? 2 : 1,
            named: "level\(level)")
        }
      }
      for level in 2..<6 {
        x = net.scope("level\(level)") {
          tree(
            net, x, height: levels[level], to: widths[level], stride: 2, joined: [],
            joinsInput: level > 2, configuration)
        }
      }
      return net.classifier(x)
    }
  }

  /// - Parameter joined: what the tree's last root joins besides its own two blocks.
  private static func tree(
    _ net: WorkloadBuilder, _ input: ValueID, height: Int, to width: Int, stride: Int,
    joined: [ValueID], joinsInput: Bool, _ configuration: Configuration
  ) -> ValueID {
    var joined = joined
    var bottom = input
    if stride > 1 && (joinsInput || height == 1) {
      bottom = net.maxPool(input, kernel: stride, stride: stride, named: "downsample")
    }
    if joinsInput { joined.append(bottom) }
    guard height == 1 else {
      let first = tree(
        net, input, height: height - 1, to: width, stride: stride, joined: [], joinsInput: false,
        configuration)
      return tree(
        net, first, height: height - 1, to: width, stride: 1, joined: joined + [first],
        joinsInput: false, configuration)
    }
    if net.dimension(input, 1) != width {
      bottom = net.normalizedConvolution(bottom, to: width, activation: nil, named: "project")
    }
    let first = block(net, input, to: width, stride: stride, shortcut: bottom, configuration.block)
    let second = block(net, first, to: width, stride: 1, shortcut: first, configuration.block)
    var root = net.normalizedConvolution(
      net.concatenate([second, first] + joined, axis: 1), to: width, activation: nil,
      named: "root")
    if configuration.rootsAdd { root = net.add(root, second) }
    return net.activation(.relu, root)
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, to width: Int, stride: Int, shortcut: ValueID,
    _ block: Block
  ) -> ValueID {
    var x: ValueID
    switch block {
    case .basic:
      x = net.normalizedConvolution(input, to: width, kernel: 3, stride: stride, named: "conv1")
      x = net.normalizedConvolution(x, to: width, kernel: 3, activation: nil, named: "conv2")
    case .bottleneck(let base, let groups):
      let inside = width * base / 64 * groups / 2
      x = net.normalizedConvolution(input, to: inside, named: "conv1")
      x = net.normalizedConvolution(
        x, to: inside, kernel: 3, stride: stride, groups: groups, named: "conv2")
      x = net.normalizedConvolution(x, to: width, activation: nil, named: "conv3")
    case .chain(let base, let groups):
      x = SplitResNet.chain(
        net, input, width * base / 64 * groups / 2, 4, stride, groups, isFirst: stride > 1)
      x = net.normalizedConvolution(x, to: width, activation: nil, named: "conv3")
    }
    return net.activation(.relu, net.add(x, shortcut))
  }
}
