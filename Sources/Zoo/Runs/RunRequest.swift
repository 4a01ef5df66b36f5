import Datasets
import Predictions
import Workloads

/// A network with what its run is asked for.
public struct RunRequest: Sendable {
  public let network: NamedNetwork
  public let request: WorkloadRequest

  public init(_ network: NamedNetwork, _ request: WorkloadRequest) {
    self.network = network
    self.request = request
  }

  public var label: RunLabel {
    RunLabel(
      workload: network.name, batch: network.batch(request), settings: request.settingsText)
  }

  /// The same run at another batch.
  public func batched(_ batch: Int) -> RunRequest {
    var request = request
    request.batch = batch
    return RunRequest(network, request)
  }

  public func workload() throws(WorkloadError) -> Workload {
    try network.reference.workload(request)
  }

  /// The rows of a CSV with a column `workload` and, where they differ, `batch` and `settings`, as
  /// `image=288 phase=decode context=2048`.
  ///
  /// - Parameter base: what holds where a row says nothing.
  /// - Throws: `DatasetError` for the file, `WorkloadError` for an unknown network.
  public static func list(csv path: String, base: WorkloadRequest) throws -> [RunRequest] {
    let table = try CSVTable(path)
    let names = try table.strings("workload")
    let batches = table.has("batch") ? try table.strings("batch") : []
    let settings = table.has("settings") ? try table.strings("settings") : []
    var requests: [RunRequest] = []
    for row in names.indices {
      func wrong(_ column: String, _ found: String, _ allowed: String) -> DatasetError {
        .row(
          path: path, line: table.line(row), column: column, found: found, allowed: allowed)
      }
      var request = base
      if !batches.isEmpty, !batches[row].isEmpty {
        guard let batch = Int(batches[row]), batch > 0 else {
          throw wrong("batch", batches[row], "a batch is a whole number above 0")
        }
        request.batch = batch
      }
      if !settings.isEmpty {
        for word in settings[row].split(whereSeparator: { $0.isWhitespace || $0 == ";" }) {
          guard request.apply(setting: String(word)) else {
            throw wrong(
              "settings", String(word), "write name=number, phase=decode or context=2048")
          }
        }
      }
      do throws(WorkloadError) {
        requests.append(RunRequest(try NamedNetwork(names[row]), request))
      } catch {
        throw wrong("workload", names[row], "\(error)")
      }
    }
    return requests
  }
}

extension WorkloadRequest {
  /// Everything but the batch, as `list(csv:)` reads it: `image=288 phase=decode context=2048`.
  public var settingsText: String {
    var words = settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    if let phase { words.append("phase=\(phase.rawValue)") }
    if let context { words.append("context=\(context)") }
    if phase == .training, optimizer != .adam { words.append("optimizer=\(optimizer.rawValue)") }
    return words.joined(separator: " ")
  }

  /// Takes over one word of `settingsText`; false where it is none.
  mutating func apply(setting word: String) -> Bool {
    let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
    guard pair.count == 2 else { return false }
    switch pair[0] {
    case "phase":
      guard let phase = Phase(rawValue: pair[1]) else { return false }
      self.phase = phase
    case "optimizer":
      guard let optimizer = Optimizer(rawValue: pair[1]) else { return false }
      self.optimizer = optimizer
    case "context":
      guard let context = Int(pair[1]) else { return false }
      self.context = context
    default:
      guard let value = Int(pair[1]) else { return false }
      settings[pair[0]] = value
    }
    return true
  }
}
