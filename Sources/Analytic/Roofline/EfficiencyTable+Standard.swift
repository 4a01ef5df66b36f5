import Devices

extension EfficiencyTable {
  /// The table of a device's class.
  public static func standard(for device: Device) -> EfficiencyTable {
    switch device.deviceClass {
    case .gpu: .graphics
    case .cpu, .mobile, .board: .processor
    case .npu, .fpga: .accelerator
    case .mcu: .microcontroller
    }
  }

  private static func kinds(
    _ standard: KernelEfficiency, _ exceptions: [KernelKind: KernelEfficiency]
  ) -> [KernelEfficiency] {
    KernelKind.allCases.map { exceptions[$0] ?? standard }
  }

  /// Graphics processors, with and without matrix units.
  public static let graphics = EfficiencyTable(
    name: "graphics",
    source: "convolutions, linear layers and everything element by element: networks of "
      + "pytorch-image-models on GeForce RTX 3090 and 4090",
    kinds: kinds(
      KernelEfficiency(compute: 0.97, bandwidth: 0.92),
      [
        .pointwiseConvolution: KernelEfficiency(compute: 0.97, bandwidth: 0.92),
        .spatialConvolution: KernelEfficiency(compute: 0.97, bandwidth: 0.92),
        .groupedConvolution: KernelEfficiency(compute: 0.70, bandwidth: 0.80),
        .depthwiseConvolution: KernelEfficiency(compute: 0.07, bandwidth: 0.65),
        .linear: KernelEfficiency(compute: 0.97, bandwidth: 0.92),
        .matrixMultiply: KernelEfficiency(compute: 0.97, bandwidth: 0.92),
        .attention: KernelEfficiency(compute: 0.9, bandwidth: 0.48),
        .recurrence: KernelEfficiency(compute: 0.3, bandwidth: 0.6),
        .normalization: KernelEfficiency(compute: 0.97, bandwidth: 0.7),
        .softmax: KernelEfficiency(compute: 0.97, bandwidth: 0.7),
        .reduction: KernelEfficiency(compute: 0.97, bandwidth: 0.45),
        .pooling: KernelEfficiency(compute: 0.97, bandwidth: 0.33),
        .movement: KernelEfficiency(compute: 0.97, bandwidth: 0.36),
        .gather: KernelEfficiency(compute: 0.97, bandwidth: 0.36),
      ]),
    matrixTiling: TilingEfficiency(
      tiles: [
        .init(rows: 256, columns: 128, share: 1), .init(rows: 128, columns: 128, share: 1),
        .init(rows: 128, columns: 64, share: 0.84), .init(rows: 128, columns: 32, share: 0.84),
        .init(rows: 64, columns: 128, share: 0.84), .init(rows: 64, columns: 64, share: 0.80),
      ],
      pipelineFill: 16, waveQuantization: 0.45, largestSplit: 16, shortestSplit: 256,
      depthStep: 8),
    vectorTiling: TilingEfficiency(
      tiles: [
        .init(rows: 128, columns: 128, share: 1), .init(rows: 128, columns: 64, share: 0.93),
        .init(rows: 64, columns: 64, share: 0.85), .init(rows: 128, columns: 32, share: 0.52),
        .init(rows: 64, columns: 32, share: 0.52), .init(rows: 32, columns: 32, share: 0.48),
      ],
      pipelineFill: 1.4, waveQuantization: 0.45, largestSplit: 16, shortestSplit: 256,
      depthStep: 8),
    overlap: 2.7, misaligned: 0.7, alignment: 8, cacheShare: 0.5, cacheBandwidthRatio: 2.5,
    launchOverhead: 2.5e-6, dispatch: 6e-6, vectorRatio: 0.0625, deviceDeviation: 0.08,
    networkDeviation: 0.13,
    termDeviations: [0.15, 0.15, 0.3, 0.4, 0.3, 0.12, 0.2, 0.5], energyDeviation: 0.25)

  /// Processors, as inference engines use them.
  public static let processor: EfficiencyTable = {
    var table = graphics
    table.name = "processor"
    return table
  }()

  /// Arrays that multiply, with memory beside them.
  public static let accelerator: EfficiencyTable = {
    var table = graphics
    table.name = "accelerator"
    return table
  }()

  /// Microcontrollers, one instruction at a time.
  public static let microcontroller: EfficiencyTable = {
    var table = graphics
    table.name = "microcontroller"
    return table
  }()
}
