import Mathematics

/// The rows of one target and seed: which are sampled, which are scored.
struct Split: Sendable {
  let samples: [Int]
  let queries: [Int]
}

/// A protocol applied to a table: every index is checked, every split can be drawn.
struct ResolvedProtocol: Sendable {
  let evaluation: EvaluationProtocol
  let devices: [String]
  let pool: [Int]
  let candidates: [Int]
  /// Columns of all devices that are a source of some target.
  let sources: [Int]
  let targets: [Int]

  init(_ evaluation: EvaluationProtocol, _ table: MeasuredSpace) throws {
    self.evaluation = evaluation
    devices = table.devices
    func column(_ device: String) throws -> Int {
      guard let column = table.devices.firstIndex(of: device) else {
        throw EvaluationError.unknownDevice(
          device, protocolName: evaluation.name, allowed: table.devices)
      }
      return column
    }
    func rows(_ selection: EvaluationProtocol.RowSelection, _ key: String) throws -> [Int] {
      switch selection {
      case .all: return Array(0..<table.ids.count)
      case .range(let first, let count):
        let (end, overflow) = first.addingReportingOverflow(count)
        guard !overflow, end <= table.ids.count else {
          throw EvaluationError.rowsOutsideTable(
            protocolName: evaluation.name, key: key, last: overflow ? .max : end - 1,
            count: table.ids.count)
        }
        return Array(first..<end)
      }
    }
    pool = try rows(evaluation.sourceArchitectures, "source_architectures")
    candidates = try rows(evaluation.queryArchitectures, "query_architectures")
    for reference in evaluation.referenceArchitectures
    where !table.ids.indices.contains(reference) {
      throw EvaluationError.rowsOutsideTable(
        protocolName: evaluation.name, key: "reference_architectures", last: reference,
        count: table.ids.count)
    }
    targets =
      switch evaluation.targets {
      case .each: Array(table.devices.indices)
      case .listed(let names): try names.map(column)
      }
    sources =
      switch evaluation.sources {
      case .others: Array(table.devices.indices)
      case .listed(let names): try names.map(column)
      }
    for target in targets where sources(of: target).isEmpty {
      throw EvaluationError.noSources(device: table.devices[target])
    }
  }

  /// Places in `sources` of the devices that teach this target.
  func sources(of target: Int) -> [Int] {
    sources.indices.filter { sources[$0] != target }
  }

  /// - Throws: `EvaluationError.tooFewArchitectures`.
  func split(target: Int, seed: Int, latencies: [Double]) throws -> Split {
    let pool = trimmed(pool, latencies)
    let candidates = trimmed(candidates, latencies)
    var samples: [Int] = []
    if evaluation.sampling == .reference {
      samples = Array(
        evaluation.referenceArchitectures.filter { latencies[$0].isFinite }
          .prefix(evaluation.samples))
    }
    let taken = Set(samples)
    let rest = pool.filter { !taken.contains($0) }
    let needed = evaluation.samples - samples.count
    guard rest.count >= needed else {
      throw EvaluationError.tooFewArchitectures(
        device: devices[target], role: "sample", found: pool.count, needed: evaluation.samples)
    }
    var random = RandomStream(seed: UInt64(seed), label: devices[target])
    samples += random.sample(needed, of: rest.count).map { rest[$0] }
    let sampled = Set(samples)
    let queries = candidates.filter { !sampled.contains($0) }
    guard queries.count >= 2 else {
      throw EvaluationError.tooFewArchitectures(
        device: devices[target], role: "score", found: queries.count, needed: 2)
    }
    return Split(samples: samples, queries: queries)
  }

  /// The measured rows of the middle of the target's own ranking, in the table's order. Among equal
  /// latencies the row decides, so that exactly the stated share is kept.
  private func trimmed(_ rows: [Int], _ latencies: [Double]) -> [Int] {
    let measured = rows.filter { latencies[$0].isFinite }
    guard let trim = evaluation.trim else { return measured }
    let order = measured.sorted { (latencies[$0], $0) < (latencies[$1], $1) }
    let count = Double(order.count)
    let first = Int((trim.lowerBound * count).rounded())
    let last = Int((trim.upperBound * count).rounded())
    return order[first..<last].sorted()
  }
}
