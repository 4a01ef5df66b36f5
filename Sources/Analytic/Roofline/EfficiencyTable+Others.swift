extension EfficiencyTable {
  /// Processors of desktops and servers under a framework's compiler.
  public static let processor: EfficiencyTable = {
    var table = graphics
    table.name = "processor"
    table.source =
      "networks of pytorch-image-models in fp32, one picture at a time, on Core i9-10940X and "
      + "i7-12700H"
    table.kinds = kinds(
      KernelEfficiency(compute: 0.3, bandwidth: 0.19),
      [
        .pointwiseConvolution: KernelEfficiency(compute: 0.44, bandwidth: 0.47),
        .spatialConvolution: KernelEfficiency(compute: 0.34, bandwidth: 0.47),
        .groupedConvolution: KernelEfficiency(compute: 0.33, bandwidth: 0.47),
        .depthwiseConvolution: KernelEfficiency(compute: 0.022, bandwidth: 0.47),
        .linear: KernelEfficiency(compute: 0.40, bandwidth: 0.47),
        .matrixMultiply: KernelEfficiency(compute: 0.23, bandwidth: 0.47),
        .attention: KernelEfficiency(compute: 0.24, bandwidth: 0.47),
        .elementwise: KernelEfficiency(compute: 0.3, bandwidth: 0.16),
        .normalization: KernelEfficiency(compute: 0.3, bandwidth: 0.16),
        .pooling: KernelEfficiency(compute: 0.3, bandwidth: 0.16),
        .optimizerUpdate: KernelEfficiency(compute: 0.3, bandwidth: 0.4),
      ])
    table.vectorTiling = registers(rows: 8, columns: 16, fillBytes: 220)
    table.matrixTiling = registers(rows: 16, columns: 16, fillBytes: 220)
    table.takeNothingFromGraphics()
    table.termDeviations = [0.35, 0.35, 0.4, 0.5, 0.4, 0.35, 0.35, 0.6]
    table.cacheShare = 0.6
    table.cacheBandwidthRatio = 4.3
    table.launchOverhead = 45e-6
    table.deviceDeviation = 0.25
    table.networkDeviation = 0.2
    return table
  }()

  /// Telephones and boards under an inference engine.
  public static let embedded: EfficiencyTable = {
    var table = processor
    table.name = "embedded"
    table.source =
      "ncnn's networks on Raspberry Pi 3B+, Zero 2W, 4B, 5, RK3588, RK3228H and H616, four threads"
    table.kinds = kinds(
      KernelEfficiency(compute: 0.5, bandwidth: 0.085),
      [
        .pointwiseConvolution: KernelEfficiency(compute: 0.40, bandwidth: 0.19),
        .spatialConvolution: KernelEfficiency(compute: 0.72, bandwidth: 0.19),
        .groupedConvolution: KernelEfficiency(compute: 0.31, bandwidth: 0.19),
        .depthwiseConvolution: KernelEfficiency(compute: 0.15, bandwidth: 0.19),
        .linear: KernelEfficiency(compute: 0.25, bandwidth: 0.19),
        .matrixMultiply: KernelEfficiency(compute: 0.25, bandwidth: 0.19),
        .attention: KernelEfficiency(compute: 0.25, bandwidth: 0.19),
        .elementwise: KernelEfficiency(compute: 0.5, bandwidth: 0.285),
        .normalization: KernelEfficiency(compute: 0.5, bandwidth: 0.285),
        .pooling: KernelEfficiency(compute: 0.5, bandwidth: 0.285),
        .optimizerUpdate: KernelEfficiency(compute: 0.5, bandwidth: 0.285),
      ])
    table.vectorTiling = registers(rows: 8, columns: 8, fillBytes: 36)
    table.matrixTiling = registers(rows: 16, columns: 16, fillBytes: 64)
    table.cacheShare = 0.65
    table.cacheBandwidthRatio = 8
    table.launchOverhead = 8e-6
    table.deviceDeviation = 0.35
    table.networkDeviation = 0.2
    return table
  }()

  /// Arrays that multiply, with memory beside them. Nobody has fitted them: shares are those that
  /// makers and users report for large products.
  public static let accelerator: EfficiencyTable = {
    var table = graphics
    table.name = "accelerator"
    table.source = "not fitted: typical shares of published runs"
    table.kinds = kinds(
      KernelEfficiency(compute: 0.8, bandwidth: 0.7),
      [
        .groupedConvolution: KernelEfficiency(compute: 0.3, bandwidth: 0.7),
        .depthwiseConvolution: KernelEfficiency(compute: 0.3, bandwidth: 0.7),
        .attention: KernelEfficiency(compute: 0.4, bandwidth: 0.7),
        .recurrence: KernelEfficiency(compute: 0.2, bandwidth: 0.7),
      ])
    table.clockHeadroom = 1
    table.launchOverhead = 5e-6
    table.dispatch = 0
    table.deviceDeviation = 0.4
    table.networkDeviation = 0.25
    return table
  }()

  /// Microcontrollers, one instruction at a time. Not fitted.
  public static let microcontroller: EfficiencyTable = {
    var table = processor
    table.name = "microcontroller"
    table.source = "not fitted: loops of a library for small cores reach about half of the peak"
    table.kinds = kinds(
      KernelEfficiency(compute: 0.5, bandwidth: 0.5),
      [
        .pointwiseConvolution: KernelEfficiency(compute: 0.5, bandwidth: 0.5),
        .spatialConvolution: KernelEfficiency(compute: 0.45, bandwidth: 0.5),
        .depthwiseConvolution: KernelEfficiency(compute: 0.25, bandwidth: 0.5),
      ])
    table.vectorTiling = registers(rows: 1, columns: 4, fillBytes: 16)
    table.matrixTiling = table.vectorTiling
    table.launchOverhead = 20e-6
    table.deviceDeviation = 0.5
    table.networkDeviation = 0.25
    return table
  }()

  /// Tiles that live in a processor's registers; caches hold the operands between them.
  private static func registers(
    rows: Double, columns: Double, fillBytes: Double
  ) -> TilingEfficiency {
    TilingEfficiency(
      sizes: [(rows, columns, 1)], feed: 0, share: 1, bandwidthShare: 1, fillBytes: fillBytes,
      waveQuantization: 1, splits: [], shortestSplit: .infinity, splitOverhead: 0,
      splitTraffic: 0, window: 1e12, isSquareWindow: true, drift: .infinity, latencyOutputs: 0)
  }

  /// What belongs to boards with queues and warps.
  private mutating func takeNothingFromGraphics() {
    clockHeadroom = 1
    weightRowShares = [:]
    inlineECCShare = 1
    misaligned = 1
    alignment = 1
    winogradGain = 1
    rowCycles = 0
    rowElementCycles = 0
    dispatch = 0
  }
}
