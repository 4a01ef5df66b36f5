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
  /// T = t₀ + (Tcᵖ + Tmᵖ)^(1/p)
  /// Tm = bytes · ((1 − h)/(e_bw·W) + h/W_cache)      h = min(1, share·cache/bytes)²
  /// ```
  /// - Parameter weightsStay: the share of the weights that the cache has kept from the run before.
  @inline(__always)
  func time(_ kernel: Kernel, weightsStay: Double) -> KernelTime {
    let skill = efficiency[kernel.kind]
    // Arithmetic.
    var arithmetic = 0.0
    if kernel.matrixMACs > 0 {
      let term = CalibratedTerm.compute(of: kernel.kind)
      if kernel.kind == .depthwiseConvolution {
        let share = min(1, skill.compute * factors[term.rawValue])
        arithmetic = 2 * kernel.matrixMACs / (vectorRate * share)
      } else {
        var share = skill.compute * factors[term.rawValue]
        if usesMatrixUnits, isMisaligned(kernel) { share *= efficiency.misaligned }
        let rate = matrixRate * min(1, share)
        if kernel.kind == .attention || kernel.kind == .recurrence {
          arithmetic = 2 * kernel.matrixMACs / rate
        } else {
          arithmetic = (usesMatrixUnits ? efficiency.matrixTiling : efficiency.vectorTiling)
            .seconds(kernel, rate: rate, units: units)
        }
      }
    }
    if kernel.vectorFLOP > 0 { arithmetic += kernel.vectorFLOP / vectorRate }
    // Traffic.
    let activations = kernel.activationBytes
    let hit = activations > 0 ? square(min(1, efficiency.cacheShare * cacheCapacity / activations)) : 0
    let cached = hit * activations + weightsStay * kernel.weightBytes
    let main = (1 - hit) * activations + (1 - weightsStay) * kernel.weightBytes
    let share = min(
      1, skill.bandwidth * factors[CalibratedTerm.bandwidth(of: kernel.kind).rawValue])
    let mainTime = main / (bandwidth * share)
    let cacheTime = cached > 0 ? cached / cacheBandwidth : 0
    let traffic = mainTime + cacheTime
    var busy = smoothMaximum(arithmetic, traffic)
    // Power.
    var result = KernelTime()
    result.dynamicEnergy =
      2 * kernel.matrixMACs * power.matrixFLOP + kernel.vectorFLOP * power.vectorFLOP
      + main * power.mainMemoryByte + (main + cached) * power.cacheByte
    busy = max(busy, result.dynamicEnergy / power.headroom)
    let overhead = factors[CalibratedTerm.overhead.rawValue] * launchOverhead
    result.total = busy + overhead * (kernel.sequentialSteps + kernel.extraLaunches)
    result.mainMemoryBytes = main
    result.bound =
      result.total > 2 * busy
      ? .launch : arithmetic > traffic ? .compute : cacheTime > mainTime ? .cache : .memory
    return result
  }

  private func isMisaligned(_ kernel: Kernel) -> Bool {
    let inner = kernel.depth / kernel.window
    return inner.truncatingRemainder(dividingBy: efficiency.alignment) != 0
      || kernel.columns.truncatingRemainder(dividingBy: efficiency.alignment) != 0
  }

  @inline(__always)
  private func smoothMaximum(_ a: Double, _ b: Double) -> Double {
    let large = max(a, b)
    let small = min(a, b)
    guard small > 1e-3 * large else { return large }
    return large * Analytic.power(1 + Analytic.power(small / large, efficiency.overlap), 1 / efficiency.overlap)
  }

  @inline(__always) private func square(_ x: Double) -> Double { x * x }
}
