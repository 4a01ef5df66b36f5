import Devices
import Foundation
import Quantities
import Workloads

/// The ways in which a sweep runs each workload: devices × precisions × layouts × fusions, every
/// device resolved once for each precision.
public struct SweepGrid: Sendable {
  public let devices: [Device]
  /// nil is the workload's own.
  public let precisions: [Precision?]
  public let layouts: [TensorLayout]
  /// nil is what is usual on a device's class.
  public let fusions: [Fusion?]
  /// For each device, one for each `Precision`, in the order of its cases.
  private let targets: [[Target]]
  /// For each device.
  private let widths: [Double]

  /// A device in a precision; an object, since a machine is too large to be copied for each point.
  private final class Target: Sendable {
    let machine: Machine?
    /// Which other format the products are taken in, or why there is no machine.
    let note: String

    init(machine: Machine?, note: String) {
      self.machine = machine
      self.note = note
    }
  }

  /// One point: a workload in one way on one device.
  public struct Point: Sendable {
    /// Index into the grid's devices.
    public let device: Int
    public let precision: Precision
    public let layout: TensorLayout
    public let fusion: Fusion
    /// nil where the device has no rate.
    public let totals: (seconds: Double, joules: Double)?
    /// The interval's ends are the latency divided and multiplied by it.
    public let width: Double
    public let memory: Bytes
    /// nil where the device does not state its memory.
    public let fits: Bool?
    public let note: String
  }

  public init(
    devices: [Device], precisions: [Precision?] = [nil],
    layouts: [TensorLayout] = [.channelsLast], fusions: [Fusion?] = [nil]
  ) {
    self.devices = devices
    self.precisions = precisions
    self.layouts = layouts
    self.fusions = fusions
    widths = devices.map { device in
      let table = EfficiencyTable.standard(for: device)
      let deviation = LatencyDeviation(
        shared: table.deviceDeviation, own: table.networkDeviation)
      return exp(RooflineModel.normalQuantile * deviation.total)
    }
    let wanted =
      precisions.contains(nil) ? Set(Precision.allCases) : Set(precisions.compactMap(\.self))
    targets = devices.map { device in
      let model = RooflineModel(device)
      return Precision.allCases.map { precision in
        guard wanted.contains(precision) else { return Target(machine: nil, note: "") }
        do throws(MachineError) {
          let machine = try model.machine(precision)
          let own = machine.hasOwnFormat
          return Target(
            machine: machine,
            note: own
              ? "" : "\(precision.arithmetic.rawValue) as \(machine.productFormat.rawValue)")
        } catch {
          return Target(machine: nil, note: "\(error)")
        }
      }
    }
  }

  /// How many points one workload has.
  public var count: Int { devices.count * precisions.count * layouts.count * fusions.count }

  /// Every way to run a workload, by device, then precision, layout and fusion.
  public func forEachWay(
    _ body: (_ device: Int, _ precision: Precision?, _ layout: TensorLayout, _ fusion: Fusion) ->
      Void
  ) {
    for (place, device) in devices.enumerated() {
      for precision in precisions {
        for layout in layouts {
          for fusion in fusions {
            body(place, precision, layout, fusion ?? .standard(for: device.deviceClass))
          }
        }
      }
    }
  }

  /// Every point of a workload, in the order of `forEachWay`. Kernels are lowered once for each
  /// precision, layout and fusion, and shared by the devices.
  public func points(_ workload: Workload, _ body: (Point) -> Void) {
    let counts = workload.counts()
    var tallies: [Execution: KernelTally] = [:]
    forEachWay { place, precision, layout, fusion in
      let execution = Execution(precision: precision, layout: layout, fusion: fusion)
      let tally: KernelTally
      if let known = tallies[execution] {
        tally = known
      } else {
        tally = KernelTally(workload.kernels(execution, counts: counts))
        tallies[execution] = tally
      }
      let target = targets[place][tally.precision.index]
      let memory = tally.footprint.total
      body(
        Point(
          device: place, precision: tally.precision, layout: layout, fusion: fusion,
          totals: target.machine?.totals(tally), width: widths[place], memory: memory,
          fits: devices[place].capacity.map { memory <= $0.value }, note: target.note))
    }
  }
}

extension Precision {
  /// Its place among all.
  var index: Int { Self.indices[self] ?? 0 }

  private static let indices = Dictionary(
    uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
}
