import Workloads

/// Squeeze-and-excitation networks in the layout of their first PyTorch port: pooling without
/// padding, and bottlenecks that shrink in their first convolution unless they are grouped.
enum LegacySENet: NetworkFamily {
  enum Block: Sendable { case basic, bottleneck, aggregated, senet }

  static let configurations: [(name: String, block: Block, blocks: [Int])] = [
    ("legacy_seresnet18", .basic, [2, 2, 2, 2]),
    ("legacy_seresnet34", .basic, [3, 4, 6, 3]),
    ("legacy_seresnet50", .bottleneck, [3, 4, 6, 3]),
    ("legacy_seresnet101", .bottleneck, [3, 4, 23, 3]),
    ("legacy_seresnet152", .bottleneck, [3, 8, 36, 3]),
    ("legacy_senet154", .senet, [3, 8, 36, 3]),
    ("legacy_seresnext26_32x4d", .aggregated, [2, 2, 2, 2]),
    ("legacy_seresnext50_32x4d", .aggregated, [3, 4, 6, 3]),
    ("legacy_seresnext101_32x4d", .aggregated, [3, 4, 23, 3]),
  ]

  static let members = configurations.map { name, block, blocks in
    NetworkDefinition.image(
      name, family: "senet", source: "J. Hu et al., Squeeze-and-Excitation Networks, CVPR 2018"
    ) { net, image in
      var x = image
      if block == .senet {
        for (index, width) in [64, 64, 128].enumerated() {
          x = net.normalizedConvolution(
            x, to: width, kernel: 3, stride: index == 0 ? 2 : 1, named: "layer0")
        }
      } else {
        x = net.normalizedConvolution(x, to: 64, kernel: 7, stride: 2, named: "layer0")
      }
      x = net.maxPool(x, kernel: 3, stride: 2, roundUp: true)
      for (stage, count) in blocks.enumerated() {
        net.scope("layer\(stage + 1)") {
          for index in 0..<count {
            net.scope("\(index)") {
              x = residual(net, x, 64 << stage, stride: stage > 0 && index == 0 ? 2 : 1, block)
            }
          }
        }
      }
      return net.classifier(x, named: "last_linear")
    }
  }

  private static func residual(
    _ net: WorkloadBuilder, _ input: ValueID, _ width: Int, stride: Int, _ block: Block
  ) -> ValueID {
    func unit(
      _ x: ValueID, _ channels: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1,
      _ function: ElementwiseFunction? = .relu
    ) -> ValueID {
      net.normalizedConvolution(
        x, to: channels, kernel: kernel, stride: stride, groups: groups, activation: function)
    }
    let output = block == .basic ? width : 4 * width
    var x: ValueID
    switch block {
    case .basic:
      x = unit(unit(input, width, kernel: 3, stride: stride), width, kernel: 3)
    case .bottleneck:
      x = unit(unit(input, width, stride: stride), width, kernel: 3)
    case .aggregated:
      x = unit(unit(input, 2 * width), 2 * width, kernel: 3, stride: stride, groups: 32)
    case .senet:
      x = unit(unit(input, 2 * width), 4 * width, kernel: 3, stride: stride, groups: 64)
    }
    if block != .basic { x = unit(x, output, nil) }
    x = net.squeezeExcite(x, reduced: output / 16)
    guard stride != 1 || net.dimension(input, 1) != output else {
      return net.activation(.relu, net.add(x, input))
    }
    let shortcut = unit(
      input, output, kernel: block == .senet && stride == 2 ? 3 : 1, stride: stride, nil)
    return net.activation(.relu, net.add(x, shortcut))
  }
}
