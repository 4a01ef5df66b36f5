import Quantities

extension Device {
  // MARK: - Memory

  /// The outermost level.
  public var mainMemory: MemoryLevel? { memory.last }

  /// Bytes of the main memory.
  public var capacity: Figure<Bytes>? { mainMemory?.capacity }

  /// Bandwidth of the main memory as its data sheet states it.
  public var bandwidth: Figure<BytesPerSecond>? { mainMemory?.bandwidth }

  public func memoryLevel(named name: String) -> MemoryLevel? {
    memory.first { $0.name == name }
  }

  /// Bytes of a level over the whole chip; nil where a level belongs to each compute unit and their
  /// number is not known.
  public func totalCapacity(of level: MemoryLevel) -> Bytes? {
    guard let own = level.capacity?.value else { return nil }
    return copies(of: level).map { own * $0 }
  }

  /// Bandwidth of a level over the whole chip.
  public func totalBandwidth(of level: MemoryLevel) -> BytesPerSecond? {
    guard let own = level.bandwidth?.value else { return nil }
    return copies(of: level).map { own * $0 }
  }

  private func copies(of level: MemoryLevel) -> Double? {
    switch level.scope {
    case .chip: 1
    case .computeUnit: (computeUnits?.count.value).map { Double($0) }
    }
  }

  // MARK: - Rates

  /// The rate of a format.
  ///
  /// Without a unit that of the matrix units, if they know the format. Without an accumulator the
  /// widest, which is what libraries use unless told otherwise: a GeForce RTX 3090 has 71 TFLOP/s
  /// for fp16, and 142 only where sums are kept in fp16, too.
  public func peak(
    _ format: NumberFormat, unit: ExecutionUnit? = nil, accumulate: Accumulator? = nil
  ) -> PeakRate? {
    let known = peaks.filter {
      $0.type == format && (unit == nil || $0.unit == unit)
        && (accumulate == nil || $0.accumulate == accumulate)
    }
    let matrix = known.filter { $0.unit == .matrix }
    return (matrix.isEmpty ? known : matrix).max { $0.accumulatorBits < $1.accumulatorBits }
  }

  /// The rate by which devices are compared: fp16 or bf16 of matrix units, fp32 of vector units, or
  /// the fastest where there is none.
  public func usualPeak(of unit: ExecutionUnit) -> PeakRate? {
    let usual: [NumberFormat] = unit == .matrix ? [.fp16, .bf16] : [.fp32]
    for format in usual {
      if let peak = peak(format, unit: unit), peak.dense != nil { return peak }
    }
    return peaks.filter { $0.unit == unit && $0.dense != nil }
      .max { ($0.dense?.value ?? .zero) < ($1.dense?.value ?? .zero) }
  }

  /// Where a roofline bends: below this intensity the main memory limits, above it the arithmetic.
  ///
  /// ```
  /// ridge point = dense rate / bandwidth of the main memory
  /// ```
  public func ridgePoint(of peak: PeakRate) -> FLOPPerByte? {
    guard let rate = peak.dense?.value, let bandwidth = bandwidth?.value else { return nil }
    return rate / bandwidth
  }
}
