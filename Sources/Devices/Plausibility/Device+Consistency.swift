import Documents
import Quantities

extension Device {
  /// Refuses figures that contradict each other.
  ///
  /// - Throws: `DeviceError.implausible` with the key path of one of them.
  func checkConsistency(file: String) throws(DeviceError) {
    let check = ConsistencyCheck(device: self, file: file)
    try check.checkRates()
    try check.checkMemory()
    try check.checkClockAndPower()
  }
}

private struct ConsistencyCheck {
  let device: Device
  let file: String

  private func refusal(_ place: String, _ found: String, _ problem: String) -> DeviceError {
    .implausible(file: file, place: place, found: found, problem: problem)
  }

  private func numeral(_ amount: some Quantity) -> String { JSONTree.numeral(amount.value) }

  // MARK: - Rates

  func checkRates() throws(DeviceError) {
    var places: [String: Int] = [:]
    for (index, peak) in device.peaks.enumerated() {
      let place = "peaks[\(index)]"
      if let first = places.updateValue(index, forKey: peak.label) {
        throw refusal(place, peak.label, "so is 'peaks[\(first)]', and a rate stands once")
      }
      if let accumulate = peak.accumulate, !peak.type.accumulators.contains(accumulate) {
        let allowed = peak.type.accumulators.map(\.rawValue).joined(separator: " or ")
        throw refusal(
          place + ".accumulate", accumulate.rawValue,
          "products of \(peak.type.rawValue) are summed in \(allowed)")
      }
      guard let dense = peak.dense else { continue }
      if let sparse = peak.sparse, sparse.value < dense.value {
        throw refusal(
          place + ".sparse_flop_per_s", numeral(sparse.value),
          "it is below the dense rate, \(numeral(dense.value)): are they swapped?")
      }
      try checkAchieved(
        peak.achieved, dense, place + ".achieved_flop_per_s", "dense_flop_per_s")
    }
  }

  /// What was measured is not above what the maker states; of a peak that is itself uncertain that
  /// says nothing.
  private func checkAchieved<Amount: Quantity>(
    _ achieved: Figure<Amount>?, _ peak: Figure<Amount>, _ place: String, _ key: String
  ) throws(DeviceError) {
    guard let achieved, achieved.value > peak.value, peak.confidence != .uncertain else { return }
    throw refusal(
      place, numeral(achieved.value),
      "nothing runs above its peak, here \(numeral(peak.value)). If the peak is not sure, write "
        + "\"\(key)\": {\"value\": \(numeral(peak.value)), \"confidence\": \"uncertain\"}.")
  }

  // MARK: - Memory

  func checkMemory() throws(DeviceError) {
    var names: [String: Int] = [:]
    for (index, level) in device.memory.enumerated() {
      if let first = names.updateValue(index, forKey: level.name) {
        throw refusal(
          "memory[\(index)].level", quoted(level.name),
          "so is 'memory[\(first)].level', and a level stands once")
      }
      if let bandwidth = level.bandwidth {
        try checkAchieved(
          level.achievedBandwidth, bandwidth, "memory[\(index)].achieved_b_per_s",
          "bandwidth_b_per_s")
      }
    }
    guard let main = device.mainMemory else { return }
    for (index, level) in device.memory.enumerated().dropLast() {
      if let inner = device.totalCapacity(of: level), let outer = device.totalCapacity(of: main),
        inner > outer
      {
        throw refusal(
          "memory[\(index)].capacity_bytes", numeral(inner),
          "that is more than the main memory's \(numeral(outer)). Levels stand innermost first, "
            + "the main memory last.")
      }
      if let inner = device.totalBandwidth(of: level), let outer = device.totalBandwidth(of: main),
        inner < outer
      {
        throw refusal(
          "memory[\(index)].bandwidth_b_per_s", numeral(inner),
          "that is below the main memory's \(numeral(outer)), which lies behind it")
      }
    }
  }

  // MARK: - Clock and power

  func checkClockAndPower() throws(DeviceError) {
    if let base = device.clock?.base, let boost = device.clock?.boost, boost.value < base.value {
      throw refusal(
        "clock_hz.boost", numeral(boost.value),
        "it is below 'clock_hz.base', \(numeral(base.value))")
    }
    let power = device.power
    let most = [power.thermalDesign, power.highestLimit].compactMap { $0?.value }.max()
    if let idle = power.idle, let most, idle.value > most {
      throw refusal(
        "idle_w", numeral(idle.value),
        "that is above what the device may draw at all, \(numeral(most))")
    }
    if let lowest = power.lowestLimit, let highest = power.highestLimit,
      lowest.value > highest.value
    {
      throw refusal(
        "power_limits_w.lowest", numeral(lowest.value),
        "it is above the highest, \(numeral(highest.value))")
    }
  }
}
