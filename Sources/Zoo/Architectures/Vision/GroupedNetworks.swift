import Workloads

/// MobileNet-V1 and ResNeXt-50 whose 3×3 convolutions have groups of one size, or one number of
/// groups, throughout.
///
/// With a constant size, wide layers have more groups; with a constant number, wider ones.
enum GroupedNetworks: NetworkFamily {
  static let members = [
    definition("e2gc_mobilenetv1", mobileNet), definition("e2gc_resnext50", resNeXt),
  ]

  private static func definition(
    _ name: String, _ body: @escaping @Sendable (WorkloadBuilder, ValueID, Grouping) -> ValueID
  ) -> NetworkDefinition {
    NetworkDefinition(
      name, family: "e2gc",
      source: "N. K. Jha et al., E2GC: Energy-efficient Group Convolution in Deep Neural Networks, "
        + "VLSID 2020",
      settings: [
        NetworkSetting("image", 224, "side of the square picture, pixels"),
        NetworkSetting("group_size", 32, "channels of a group, where 'groups' is 0"),
        NetworkSetting(
          "groups", 0, "groups of every layer; 0 for a constant size", allowed: 0...4096),
      ]
    ) { net, settings in
      let side = settings["image"]
      let picture = net.input("image", [settings.batch, 3, side, side])
      let grouping = Grouping(size: settings["group_size"], groups: settings["groups"])
      net.result(net.classifier(body(net, picture, grouping)))
    }
  }

  struct Grouping: Sendable {
    var size: Int
    /// 0 for groups of `size`.
    var groups: Int

    /// Into how many groups so many channels are cut.
    func groups(of channels: Int) -> Int {
      groups > 0 ? min(groups, channels) : max(1, channels / size)
    }
  }

  private static func mobileNet(
    _ net: WorkloadBuilder, _ image: ValueID, _ grouping: Grouping
  ) -> ValueID {
    var x = net.normalizedConvolution(image, to: 32, kernel: 3, stride: 2, named: "stem")
    let blocks: [(channels: Int, stride: Int)] =
      [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2)]
      + [(Int, Int)](repeating: (512, 1), count: 5) + [(1024, 2), (1024, 1)]
    for (index, block) in blocks.enumerated() {
      net.scope("blocks.\(index)") {
        let width = net.dimension(x, 1)
        x = net.normalizedConvolution(
          x, to: width, kernel: 3, stride: block.stride, groups: grouping.groups(of: width),
          named: "grouped")
        x = net.normalizedConvolution(x, to: block.channels, named: "pointwise")
      }
    }
    return x
  }

  private static func resNeXt(
    _ net: WorkloadBuilder, _ image: ValueID, _ grouping: Grouping
  ) -> ValueID {
    var x = net.normalizedConvolution(image, to: 64, kernel: 7, stride: 2, named: "stem")
    x = net.maxPool(x, kernel: 3, stride: 2, padding: .amount(1))
    for (stage, count) in [3, 4, 6, 3].enumerated() {
      let width = 128 << stage
      for index in 0..<count {
        net.scope("layer\(stage + 1).\(index)") {
          let stride = stage > 0 && index == 0 ? 2 : 1
          let shortcut =
            index > 0
            ? x
            : net.normalizedConvolution(
              x, to: 2 * width, stride: stride, activation: nil, named: "downsample")
          var inner = net.normalizedConvolution(x, to: width, named: "conv1")
          inner = net.normalizedConvolution(
            inner, to: width, kernel: 3, stride: stride, groups: grouping.groups(of: width),
            named: "conv2")
          inner = net.normalizedConvolution(
            inner, to: 2 * width, activation: nil, named: "conv3")
          x = net.activation(.relu, net.add(inner, shortcut))
        }
      }
    }
    return x
  }
}
