import Workloads

/// What can be said of any categorical table: how often each operation occurs, where the positions
/// share their operations; nothing where they do not.
struct OperationCountFeatures: AnalyticFeatures {
  let names: [String]

  init(space: any SearchSpace) {
    let operations = space.positions.first?.operations ?? []
    let shared = space.positions.allSatisfy { $0.operations == operations }
    names = shared && space.positions.count > 1 ? operations.map { "count_" + $0 } : []
  }

  func append(_ architecture: Architecture, to values: inout [Double]) {
    guard !names.isEmpty else { return }
    let start = values.count
    values.append(contentsOf: repeatElement(0, count: names.count))
    for operation in architecture.operations { values[start + Int(operation)] += 1 }
  }

  func flop(_ architecture: Architecture) -> Double? { nil }
}
