extension ONNXOperators {
  static let recurrent: [String: ONNXRule] = [
    "LSTM": { call throws(WorkloadError) in try recurrence(call, gates: 4, states: 2) },
    "GRU": { call throws(WorkloadError) in try recurrence(call, gates: 3, states: 1) },
    "RNN": { call throws(WorkloadError) in try recurrence(call, gates: 1, states: 1) },
  ]

  /// Input `[tokens, batch, features]`, or `[batch, tokens, features]` in layout 1; weights
  /// `[directions, gates · hidden, features]`.
  private static func recurrence(_ call: ONNXCall, gates: Int, states: Int) throws(WorkloadError)
    -> [ONNXTensor]
  {
    let input = try call.input(0)
    let (weight, recurrent) = (call.weight(try call.input(1)), call.weight(try call.input(2)))
    let hidden = call.int("hidden_size") ?? recurrent.shape.innermost
    let directions = call.string("direction", "forward") == "bidirectional" ? 2 : 1
    guard input.rank == 3, weight.rank == 3, recurrent.rank == 3, hidden > 0,
      hidden < Int(Int32.max), weight.shape[2] == input.shape[2]
    else { throw call.fail("\(input.shape) with weights \(weight.shape)") }
    let isBatchFirst = call.int("layout", 0) == 1
    let (tokens, batch) = (input.shape[isBatchFirst ? 1 : 0], input.shape[isBatchFirst ? 0 : 1])
    let every = try call.shape(
      isBatchFirst ? [batch, tokens, directions, hidden] : [tokens, directions, batch, hidden])
    let last = try call.shape(
      isBatchFirst ? [batch, directions, hidden] : [directions, batch, hidden])
    return call.emit(
      .recurrence(Recurrence(gates: gates, hiddenSize: hidden, directions: directions)),
      [input, weight, recurrent] + call.some(3, 5, 6, 7),
      [(every, input.type)] + [(Shape, DataType)](repeating: (last, input.type), count: states))
  }

  // MARK: - Quantisation

  static let quantized = quantizedRules()

  private static func quantizedRules() -> [String: ONNXRule] {
    var rules: [String: ONNXRule] = [:]
    for domain in ["", "com.microsoft."] {
      rules.define(domain + "QuantizeLinear") { call throws(WorkloadError) in
        let input = try call.input(0)
        var type = call.optional(2)?.type ?? .uint8
        if let code = call.int("output_dtype"), code > 0 { type = try call.type(code) }
        return [call.emit(.elementwise(.quantize), [input] + call.some(1, 2), input.shape, type)]
      }
      rules.define(domain + "DequantizeLinear") { call throws(WorkloadError) in
        let input = try call.input(0)
        let scale = try call.input(1)
        guard input.isConstant else {
          return [
            call.emit(
              .elementwise(.dequantize), [input, scale] + call.some(2), input.shape, scale.type)
          ]
        }
        // A stored weight stays as it is stored.
        _ = call.weight(input)
        return [
          ONNXTensor(
            input.shape, scale.type, .alias(input, [scale]), contents: nil, format: input.format,
            isWeight: input.isWeight)
        ]
      }
    }
    rules.define("DynamicQuantizeLinear") { call throws(WorkloadError) in
      let input = try call.input(0)
      return call.emit(
        .elementwise(.quantize), [input],
        [(input.shape, .uint8), (Shape(), .float32), (Shape(), .uint8)])
    }
    rules.define("com.microsoft.QLinearAdd") { call throws(WorkloadError) in
      [try binary(call, .add, try call.input(0), try call.input(3))]
    }
    rules.define("com.microsoft.QLinearMul") { call throws(WorkloadError) in
      [try binary(call, .multiply, try call.input(0), try call.input(3))]
    }
    rules.define("com.microsoft.QLinearGlobalAveragePool") { call throws(WorkloadError) in
      let input = try call.input(0)
      let isLast = call.int("channels_last", 0) == 1
      guard input.rank >= 3 else { throw call.fail("pooling of \(input.shape)") }
      let dimensions = (0..<input.rank).map { axis in
        axis == 0 || axis == (isLast ? input.rank - 1 : 1) ? input.shape[axis] : 1
      }
      return [call.emit(.reduction, [input], try call.shape(dimensions))]
    }
    rules.define("com.microsoft.QLinearConcat") { call throws(WorkloadError) in
      let parts = stride(from: 2, to: call.inputs.count, by: 3).compactMap { call.optional($0) }
      guard let first = parts.first else { throw call.fail("nothing to join") }
      let axis = try call.axis(call.int("axis", 0), first.rank)
      var shape = first.shape
      shape[axis] = try call.dimension(parts.reduce(0) { $0 + Double($1.shape[axis]) })
      return [call.emit(.movement(.concatenate), parts, shape)]
    }
    return rules
  }
}
