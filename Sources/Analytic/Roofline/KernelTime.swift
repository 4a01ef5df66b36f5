import Predictions

/// How long one kernel takes, and on what.
struct KernelTime {
  /// Seconds from its start to the next one's.
  var total = 0.0
  /// Joules of arithmetic and traffic, without idle and active power.
  var dynamicEnergy = 0.0
  /// Bytes that come from or go to the main memory.
  var mainMemoryBytes = 0.0
  var bound = Bound.launch
}

extension Machine {
  /// The hierarchical roofline of one kernel.
  ///
  /// ```
  /// T  = t₀ + (Tc⁴ + Tm⁴)^¼, at least E/P
  /// Tm = bytes · ((1 − h)/(e_bw·W) + h/W_cache)           h = min(1, share·cache/bytes)²
  /// ```
  /// with E the energy of its arithmetic and traffic and P the power that the board has for them.
  ///
  /// - Parameter weightsStay: the share of the weights that the cache has kept from the run before.
  @inline(__always)
  func time(_ kernel: Kernel, weightsStay: Double) -> KernelTime {
    let skill = efficiency[kernel.kind]
    // Traffic.
    let activations = kernel.activationBytes
    var hit = 0.0
    if activations > 0, cacheCapacity > 0 {
      let held = min(1, efficiency.cacheShare * cacheCapacity / activations)
      hit = held * held
    }
    let cached = hit * activations + weightsStay * kernel.weightBytes
    var main = (1 - hit) * activations + (1 - weightsStay) * kernel.weightBytes
    let share = min(
      1,
      skill.bandwidth * memoryShare * (kernel.kind.isTiled ? tiling.bandwidthShare : 1)
        * (kernel.kind == .linear ? weightRowShare : 1)
        * factors[CalibratedTerm.bandwidth(of: kernel.kind).rawValue])
    let secondsPerByte = 1 / (bandwidth * share)
    let cacheTime = cached > 0 ? cached / cacheBandwidth : 0
    // Arithmetic.
    var arithmetic = 0.0
    var overhead = 0.0
    if kernel.matrixMACs > 0 {
      let factor = skill.compute * factors[CalibratedTerm.compute(of: kernel.kind).rawValue]
      switch kernel.kind {
      case .depthwiseConvolution:
        arithmetic = 2 * kernel.matrixMACs / (windowRate * min(1, factor))
      case .attention:
        arithmetic = attention(kernel, factor)
      case .recurrence:
        arithmetic = 2 * kernel.matrixMACs / (matrixRate * min(1, factor * tiling.share))
      default:
        let energy = dynamicEnergy(kernel, main: main, cached: cached)
        let product = product(
          kernel, factor, compulsory: main * secondsPerByte + cacheTime, secondsPerByte, energy)
        arithmetic = product.arithmetic
        main += product.rereadBytes
        overhead = product.overhead
      }
    }
    if kernel.vectorFLOP > 0, !kernel.kind.isTiled || kernel.matrixMACs == 0 {
      arithmetic += kernel.vectorFLOP / vectorRate
    }
    if kernel.kind == .normalization || kernel.kind == .softmax {
      overhead +=
        kernel.rows / (units * clock)
        * (efficiency.rowCycles + efficiency.rowElementCycles * kernel.columns)
    }
    let mainTime = main * secondsPerByte
    let traffic = mainTime + cacheTime
    var busy = smoothMaximum(arithmetic, traffic) + overhead
    // Power.
    var result = KernelTime()
    result.dynamicEnergy = dynamicEnergy(kernel, main: main, cached: cached)
    busy = max(busy, result.dynamicEnergy / power.headroom)
    result.total = busy + launchTime * (kernel.sequentialSteps + kernel.extraLaunches)
    result.mainMemoryBytes = main
    result.bound =
      result.total > 2 * busy
      ? .launch : arithmetic > traffic ? .compute : cacheTime > mainTime ? .cache : .memory
    return result
  }

  /// Joules of a kernel's arithmetic and traffic.
  @inline(__always)
  private func dynamicEnergy(_ kernel: Kernel, main: Double, cached: Double) -> Double {
    let executed =
      kernel.isWinograd && !usesMatrixUnits
      ? kernel.matrixMACs / efficiency.winogradGain : kernel.matrixMACs
    return 2 * executed * power.matrixFLOP + kernel.vectorFLOP * power.vectorFLOP
      + main * power.mainMemoryByte + (main + cached) * power.cacheByte
  }

  /// The tiling of the units that take products.
  @inline(__always)
  private var tiling: TilingEfficiency {
    usesMatrixUnits ? efficiency.matrixTiling : efficiency.vectorTiling
  }

  @inline(__always)
  private func product(
    _ kernel: Kernel, _ factor: Double, compulsory: Double, _ secondsPerByte: Double,
    _ energy: Double
  ) -> MatrixTime {
    var share = factor * tiling.share * clockHeadroom
    if usesMatrixUnits, isMisaligned(kernel) { share *= efficiency.misaligned }
    return tiling.fastest(
      kernel, rate: matrixRate * min(1, share),
      gain: kernel.isWinograd && !usesMatrixUnits ? efficiency.winogradGain : 1,
      least: 2 * kernel.matrixMACs / matrixRate, beside: kernel.vectorFLOP / vectorRate,
      units: units, cache: cacheCapacity, traffic: secondsPerByte, compulsory: compulsory,
      power: (
        energy / power.headroom, (power.mainMemoryByte + power.cacheByte) / power.headroom
      ))
  }

  /// Attention in one kernel: blocks of 64 queries and 64 keys, dealt out to the units.
  @inline(__always)
  private func attention(_ kernel: Kernel, _ factor: Double) -> Double {
    let block = 64.0
    let queries = (kernel.rows / block).rounded(.up)
    let keys = (kernel.columns / block).rounded(.up)
    let filled = kernel.rows * kernel.columns / (queries * keys * block * block)
    // A single query is a product with a vector, and traffic decides.
    let padding = kernel.rows < 16 ? 1 : filled
    let waves = kernel.batch * queries / units
    let spread = max(1, waves + tiling.waveQuantization * (waves.rounded(.up) - waves)) / waves
    let rate = matrixRate * min(1, factor * tiling.share * clockHeadroom)
    return 2 * kernel.matrixMACs / rate / padding * (kernel.rows < 16 ? 1 : spread)
  }

  private func isMisaligned(_ kernel: Kernel) -> Bool {
    let inner = kernel.depth / kernel.window
    return inner.truncatingRemainder(dividingBy: efficiency.alignment) != 0
      || kernel.columns.truncatingRemainder(dividingBy: efficiency.alignment) != 0
  }
}
