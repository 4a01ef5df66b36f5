import Workloads

/// Networks that were searched for or shrunk within the space of MobileNet V3 and EfficientNet:
/// FBNet V3, HardCoRe-NAS, TinyNet and PP-LCNet.
enum SearchedMobileNets: NetworkFamily {
  static let members: [NetworkDefinition] =
    thirdFBNets.map {
      $0.definition(
        family: "fbnet",
        source: "X. Dai et al., FBNetV3: Joint Architecture-Recipe Search using Predictor "
          + "Pretraining, CVPR 2021")
    }
    + hardCoReNAS.map {
      $0.definition(
        family: "hardcorenas",
        source: "N. Nayman et al., HardCoRe-NAS: Hard Constrained diffeRentiable Neural "
          + "Architecture Search, ICML 2021")
    }
    + tinyNets.map {
      $0.definition(
        family: "tinynet",
        source: "K. Han et al., Model Rubik's Cube: Twisting Resolution, Depth and Width for "
          + "TinyNets, NeurIPS 2020")
    }
    + lcNets.map {
      $0.definition(
        family: "lcnet",
        source: "C. Cui et al., PP-LCNet: A Lightweight CPU Convolutional Neural Network, "
          + "arXiv:2109.15099")
    }

  // MARK: - FBNet V3

  private static func thirdFBNet(_ name: String, stem: Int, _ stages: [[MobileBlock]])
    -> MobileNetwork
  {
    MobileNetwork(
      name: name, stages: stages,
      head: .pooledConvolution(1984, bias: false, normalized: false), stem: stem,
      roundingLimit: 0.95, activation: .hardSwish,
      squeezeExcite: MobileNetwork.SqueezeExcite(isRounded: true, gate: .hardSigmoid))
  }

  private static let thirdFBNets: [MobileNetwork] = [
    thirdFBNet(
      "fbnetv3_b", stem: 16,
      [
        [.separable(16, repeats: 2)],
        [.inverted(24, by: 4, kernel: 5, stride: 2), .inverted(24, by: 2, kernel: 5, repeats: 3)],
        [
          .inverted(40, by: 5, kernel: 5, stride: 2, squeeze: 0.25),
          .inverted(40, by: 3, kernel: 5, repeats: 4, squeeze: 0.25),
        ],
        [.inverted(72, by: 5, kernel: 5, stride: 2), .inverted(72, by: 3, repeats: 4)],
        [
          .inverted(120, by: 5, squeeze: 0.25),
          .inverted(120, by: 3, kernel: 5, repeats: 5, squeeze: 0.25),
        ],
        [
          .inverted(184, by: 6, stride: 2, squeeze: 0.25),
          .inverted(184, by: 4, kernel: 5, repeats: 5, squeeze: 0.25),
          .inverted(224, by: 6, kernel: 5, squeeze: 0.25),
        ],
        [.plain(1344, kernel: 1)],
      ]),
    thirdFBNet(
      "fbnetv3_d", stem: 24,
      [
        [.separable(16, repeats: 2)],
        [.inverted(24, by: 5, stride: 2), .inverted(24, by: 2, repeats: 5)],
        [
          .inverted(40, by: 4, kernel: 5, stride: 2, squeeze: 0.25),
          .inverted(40, by: 3, repeats: 4, squeeze: 0.25),
        ],
        [.inverted(72, by: 5, stride: 2), .inverted(72, by: 3, repeats: 4)],
        [
          .inverted(128, by: 5, squeeze: 0.25),
          .inverted(128, by: 3, kernel: 5, repeats: 6, squeeze: 0.25),
        ],
        [
          .inverted(208, by: 6, stride: 2, squeeze: 0.25),
          .inverted(208, by: 5, kernel: 5, repeats: 5, squeeze: 0.25),
          .inverted(240, by: 6, kernel: 5, squeeze: 0.25),
        ],
        [.plain(1440, kernel: 1)],
      ]),
    thirdFBNet(
      "fbnetv3_g", stem: 32,
      [
        [.separable(24, repeats: 3)],
        [.inverted(40, by: 4, kernel: 5, stride: 2), .inverted(40, by: 2, kernel: 5, repeats: 4)],
        [
          .inverted(56, by: 4, kernel: 5, stride: 2, squeeze: 0.25),
          .inverted(56, by: 3, kernel: 5, repeats: 4, squeeze: 0.25),
        ],
        [.inverted(104, by: 5, kernel: 5, stride: 2), .inverted(104, by: 3, repeats: 4)],
        [
          .inverted(160, by: 5, squeeze: 0.25),
          .inverted(160, by: 3, kernel: 5, repeats: 8, squeeze: 0.25),
        ],
        [
          .inverted(264, by: 6, stride: 2, squeeze: 0.25),
          .inverted(264, by: 5, kernel: 5, repeats: 6, squeeze: 0.25),
          .inverted(288, by: 6, kernel: 5, repeats: 2, squeeze: 0.25),
        ],
        [.plain(1728, kernel: 1)],
      ]),
  ]

  // MARK: - HardCoRe-NAS

  private struct Choice: Sendable {
    var kernel: Int
    var expansion: Double
    var isSqueezed: Bool
  }

  private static func plain(_ kernel: Int, _ expansion: Double) -> Choice {
    Choice(kernel: kernel, expansion: expansion, isSqueezed: false)
  }

  private static func squeezed(_ kernel: Int, _ expansion: Double) -> Choice {
    Choice(kernel: kernel, expansion: expansion, isSqueezed: true)
  }

  /// What the search chose for every block of the stages of 24, 40, 80, 112 and 192 channels.
  private static let choices: [(name: String, stages: [[Choice]])] = [
    ("a", choicesA),
    ("b", choicesB),
    ("c", choicesC),
    ("d", choicesD),
    ("e", choicesE),
    ("f", choicesF),
  ]

  private static let choicesA: [[Choice]] = [
    [plain(5, 3), squeezed(5, 3)],
    [plain(5, 3), squeezed(5, 6)],
    [squeezed(5, 6), squeezed(5, 6)],
    [squeezed(5, 6), squeezed(5, 6)],
    [squeezed(5, 6), squeezed(5, 6)],
  ]

  private static let choicesB: [[Choice]] = [
    [plain(5, 3), squeezed(5, 3), plain(3, 3)],
    [plain(5, 3), plain(5, 3), plain(5, 3)],
    [plain(5, 3), plain(5, 3), plain(3, 3), plain(3, 3)],
    [plain(5, 3), plain(3, 3), plain(3, 3), plain(3, 3)],
    [squeezed(5, 6), squeezed(5, 6), squeezed(3, 3)],
  ]

  private static let choicesC: [[Choice]] = [
    [plain(5, 3), squeezed(5, 3)],
    [plain(5, 3), plain(5, 3), plain(5, 3), plain(5, 3)],
    [plain(5, 4), squeezed(5, 6), plain(3, 3), plain(3, 3)],
    [squeezed(5, 6), plain(3, 3), plain(3, 3), plain(3, 3)],
    [squeezed(5, 6), squeezed(5, 6), squeezed(3, 3)],
  ]

  private static let choicesD: [[Choice]] = [
    [squeezed(5, 3), squeezed(5, 3)],
    [squeezed(5, 3), squeezed(5, 4), squeezed(3, 3)],
    [squeezed(5, 4), squeezed(3, 3), squeezed(3, 3), squeezed(3, 3)],
    [squeezed(3, 4), squeezed(5, 4), squeezed(3, 3), squeezed(5, 3)],
    [squeezed(5, 6), squeezed(5, 6), squeezed(5, 6), squeezed(3, 6)],
  ]

  private static let choicesE: [[Choice]] = [
    [squeezed(5, 3), squeezed(5, 3)],
    [squeezed(5, 6), squeezed(5, 4), squeezed(5, 4), squeezed(3, 3)],
    [squeezed(5, 4), squeezed(3, 6)],
    [squeezed(5, 6), squeezed(5, 6), squeezed(5, 6), squeezed(5, 3)],
    [squeezed(5, 6), squeezed(5, 6), squeezed(5, 6), squeezed(3, 6)],
  ]

  private static let choicesF: [[Choice]] = [
    [squeezed(5, 3), squeezed(5, 3)],
    [squeezed(5, 6), squeezed(5, 6)],
    [squeezed(5, 6), squeezed(5, 6), squeezed(3, 3), squeezed(3, 3)],
    [squeezed(3, 6), squeezed(5, 6), squeezed(5, 6), squeezed(3, 3)],
    [squeezed(5, 6), squeezed(5, 6), squeezed(3, 6), squeezed(3, 6)],
  ]

  private static let hardCoReNAS: [MobileNetwork] = choices.map { name, stages in
    MobileNetwork(
      name: "hardcorenas_\(name)", stages: blocks(of: stages),
      head: .pooledConvolution(1280, bias: true, normalized: false), activation: .hardSwish,
      squeezeExcite: MobileNet.squeezeExcite)
  }

  private static func blocks(of choices: [[Choice]]) -> [[MobileBlock]] {
    let plan: [(channels: Int, stride: Int, activation: ElementwiseFunction)] = [
      (24, 2, .relu), (40, 2, .relu), (80, 2, .hardSwish), (112, 1, .hardSwish),
      (192, 2, .hardSwish),
    ]
    var stages: [[MobileBlock]] = [[.separable(16, activation: .relu)]]
    for (stage, choices) in zip(plan, choices) {
      var blocks: [MobileBlock] = []
      for choice in choices {
        let squeeze: Double = choice.isSqueezed ? 0.25 : 0
        blocks.append(
          .inverted(
            stage.channels, by: choice.expansion, kernel: choice.kernel,
            stride: blocks.isEmpty ? stage.stride : 1, squeeze: squeeze,
            activation: stage.activation))
      }
      stages.append(blocks)
    }
    return stages + [[.plain(960, kernel: 1)]]
  }

  // MARK: - TinyNet

  private static let tinyNets: [MobileNetwork] = {
    let scales: [(name: String, width: Double, depth: Double, imageSize: Int)] = [
      ("a", 1, 1.2, 192), ("b", 0.75, 1.1, 188), ("c", 0.54, 0.85, 184), ("d", 0.54, 0.695, 152),
      ("e", 0.51, 0.6, 106),
    ]
    return scales.map { scale in
      MobileNetwork(
        name: "tinynet_\(scale.name)", stages: EfficientNet.stages(squeeze: 0.25),
        head: .convolution(1280), isStemScaled: false, width: scale.width, depth: [scale.depth],
        roundsDepthUp: false, activation: .silu, imageSize: scale.imageSize)
    }
  }()

  // MARK: - PP-LCNet

  private static let lcNets: [MobileNetwork] = {
    let stages: [[MobileBlock]] = [
      [activated(32)],
      [activated(64, stride: 2, repeats: 2)],
      [activated(128, stride: 2, repeats: 2)],
      [activated(256, stride: 2), activated(256, kernel: 5)],
      [activated(256, kernel: 5, repeats: 4)],
      [activated(512, kernel: 5, stride: 2, repeats: 2, squeeze: 0.25)],
    ]
    let widths = [("035", 0.35), ("050", 0.5), ("075", 0.75), ("100", 1), ("150", 1.5)]
    return widths.map { name, width in
      MobileNetwork(
        name: "lcnet_\(name)", stages: stages,
        head: .pooledConvolution(1280, bias: true, normalized: false), stem: 16, width: width,
        activation: .hardSwish,
        squeezeExcite: MobileNetwork.SqueezeExcite(activation: .relu, gate: .hardSigmoid))
    }
  }()

  private static func activated(
    _ channels: Int, kernel: Int = 3, stride: Int = 1, repeats: Int = 1, squeeze: Double = 0
  ) -> MobileBlock {
    .separable(
      channels, kernel: kernel, stride: stride, repeats: repeats, squeeze: squeeze,
      residual: false, activated: true)
  }
}
