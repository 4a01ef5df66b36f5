extension ONNXOperators {
  static let recurrent: [String: ONNXRule] = [
    "LSTM": { call throws(WorkloadError) in try recurrence(call, gates: 4) },
    "GRU": { call throws(WorkloadError) in try recurrence(call, gates: 3) },
    "RNN": { call throws(WorkloadError) in try recurrence(call, gates: 1) },
  ]

  /// Input `[steps, batch, width]`, weights `[directions, gates·hidden, …]`.
  private static func recurrence(_ call: ONNXCall, gates: Int) throws(WorkloadError)
    -> [ONNXTensor]
  {
    let input = try call.input(0)
    let kernel = call.weight(try call.input(1))
    let state = call.weight(try call.input(2))
    guard input.rank == 3, kernel.rank == 3, state.rank == 3 else {
      throw call.fail("\(input.shape) with weights of \(kernel.shape) and \(state.shape)")
    }
    let directions = call.string("direction", "forward") == "bidirectional" ? 2 : 1
    let hidden = call.int("hidden_size") ?? state.shape[2]
    let rows = Double(gates) * Double(hidden)
    guard hidden > 0, kernel.shape[0] == directions, state.shape[0] == directions,
      Double(kernel.shape[1]) == rows, Double(state.shape[1]) == rows,
      kernel.shape[2] == input.shape[2], state.shape[2] == hidden
    else {
      throw call.fail(
        "\(input.shape) with weights of \(kernel.shape) and \(state.shape) for \(hidden) states")
    }
    let isBatchFirst = call.int("layout", 0) == 1
    let (steps, batch) = (input.shape[isBatchFirst ? 1 : 0], input.shape[isBatchFirst ? 0 : 1])
    let all = try call.shape(
      isBatchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden])
    let last = try call.shape(
      isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden])
    let kind = OperationKind.recurrence(
      Recurrence(gates: gates, hiddenSize: hidden, directions: directions))
    let outputs = [(all, input.type), (last, input.type), (last, input.type)]
    return call.emit(
      kind, [input, kernel, state] + call.some(3, 5, 6, 7),
      Array(outputs.prefix(max(1, min(3, call.node.output.count)))))
  }
}
