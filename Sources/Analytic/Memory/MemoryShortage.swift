import Devices
import Quantities

/// A run that does not fit: what it needs, what there is, and what is to blame.
public struct MemoryShortage: Error, Equatable, Sendable, CustomStringConvertible {
  public let workload: String
  public let device: String
  public let capacity: Bytes
  public let footprint: MemoryFootprint

  public var missing: Bytes { footprint.total - capacity }

  public var description: String {
    let terms = footprint.terms.filter { $0.bytes > .zero }.sorted { $0.bytes > $1.bytes }
      .map { "\($0.name) \($0.bytes)" }.joined(separator: ", ")
    let advice =
      (terms.hasPrefix("weights"))
      ? "use a narrower --precision or a larger device"
      : terms.hasPrefix("optimizer")
        ? "use a smaller optimiser or a larger device" : "use a smaller --batch or a larger device"
    return
      "\(workload) needs \(footprint.total) and \(device) has \(capacity), \(missing) too little: "
      + "\(terms); \(advice), or --ignore-memory."
  }

  /// nil where the run fits, or where the device does not state its memory.
  public init?(_ program: KernelProgram, on device: Device) {
    guard let capacity = device.capacity?.value, program.footprint.total > capacity else {
      return nil
    }
    workload = program.workload.name
    self.device = device.name
    self.capacity = capacity
    footprint = program.footprint
  }
}
