extension EfficiencyTable {
  /// The roofline of textbooks: a share of the peak for each kind of arithmetic, a share of the
  /// bandwidth, a constant time for each kernel; no tiles, no cache, no host.
  ///
  /// ```
  /// T = t_launch + max(FLOP/(e_kind · F), bytes/(e_bw · W))
  /// ```
  /// The maximum is smooth, and a reduction is rounded up to 8 products, as everywhere in the model.
  ///
  /// - Parameters:
  ///   - dense: of the peak, for convolutions and products.
  ///   - grouped: of the peak, for grouped convolutions.
  ///   - depthwise: of the vector units' peak.
  ///   - bandwidth: of the main memory's.
  ///   - launch: seconds for each kernel.
  public static func plain(
    dense: Double, grouped: Double, depthwise: Double, bandwidth: Double, launch: Double
  ) -> EfficiencyTable {
    var table = graphics
    table.name = "plain"
    table.source = "a study's own shares"
    for kind in KernelKind.allCases {
      table[kind] = KernelEfficiency(compute: dense, bandwidth: bandwidth)
    }
    table[.groupedConvolution].compute = grouped
    table[.depthwiseConvolution].compute = depthwise
    // One element is a tile, and all are read together.
    let tiling = TilingEfficiency(
      sizes: [(1, 1, 1)], feed: 0, share: 1, bandwidthShare: 1, fillBytes: 0, waveQuantization: 0,
      splits: [], shortestSplit: 1, splitOverhead: 0, splitTraffic: 0, window: 1e30,
      isSquareWindow: false, drift: .infinity, latencyOutputs: 0)
    table.matrixTiling = tiling
    table.vectorTiling = tiling
    table.clockHeadroom = 1
    table.weightRowShares = [:]
    table.inlineECCShare = 1
    table.misaligned = 1
    table.winogradGain = 1
    table.cacheShare = 0
    table.rowCycles = 0
    table.rowElementCycles = 0
    table.launchOverhead = launch
    table.dispatch = 0
    return table
  }
}

extension EfficiencyConstant {
  /// The share of the peak of everything that is a product of matrices, but for groups.
  public static let denseShare = EfficiencyConstant(
    "share of the peak, dense", in: 0.02...1, get: { $0[.linear].compute },
    set: { table, share in
      for kind in KernelKind.allCases where kind.isMatrix && kind != .groupedConvolution {
        table[kind].compute = share
      }
    })

  /// The share of the peak of depthwise and other grouped convolutions.
  public static let groupedShare = EfficiencyConstant(
    "share of the peak, grouped", in: 0.01...1, get: { $0[.depthwiseConvolution].compute },
    set: { table, share in
      table[.depthwiseConvolution].compute = share
      table[.groupedConvolution].compute = share
    })
}
