import Workloads

/// Networks of pytorch-image-models that combine the blocks, stems and channel attentions of
/// others: GENet, ResNets with tiered stems, and RegNet-Z in stages of its own.
enum ByobNet: NetworkFamily {
  enum Block: Sendable { case basic, bottleneck, edge }
  enum Norm: Sendable { case batch, evolved }

  struct Stage: Sendable {
    var block = Block.bottleneck
    var blocks: Int
    var width: Int
    var stride = 2
    /// Channels of a group of the 3×3 convolution, or 0 for one group.
    var groupWidth = 0
    /// Channels inside a block over those of its output, or of its input when `widensInput`.
    var ratio = 0.25
  }

  struct Configuration: Sendable {
    var name: String
    var stages: [Stage]
    /// Channels of the stem's 3×3 convolutions, the first of stride 2.
    var stem: [Int]
    /// How many of them, from the last, are normalised and activated.
    var stemActivations = 4
    /// Whether a maximum ends the stem; else its last convolution of several has stride 2.
    var poolsStem = false
    var headWidth: Int?
    var activation = ElementwiseFunction.silu
    var norm = Norm.batch
    var attention = ChannelAttention.none
    /// Inverted residuals: wide inside, no activation of the sum, no shortcut where shapes differ.
    var widensInput = false
    var hasExtraConvolution = false
    var imageSize = 256
  }

  static let members = configurations.map { configuration in
    NetworkDefinition.image(
      configuration.name, size: configuration.imageSize, family: "byobnet",
      source: "R. Wightman, PyTorch Image Models, timm/models/byobnet.py"
    ) { net, image in build(net, image, configuration) }
  }

  private static func build(
    _ net: WorkloadBuilder, _ image: ValueID, _ configuration: Configuration
  ) -> ValueID {
    var x = image
    let last = configuration.stem.count - 1
    for (index, width) in configuration.stem.enumerated() {
      let shrinks = index == 0 || (index == last && !configuration.poolsStem)
      x = net.convolution(x, to: width, kernel: 3, stride: shrinks ? 2 : 1, named: "stem")
      if last - index < configuration.stemActivations {
        x = normalized(net, x, configuration)
      }
    }
    if configuration.poolsStem { x = net.maxPool(x, kernel: 3, stride: 2, padding: .amount(1)) }
    for (stageIndex, stage) in configuration.stages.enumerated() {
      net.scope("stages.\(stageIndex)") {
        for index in 0..<stage.blocks {
          net.scope("\(index)") {
            x = block(net, x, stage, stride: index == 0 ? stage.stride : 1, configuration)
          }
        }
      }
    }
    if let width = configuration.headWidth {
      x = unit(net, x, to: width, configuration, named: "final_conv")
    }
    return net.classifier(x)
  }

  private static func block(
    _ net: WorkloadBuilder, _ input: ValueID, _ stage: Stage, stride: Int,
    _ configuration: Configuration
  ) -> ValueID {
    let basis = configuration.widensInput ? net.dimension(input, 1) : stage.width
    let inside = Int(Double(basis) * stage.ratio)
    let groups = stage.groupWidth == 0 ? 1 : inside / stage.groupWidth
    var x = input
    switch stage.block {
    case .basic:
      x = unit(net, x, to: inside, kernel: 3, stride: stride, configuration, named: "conv1")
      x = unit(
        net, x, to: stage.width, kernel: 3, groups: groups, activates: false, configuration,
        named: "conv2")
      x = configuration.attention(net, x)
    case .bottleneck:
      x = unit(net, x, to: inside, configuration, named: "conv1")
      x = unit(
        net, x, to: inside, kernel: 3, stride: stride, groups: groups, configuration,
        named: "conv2")
      if configuration.hasExtraConvolution {
        x = unit(
          net, x, to: inside, kernel: 3, groups: groups, configuration, named: "conv2b")
      }
      x = configuration.attention(net, x)
      x = unit(net, x, to: stage.width, activates: false, configuration, named: "conv3")
    case .edge:
      x = unit(net, x, to: inside, kernel: 3, stride: stride, configuration, named: "conv1")
      x = unit(net, x, to: stage.width, activates: false, configuration, named: "conv2")
    }
    if stride == 1 && net.dimension(input, 1) == stage.width {
      x = net.add(x, input)
    } else if !configuration.widensInput {
      let shortcut = unit(
        net, input, to: stage.width, stride: stride, activates: false, configuration,
        named: "shortcut")
      x = net.add(x, shortcut)
    }
    return configuration.widensInput ? x : net.activation(configuration.activation, x)
  }

  private static func unit(
    _ net: WorkloadBuilder, _ x: ValueID, to channels: Int, kernel: Int = 1, stride: Int = 1,
    groups: Int = 1, activates: Bool = true, _ configuration: Configuration,
    named label: String
  ) -> ValueID {
    normalized(
      net,
      net.convolution(
        x, to: channels, kernel: kernel, stride: stride, groups: groups, named: label),
      activates: activates, configuration)
  }

  private static func normalized(
    _ net: WorkloadBuilder, _ x: ValueID, activates: Bool = true, _ configuration: Configuration
  ) -> ValueID {
    if configuration.norm == .evolved { return net.evolvedNorm(x, activates: activates) }
    let normal = net.batchNorm(x)
    return activates ? net.activation(configuration.activation, normal) : normal
  }
}

// MARK: - Configurations

extension ByobNet {
  static let configurations = efficient + quad + aggregated + short + long + inverted

  /// M. Lin et al., Neural Architecture Design for GPU-Efficient Networks, 2020.
  private static let efficient = [
    gernet("gernet_s", [1, 3, 7, 2, 1], [48, 48, 384, 560, 256], stem: 13, head: 1920, 224),
    gernet("gernet_m", [1, 2, 6, 4, 1], [128, 192, 640, 640, 640], stem: 32, head: 2560, 224),
    gernet("gernet_l", [1, 2, 6, 5, 4], [128, 192, 640, 640, 640], stem: 32, head: 2560, 256),
  ]

  private static func gernet(
    _ name: String, _ blocks: [Int], _ widths: [Int], stem: Int, head: Int, _ size: Int
  ) -> Configuration {
    let stages = (0..<5).map { index in
      Stage(
        block: index < 2 ? .basic : .bottleneck, blocks: blocks[index], width: widths[index],
        stride: index == 4 ? 1 : 2, groupWidth: index < 3 ? 0 : 1,
        ratio: [1, 1, 0.25, 3, 3][index])
    }
    return Configuration(
      name: name, stages: stages, stem: [stem], headWidth: head, activation: .relu,
      imageSize: size)
  }

  private static let quadStages = [
    Stage(blocks: 4, width: 512, groupWidth: 32), Stage(blocks: 6, width: 1536, groupWidth: 32),
    Stage(blocks: 4, width: 1536, groupWidth: 1, ratio: 1),
  ]

  private static let quad = [
    Configuration(
      name: "resnet51q",
      stages: [Stage(blocks: 2, width: 256, stride: 1, groupWidth: 32)] + quadStages,
      stem: [16, 32, 64, 128], stemActivations: 2, headWidth: 2048),
    Configuration(
      name: "resnet61q",
      stages: [Stage(block: .edge, blocks: 1, width: 256, stride: 1, ratio: 1)] + quadStages,
      stem: [16, 32, 64, 128], headWidth: 2048, hasExtraConvolution: true),
  ]

  private static func stages(_ blocks: [Int], _ widths: [Int], groupWidth: Int = 0) -> [Stage] {
    (0..<4).map { index in
      Stage(
        blocks: blocks[index], width: widths[index], stride: index == 0 ? 1 : 2,
        groupWidth: groupWidth)
    }
  }

  private static let standard = [256, 512, 1024, 2048]

  private static let aggregated = [
    ("resnext26ts", ChannelAttention.none), ("gcresnext26ts", .globalContext),
    ("seresnext26ts", .squeezeExcite), ("eca_resnext26ts", .efficient),
  ].map { name, attention in
    Configuration(
      name: name, stages: stages([2, 2, 2, 2], standard, groupWidth: 32), stem: [24, 32, 64],
      poolsStem: true, attention: attention)
  }

  private static let short = [
    ("resnet32ts", ChannelAttention.none, nil), ("resnet33ts", .none, 1280),
    ("gcresnet33ts", .globalContext, 1280), ("seresnet33ts", .squeezeExcite, 1280),
    ("eca_resnet33ts", .efficient, 1280),
  ].map { name, attention, head in
    Configuration(
      name: name, stages: stages([2, 3, 3, 2], [256, 512, 1536, 1536]), stem: [24, 32, 64],
      headWidth: head, attention: attention)
  }

  private static let long = [
    Configuration(
      name: "gcresnet50t", stages: stages([3, 4, 6, 3], standard), stem: [24, 32, 64],
      activation: .relu, attention: .globalContext),
    Configuration(
      name: "gcresnext50ts", stages: stages([3, 4, 6, 3], standard, groupWidth: 32),
      stem: [24, 32, 64], poolsStem: true, attention: .globalContext),
  ]

  private static let inverted = [
    regnetz("regnetz_b16", [2, 6, 12, 2], [48, 96, 192, 288], 16, ratio: 3, head: 1536, 224),
    regnetz("regnetz_c16", [2, 6, 12, 2], [48, 96, 192, 288], 16, head: 1536),
    regnetz("regnetz_d32", [3, 6, 12, 3], [64, 128, 256, 384], 32, stem: tiered, head: 1792),
    regnetz("regnetz_d8", [3, 6, 12, 3], [64, 128, 256, 384], 8, stem: tiered, head: 1792),
    regnetz("regnetz_e8", [3, 8, 16, 3], [96, 192, 384, 512], 8, stem: tiered, head: 2048),
    regnetz(
      "regnetz_b16_evos", [2, 6, 12, 2], [48, 96, 192, 288], 16, ratio: 3, head: 1536, 224,
      .evolved),
    regnetz("regnetz_c16_evos", [2, 6, 12, 2], [48, 96, 192, 288], 16, head: 1536, 256, .evolved),
    regnetz(
      "regnetz_d8_evos", [3, 6, 12, 3], [64, 128, 256, 384], 8, stem: [64, 64, 64], head: 1792,
      256, .evolved),
  ]

  private static let tiered = [24, 32, 64]

  private static func regnetz(
    _ name: String, _ blocks: [Int], _ widths: [Int], _ groupWidth: Int, stem: [Int] = [32],
    ratio: Double = 4, head: Int, _ size: Int = 256, _ norm: Norm = .batch
  ) -> Configuration {
    let stages = (0..<4).map { index in
      Stage(
        blocks: blocks[index], width: widths[index],
        stride: index == 0 && stem.count > 1 ? 1 : 2, groupWidth: groupWidth, ratio: ratio)
    }
    return Configuration(
      name: name, stages: stages, stem: stem, headWidth: head, norm: norm,
      attention: .squeezeExcite(ratio: 0.25), widensInput: true, imageSize: size)
  }
}
