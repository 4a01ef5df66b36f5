import Quantities

extension Device {
  /// What is odd or missing and yet no error, one sentence each.
  public var remarks: [String] {
    missingRemarks + rateRemarks + memoryRemarks
  }

  private var missingRemarks: [String] {
    var remarks: [String] = []
    if peaks.isEmpty {
      remarks.append("'peaks' is empty: times can be predicted only after calibration")
    }
    if memory.isEmpty {
      remarks.append("'memory' is empty: traffic costs nothing until it is calibrated")
    } else {
      if capacity == nil { remarks.append("the main memory has no 'capacity_bytes'") }
      if bandwidth == nil { remarks.append("the main memory has no 'bandwidth_b_per_s'") }
    }
    if power.thermalDesign == nil { remarks.append("'tdp_w' is missing: energy is unknown") }
    if source == nil {
      remarks.append("'source' is missing: nobody can check where the figures are from")
    }
    return remarks
  }

  private var rateRemarks: [String] {
    var remarks: [String] = []
    for (index, peak) in peaks.enumerated() {
      let place = "'peaks[\(index)]' (\(peak.label))"
      if peak.dense == nil {
        remarks.append("\(place) has no 'dense_flop_per_s'")
      }
      if let dense = peak.dense, let sparse = peak.sparse, sparse.value / dense.value > 2.01 {
        remarks.append("\(place): sparse is more than twice dense, which a 2:4 pattern cannot give")
      }
      if let dense = peak.dense, let achieved = peak.achieved, achieved.value > dense.value {
        remarks.append("\(place): achieved is above the uncertain peak")
      }
      if let ridge = ridgePoint(of: peak), !(0.01...100_000).contains(ridge.value) {
        remarks.append("\(place) bends at \(ridge), far from any known device")
      }
      if let fast = peak.dense, let wider = slowerNarrowSum(of: peak) {
        remarks.append("\(place) has \(fast.value), less than \(wider.label)")
      }
    }
    return remarks
  }

  /// A rate with a wider accumulator that is faster all the same.
  private func slowerNarrowSum(of peak: PeakRate) -> PeakRate? {
    guard let dense = peak.dense, let accumulate = peak.accumulate else { return nil }
    return peaks.first { other in
      guard other.type == peak.type, other.unit == peak.unit, let rate = other.dense,
        let wider = other.accumulate
      else { return false }
      return wider.bits > accumulate.bits && rate.value > dense.value
    }
  }

  private var memoryRemarks: [String] {
    var remarks: [String] = []
    for (inner, outer) in zip(memory, memory.dropFirst()) {
      if let near = totalBandwidth(of: inner), let far = totalBandwidth(of: outer), near < far {
        remarks.append("'\(inner.name)' is slower than '\(outer.name)' behind it")
      }
      if inner.scope == .chip, outer.scope == .computeUnit {
        remarks.append(
          "'\(outer.name)' of each compute unit lies behind '\(inner.name)' of the chip")
      }
    }
    if mainMemory?.scope == .computeUnit {
      remarks.append("the main memory belongs to each compute unit")
    }
    return remarks
  }
}
