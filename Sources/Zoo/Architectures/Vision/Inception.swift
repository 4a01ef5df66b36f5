import Workloads

/// Modules of parallel branches whose channels are joined: GoogLeNet and its successors.
enum Inception: NetworkFamily {
  /// One convolution of a branch with batch normalisation and rectifier.
  struct Step: Sendable {
    var channels: Int
    var kernel: (Int, Int)
    var stride = 1
    var isPadded = true

    /// 1×1.
    static func point(_ channels: Int) -> Step { Step(channels: channels, kernel: (1, 1)) }
    static func square(_ channels: Int, _ side: Int = 3) -> Step {
      Step(channels: channels, kernel: (side, side))
    }
    /// Along the width.
    static func row(_ channels: Int, _ length: Int) -> Step {
      Step(channels: channels, kernel: (1, length))
    }
    /// Along the height.
    static func column(_ channels: Int, _ length: Int) -> Step {
      Step(channels: channels, kernel: (length, 1))
    }
    /// 3×3 without padding.
    static func bare(_ channels: Int, stride: Int = 1) -> Step {
      Step(channels: channels, kernel: (3, 3), stride: stride, isPadded: false)
    }
  }

  enum Branch: Sendable {
    case steps([Step])
    /// A 3×3 mean, then 1×1 to so many channels.
    case mean(Int)
    /// A 3×3 maximum of stride 1, then 1×1 to so many channels.
    case maximum(Int)
    /// A 3×3 maximum of stride 2 without padding.
    case shrink
    /// A row and a column of three after `steps`, side by side.
    case fork([Step], Int)
  }

  static func run(_ net: WorkloadBuilder, _ steps: [Step], _ input: ValueID) -> ValueID {
    var x = input
    for step in steps {
      x = net.normalizedConvolution(
        x, to: step.channels, kernel: step.kernel, stride: step.stride,
        padding: step.isPadded ? .half : .amount(0))
    }
    return x
  }

  static func mix(
    _ net: WorkloadBuilder, _ input: ValueID, _ branches: [Branch], named label: String = "mixed"
  ) -> ValueID {
    net.scope(label) {
      var outputs: [ValueID] = []
      for branch in branches {
        switch branch {
        case .steps(let steps): outputs.append(run(net, steps, input))
        case .mean(let channels):
          let pooled = net.averagePool(input, kernel: 3, stride: 1, padding: .amount(1))
          outputs.append(run(net, [.point(channels)], pooled))
        case .maximum(let channels):
          let pooled = net.maxPool(input, kernel: 3, stride: 1, padding: .amount(1))
          outputs.append(run(net, [.point(channels)], pooled))
        case .shrink: outputs.append(net.maxPool(input, kernel: 3, stride: 2))
        case .fork(let steps, let channels):
          let stem = run(net, steps, input)
          outputs.append(run(net, [.row(channels, 3)], stem))
          outputs.append(run(net, [.column(channels, 3)], stem))
        }
      }
      return net.concatenate(outputs, axis: 1)
    }
  }

  static let members = [
    NetworkDefinition.image(
      "googlenet", family: "inception",
      source: "C. Szegedy et al., Going Deeper with Convolutions, CVPR 2015",
      GoogLeNet.build),
    NetworkDefinition.image(
      "inception_v3", size: 299, family: "inception",
      source: "C. Szegedy et al., Rethinking the Inception Architecture, CVPR 2016",
      InceptionV3.build),
    NetworkDefinition.image(
      "inception_v4", size: 299, family: "inception", source: residualSource, InceptionV4.build),
    NetworkDefinition.image(
      "inception_resnet_v2", size: 299, family: "inception", source: residualSource,
      InceptionResNetV2.build),
  ]

  private static let residualSource =
    "C. Szegedy et al., Inception-v4, Inception-ResNet, AAAI 2017"

  static let noAuxiliary =
    "the auxiliary classifiers, which only training computes, are left out"
}

/// As torchvision builds it: with batch normalisation, and 3×3 where the paper has 5×5.
enum GoogLeNet {
  /// Channels of the four branches; the second and third first go through the narrower.
  private static func module(
    _ point: Int, _ narrow: Int, _ wide: Int, _ narrower: Int, _ second: Int, _ pooled: Int
  ) -> [Inception.Branch] {
    [
      .steps([.point(point)]), .steps([.point(narrow), .square(wide)]),
      .steps([.point(narrower), .square(second)]), .maximum(pooled),
    ]
  }

  private static let third = [
    module(64, 96, 128, 16, 32, 32), module(128, 128, 192, 32, 96, 64),
  ]
  private static let fourth = [
    module(192, 96, 208, 16, 48, 64), module(160, 112, 224, 24, 64, 64),
    module(128, 128, 256, 24, 64, 64), module(112, 144, 288, 32, 64, 64),
    module(256, 160, 320, 32, 128, 128),
  ]
  private static let fifth = [
    module(256, 160, 320, 32, 128, 128), module(384, 192, 384, 48, 128, 128),
  ]

  @Sendable static func build(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    net.assumptions.append(Inception.noAuxiliary)
    var x = net.normalizedConvolution(image, to: 64, kernel: 7, stride: 2, named: "conv1")
    x = net.maxPool(x, kernel: 3, stride: 2, roundUp: true)
    x = Inception.run(net, [.point(64), .square(192)], x)
    x = net.maxPool(x, kernel: 3, stride: 2, roundUp: true)
    for module in third { x = Inception.mix(net, x, module, named: "inception3") }
    x = net.maxPool(x, kernel: 3, stride: 2, roundUp: true)
    for module in fourth { x = Inception.mix(net, x, module, named: "inception4") }
    x = net.maxPool(x, kernel: 2, stride: 2, roundUp: true)
    for module in fifth { x = Inception.mix(net, x, module, named: "inception5") }
    return net.classifier(x)
  }
}

enum InceptionV3 {
  private static let stem: [Inception.Step] = [.bare(32, stride: 2), .bare(32), .square(64)]
  private static let second: [Inception.Step] = [.point(80), .bare(192)]

  /// 35×35 at the standard size.
  private static let large = [32, 64, 64].map { pooled -> [Inception.Branch] in
    [
      .steps([.point(64)]), .steps([.point(48), .square(64, 5)]),
      .steps([.point(64), .square(96), .square(96)]), .mean(pooled),
    ]
  }
  private static let toMiddle: [Inception.Branch] = [
    .steps([.bare(384, stride: 2)]),
    .steps([.point(64), .square(96), .bare(96, stride: 2)]), .shrink,
  ]
  /// 17×17, with 7×7 factored into rows and columns.
  private static let middle = [128, 160, 160, 192].map { width -> [Inception.Branch] in
    [
      .steps([.point(192)]), .steps([.point(width), .row(width, 7), .column(192, 7)]),
      .steps([
        .point(width), .column(width, 7), .row(width, 7), .column(width, 7), .row(192, 7),
      ]),
      .mean(192),
    ]
  }
  private static let toSmall: [Inception.Branch] = [
    .steps([.point(192), .bare(320, stride: 2)]),
    .steps([.point(192), .row(192, 7), .column(192, 7), .bare(192, stride: 2)]), .shrink,
  ]
  /// 8×8.
  private static let small: [Inception.Branch] = [
    .steps([.point(320)]), .fork([.point(384)], 384), .fork([.point(448), .square(384)], 384),
    .mean(192),
  ]

  @Sendable static func build(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    net.assumptions.append(Inception.noAuxiliary)
    var x = net.maxPool(Inception.run(net, stem, image), kernel: 3, stride: 2)
    x = net.maxPool(Inception.run(net, second, x), kernel: 3, stride: 2)
    for module in large { x = Inception.mix(net, x, module, named: "mixed5") }
    x = Inception.mix(net, x, toMiddle, named: "mixed6a")
    for module in middle { x = Inception.mix(net, x, module, named: "mixed6") }
    x = Inception.mix(net, x, toSmall, named: "mixed7a")
    for _ in 0..<2 { x = Inception.mix(net, x, small, named: "mixed7") }
    return net.classifier(x)
  }
}

enum InceptionV4 {
  private static let stem: [Inception.Step] = [.bare(32, stride: 2), .bare(32), .square(64)]
  private static let stemModules: [[Inception.Branch]] = [
    [.shrink, .steps([.bare(96, stride: 2)])],
    [
      .steps([.point(64), .bare(96)]),
      .steps([.point(64), .row(64, 7), .column(64, 7), .bare(96)]),
    ],
    [.steps([.bare(192, stride: 2)]), .shrink],
  ]
  private static let large: [Inception.Branch] = [
    .steps([.point(96)]), .steps([.point(64), .square(96)]),
    .steps([.point(64), .square(96), .square(96)]), .mean(96),
  ]
  private static let toMiddle: [Inception.Branch] = [
    .steps([.bare(384, stride: 2)]),
    .steps([.point(192), .square(224), .bare(256, stride: 2)]), .shrink,
  ]
  private static let middle: [Inception.Branch] = [
    .steps([.point(384)]), .steps([.point(192), .row(224, 7), .column(256, 7)]),
    .steps([.point(192), .column(192, 7), .row(224, 7), .column(224, 7), .row(256, 7)]),
    .mean(128),
  ]
  private static let toSmall: [Inception.Branch] = [
    .steps([.point(192), .bare(192, stride: 2)]),
    .steps([.point(256), .row(256, 7), .column(320, 7), .bare(320, stride: 2)]), .shrink,
  ]
  private static let small: [Inception.Branch] = [
    .steps([.point(256)]), .fork([.point(384)], 256),
    .fork([.point(384), .column(448, 3), .row(512, 3)], 256), .mean(256),
  ]

  @Sendable static func build(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    var x = Inception.run(net, stem, image)
    for module in stemModules { x = Inception.mix(net, x, module, named: "stem") }
    for _ in 0..<4 { x = Inception.mix(net, x, large, named: "inception_a") }
    x = Inception.mix(net, x, toMiddle, named: "reduction_a")
    for _ in 0..<7 { x = Inception.mix(net, x, middle, named: "inception_b") }
    x = Inception.mix(net, x, toSmall, named: "reduction_b")
    for _ in 0..<3 { x = Inception.mix(net, x, small, named: "inception_c") }
    return net.classifier(x)
  }
}

/// Modules that are added, scaled down, to what they read.
enum InceptionResNetV2 {
  private static let stem: [Inception.Step] = [.bare(32, stride: 2), .bare(32), .square(64)]
  private static let second: [Inception.Step] = [.point(80), .bare(192)]
  private static let first: [Inception.Branch] = [
    .steps([.point(96)]), .steps([.point(48), .square(64, 5)]),
    .steps([.point(64), .square(96), .square(96)]), .mean(64),
  ]
  private static let large: [Inception.Branch] = [
    .steps([.point(32)]), .steps([.point(32), .square(32)]),
    .steps([.point(32), .square(48), .square(64)]),
  ]
  private static let toMiddle: [Inception.Branch] = [
    .steps([.bare(384, stride: 2)]),
    .steps([.point(256), .square(256), .bare(384, stride: 2)]), .shrink,
  ]
  private static let middle: [Inception.Branch] = [
    .steps([.point(192)]), .steps([.point(128), .row(160, 7), .column(192, 7)]),
  ]
  private static let toSmall: [Inception.Branch] = [
    .steps([.point(256), .bare(384, stride: 2)]), .steps([.point(256), .bare(288, stride: 2)]),
    .steps([.point(256), .square(288), .bare(320, stride: 2)]), .shrink,
  ]
  private static let small: [Inception.Branch] = [
    .steps([.point(192)]), .steps([.point(192), .row(224, 3), .column(256, 3)]),
  ]

  @Sendable static func build(_ net: WorkloadBuilder, _ image: ValueID) -> ValueID {
    var x = net.maxPool(Inception.run(net, stem, image), kernel: 3, stride: 2)
    x = net.maxPool(Inception.run(net, second, x), kernel: 3, stride: 2)
    x = Inception.mix(net, x, first, named: "mixed_5b")
    for _ in 0..<10 { x = residual(net, x, large, named: "block35") }
    x = Inception.mix(net, x, toMiddle, named: "mixed_6a")
    for _ in 0..<20 { x = residual(net, x, middle, named: "block17") }
    x = Inception.mix(net, x, toSmall, named: "mixed_7a")
    for index in 0..<10 { x = residual(net, x, small, isLast: index == 9, named: "block8") }
    return net.classifier(net.normalizedConvolution(x, to: 1536, named: "conv2d_7b"))
  }

  private static func residual(
    _ net: WorkloadBuilder, _ input: ValueID, _ branches: [Inception.Branch],
    isLast: Bool = false, named label: String
  ) -> ValueID {
    net.scope(label) {
      let mixed = Inception.mix(net, input, branches)
      let change = net.convolution(mixed, to: net.dimension(input, 1), bias: true)
      let sum = net.add(net.activation(.multiply, change, named: "scale"), input)
      return isLast ? sum : net.activation(.relu, sum)
    }
  }
}
