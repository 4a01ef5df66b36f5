extension SpatialAccelerator {
  /// The loop whose steps pass by the words that wait.
  private var stream: BufferBlocking.Loop { dataflow == .outputStationary ? .depth : .rows }

  /// The blocks in which a product passes through the buffer: those of least energy.
  public func blocking(of product: MatrixProduct) -> BufferBlocking {
    BufferBlocking.best(product, capacity: bufferWords, grain: grain) {
      costs.energy(of: actions(of: product, in: $0)).value
    }
      // Never so: the initialiser has seen that one grain fits.
      ?? BufferBlocking(
        product, rows: grain.rows, columns: grain.columns, depth: grain.depth,
        order: [.rows, .columns, .depth])
  }

  /// What one product takes of each component.
  public func actions(of product: MatrixProduct) -> ActionCounts {
    actions(of: product, in: blocking(of: product))
  }

  /// The same in given blocks.
  ///
  /// With M·N·K products, an array of `r×c` units and a register tile of `t` (all ⌈⌉ are exact, since
  /// blocks are whole numbers of what the array works on, or as long as the product):
  ///
  /// ```
  ///                    output stationary            weight stationary         no local reuse
  /// network  inputs    M·K·⌈N/t⌉                    M·K·⌈N/t⌉                 M·N·K
  ///          weights   K·N·⌈M/t⌉                    K·N·b                     M·N·K
  ///          sums      M·N·(2b − 1)                 M·N·(⌈K/t⌉ + ⌈K/rt⌉ − 1)  the same, t = 1
  /// buffer   inputs    M·K·⌈N/ct⌉                   M·K·⌈N/ct⌉                M·K·⌈N/c⌉
  ///          weights   K·N·⌈M/rt⌉                   K·N·b                     M·N·K
  ///          sums      M·N·(2b − 1)                 M·N·(2⌈K/rt⌉ − 1)         M·N·(2⌈K/r⌉ − 1)
  /// b        how often the array comes back to what waits in it: see BufferBlocking.returns
  /// ```
  /// What a unit uses more than once it writes into its registers and reads for each MAC; a sum is read
  /// and written between two additions in the same unit. What crosses to the main memory is a second
  /// access of the buffer.
  public func actions(of product: MatrixProduct, in blocking: BufferBlocking) -> ActionCounts {
    let (m, n, k) = (product.rows, product.columns, product.depth)
    let macs = product.macs
    let tile = Double(registerTile)
    let (r, c) = (Double(rows) * tile, Double(columns) * tile)
    func pieces(_ length: Double, _ size: Double) -> Double { (length / size).rounded(.up) }

    var counts = ActionCounts()
    counts.macs = macs
    counts.mainMemory.inputs.reads = product.inputs * blocking.inputFetches
    counts.mainMemory.weights.reads = product.weights * blocking.weightFetches
    counts.mainMemory.outputs.reads = product.outputs * (blocking.outputVisits - 1)
    counts.mainMemory.outputs.writes = product.outputs * blocking.outputVisits

    // Between the buffer and the array.
    counts.network.inputs.reads = m * k * pieces(n, tile)
    counts.buffer.inputs.reads = m * k * pieces(n, c)
    let returns = blocking.returns(streaming: stream, tile: grain)
    let passes: Double
    let chunks: Double
    switch dataflow {
    case .outputStationary:
      passes = returns
      chunks = passes
      counts.network.weights.reads = k * n * pieces(m, tile)
      counts.buffer.weights.reads = k * n * pieces(m, r)
    case .weightStationary:
      passes = pieces(k, r)
      chunks = pieces(k, tile)
      counts.network.weights.reads = k * n * returns
      counts.buffer.weights.reads = counts.network.weights.reads
    case .noLocalReuse:
      passes = pieces(k, r)
      chunks = k
      counts.network.weights.reads = macs
      counts.buffer.weights.reads = macs
    }
    counts.network.outputs = .init(reads: m * n * (passes - 1), writes: m * n * chunks)
    counts.buffer.outputs = .init(reads: m * n * (passes - 1), writes: m * n * passes)

    // In the units.
    if tile > 1 {
      counts.registerFile.inputs = .init(reads: macs, writes: counts.network.inputs.reads)
    }
    if tile > 1 || dataflow == .weightStationary {
      counts.registerFile.weights = .init(reads: macs, writes: counts.network.weights.reads)
    }
    counts.registerFile.outputs = .init(reads: m * n * (k - chunks), writes: m * n * (k - chunks))

    // Between the buffer and the main memory.
    counts.buffer.inputs.writes = counts.mainMemory.inputs.reads
    counts.buffer.weights.writes = counts.mainMemory.weights.reads
    counts.buffer.outputs.reads += counts.mainMemory.outputs.writes
    counts.buffer.outputs.writes += counts.mainMemory.outputs.reads
    return counts
  }
}
