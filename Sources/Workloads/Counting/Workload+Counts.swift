import Quantities

/// The cost of a whole workload and of each of its operations.
public struct WorkloadCounts: Sendable {
  public let total: OperationCounts
  /// One run of each operation, in the order of the workload.
  public let operations: [OperationCounts]
  /// Elements of all weights.
  public let parameters: Int
  /// Elements of the weights that one token uses; fewer than `parameters` with routed experts.
  public let activeParameters: Int
  /// All weights as they are stored.
  public let weightBytes: Bytes
  /// Keys, values and states as they are stored.
  public let cacheBytes: Bytes
  /// The most that inputs and activations occupy at once, in the order of the operations.
  public let peakActivationBytes: Bytes
}

extension Workload {
  /// Counts every operation once.
  ///
  /// - Complexity: O(operations + values).
  public func counts(hiddenScores: HiddenScores = .skipped) -> WorkloadCounts {
    var total = OperationCounts()
    var each: [OperationCounts] = []
    each.reserveCapacity(operations.count)
    var isCounted = [Bool](repeating: false, count: values.count)
    var parameters = 0.0
    var active = 0.0
    var weightBytes = 0.0
    for operation in operations {
      var counts = cost(of: operation, hiddenScores: hiddenScores)
      let scope = self[operation.scope]
      for id in inputs(of: operation) where values[Int(id.index)].role == .weight {
        guard !isCounted[Int(id.index)] else { continue }
        isCounted[Int(id.index)] = true
        let value = values[Int(id.index)]
        let copies = self[value.scope].weightInstances
        counts.parameters += value.elements
        parameters += copies * value.elements
        weightBytes += copies * value.bytes
        var share = 1.0
        if case .expertMatrixMultiply(let experts) = operation.kind,
          value.shape.first == experts.experts
        {
          share = Double(min(experts.perToken, experts.experts)) / Double(experts.experts)
        }
        active += copies * value.elements * share
      }
      total.add(counts, times: scope.instances, weights: scope.weightInstances)
      each.append(counts)
    }
    var cacheBytes = 0.0
    for index in values.indices where values[index].role != .activation {
      let value = values[index]
      if value.role == .cache { cacheBytes += self[value.scope].instances * value.bytes }
      if value.role == .weight, !isCounted[index] {
        parameters += self[value.scope].weightInstances * value.elements
        active += self[value.scope].weightInstances * value.elements
        weightBytes += self[value.scope].weightInstances * value.bytes
      }
    }
    total.parameters = parameters
    return WorkloadCounts(
      total: total, operations: each, parameters: Int(exactly: parameters.rounded()) ?? .max,
      activeParameters: Int(exactly: active.rounded()) ?? .max, weightBytes: Bytes(weightBytes),
      cacheBytes: Bytes(cacheBytes), peakActivationBytes: Bytes(peakActivationBytes()))
  }

  /// The bytes of the inputs and activations that are alive at once, at their most: a value lives
  /// from the operation that writes it to the last that reads it, a view as long as what it views.
  private func peakActivationBytes() -> Double {
    var owner = values.indices.map { Int32($0) }
    for operation in operations where operation.kind.isView {
      if let from = inputs(of: operation).first, let to = outputs(of: operation).first {
        owner[Int(to.index)] = owner[Int(from.index)]
      }
    }
    var last = [Int32](repeating: -1, count: values.count)
    for (index, operation) in operations.enumerated() {
      for id in inputs(of: operation) { last[Int(owner[Int(id.index)])] = Int32(index) }
      for id in outputs(of: operation) {
        let place = Int(owner[Int(id.index)])
        last[place] = max(last[place], Int32(index))
      }
    }
    for id in results { last[Int(owner[Int(id.index)])] = Int32(operations.count) }
    let copies = copiesAlive()
    var isAlive = [Bool](repeating: false, count: values.count)
    var live = 0.0
    for index in values.indices where values[index].role == .input && last[index] >= 0 {
      live += copies[index] * values[index].bytes
      isAlive[index] = true
    }
    var peak = live
    for (index, operation) in operations.enumerated() {
      for id in outputs(of: operation) {
        let place = Int(owner[Int(id.index)])
        guard values[place].role == .activation, !isAlive[place] else { continue }
        isAlive[place] = true
        live += copies[place] * values[place].bytes
      }
      peak = max(peak, live)
      for id in inputs(of: operation) {
        let place = Int(owner[Int(id.index)])
        guard isAlive[place], last[place] <= Int32(index) else { continue }
        isAlive[place] = false
        live -= copies[place] * values[place].bytes
      }
      for id in outputs(of: operation) {
        let place = Int(owner[Int(id.index)])
        guard isAlive[place], last[place] <= Int32(index) else { continue }
        isAlive[place] = false
        live -= copies[place] * values[place].bytes
      }
    }
    return peak
  }

  /// How many instances of a value are alive at once: one, but where gradients are taken all that the
  /// forward run left for them and every gradient of a weight.
  private func copiesAlive() -> [Double] {
    var copies = [Double](repeating: 1, count: values.count)
    // By their places: to look at an operation is not to copy it.
    guard operations.indices.contains(where: { operations[$0].pass != .forward }) else {
      return copies
    }
    for operation in operations where operation.pass != .forward {
      for id in inputs(of: operation) {
        copies[Int(id.index)] = max(
          copies[Int(id.index)], self[values[Int(id.index)].scope].instances)
      }
    }
    // The gradient of an activation goes no further than the operation before.
    for operation in operations where operation.pass == .backward {
      for id in outputs(of: operation) where values[Int(id.index)].label != "weight_gradient" {
        copies[Int(id.index)] = 1
      }
    }
    return copies
  }
}
