import Workloads

/// Finds the kernel that an operation which works element by element can become part of: the one that
/// writes its largest operand.
struct FusionPass {
  private let workload: Workload
  private let fusion: Fusion
  /// The step that writes each value; −1 for what no step writes.
  private var producer: [Int32]

  init(_ workload: Workload, _ fusion: Fusion) {
    self.workload = workload
    self.fusion = fusion
    producer = fusion == .none ? [] : [Int32](repeating: -1, count: workload.values.count)
  }

  mutating func add(_ operation: Operation, step: Int, owner: [Int32]) {
    for id in workload.outputs(of: operation) { producer[Int(id.index)] = Int32(step) }
  }

  /// The step that `operation` joins; nil where it needs a launch of its own.
  mutating func host(
    of operation: Operation, _ index: Int, owner: [Int32], steps: [KernelProgram.Step]
  ) -> Int? {
    guard KernelKind(operation, workload).isFusible, operation.pass != .update,
      let output = workload.outputs(of: operation).first
    else { return nil }
    let size = workload[output].elements
    var best: Int?
    for id in workload.inputs(of: operation) {
      let value = owner[Int(id.index)]
      let step = Int(producer[Int(value)])
      guard step >= 0, workload.values[Int(value)].elements == size else { continue }
      let head = workload.operations[steps[step].operation]
      guard head.pass == operation.pass, steps[step].instances == workload.instances(of: operation),
        takesEpilogue(head)
      else { continue }
      best = max(best ?? -1, step)
    }
    if let best { add(operation, step: best, owner: owner) }
    return best
  }

  /// Whether a kernel can go on with its own result before it writes it.
  private func takesEpilogue(_ head: Operation) -> Bool {
    switch KernelKind(head, workload) {
    case .elementwise, .normalization, .softmax: true
    case .pointwiseConvolution, .spatialConvolution, .groupedConvolution, .depthwiseConvolution,
      .linear, .matrixMultiply:
      fusion == .epilogue
    default: false
    }
  }
}
