import Workloads

/// Networks that a search over mobile blocks found for a phone: MnasNet, with squeeze-and-excitation
/// SEMNASNet (A1), FBNet-C and Single-Path NAS.
enum MnasNet: NetworkFamily {
  static let members: [NetworkDefinition] =
    networks.map {
      $0.definition(
        family: "mnasnet",
        source: "M. Tan et al., MnasNet: Platform-Aware Neural Architecture Search for Mobile, "
          + "CVPR 2019")
    }
    + [
      MobileNetwork(
        name: "fbnetc_100", stages: fbnetStages, head: .convolution(1984), stem: 16
      ).definition(
        family: "fbnet",
        source: "B. Wu et al., FBNet: Hardware-Aware Efficient ConvNet Design via Differentiable "
          + "Neural Architecture Search, CVPR 2019"),
      MobileNetwork(
        name: "spnasnet_100", stages: singlePathStages, head: .convolution(1280)
      ).definition(
        family: "spnasnet",
        source: "D. Stamoulis et al., Single-Path NAS: Designing Hardware-Efficient ConvNets in "
          + "Less Than 4 Hours, ECML-PKDD 2019"),
    ]

  private static let networks: [MobileNetwork] =
    [("050", 0.5), ("075", 0.75), ("100", 1), ("140", 1.4)].flatMap { name, width in
      [
        MobileNetwork(
          name: "mnasnet_\(name)", stages: plainStages, head: .convolution(1280), width: width),
        MobileNetwork(
          name: "semnasnet_\(name)", stages: squeezedStages, head: .convolution(1280),
          width: width),
      ]
    }
    + [MobileNetwork(name: "mnasnet_small", stages: smallStages, head: .convolution(1280), stem: 8)]

  private static let plainStages: [[MobileBlock]] = [
    [.separable(16, residual: false)],
    [.inverted(24, by: 3, stride: 2, repeats: 3)],
    [.inverted(40, by: 3, kernel: 5, stride: 2, repeats: 3)],
    [.inverted(80, by: 6, kernel: 5, stride: 2, repeats: 3)],
    [.inverted(96, by: 6, repeats: 2)],
    [.inverted(192, by: 6, kernel: 5, stride: 2, repeats: 4)],
    [.inverted(320, by: 6, residual: false)],
  ]

  private static let squeezedStages: [[MobileBlock]] = [
    [.separable(16, residual: false)],
    [.inverted(24, by: 6, stride: 2, repeats: 2)],
    [.inverted(40, by: 3, kernel: 5, stride: 2, repeats: 3, squeeze: 0.25)],
    [.inverted(80, by: 6, stride: 2, repeats: 4)],
    [.inverted(112, by: 6, repeats: 2, squeeze: 0.25)],
    [.inverted(160, by: 6, kernel: 5, stride: 2, repeats: 3, squeeze: 0.25)],
    [.inverted(320, by: 6)],
  ]

  private static let smallStages: [[MobileBlock]] = [
    [.separable(8)],
    [.inverted(16, by: 3, stride: 2)],
    [.inverted(16, by: 6, stride: 2, repeats: 2)],
    [.inverted(32, by: 6, kernel: 5, stride: 2, repeats: 4, squeeze: 0.25)],
    [.inverted(32, by: 6, repeats: 3, squeeze: 0.25)],
    [.inverted(88, by: 6, kernel: 5, stride: 2, repeats: 3, squeeze: 0.25)],
    [.inverted(144, by: 6)],
  ]

  private static let fbnetStages: [[MobileBlock]] = [
    [.inverted(16, by: 1)],
    [.inverted(24, by: 6, stride: 2), .inverted(24, by: 1, repeats: 2)],
    [
      .inverted(32, by: 6, kernel: 5, stride: 2), .inverted(32, by: 3, kernel: 5),
      .inverted(32, by: 6, kernel: 5), .inverted(32, by: 6),
    ],
    [
      .inverted(64, by: 6, kernel: 5, stride: 2), .inverted(64, by: 3, kernel: 5),
      .inverted(64, by: 6, kernel: 5, repeats: 2),
    ],
    [.inverted(112, by: 6, kernel: 5, repeats: 3), .inverted(112, by: 3, kernel: 5)],
    [.inverted(184, by: 6, kernel: 5, stride: 2, repeats: 4)],
    [.inverted(352, by: 6)],
  ]

  private static let singlePathStages: [[MobileBlock]] = [
    [.separable(16, residual: false)],
    [.inverted(24, by: 3, stride: 2, repeats: 3)],
    [.inverted(40, by: 6, kernel: 5, stride: 2), .inverted(40, by: 3, repeats: 3)],
    [.inverted(80, by: 6, kernel: 5, stride: 2), .inverted(80, by: 3, repeats: 3)],
    [.inverted(96, by: 6, kernel: 5), .inverted(96, by: 3, kernel: 5, repeats: 3)],
    [.inverted(192, by: 6, kernel: 5, stride: 2, repeats: 4)],
    [.inverted(320, by: 6, residual: false)],
  ]
}
