import Documents
import Quantities

/// Writes a device as the JSON that `DeviceReader` reads, keys in the order of its reference.
struct DeviceWriter {
  private let device: Device

  init(_ device: Device) { self.device = device }

  var tree: JSONTree {
    var members = Members()
    members.add("name", .text(device.name))
    members.add("aliases", list(device.aliases.map { .text($0) }))
    members.add("vendor", device.vendor.map { .text($0) })
    members.add("class", .text(device.deviceClass.rawValue))
    members.add("architecture", device.architecture.map { .text($0) })
    members.add("release_year", device.releaseYear.map { .number(Double($0)) })
    members.add("process_nm", figure(device.processNanometres) { $0 })
    members.add("compute_units", device.computeUnits.map(computeUnits))
    members.add("clock_hz", device.clock.map(clock))
    members.add("peaks", list(device.peaks.map(peak)))
    members.add("memory", list(device.memory.map(memoryLevel)))
    members.add("launch_overhead_s", figure(device.launchOverhead))
    members.add("links", list(device.links.map(link)))
    members.add("tdp_w", figure(device.power.thermalDesign))
    members.add("idle_w", figure(device.power.idle))
    members.add("power_limits_w", powerLimits(device.power))
    members.add("source", device.source.map { .text($0) })
    members.add("confidence", .text(device.confidence.rawValue))
    members.add("notes", device.notes.isEmpty ? nil : .text(device.notes))
    return members.tree
  }

  // MARK: - Parts

  private func computeUnits(_ units: Device.ComputeUnits) -> JSONTree {
    var members = Members()
    members.add("kind", .text(units.kind))
    members.add("count", figure(units.count) { Double($0) })
    return members.tree
  }

  private func clock(_ clock: Device.Clock) -> JSONTree {
    var members = Members()
    members.add("base", figure(clock.base))
    members.add("boost", figure(clock.boost))
    return members.tree
  }

  private func peak(_ peak: PeakRate) -> JSONTree {
    var members = Members()
    members.add("type", .text(peak.type.rawValue))
    members.add("unit", .text(peak.unit.rawValue))
    members.add("accumulate", (peak.accumulate?.rawValue).map { .text($0) })
    members.add("dense_flop_per_s", figure(peak.dense))
    members.add("sparse_flop_per_s", figure(peak.sparse))
    members.add("achieved_flop_per_s", figure(peak.achieved))
    members.add("energy_j_per_flop", figure(peak.energyPerFLOP))
    return members.tree
  }

  private func memoryLevel(_ level: MemoryLevel) -> JSONTree {
    var members = Members()
    members.add("level", .text(level.name))
    members.add("technology", level.technology.map { .text($0) })
    members.add("scope", level.scope == .chip ? nil : .text(level.scope.rawValue))
    members.add("capacity_bytes", figure(level.capacity))
    members.add("bandwidth_b_per_s", figure(level.bandwidth))
    members.add("achieved_b_per_s", figure(level.achievedBandwidth))
    members.add("energy_j_per_byte", figure(level.energyPerByte))
    return members.tree
  }

  private func link(_ link: Link) -> JSONTree {
    var members = Members()
    members.add("kind", .text(link.kind))
    members.add("bidirectional_b_per_s", figure(link.bidirectionalBandwidth))
    members.add("count", link.count.map { .number(Double($0)) })
    return members.tree
  }

  private func powerLimits(_ power: Device.Power) -> JSONTree? {
    var members = Members()
    members.add("lowest", figure(power.lowestLimit))
    members.add("highest", figure(power.highestLimit))
    return members.isEmpty ? nil : members.tree
  }

  // MARK: - Figures

  private func figure<Amount: Quantity>(_ figure: Figure<Amount>?) -> JSONTree? {
    self.figure(figure) { $0.value }
  }

  /// A bare number where the device says how sure it is and where it is from.
  private func figure<Amount>(
    _ figure: Figure<Amount>?, _ number: (Amount) -> Double
  ) -> JSONTree? {
    guard let figure else { return nil }
    let value = JSONTree.number(number(figure.value))
    let isOwn = figure.confidence != device.confidence
    guard isOwn || figure.source != nil else { return value }
    var members = Members()
    members.add("value", value)
    members.add("confidence", isOwn ? .text(figure.confidence.rawValue) : nil)
    members.add("source", figure.source.map { .text($0) })
    return members.tree
  }

  private func list(_ elements: [JSONTree]) -> JSONTree? {
    elements.isEmpty ? nil : .list(elements)
  }
}

/// Members in the order in which they are added, those without a value left out.
private struct Members {
  private var members: [JSONTree.Member] = []

  var isEmpty: Bool { members.isEmpty }
  var tree: JSONTree { .object(members) }

  mutating func add(_ key: String, _ value: JSONTree?) {
    if let value { members.append(.init(key, value)) }
  }
}
