import Analytic
import Datasets
import Dispatch
import Foundation
import Synchronization
import Workloads

/// Every workload at every batch and setting, on every device in every way: a table of a row for each
/// point.
public struct Sweep: Sendable {
  /// Workload by workload, each at all its settings and batches.
  public let requests: [RunRequest]
  public let grid: SweepGrid

  public static let header = [
    "workload", "batch", "settings", "device", "precision", "layout", "fusion", "latency_s",
    "low_s", "high_s", "energy_j", "peak_memory_bytes", "fits", "note",
  ]

  /// How far a sweep has come.
  public struct Progress: Sendable {
    public let done: Int
    public let total: Int
    /// Points that were there when it began.
    public let kept: Int
  }

  public init(_ requests: [RunRequest], grid: SweepGrid) {
    self.requests = requests
    self.grid = grid
    devices = grid.devices.map { CSVBuffer.field($0.name) }
  }

  private let devices: [[UInt8]]

  public var count: Int { requests.count * grid.count }

  /// Refuses a sweep of which no workload can be built at its first setting, as with a misspelt name
  /// of a size.
  ///
  /// - Throws: `WorkloadError` of the first workload.
  public func checkAny() throws(WorkloadError) {
    var first: WorkloadError?
    var tried: Set<String> = []
    for request in requests where tried.insert(request.network.name).inserted {
      do throws(WorkloadError) {
        _ = try request.workload()
        return
      } catch {
        first = first ?? error
      }
    }
    if let first { throw first }
  }

  /// What makes this sweep another one, by name.
  package var settings: [String: String] {
    func words(_ values: [String]) -> String {
      var seen: Set<String> = []
      return values.filter { seen.insert($0).inserted }.joined(separator: ",")
    }
    return [
      "workload": words(requests.map(\.network.name)),
      "batch": words(requests.map { $0.label.batch.map { "\($0)" } ?? "of the file" }),
      "set": words(requests.map(\.label.settings)),
      "device": words(grid.devices.map(\.name)),
      "precision": words(grid.precisions.map { $0?.rawValue ?? "the network's own" }),
      "layout": words(grid.layouts.map(\.rawValue)),
      "fusion": words(grid.fusions.map { $0?.rawValue ?? "usual of the class" }),
    ]
  }

  /// Writes the table, on all cores, and goes on with what an earlier call has left.
  ///
  /// - Parameter progress: called often, from any thread.
  /// - Throws: `DatasetError` where the file cannot be written, or belongs to another sweep.
  public func write(
    to path: String, progress: @escaping @Sendable (Progress) -> Void = { _ in }
  ) throws -> Progress {
    let table = try GrowingTable(
      path, command: "sweep", settings: settings, header: Self.header)
    guard table.rows <= count else {
      throw DatasetError.corrupt(
        path: table.part, reason: "it has more rows than this sweep; move it away")
    }
    try checkBeginning(of: table)
    let writer = OrderedWriter(table, first: table.rows / grid.count, count: requests.count)
    let skipped = table.rows % grid.count
    let kept = table.rows
    let threads = max(1, min(ProcessInfo.processInfo.activeProcessorCount, requests.count))
    DispatchQueue.concurrentPerform(iterations: threads) { _ in
      while let place = writer.next() {
        var rows = rows(requests[place])
        if place == kept / grid.count, skipped > 0 { rows = Self.dropping(skipped, of: rows) }
        writer.finish(place, rows)
        progress(Progress(done: writer.written * grid.count, total: count, kept: kept))
      }
    }
    try writer.result()
    try table.finish(header: Self.header)
    return Progress(done: count, total: count, kept: kept)
  }

  /// A part from before a change of a model or of a device's file would mix two tables.
  private func checkBeginning(of table: GrowingTable) throws {
    guard table.rows > 0, let first = requests.first else { return }
    let rows = rows(first)
    let bytes = table.beginning(rows.count)
    guard rows.starts(with: bytes) || (bytes.count >= rows.count && bytes.starts(with: rows)) else {
      throw DatasetError.corrupt(
        path: table.part,
        reason: "its rows are not what is computed now, so that the devices' files or the program "
          + "have changed; remove it to begin anew")
    }
  }

  private static func dropping(_ count: Int, of rows: [UInt8]) -> [UInt8] {
    var left = count
    guard
      let end = rows.firstIndex(where: { byte in
        if byte == 0x0a { left -= 1 }
        return left == 0
      })
    else { return [] }
    return Array(rows[(end + 1)...])
  }

  // MARK: - Rows

  /// The rows of one workload at one setting, one after the other.
  func rows(_ request: RunRequest) -> [UInt8] {
    var buffer = CSVBuffer()
    buffer.reserve(grid.count * 128)
    let label = request.label
    let head =
      CSVBuffer.field(label.workload) + [0x2c] + Array((label.batch.map { "\($0)" } ?? "").utf8)
      + [0x2c] + CSVBuffer.field(label.settings) + [0x2c]
    func begin(_ device: Int, _ precision: Precision?, _ layout: TensorLayout, _ fusion: Fusion) {
      buffer.append(head)
      buffer.append(devices[device])
      buffer.comma()
      if let precision { buffer.append(Self.names.precisions[precision.place]) }
      buffer.comma()
      buffer.append(layout == .channelsLast ? Self.names.layouts[1] : Self.names.layouts[0])
      buffer.comma()
      buffer.append(Self.names.fusions[fusion.place])
      buffer.comma()
    }
    let workload: Workload
    do throws(WorkloadError) {
      workload = try request.workload()
    } catch {
      let note = CSVBuffer.field("\(error)")
      grid.forEachWay { device, precision, layout, fusion in
        begin(device, precision, layout, fusion)
        for _ in 0..<6 { buffer.comma() }
        buffer.append(note)
        buffer.newline()
      }
      return buffer.bytes
    }
    var notes: [String: [UInt8]] = [:]
    grid.points(workload) { point in
      begin(point.device, point.precision, point.layout, point.fusion)
      if let totals = point.totals {
        buffer.append(totals.seconds)
        buffer.comma()
        buffer.append(totals.seconds / point.width)
        buffer.comma()
        buffer.append(totals.seconds * point.width)
        buffer.comma()
        buffer.append(totals.joules)
      } else {
        for _ in 0..<3 { buffer.comma() }
      }
      buffer.comma()
      if point.memory.value < 1e18 {
        buffer.append(whole: Int(point.memory.value.rounded()))
      } else {
        buffer.append(point.memory.value)
      }
      buffer.comma()
      if let fits = point.fits { buffer.append(fits) }
      buffer.comma()
      if !point.note.isEmpty {
        let note = notes[point.note] ?? CSVBuffer.field(point.note)
        notes[point.note] = note
        buffer.append(note)
      }
      buffer.newline()
    }
    return buffer.bytes
  }

  private static let names = (
    precisions: Precision.allCases.map { Array($0.rawValue.utf8) },
    layouts: TensorLayout.allCases.map { Array($0.rawValue.utf8) },
    fusions: Fusion.allCases.map { Array($0.rawValue.utf8) }
  )
}

/// Takes rows that are ready in any order and writes them in order.
private final class OrderedWriter: Sendable {
  private struct State {
    var next: Int
    var written: Int
    var waiting: [Int: [UInt8]] = [:]
    var failure: (any Error)?
    let table: GrowingTable
  }

  private let state: Mutex<State>
  private let count: Int

  init(_ table: GrowingTable, first: Int, count: Int) {
    state = Mutex(State(next: first, written: first, table: table))
    self.count = count
  }

  /// The next place to compute; nil when all are taken, or writing has failed.
  func next() -> Int? {
    state.withLock { state in
      guard state.next < count, state.failure == nil else { return nil }
      defer { state.next += 1 }
      return state.next
    }
  }

  func finish(_ place: Int, _ rows: [UInt8]) {
    state.withLock { state in
      state.waiting[place] = rows
      var block: [UInt8] = []
      while let rows = state.waiting.removeValue(forKey: state.written) {
        block += rows
        state.written += 1
      }
      guard !block.isEmpty, state.failure == nil else { return }
      do { try state.table.append(block) } catch { state.failure = error }
    }
  }

  var written: Int { state.withLock { $0.written } }

  func result() throws {
    if let failure = state.withLock({ $0.failure }) { throw failure }
  }
}

extension Precision {
  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

extension Fusion {
  fileprivate var place: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
