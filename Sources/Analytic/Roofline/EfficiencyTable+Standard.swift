import Devices

extension EfficiencyTable {
  /// The table of a device's class.
  public static func standard(for device: Device) -> EfficiencyTable {
    switch device.deviceClass {
    case .gpu: .graphics
    case .cpu: .processor
    case .mobile, .board: .embedded
    case .npu, .fpga: .accelerator
    case .mcu: .microcontroller
    }
  }

  static func kinds(
    _ standard: KernelEfficiency, _ exceptions: [KernelKind: KernelEfficiency]
  ) -> [KernelEfficiency] {
    KernelKind.allCases.map { exceptions[$0] ?? standard }
  }

  /// Graphics processors, with and without matrix units.
  public static let graphics = EfficiencyTable(
    name: "graphics",
    source:
      "shares of kinds: networks of pytorch-image-models on GeForce RTX 3090 and 4090; tilings: "
      + "see TilingEfficiency; elementwise and rows: fp32 kernels on seven GPUs (NeuSight)",
    kinds: kinds(
      KernelEfficiency(compute: 1, bandwidth: 1),
      [
        .groupedConvolution: KernelEfficiency(compute: 0.76, bandwidth: 0.97),
        .depthwiseConvolution: KernelEfficiency(compute: 0.07, bandwidth: 0.66),
        .attention: KernelEfficiency(compute: 1, bandwidth: 0.50),
        .recurrence: KernelEfficiency(compute: 0.4, bandwidth: 0.6),
        .normalization: KernelEfficiency(compute: 1, bandwidth: 0.92),
        .softmax: KernelEfficiency(compute: 1, bandwidth: 0.92),
        .reduction: KernelEfficiency(compute: 1, bandwidth: 0.53),
        .pooling: KernelEfficiency(compute: 1, bandwidth: 0.40),
        .elementwise: KernelEfficiency(compute: 1, bandwidth: 0.92),
        .optimizerUpdate: KernelEfficiency(compute: 1, bandwidth: 0.88),
        .movement: KernelEfficiency(compute: 1, bandwidth: 0.34),
        .gather: KernelEfficiency(compute: 1, bandwidth: 0.34),
        .selection: KernelEfficiency(compute: 1, bandwidth: 0.34),
      ]),
    matrixTiling: TilingEfficiency(
      sizes: [
        (256, 128, 1), (128, 256, 1), (128, 128, 2), (128, 64, 4), (64, 128, 4), (128, 32, 4),
        (64, 64, 8), (16, 128, 8),
      ],
      feed: 10, share: 0.84, bandwidthShare: 0.83, fillBytes: 70, waveQuantization: 0.9,
      splits: [2, 4, 8],
      shortestSplit: 128, splitOverhead: 1e-6, splitTraffic: 0.3, window: 64, isSquareWindow: true,
      drift: .infinity, latencyOutputs: 0),
    vectorTiling: TilingEfficiency(
      sizes: [
        (128, 128, 2), (128, 64, 4), (64, 128, 4), (64, 64, 8), (128, 32, 3), (32, 128, 3),
      ],
      feed: 13, share: 0.89, bandwidthShare: 0.56, fillBytes: 64, waveQuantization: 1, splits: [8],
      shortestSplit: 64, splitOverhead: 3e-6, splitTraffic: 0.3, window: 32,
      isSquareWindow: false, drift: 33, latencyOutputs: 14_000),
    clockHeadroom: 1.19, weightRowShares: ["Pascal": 0.33], inlineECCShare: 0.84, misaligned: 0.74,
    alignment: 8, winogradGain: 1.7,
    cacheShare: 0.4, cacheBandwidthRatio: 3, rowCycles: 370, rowElementCycles: 0.34, clock: 1.4e9,
    launchOverhead: 2.5e-6, dispatch: 6e-6, vectorRatio: 0.0625, deviceDeviation: 0.08,
    networkDeviation: 0.13, termDeviations: [0.15, 0.15, 0.3, 0.4, 0.3, 0.12, 0.2, 0.5],
    energyDeviation: 0.25)
}
